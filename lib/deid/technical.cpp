#include "deid/technical.h"

#include <algorithm>
#include <array>

namespace efface::deid {

namespace {

using dicom::Tag;

constexpr auto tags = std::to_array<Tag>({
    {0x0008, 0x0070},  // Manufacturer
    {0x0008, 0x0302},  // Private Creator Reference
    {0x0008, 0x1090},  // Manufacturer's Model Name
    {0x0012, 0x0063},  // De-identification Method: earlier ones are kept
    {0x0018, 0x0024},  // Sequence Name
    {0x0018, 0x0031},  // Radiopharmaceutical
    {0x0018, 0x0085},  // Imaged Nucleus
    {0x0018, 0x1016},  // Secondary Capture Device Manufacturer
    {0x0018, 0x1018},  // Secondary Capture Device Manufacturer's Model Name
    {0x0018, 0x1019},  // Secondary Capture Device Software Versions
    {0x0018, 0x1020},  // Software Versions
    {0x0018, 0x1040},  // Contrast/Bolus Route
    {0x0018, 0x1070},  // Radiopharmaceutical Route
    {0x0018, 0x1160},  // Filter Type
    {0x0018, 0x1180},  // Collimator/grid Name
    {0x0018, 0x1210},  // Convolution Kernel
    {0x0018, 0x1250},  // Receive Coil Name
    {0x0018, 0x1251},  // Transmit Coil Name
    {0x0018, 0x1260},  // Plate Type
    {0x0018, 0x1261},  // Phosphor Type
    {0x0018, 0x9005},  // Pulse Sequence Name
    {0x0018, 0x9041},  // Receive Coil Manufacturer Name
    {0x0018, 0x9047},  // Multi-Coil Element Name
    {0x0018, 0x9050},  // Transmit Coil Manufacturer Name
    {0x0018, 0x9320},  // Image Filter
    {0x0020, 0x9056},  // Stack ID
    {0x0020, 0x9213},  // Dimension Index Private Creator
    {0x0020, 0x9238},  // Functional Group Private Creator
    {0x0020, 0x9421},  // Dimension Description Label
    {0x0028, 0x1054},  // Rescale Type
    {0x0028, 0x1055},  // Window Center & Width Explanation
    {0x0028, 0x3003},  // LUT Explanation
    {0x0040, 0x9210},  // LUT Label
    {0x0054, 0x1101},  // Attenuation Correction Method
    {0x0054, 0x1103},  // Reconstruction Method
    {0x0054, 0x1105},  // Scatter Correction Method
    {0x0062, 0x0009},  // Segment Algorithm Name
    {0x0066, 0x0031},  // Algorithm Version
    {0x0066, 0x0036},  // Algorithm Name
    {0x0072, 0x0054},  // Selector Sequence Pointer Private Creator
    {0x0072, 0x0056},  // Selector Attribute Private Creator
    {0x0074, 0x1056},  // Attribute Occurrence Private Creator
});

static_assert(std::is_sorted(tags.begin(), tags.end()));

}  // namespace

bool names_a_technique(Tag tag) {
  return std::binary_search(tags.begin(), tags.end(), tag);
}

}  // namespace efface::deid
