// The small judgements: names, placeholders, roots of UIDs, dates, JSON.
#include <gtest/gtest.h>

#include "check/free_text.h"
#include "check/json_text.h"
#include "check/pseudonym.h"
#include "check/study_dates.h"
#include "check/vendor_roots.h"
#include "tests/unit/deid/support.h"

namespace efface::check {
namespace {

using deid::test::attribute;
using dicom::Vr;

TEST(ReadsAsName, TellsNamesFromWhatStandsInTheirPlace) {
  for (const char* person : {"Mustermann^Erika", "SMITH", "Lee Ann", "Yamada^Tarou=山田^太郎",
                             "山田", "Müller", "smith_01", "John 1970"}) {
    EXPECT_TRUE(reads_as_name(person)) << person;
  }
  for (const char* none : {"", "^", "Anonymous", "ANONYMIZED^", "P-ABCDEFGHIJKL", "sub-01", "A123",
                           "Patient 7", "PHANTOM^TEST", "CRANIX 5", "0012", "e3b0c442", "X"}) {
    EXPECT_FALSE(reads_as_name(none)) << none;
  }
}

TEST(IsPlaceholder, KnowsWhatToolsWrite) {
  for (const char* value :
       {"", "  ", "0000", "000000.000", "XXXX", "REMOVED", "N/A", "not identified", "19000101",
        "18810203", "00010101000000", "000Y", "----"}) {
    EXPECT_TRUE(is_placeholder(value)) << value;
  }
  for (const char* value : {"M", "12", "20190304", "Berlin", "045Y", "Removed by Smith"}) {
    EXPECT_FALSE(is_placeholder(value)) << value;
  }
}

TEST(ManufacturerOf, KnowsRootsAsWholeComponents) {
  EXPECT_EQ(manufacturer_of("1.3.12.2.1107.5.2.32"), "Siemens");
  EXPECT_EQ(manufacturer_of("1.2.840.113619.2.1"), "GE");
  EXPECT_EQ(manufacturer_of("1.2.840.1136190.2.1"), "");
  EXPECT_EQ(manufacturer_of("1.3.12.2.1107"), "");
  EXPECT_EQ(manufacturer_of("2.25.1234"), "");
  EXPECT_EQ(manufacturer_of("1.3.6.1.4.1.14519.5.2.1"), "");
}

dicom::DataSet image(const std::string& study, const std::string& acquired,
                     const std::string& moment, const std::string& type = "ORIGINAL\\PRIMARY") {
  return deid::test::item(
      {attribute({0x0008, 0x0008}, Vr::CS, type), attribute({0x0008, 0x0020}, Vr::DA, study),
       attribute({0x0008, 0x0022}, Vr::DA, acquired), attribute({0x0008, 0x002A}, Vr::DT, moment)});
}

TEST(StudyDates, ThatWereShiftedApartAreFound) {
  EXPECT_FALSE(find_disagreeing_dates(image("20190304", "20190304", "20190304101112.5")));
  EXPECT_FALSE(find_disagreeing_dates(image("20190304", "20190305", "20190305000100")));
  EXPECT_FALSE(find_disagreeing_dates(image("20190304", "", "")));
  EXPECT_FALSE(find_disagreeing_dates(image("19000101", "20190304", "20190304")));
  EXPECT_FALSE(find_disagreeing_dates(image("no date!", "20190304", "20190304")));
  const auto apart = find_disagreeing_dates(image("20190304", "20120304", ""));
  ASSERT_TRUE(apart);
  EXPECT_EQ(apart->place, "(0008,0022)");
  EXPECT_TRUE(find_disagreeing_dates(image("20120304", "20120304", "20190304101112")));
  EXPECT_FALSE(find_disagreeing_dates(image("20190304", "20120304", "", "DERIVED\\SECONDARY")));
}

TEST(StudyDates, AreDaysApart) {
  EXPECT_EQ(days_between("20200228", "20200301"), 2);
  EXPECT_EQ(days_between("20200301", "20190301"), 366);
}

TEST(FindInText, PassesOverDigestsAndDecimals) {
  EXPECT_EQ(find_in_text("e3b0-19870203 c44298fc1c149afb/19870203aabbccdd", "").rule,
            "text.pattern");
  EXPECT_EQ(find_in_text("c44298fc1c149afb f4c8996f-1987-02-03", "").rule, "text.pattern");
  EXPECT_EQ(find_in_text("TE=2.440000057;sec=33606.5975;phaseDir=+", "").rule, "");
  EXPECT_EQ(find_in_text("on 04.03.2019 at 8", "").rule, "text.pattern");
  EXPECT_EQ(find_in_text("da39a3ee5e6b4b0d19870203bfef95601890afd8", "").rule, "");
}

TEST(FindInJson, NamesThePlace) {
  const auto found = find_in_json(
      R"({"hash":"4711000011112222","list":[{"a/b":"call Dr. Hansen"},{"a/b":"for Dr. Jensen"}]})");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ((*found)[0].place, "/list/0/a~1b");
  EXPECT_EQ((*found)[0].rule, "text.name");
  EXPECT_EQ((*found)[0].count, 2U);
  EXPECT_FALSE(find_in_json("{\"broken\":"));
  EXPECT_FALSE(find_in_json("plain words"));
  EXPECT_FALSE(find_in_json(std::string(5000, '[')));
  EXPECT_FALSE(find_in_json(std::string(500, '[') + std::string(500, ']')));
}

}  // namespace
}  // namespace efface::check
