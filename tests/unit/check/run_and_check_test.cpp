// What sidecar::clean() takes out is found before, and what it leaves is passed: for every name of
// the list, in JSON, XML and tables, under several profiles.
#include <gtest/gtest.h>

#include "check/json_text.h"
#include "check/table_text.h"
#include "check/xml_text.h"
#include "sidecar/clean.h"
#include "sidecar/fields.h"
#include "tests/unit/deid/support.h"

namespace efface::check {
namespace {

using sidecar::Field;
using sidecar::Kind;
using sidecar::Treatment;
using Findings = std::vector<findings::Finding>;

/// Something that a field of this kind holds, that identifies, and that no recogniser knows.
std::string value_for(const Field& field) {
  if (field.treatment == Treatment::age) return "93";
  if (field.row == nullptr) return "qwqw-xyzyx";
  switch (field.row->vr) {
    case dicom::Vr::PN:
      return "Olivia Smith";
    case dicom::Vr::UI:
      return "1.3.12.2.1107.5.2.43.66012";
    case dicom::Vr::DA:
    case dicom::Vr::DT:
      return "2019-03-04";
    case dicom::Vr::TM:
      return "10:11:12";
    default:
      return "qwqw xyzyx";
  }
}

struct Format {
  Kind kind;
  std::string before, between, after;

  std::string file(const std::string& name, const std::string& value) const {
    return before + name + between + value + after;
  }
  Findings find(const std::string& content, const deid::Profile& profile) const {
    if (kind == Kind::json) return *find_in_json(content, profile);
    if (kind == Kind::xml) return find_in_xml(content, profile);
    return find_in_table(content, '\t', profile);
  }
};

const Format formats[] = {{Kind::json, "{\"k\":1,\"", "\":\"", "\"}\n"},
                          {Kind::xml, "<a><p name=\"", "\">", "</p></a>\n"},
                          {Kind::tsv, "k\t", "\nw\t", "\n"}};

class RunAndCheck : public ::testing::TestWithParam<int> {
 protected:
  static deid::Profile profile() {
    deid::Profile profile;
    if (GetParam() == 1) profile.dates = deid::Dates::modified;
    if (GetParam() == 2) {
      profile.choose(deid::Option::retain_device_identity);
      profile.choose(deid::Option::retain_patient_characteristics);
      profile.choose(deid::Option::retain_institution_identity);
    }
    return profile;
  }
};

TEST_P(RunAndCheck, AgreeOnEveryNameOfTheList) {
  const deid::Profile held_to = profile();
  const deid::Pseudonyms pseudonyms = deid::test::pseudonyms();
  const sidecar::Rules rules{held_to, pseudonyms, {}, "sub-1", {}, {}};
  const std::vector<std::string> names = sidecar::known_names();
  EXPECT_GT(names.size(), 700U);
  int removed = 0;
  for (const std::string& name : names) {
    const Field field = sidecar::field_of(name, held_to);
    const std::string value = value_for(field);
    for (const Format& format : formats) {
      const std::string content = format.file(name, value);
      const std::string cleaned = sidecar::clean(format.kind, "a", content, rules).content;
      const bool was_taken_out = cleaned.find(value) == std::string::npos;
      // A moved date cannot be told from one that was not.
      const bool can_be_seen = field.treatment != Treatment::shift_date;
      EXPECT_EQ(!format.find(content, held_to).empty(), was_taken_out && can_be_seen) << content;
      EXPECT_EQ(format.find(cleaned, held_to), Findings()) << cleaned;
      removed += was_taken_out ? 1 : 0;
    }
  }
  EXPECT_GT(removed, 1000);
}

INSTANTIATE_TEST_SUITE_P(Profiles, RunAndCheck, ::testing::Values(0, 1, 2));

TEST(RunAndCheck, AgreeOnNamesThatNobodyListed) {
  const deid::Profile profile;
  const deid::Pseudonyms pseudonyms = deid::test::pseudonyms();
  const sidecar::Rules rules{profile, pseudonyms, {}, "sub-1", {}, {}};
  for (const char* content :
       {R"({"k":1,"HomeStreet":"Elm Row"})", R"({"k":1,"LastVisitDate":"2019-03-04"})",
        R"({"k":1,"Raters":{"Dr. Hansen":1}})", R"({"k":1,"Notes":"saw Dr. Hansen"})",
        R"({"k":1,"mrn":447100})", R"({"k":1,"InstitutionName":{"ward":"blue"}})"}) {
    EXPECT_FALSE(find_in_json(content, profile)->empty()) << content;
    const std::string cleaned = sidecar::clean(Kind::json, "a.json", content, rules).content;
    EXPECT_TRUE(find_in_json(cleaned, profile)->empty()) << cleaned;
  }
}

}  // namespace
}  // namespace efface::check
