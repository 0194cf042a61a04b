#include "burned_in/clues.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "burned_in/device_rules.h"

namespace efface::burned_in::test {
namespace {

using dicom::Attribute;
using dicom::DataSet;
using dicom::Tag;

Attribute text(Tag tag, const std::string& value) {
  Attribute attribute;
  attribute.tag = tag;
  attribute.value = base::Phi<std::string>(value);
  return attribute;
}

Attribute number(Tag tag, std::uint32_t n) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(n >> shift & 0xFF);
  return text(tag, bytes);
}

DataSet region(std::uint32_t left, std::uint32_t top, std::uint32_t right, std::uint32_t bottom) {
  return {{number({0x0018, 0x6018}, left), number({0x0018, 0x601A}, top),
           number({0x0018, 0x601C}, right), number({0x0018, 0x601E}, bottom)}};
}

TEST(Clues, AreTheWordsThatIdentify) {
  const DataSet data_set{{text({0x0008, 0x0050}, "A-10277"), text({0x0010, 0x0010}, "Doe^Jane^X"),
                          text({0x0010, 0x0020}, "MRN 447100"),
                          text({0x0010, 0x0030}, "19510829")}};
  const Clues clues = clues_of(data_set);
  for (const char* word : {"DOE", "JANE", "A10277", "447100", "19510829", "08291951", "29081951"}) {
    EXPECT_TRUE(std::binary_search(clues.known_words.begin(), clues.known_words.end(), word))
        << word;
  }
  EXPECT_FALSE(std::binary_search(clues.known_words.begin(), clues.known_words.end(), "X"));
  EXPECT_TRUE(clues.image_regions.empty());
}

TEST(Clues, AreTheRegionsOfAnUltrasoundImage) {
  Attribute sequence;
  sequence.tag = {0x0018, 0x6011};
  sequence.items = {region(10, 20, 109, 219), region(5, 5, 5, 9), region(0, 0, 1U << 31, 9), {}};
  EXPECT_EQ(clues_of({{sequence}}).image_regions, (std::vector<Box>{{10, 20, 100, 200}}));
}

TEST(DeviceRules, FitByAttributesAndSize) {
  DeviceRule rule;
  rule.contains = {{{0x0008, 0x0070}, "siemens"}, {{0x0008, 0x1090}, "S2000"}};
  rule.columns = 1024;
  rule.boxes = {{0, 0, 1024, 60}, {1000, 700, 100, 100}};
  const DataSet data_set{
      {text({0x0008, 0x0070}, "SIEMENS Healthineers"), text({0x0008, 0x1090}, "ACUSON S2000")}};
  EXPECT_EQ(known_boxes({rule}, data_set, 1024, 768),
            (std::vector<Box>{{0, 0, 1024, 60}, {1000, 700, 24, 68}}));
  EXPECT_TRUE(known_boxes({rule}, data_set, 800, 768).empty());
  EXPECT_TRUE(known_boxes({rule}, {{text({0x0008, 0x0070}, "SIEMENS")}}, 1024, 768).empty());
}

}  // namespace
}  // namespace efface::burned_in::test
