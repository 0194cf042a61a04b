#include "check/instance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/unit/deid/support.h"

namespace efface::check {
namespace {

using deid::test::attribute;
using deid::test::DataSet;
using deid::test::item;
using dicom::Tag;
using dicom::Vr;

constexpr Tag name{0x0010, 0x0010}, id{0x0010, 0x0020}, birth_date{0x0010, 0x0030};
constexpr Tag identity_removed{0x0012, 0x0062}, temporal{0x0028, 0x0303};
constexpr Tag study_date{0x0008, 0x0020}, study_uid{0x0020, 0x000D};

using Places = std::set<std::string>;

/// "rule place" of all findings.
Places found_in(const DataSet& file, const deid::Profile& profile = {}) {
  const DataSet nothing;
  const dicom::InstanceFacts facts;
  Places places;
  for (const findings::Finding& finding :
       check_instance({file, nothing, nothing, facts, 0}, profile, deid::test::pseudonyms())) {
    places.insert(finding.rule + " " + finding.place);
  }
  return places;
}

DataSet with(std::vector<dicom::Attribute> attributes) {
  std::sort(attributes.begin(), attributes.end(),
            [](const auto& a, const auto& b) { return a.tag < b.tag; });
  DataSet file;
  file.attributes = std::move(attributes);
  return file;
}

TEST(CheckInstance, FindsWhatTheProfileRemoves) {
  const DataSet file = with(
      {attribute(name, Vr::PN, "Mustermann^Erika"), attribute(birth_date, Vr::DA, "19640812"),
       attribute({0x0008, 0x0080}, Vr::LO, "Some place"),
       attribute({0x0008, 0x103E}, Vr::LO, "T1 axial"), attribute({0x0010, 0x0040}, Vr::CS, "F"),
       attribute(study_uid, Vr::UI, "1.3.12.2.1107.5.2.1")});
  EXPECT_EQ(found_in(file),
            (Places{"attribute.identifying (0010,0010)", "attribute.date (0010,0030)",
                    "attribute.identifying (0008,0080)", "attribute.description (0008,103e)",
                    "attribute.other (0010,0040)", "uid.vendor-root (0020,000d)"}));
}

TEST(CheckInstance, FindsNothingInPlaceholders) {
  EXPECT_EQ(
      found_in(with({attribute(identity_removed, Vr::CS, "YES"),
                     attribute(name, Vr::PN, "Anonymous^Patient"),
                     attribute(id, Vr::LO, "SUB-0012"), attribute(birth_date, Vr::DA, "19000101"),
                     attribute(study_date, Vr::DA, ""), attribute({0x0008, 0x0050}, Vr::SH, "0000"),
                     attribute({0x0008, 0x0080}, Vr::LO, "REMOVED "),
                     attribute(study_uid, Vr::UI, "2.25.123456")})),
      Places{});
}

TEST(CheckInstance, AnIdOfAFileThatClaimsNothingIsAnOriginal) {
  const auto id_of = [](const std::string& claim, const std::string& who) {
    return found_in(with({attribute(id, Vr::LO, "447100"), attribute(name, Vr::PN, who),
                          attribute(identity_removed, Vr::CS, claim)}));
  };
  const std::string finding = "attribute.identifying (0010,0020)";
  EXPECT_TRUE(id_of("", "").contains(finding));
  EXPECT_TRUE(id_of("NO", "").contains(finding));
  EXPECT_EQ(id_of("YES", "P-ABCDEFGHIJKL"), Places{});
  EXPECT_TRUE(id_of("YES", "Mustermann^Erika").contains(finding));
}

TEST(CheckInstance, AClaimOfRemovedIdentityIsHeldAgainstTheFile) {
  const std::string finding = "claim.identity-removed (0012,0062)";
  const auto claimed = [](dicom::Attribute other) {
    return found_in(with({attribute(identity_removed, Vr::CS, "YES"), std::move(other)}));
  };
  EXPECT_TRUE(claimed(attribute(name, Vr::PN, "Mustermann^Erika")).contains(finding));
  EXPECT_TRUE(claimed(attribute({0x0008, 0x0090}, Vr::PN, "Doe^J")).contains(finding));
  EXPECT_TRUE(claimed(attribute({0x0008, 0x0050}, Vr::SH, "ACC123456")).contains(finding));
  EXPECT_FALSE(claimed(attribute({0x0010, 0x0040}, Vr::CS, "F")).contains(finding));
}

TEST(CheckInstance, DatesFollowTheClaimAndTheProfile) {
  const auto dates = [](const std::string& claim, deid::Dates asked) {
    deid::Profile profile;
    profile.dates = asked;
    return found_in(
        with({attribute(study_date, Vr::DA, "20190304"),
              attribute({0x0008, 0x0030}, Vr::TM, "101112"), attribute(temporal, Vr::CS, claim)}),
        profile);
  };
  const Places both{"attribute.date (0008,0020)", "attribute.date (0008,0030)"};
  EXPECT_EQ(dates("", deid::Dates::removed), both);
  EXPECT_EQ(dates("UNMODIFIED", deid::Dates::removed), both);
  EXPECT_EQ(dates("MODIFIED", deid::Dates::removed), Places{});
  EXPECT_EQ(dates("", deid::Dates::modified), Places{"attribute.date (0008,0020)"});
  EXPECT_EQ(dates("", deid::Dates::kept), Places{});
  Places untrue = both;
  untrue.insert("claim.dates-removed (0028,0303)");
  EXPECT_EQ(dates("REMOVED", deid::Dates::removed), untrue);
}

TEST(CheckInstance, PrivateAttributesAreOneFindingABlock) {
  const DataSet file = with({attribute({0x0029, 0x0010}, Vr::LO, "SIEMENS CSA HEADER"),
                             attribute({0x0029, 0x1008}, Vr::CS, "IMAGE"),
                             attribute({0x0029, 0x1009}, Vr::LO, "something"),
                             attribute({0x0031, 0x0010}, Vr::LO, "AN EMPTY BLOCK")});
  EXPECT_EQ(found_in(file), Places{"attribute.private (0029,10xx)"});
}

TEST(CheckInstance, FreeTextIsRead) {
  const Tag comments{0x0018, 0x9424};  // acquisition protocol description
  EXPECT_TRUE(found_in(with({attribute({0x0008, 0x1030}, Vr::LO, "MRI for Dr. Hansen")}))
                  .contains("text.name (0008,1030)"));
  EXPECT_TRUE(found_in(with({attribute(comments, Vr::LT, "call erika@example.org")}))
                  .contains("text.pattern (0018,9424)"));
  EXPECT_TRUE(found_in(with({attribute(name, Vr::PN, "Zzyzxski^Ulf"),
                             attribute({0x0018, 0x0015}, Vr::CS, "HEAD"),
                             attribute({0x0028, 0x6030}, Vr::LO, "zzyzxski mask")}))
                  .contains("text.name (0028,6030)"))
      << "the patient's own name, in an attribute that no row of the table names";
}

TEST(CheckInstance, ItemsOfASequenceAreCounted) {
  dicom::Attribute sequence = attribute({0x0008, 0x1140}, Vr::SQ, "");
  for (int i = 0; i < 3; ++i) {
    sequence.items.push_back(
        item({attribute({0x0008, 0x1155}, Vr::UI, "1.2.840.113619.2.5." + std::to_string(i))}));
  }
  const DataSet nothing;
  const dicom::InstanceFacts facts;
  const DataSet file = with({sequence});
  const auto found =
      check_instance({file, nothing, nothing, facts, 0}, {}, deid::test::pseudonyms());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].count, 3U);
  EXPECT_EQ(found[0].place, "(0008,1140)[0].(0008,1155)");
}

TEST(CheckInstance, ReasonsHoldNoValues) {
  const std::string secret = "XyzzyValue77";
  const DataSet file =
      with({attribute(name, Vr::PN, secret + "^Erika"), attribute(id, Vr::LO, secret),
            attribute({0x0008, 0x1030}, Vr::LO, "Dr. " + secret),
            attribute({0x0010, 0x21B0}, Vr::LT, "for " + secret + "@example.org")});
  const DataSet nothing;
  const dicom::InstanceFacts facts;
  for (const auto& finding :
       check_instance({file, file, file, facts, 9}, {}, deid::test::pseudonyms())) {
    EXPECT_EQ((finding.reason + finding.place).find("yzzy"), std::string::npos) << finding.rule;
  }
}

}  // namespace
}  // namespace efface::check
