#include "config/device_rules.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace efface::config::test {
namespace {

std::string file_of(const std::string& rule) {
  return "{\"source\": \"a test\", \"rules\": [" + rule + "]}";
}

TEST(DeviceRules, AreRead) {
  const auto rules = parse_device_rules(file_of(
      R"({"name": "X", "match": {"model": "M1", "rows": 480}, "boxes": [[0, 1, 640, 40]]})"));
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules[0].name, "X");
  EXPECT_EQ(rules[0].contains.at({0x0008, 0x1090}), "M1");
  EXPECT_EQ(rules[0].rows, 480);
  EXPECT_FALSE(rules[0].columns.has_value());
  EXPECT_EQ(rules[0].boxes, (std::vector<burned_in::Box>{{0, 1, 640, 40}}));
}

TEST(DeviceRules, OfTheProgramAreValid) {
  const auto rules =
      parse_device_rules(read_device_rules(EFFACE_SOURCE_DIR "/lib/burned_in/data/devices.json"));
  EXPECT_GE(rules.size(), 20U);
  for (const burned_in::DeviceRule& rule : rules) {
    for (const burned_in::Box& box : rule.boxes) {
      EXPECT_LE(box.right(), rule.columns.value_or(4096)) << rule.name;
      EXPECT_LE(box.bottom(), rule.rows.value_or(4096)) << rule.name;
    }
  }
}

TEST(DeviceRules, ThatAreWrongAreRefused) {
  const std::string good = R"("name": "X", "match": {"model": "M"}, "boxes": [[0, 0, 1, 1]])";
  EXPECT_EQ(parse_device_rules(file_of("{" + good + "}")).size(), 1U);
  for (const char* bad : {
           R"({"match": {"model": "M"}, "boxes": [[0, 0, 1, 1]]})",
           R"({"name": "X", "boxes": [[0, 0, 1, 1]]})",
           R"({"name": "X", "match": {}, "boxes": [[0, 0, 1, 1]]})",
           R"({"name": "X", "match": {"maker": "M"}, "boxes": [[0, 0, 1, 1]]})",
           R"({"name": "X", "match": {"model": ""}, "boxes": [[0, 0, 1, 1]]})",
           R"({"name": "X", "match": {"model": 5}, "boxes": [[0, 0, 1, 1]]})",
           R"({"name": "X", "match": {"rows": "5"}, "boxes": [[0, 0, 1, 1]]})",
           R"({"name": "X", "match": {"model": "M"}})",
           R"({"name": "X", "match": {"model": "M"}, "boxes": []})",
           R"({"name": "X", "match": {"model": "M"}, "boxes": [[0, 0, 1]]})",
           R"({"name": "X", "match": {"model": "M"}, "boxes": [[0, 0, 0, 1]]})",
           R"({"name": "X", "match": {"model": "M"}, "boxes": [[-1, 0, 1, 1]]})",
           R"({"name": "X", "match": {"model": "M"}, "boxes": [[0, 0, 1, 70000]]})",
           R"({"name": "X", "match": {"model": "M"}, "boxes": [[0, 0, 1, 1]], "more": 1})",
           R"("X")",
       }) {
    EXPECT_THROW(parse_device_rules(file_of(bad)), base::Error) << bad;
  }
  for (const char* bad : {"", "[]", "{}", R"({"rules": {}})", R"({"rules": [], "more": 1})"}) {
    EXPECT_THROW(parse_device_rules(bad), base::Error) << bad;
  }
  EXPECT_THROW(read_device_rules("/nowhere/rules.json"), base::Error);
}

}  // namespace
}  // namespace efface::config::test
