// The small judgements: names, placeholders, roots of UIDs, dates, JSON.
#include <gtest/gtest.h>

#include "check/fields.h"
#include "check/file_name.h"
#include "check/free_text.h"
#include "check/json_text.h"
#include "check/pseudonym.h"
#include "check/study_dates.h"
#include "check/table_text.h"
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
  EXPECT_EQ(manufacturer_of("1.2.392.200036.9116.2.2"), "Canon (Toshiba)");
  EXPECT_EQ(manufacturer_of("1.2.392.200036.9107.1"), "a maker in Japan");
  EXPECT_EQ(manufacturer_of("1.2.840.1136190.2.1"), "");
  EXPECT_EQ(manufacturer_of("1.3.12.2.1107"), "");
  EXPECT_EQ(manufacturer_of("2.25.1234"), "");
  for (const char* toolkits :
       {"1.2.276.0.7230010.3.1.4", "1.2.826.0.1.3680043.8.498.1", "1.2.826.0.1.3680043.2.1143.1",
        "1.2.40.0.13.1.1", "1.3.6.1.4.1.5962.1", "1.3.6.1.4.1.25403.1", "1.3.6.1.4.1.14519.5.2.1",
        "2.16.840.1.113669.632.20"}) {
    EXPECT_EQ(manufacturer_of(toolkits), "") << toolkits;
  }
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

TEST(FindInText, PassesOverLabels) {
  EXPECT_EQ(find_in_text("sub-01 ses-02", "").rule, "");
  EXPECT_EQ(find_in_text("study/sub-XXBUBZBFO3QE/ses-1", "").rule, "");
  EXPECT_EQ(find_in_text("sub-20190304", "").rule, "text.pattern");
}

TEST(FindInText, PassesOverDigestsAndDecimals) {
  EXPECT_EQ(find_in_text("e3b0-19870203 c44298fc1c149afb/19870203aabbccdd", "").rule,
            "text.pattern");
  EXPECT_EQ(find_in_text("c44298fc1c149afb f4c8996f-1987-02-03", "").rule, "text.pattern");
  EXPECT_EQ(find_in_text("TE=2.440000057;sec=33606.5975;phaseDir=+", "").rule, "");
  EXPECT_EQ(find_in_text("libre2.so.9.0.0 libopenblasp-r0.3.21.so libstdc++.so.6.0.30", "").rule,
            "");
  EXPECT_EQ(find_in_text("alright, also 9.3.2020", "").rule, "text.pattern");
  EXPECT_EQ(find_in_text("on 04.03.2019 at 8", "").rule, "text.pattern");
  EXPECT_EQ(find_in_text("da39a3ee5e6b4b0d19870203bfef95601890afd8", "").rule, "");
}

TEST(FindInJson, NamesThePlace) {
  const auto found = find_in_json(
      R"({"hash":"4711000011112222","list":[{"a/b":"call Dr. Hansen"},{"a/b":"for Dr. Jensen"}]})",
      {});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ((*found)[0].place, "/list/0/a~1b");
  EXPECT_EQ((*found)[0].rule, "text.name");
  EXPECT_EQ((*found)[0].count, 2U);
  EXPECT_TRUE(find_in_json(R"({"x":"0a4a111122223333/447100aa00447100.dcm"})", {})->empty());
  EXPECT_FALSE(find_in_json(R"({"x":"4111111111111111"})", {})->empty());
  EXPECT_FALSE(find_in_json("{\"broken\":", {}));
  EXPECT_FALSE(find_in_json("plain words", {}));
  EXPECT_FALSE(find_in_json(std::string(5000, '['), {}));
  EXPECT_FALSE(find_in_json(std::string(500, '[') + std::string(500, ']'), {}));
}

std::string rule_of(std::string_view name, std::string_view value,
                    const deid::Profile& profile = {}, ValueKind kind = ValueKind::text) {
  return judge_value(sidecar::field_of(name, profile), value, "", kind).rule;
}

TEST(JudgeValue, KnowsFieldsByTheirNames) {
  EXPECT_EQ(rule_of("PatientName", "Mustermann^Erika"), "sidecar.field");
  EXPECT_EQ(rule_of("PatientName", "Anonymous"), "");
  EXPECT_EQ(rule_of("PatientName", "A123"), "");
  EXPECT_EQ(rule_of("InstitutionName", "Some place"), "sidecar.field");
  EXPECT_EQ(rule_of("AcquisitionTime", "13:45:30.5"), "sidecar.other");
  EXPECT_EQ(rule_of("SeriesDescription", "T1w"), "sidecar.other");
  EXPECT_EQ(rule_of("EchoTime", "0.00244"), "");
  EXPECT_EQ(rule_of("SeriesInstanceUID", "1.3.12.2.1107.5.2.43.1"), "uid.vendor-root");
  EXPECT_EQ(rule_of("SeriesInstanceUID", "2.25.17"), "");
  EXPECT_EQ(rule_of("00100010", "Mustermann^Erika"), "sidecar.field");
  EXPECT_EQ(rule_of("date_of_birth", "1. May"), "sidecar.field");
  EXPECT_EQ(rule_of("date_of_birth", "unknown to us"), "");
  EXPECT_EQ(rule_of("HomeStreet", "Elm Row"), "sidecar.field");
  EXPECT_EQ(rule_of("VisitDate2", "x"), "");
  EXPECT_EQ(rule_of("LastVisitDate", "2019-03-04"), "sidecar.field");
}

