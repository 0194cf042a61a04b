#include "tests/support/images.h"

#include <cstdio>

namespace efface::support {

namespace {

// At most 16 characters, as DS demands.
std::string decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", std::abs(value) < 1e-9 ? 0.0 : value);
  return text;
}

std::string decimals(Point p) {
  return decimal(p.x) + "\\" + decimal(p.y) + "\\" + decimal(p.z);
}

void put_plane(DcmItem& item, const MrSlice& slice) {
  const ImageGrid& grid = slice.grid;
  const double row_mm = length(grid.step_j), column_mm = length(grid.step_i);
  put(item, DCM_PixelSpacing, decimal(row_mm) + "\\" + decimal(column_mm));
  put(item, DCM_ImageOrientationPatient,
      decimals(grid.step_i * (1 / column_mm)) + "\\" + decimals(grid.step_j * (1 / row_mm)));
  put(item, DCM_ImagePositionPatient, decimals(grid.place(0, 0, static_cast<double>(slice.k))));
  put(item, DCM_SliceThickness, decimal(length(grid.step_k)));
  put(item, DCM_PatientPosition, "HFS");
  put(item, DCM_SeriesNumber, std::to_string(slice.series_number));
  put(item, DCM_InstanceNumber, std::to_string(slice.k + 1));
  put(item, DCM_AcquisitionNumber, "1");
  put(item, DCM_SeriesDescription, slice.series_description);
  put(item, DCM_BodyPartExamined, "HEAD");
}

void put_pixels(DcmItem& item, const MrSlice& slice, int bits_stored, bool is_signed) {
  put(item, DCM_SamplesPerPixel, "1");
  put(item, DCM_PhotometricInterpretation, "MONOCHROME2");
  put(item, DCM_Rows, std::to_string(slice.grid.size[1]));
  put(item, DCM_Columns, std::to_string(slice.grid.size[0]));
  put(item, DCM_BitsAllocated, "16");
  put(item, DCM_BitsStored, std::to_string(bits_stored));
  put(item, DCM_HighBit, std::to_string(bits_stored - 1));
  put(item, DCM_PixelRepresentation, is_signed ? "1" : "0");
  put(item, DCM_BurnedInAnnotation, "NO");
  put_words(item, DCM_PixelData, {slice.voxels.begin(), slice.voxels.end()});
}

}  // namespace

void put_mr_image(DcmItem& item, const MrSlice& slice) {
  const bool t1 = slice.contrast == Contrast::t1;
  put(item, DCM_Modality, "MR");
  put(item, DCM_ImageType, "ORIGINAL\\PRIMARY\\M\\ND");
  put(item, DCM_ScanningSequence, t1 ? "GR\\IR" : "SE");
  put(item, DCM_SequenceVariant, t1 ? "SP\\MP" : "SK");
  put(item, DCM_ScanOptions, "");
  put(item, DCM_MRAcquisitionType, t1 ? "3D" : "2D");
  put(item, DCM_RepetitionTime, t1 ? "2300" : "5200");
  put(item, DCM_EchoTime, t1 ? "2.98" : "96");
  put(item, DCM_EchoTrainLength, t1 ? "1" : "15");
  if (t1) put(item, DCM_InversionTime, "900");
  put(item, DCM_MagneticFieldStrength, "3");
  put(item, DCM_FlipAngle, t1 ? "9" : "150");
  put_plane(item, slice);
  put(item, DCM_WindowCenter, "500");
  put(item, DCM_WindowWidth, "1000");
  put_pixels(item, slice, 12, false);
}

