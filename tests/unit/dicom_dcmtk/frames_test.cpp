#include <gtest/gtest.h>

#include "dicom_dcmtk/reader.h"
#include "make_file.h"

namespace efface::dicom_dcmtk {
namespace {

using namespace efface::test;

/// One functional group macro with one item of defined length.
void macro(Writer& w, std::uint32_t tag, const std::string& content) {
  w.header(tag, "SQ", static_cast<std::uint32_t>(content.size() + 8));
  w.header(item, "", static_cast<std::uint32_t>(content.size()));
  w.bytes += content;
}

std::string text_of(std::uint32_t tag, const std::string& vr, const std::string& value) {
  return Writer().text(tag, vr, value).bytes;
}

/// Two frames: shared orientation and spacing, own position, rescale and echo.
std::string enhanced(bool with_position) {
  Writer head;
  head.text(0x00080060, "CS", "MR").text(0x00280008, "IS", "2").us(0x00280010, 2).us(0x00280011, 2);
  Writer shared;
  macro(shared, 0x00209116, text_of(0x00200037, "DS", "1\\0\\0\\0\\1\\0"));
  macro(shared, 0x00289110, text_of(0x00180050, "DS", "3") + text_of(0x00280030, "DS", "0.5\\0.5"));
  macro(head, 0x52009229, shared.bytes);
  head.header(0x52009230, "SQ", undefined);
  for (const std::string number : {"1", "2"}) {
    Writer own;
    if (with_position) macro(own, 0x00209113, text_of(0x00200032, "DS", "0\\0\\" + number));
    macro(own, 0x00209111, text_of(0x00209056, "SH", number));
    macro(own, 0x00289145,
          text_of(0x00281052, "DS", "-" + number) + text_of(0x00281053, "DS", number + ".5"));
    head.header(item, "", undefined);
    head.bytes += own.bytes;
    head.header(item_end, "", 0);
  }
  head.header(sequence_end, "", 0);
  return part10(explicit_little) + head.bytes;
}

TEST(Frames, FunctionalGroupsOfEnhancedMultiFrames) {
  const Folder folder;
  const auto facts = DicomFile(folder.write("a", enhanced(true))).facts();
  EXPECT_EQ(facts.frames, 2U);
  ASSERT_EQ(facts.planes.size(), 2U);
  EXPECT_EQ(facts.planes[1].position, (std::array<double, 3>{0, 0, 2}));
  EXPECT_EQ(facts.planes[1].orientation, (std::array<double, 6>{1, 0, 0, 0, 1, 0}));
  EXPECT_EQ(facts.planes[1].thickness, 3);
  EXPECT_EQ(facts.planes[0].rescale_slope, 1.5);
  EXPECT_EQ(facts.planes[1].rescale_slope, 2.5);
  EXPECT_EQ(facts.planes[1].rescale_intercept, -2);
  EXPECT_NE(facts.planes[0].volume_key, facts.planes[1].volume_key);
}

TEST(Frames, NoPlanesWhereTheGeometryIsNotStated) {
  const Folder folder;
  EXPECT_TRUE(DicomFile(folder.write("a", enhanced(false))).facts().planes.empty());
  std::string mosaic = mr_image({});
  mosaic.replace(mosaic.find("\\M\\ND"), 5, "\\MOSA");
  EXPECT_EQ(DicomFile(folder.write("b", mosaic)).facts().planes.size(), 1U);
  Writer w;
  w.text(0x00080008, "CS", "ORIGINAL\\PRIMARY\\M\\MOSAIC").text(0x00080060, "CS", "MR");
  w.text(0x00200032, "DS", "0\\0\\0").text(0x00200037, "DS", "1\\0\\0\\0\\1\\0");
  w.text(0x00280030, "DS", "1\\1");
  EXPECT_TRUE(DicomFile(folder.write("c", w.bytes)).facts().planes.empty());
}

std::string key_with(const Folder& folder, std::uint32_t tag, const std::string& vr,
                     const std::string& value) {
  Writer w;
  w.text(0x00080008, "CS", "ORIGINAL\\PRIMARY\\M").text(0x00080060, "CS", "MR");
  if (tag < 0x00200032) w.text(tag, vr, value);
  w.text(0x00200032, "DS", "0\\0\\0").text(0x00200037, "DS", "1\\0\\0\\0\\1\\0");
  if (tag > 0x00200037) w.text(tag, vr, value);
  w.text(0x00280030, "DS", "1\\1");
  return DicomFile(folder.write("a", w.bytes)).facts().planes.at(0).volume_key;
}

TEST(Frames, VolumeKeyDiffersByEchoAndTimeButNotByAcquisitionOrTrigger) {
  const Folder folder;
  EXPECT_NE(key_with(folder, 0x00180081, "DS", "30"), key_with(folder, 0x00180081, "DS", "60"));
  EXPECT_NE(key_with(folder, 0x00200100, "IS", "1"), key_with(folder, 0x00200100, "IS", "2"));
  EXPECT_EQ(key_with(folder, 0x00200012, "IS", "1"), key_with(folder, 0x00200012, "IS", "2"));
  EXPECT_EQ(key_with(folder, 0x00181060, "DS", "1"), key_with(folder, 0x00181060, "DS", "2"));
}

TEST(Facts, NamesWhatGoesWithAnImage) {
  const Folder folder;
  Writer icon;
  icon.us(0x00280010, 1);
  Writer w;
  w.text(0x00080060, "CS", "m r!").text(0x00280301, "CS", "YES");
  w.header(0x00880200, "SQ", static_cast<std::uint32_t>(icon.bytes.size() + 8));
  w.header(item, "", static_cast<std::uint32_t>(icon.bytes.size()));
  w.bytes += icon.bytes;
  w.us(0x60000010, 4).us(0x60000100, 16);
  const auto facts = DicomFile(folder.write("a", w.bytes)).facts();
  EXPECT_EQ(facts.modality, "MR");
  EXPECT_EQ(facts.burned_in_annotation, "YES");
  EXPECT_TRUE(facts.has_icon_image);
  EXPECT_TRUE(facts.has_embedded_overlay);
  EXPECT_FALSE(facts.has_encapsulated_document);
  EXPECT_FALSE(facts.has_pixel_data);
}

}  // namespace
}  // namespace efface::dicom_dcmtk