TEST(JudgeValue, AgesAndShiftedDates) {
  EXPECT_EQ(rule_of("age", "90"), "sidecar.field");
  EXPECT_EQ(rule_of("age", "90", {}, ValueKind::number), "sidecar.field");
  EXPECT_EQ(rule_of("age", "89"), "");
  EXPECT_EQ(rule_of("age", "89+"), "");
  EXPECT_EQ(rule_of("acq_time", "2009-06-15T13:45:30"), "sidecar.field");
  EXPECT_EQ(rule_of("acq_time", "1877-06-15T13:45:30"), "");
  EXPECT_EQ(rule_of("birthdate", "1917-06-15"), "sidecar.field");
  EXPECT_EQ(rule_of("acq_time", "n/a"), "");
}

TEST(JudgeValue, TellsNumbersFromCounts) {
  EXPECT_EQ(rule_of("mrn", "12", {}, ValueKind::number), "");
  EXPECT_EQ(rule_of("mrn", "447100", {}, ValueKind::number), "sidecar.field");
  EXPECT_EQ(rule_of("mrn", "12"), "sidecar.field");
  EXPECT_EQ(rule_of("StudyDate", "2019", {}, ValueKind::number), "sidecar.field");
  EXPECT_EQ(rule_of("Voxels", "447100123", {}, ValueKind::number), "");
}

TEST(JudgeValue, ANameAloneIsAnythingsNameButInTables) {
  const sidecar::Field field = sidecar::field_of("name", {});
  EXPECT_EQ(judge_value(field, "efface", "").rule, "");
  EXPECT_EQ(judge_value(field, "Olivia S.", "").rule, "sidecar.field");
  EXPECT_EQ(judge_value(field, "Zzyzx", "", ValueKind::text, Among::people).rule, "sidecar.field");
}

TEST(JudgeValue, HoldsToTheProfile) {
  deid::Profile profile;
  profile.choose(deid::Option::retain_device_identity);
  EXPECT_EQ(rule_of("DeviceSerialNumber", "66012"), "sidecar.field");
  EXPECT_EQ(rule_of("DeviceSerialNumber", "66012", profile), "");
}

TEST(FindInJson, WhatIsInAFieldThatGoesGoesWithIt) {
  const auto places = [](const char* text) {
    std::string all;
    const auto found = find_in_json(text, {});
    for (const findings::Finding& finding : *found) all += finding.rule + finding.place + " ";
    return all;
  };
  EXPECT_EQ(places(R"({"InstitutionName":{"ward":["blue"]}})"),
            "sidecar.field/InstitutionName/ward/0 ");
  EXPECT_EQ(places(R"({"InstitutionName":{"Description":"the place","Levels":{"a":"b"}}})"), "");
  EXPECT_EQ(places(R"({"Raters":{"Dr. Hansen":1}})"), "text.name/Raters/(key 1) ");
  EXPECT_EQ(places(R"({"00100010":{"vr":"PN","Value":[{"Alphabetic":"Zzyzx^Ulf"}]}})"),
            "sidecar.field/00100010/Value/0/Alphabetic ");
  EXPECT_EQ(places(R"({"PatientWeight":{"removed":3},"EncapsulatedDocument":2})"), "");
  EXPECT_EQ(places(R"({"PatientWeight":71.5,"StudyDate":{"day":20190304}})"),
            "sidecar.field/StudyDate/day sidecar.other/PatientWeight ");
}

TEST(FindInTable, CountsByColumn) {
  const auto found = find_in_table(
      "participant_id\tage\tnotes\r\nsub-01\t34\tfine\nsub-02\t93\tsaw Dr. Hansen\n"
      "sub-03\t95\tn/a\n",
      '\t', {});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].rule + " " + found[0].place, "sidecar.field column age");
  EXPECT_EQ(found[0].count, 2U);
  EXPECT_EQ(found[1].rule + " " + found[1].place, "text.name column notes");
  const auto unnamed = find_in_table("1.5\tOlivia Smith\n", '\t', {}, {"cardiac", "name"});
  ASSERT_EQ(unnamed.size(), 1U);
  EXPECT_EQ(unnamed[0].rule + " " + unnamed[0].place, "sidecar.field column name");
  const auto pandas = find_in_table(",name,0,age\n0,Zzyzx,5,93\n", ',', {});
  ASSERT_EQ(pandas.size(), 2U);
  EXPECT_EQ(pandas[0].place + pandas[1].place, "column agecolumn name");
  const auto bare = find_in_table("Dr. Hansen,7\n", ',', {});
  ASSERT_EQ(bare.size(), 1U) << "a first line that names no columns";
  EXPECT_EQ(bare[0].rule + " " + bare[0].place, "text.name column 1");
  const auto telling = find_in_table("a,for Dr. Hansen\n1,2\n", ',', {});
  ASSERT_EQ(telling.size(), 1U) << "the name of a column";
  EXPECT_EQ(telling[0].rule + " " + telling[0].place, "text.name column 2");
  const auto quoted = find_in_table("a,\"b, c\"\n1,\"Dr. Hansen,\nhere\"\n", ',', {});
  ASSERT_EQ(quoted.size(), 1U);
  EXPECT_EQ(quoted[0].place, "column 2");
}

TEST(FindInName, TellsNamesAndDates) {
  for (const char* name : {"data/john_smith/t1.nii", "Dr. Hansen.dcm", "scan_2019-03-04.nii.gz"}) {
    EXPECT_EQ(find_in_name(name).rule, "file-name.identifying") << name;
  }
  for (const char* name : {"sub-01/ses-02/anat/sub-01_ses-02_T1w.nii.gz", "IM-0001-0012.dcm",
                           "73bc477e7a3c02f7/e9056bb2c0f709e1/0c61c9fe97de5d89.dcm",
                           "CTImage_1.2.840.10008.1.2.4.90.dcm", "manifest.json",
                           "participants.tsv", "CT_small.dcm"}) {
    EXPECT_EQ(find_in_name(name).rule, "") << name;
  }
}

}  // namespace
}  // namespace efface::check
