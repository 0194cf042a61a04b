// What must be known of one DICOM instance to sort it into studies and volumes and to decide what
// may become of it. Read by dicom_dcmtk without touching pixel data; judged by study.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/phi.h"

namespace efface::dicom {

/// Place of one frame in the patient (PS3.3 C.7.6.2, or the plane functional groups of
/// multi-frames).
struct FramePlane {
  std::array<double, 3> position{};     ///< (0020,0032), LPS mm
  std::array<double, 6> orientation{};  ///< (0020,0037), row then column direction
  std::array<double, 2> spacing{};      ///< (0028,0030): between rows, between columns, mm
  double thickness = 0;                 ///< (0018,0050) mm, 0 when unknown
  double rescale_slope = 1, rescale_intercept = 0;  ///< (0028,1053), (0028,1052) of this frame
  /// Whatever else separates volumes that share positions: echo, time point, b-value, phase, stack,
  /// image type… as one opaque key; frames of one volume have equal keys.
  std::string volume_key;
};

struct InstanceFacts {
  base::Phi<std::string> study_uid, series_uid, sop_instance_uid, frame_of_reference_uid;
  base::Phi<std::string> patient_id, issuer_of_patient_id;
  std::string sop_class_uid;            ///< registered, or empty
  std::string transfer_syntax_uid;      ///< as stated or as detected
  std::string modality;                 ///< (0008,0060), upper case, only letters and digits, <= 16
  std::vector<std::string> image_type;  ///< (0008,0008), CS values only
  std::string body_part;                ///< (0018,0015), CS only
  std::string photometric_interpretation;  ///< (0028,0004)
  std::string burned_in_annotation;        ///< (0028,0301): "YES", "NO" or ""
  std::string recognizable_features;       ///< (0028,0302): "YES", "NO" or ""
  std::uint32_t rows = 0, columns = 0, frames = 1, samples_per_pixel = 1;
  std::uint32_t bits_allocated = 0, bits_stored = 0, high_bit = 0;
  bool is_signed = false;
  std::optional<std::int64_t> padding_value, padding_range_limit;  ///< (0028,0120), (0028,0121)
  bool has_pixel_data = false;
  bool has_icon_image = false;  ///< (0088,0200) anywhere
  bool has_embedded_overlay =
      false;  ///< 60xx with bits allocated other than 1: pixels hold graphics
  bool has_encapsulated_document = false;
  bool is_truncated = false;       ///< the file ends inside an element
  std::vector<FramePlane> planes;  ///< one a frame; empty when the geometry is not stated
};

}  // namespace efface::dicom