void put_ct_image(DcmItem& item, const MrSlice& slice) {
  put(item, DCM_Modality, "CT");
  put(item, DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL");
  put(item, DCM_KVP, "120");
  put(item, DCM_RescaleIntercept, "-1024");
  put(item, DCM_RescaleSlope, "1");
  put(item, DCM_RescaleType, "HU");
  put_plane(item, slice);
  put_pixels(item, slice, 16, true);
}

void put_secondary_capture(DcmItem& item, std::uint16_t rows, std::uint16_t columns) {
  put(item, DCM_Modality, "OT");
  put(item, DCM_ConversionType, "WSD");
  put(item, DCM_ImageType, "DERIVED\\SECONDARY");
  put(item, DCM_SeriesNumber, "90");
  put(item, DCM_InstanceNumber, "1");
  put(item, DCM_SeriesDescription, "report screenshot");
  put(item, DCM_Laterality, "");
  put(item, DCM_PatientOrientation, "");
  put(item, DCM_SamplesPerPixel, "3");
  put(item, DCM_PhotometricInterpretation, "RGB");
  put(item, DCM_PlanarConfiguration, "0");
  put(item, DCM_Rows, std::to_string(rows));
  put(item, DCM_Columns, std::to_string(columns));
  put(item, DCM_BitsAllocated, "8");
  put(item, DCM_BitsStored, "8");
  put(item, DCM_HighBit, "7");
  put(item, DCM_PixelRepresentation, "0");
  put(item, DCM_BurnedInAnnotation, "YES");
  std::string pixels;
  for (unsigned r = 0; r < rows; ++r)
    for (unsigned c = 0; c < columns; ++c) {
      const bool bar = r % 8 < 3 && c % 11 < 8 && r < rows / 3U;
      pixels.append(3, static_cast<char>(bar ? 255 : (r + c) % 200));
    }
  put_as(item, DCM_PixelData, EVR_OB, pixels);
}

void put_text_report(DcmItem& item, const std::string& text, const std::string& person_name,
                     const std::string& date_time) {
  put(item, DCM_Modality, "SR");
  put(item, DCM_SeriesNumber, "91");
  put(item, DCM_InstanceNumber, "1");
  item.insertEmptyElement(DCM_ReferencedPerformedProcedureStepSequence);
  item.insertEmptyElement(DCM_PerformedProcedureCodeSequence);
  put(item, DCM_CompletionFlag, "COMPLETE");
  put(item, DCM_VerificationFlag, "UNVERIFIED");
  put(item, DCM_ValueType, "CONTAINER");
  put(item, DCM_ContinuityOfContent, "SEPARATE");
  put_code(item, DCM_ConceptNameCodeSequence, "18748-4", "LN", "Diagnostic Imaging Report");
  DcmItem& observer = add_item(item, DCM_ContentSequence);
  put(observer, DCM_RelationshipType, "HAS OBS CONTEXT");
  put(observer, DCM_ValueType, "PNAME");
  put_code(observer, DCM_ConceptNameCodeSequence, "121008", "DCM", "Person Observer Name");
  put(observer, DCM_PersonName, person_name);
  DcmItem& finding = add_item(item, DCM_ContentSequence);
  put(finding, DCM_RelationshipType, "CONTAINS");
  put(finding, DCM_ValueType, "TEXT");
  put_code(finding, DCM_ConceptNameCodeSequence, "121071", "DCM", "Finding");
  put(finding, DCM_TextValue, text);
  DcmItem& when = add_item(item, DCM_ContentSequence);
  put(when, DCM_RelationshipType, "HAS OBS CONTEXT");
  put(when, DCM_ValueType, "DATETIME");
  put_code(when, DCM_ConceptNameCodeSequence, "121135", "DCM", "Observation DateTime");
  put(when, DCM_DateTime, date_time);
}

void put_overlay(DcmItem& item, std::uint16_t rows, std::uint16_t columns,
                 const std::string& label) {
  put(item, DCM_OverlayRows, std::to_string(rows));
  put(item, DCM_OverlayColumns, std::to_string(columns));
  put(item, DCM_OverlayType, "G");
  put(item, DCM_OverlayOrigin, "1\\1");
  put(item, DCM_OverlayBitsAllocated, "1");
  put(item, DCM_OverlayBitPosition, "0");
  put(item, DCM_OverlayLabel, label);
  put(item, DCM_OverlayDescription, "drawn over " + label);
  std::vector<std::uint16_t> bits((rows * columns + 15U) / 16U, 0x0F0F);
  put_words(item, DCM_OverlayData, bits);
}

}  // namespace efface::support
