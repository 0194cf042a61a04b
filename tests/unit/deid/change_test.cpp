// Single rows that a user changes.
#include <gtest/gtest.h>

#include "deid/ages.h"
#include "deid/dates.h"
#include "support.h"

namespace efface::deid {
namespace {

using test::attribute;
using test::cleaned;
using test::DataSet;
using test::item;
using test::sequence;
using test::Vr;

Profile changed(std::vector<RowChange> changes, Dates dates = Dates::removed) {
  Profile profile;
  profile.dates = dates;
  profile.changes = std::move(changes);
  return profile;
}

std::string codes_in(const DataSet& data_set) {
  std::string codes;
  const test::Attribute* sequence = data_set.find({0x0012, 0x0064});
  if (sequence == nullptr) return codes;
  for (const DataSet& code : sequence->items) codes += code.text({0x0008, 0x0100}) + ' ';
  return codes;
}

TEST(ChangedRows, ComeBeforeTableAndOptions) {
  Profile profile = changed({{{0x0008, 0x0080}, "", Code::X, "not even as a dummy"},
                             {{0x0018, 0x0081}, "", Code::D, "a fingerprint of the protocol"},
                             {{0x0040, 0x0555}, "", Code::K, "wanted"}});
  profile.choose(Option::retain_institution_identity);
  const DataSet output = cleaned(
      item({attribute({0x0008, 0x0080}, Vr::LO, "Saint Elsewhere"),
            attribute({0x0008, 0x0081}, Vr::ST, "1 Hill Street"),
            attribute({0x0018, 0x0081}, Vr::DS, "12.5"),
            sequence({0x0040, 0x0555}, {item({attribute({0x0040, 0xA30A}, Vr::DS, "7")})})}),
      profile);
  EXPECT_EQ(output.find({0x0008, 0x0080}), nullptr);
  EXPECT_EQ(output.text({0x0008, 0x0081}), "1 Hill Street");
  EXPECT_EQ(output.text({0x0018, 0x0081}), "0");
  EXPECT_EQ(output.find({0x0040, 0x0555})->items.size(), 1U);
  EXPECT_EQ(ruling_for({0x0008, 0x0080}, profile).source, Source::change);
}

TEST(ChangedRows, ThatKeepMoreTakeTheClaimAway) {
  const DataSet input = item({attribute({0x0008, 0x1030}, Vr::LO, "CT CHEST")});
  const Profile keeps = changed({{{0x0008, 0x1030}, "", Code::K, "made by us"}});
  EXPECT_TRUE(keeps_more_than_standard(keeps));
  EXPECT_EQ(cleaned(input, keeps).text({0x0008, 0x1030}), "CT CHEST");
  EXPECT_EQ(codes_in(cleaned(input, keeps)), "");
  EXPECT_EQ(cleaned(input, keeps).text({0x0012, 0x0063}),
            "efface 0.1: PS3.15 2026d Basic Profile, rows changed");
  const Profile takes = changed({{{0x0018, 0x0081}, "", Code::X, "more"}});
  EXPECT_FALSE(keeps_more_than_standard(takes));
  EXPECT_EQ(codes_in(cleaned(input, takes)), "113100 ");
  Profile agrees = changed({{{0x0010, 0x0040}, "", Code::K, "as the option says"}});
  EXPECT_TRUE(keeps_more_than_standard(agrees));
  agrees.choose(Option::retain_patient_characteristics);
  EXPECT_FALSE(keeps_more_than_standard(agrees));
}

TEST(ChangedRows, NeverKeepANameThatStandsInThem) {
  const DataSet output = cleaned(item({attribute({0x0008, 0x1030}, Vr::LO, "CT of mustermann"),
                                       attribute({0x0010, 0x0010}, Vr::PN, "Mustermann^Erika")}),
                                 changed({{{0x0008, 0x1030}, "", Code::K, "made by us"}}));
  EXPECT_EQ(output.text({0x0008, 0x1030}), "ANONYMIZED");
}

TEST(ChangedRows, MayBePrivate) {
  const DataSet input = item({attribute({0x0019, 0x0010}, Vr::LO, "ACME 1.0"),
                              attribute({0x0019, 0x100C}, Vr::IS, "1000"),
                              attribute({0x0019, 0x100D}, Vr::LO, "secret")});
  const Profile profile = changed({{{0x0019, 0x000C}, "ACME 1.0", Code::K, "b-value"}});
  const DataSet output = cleaned(input, profile);
  EXPECT_EQ(output.text({0x0019, 0x100C}), "1000");
  EXPECT_EQ(output.text({0x0019, 0x0010}), "ACME 1.0");
  EXPECT_EQ(output.find({0x0019, 0x100D}), nullptr);
  EXPECT_TRUE(keeps_more_than_standard(profile));
  Profile less = changed({{{0x0019, 0x000C}, "SIEMENS MR HEADER", Code::X, "not the b-value"}});
  less.choose(Option::retain_safe_private);
  EXPECT_FALSE(keeps_more_than_standard(less));
}

TEST(ChangedRows, MoveABirthDateAndTheAgeWithIt) {
  Profile profile =
      changed({{{0x0010, 0x0030}, "", Code::C, "intervals from birth"}}, Dates::modified);
  profile.choose(Option::retain_patient_characteristics);
  const auto of = [&](const char* birth, const char* study, const char* age) {
    return cleaned(item({attribute({0x0008, 0x0020}, Vr::DA, study),
                         attribute({0x0010, 0x0030}, Vr::DA, birth),
                         attribute({0x0010, 0x1010}, Vr::AS, age)}),
                   profile);
  };
  for (const auto& [birth, study, age] :
       {std::tuple("19700307", "20240307", "054Y"), std::tuple("19960229", "20240228", "027Y"),
        std::tuple("20000101", "20240101", "024Y")}) {
    const DataSet output = of(birth, study, age);
    const std::string moved = output.text({0x0010, 0x0030});
    EXPECT_LT(moved, birth);
    EXPECT_EQ(years_between(moved, output.text({0x0008, 0x0020})),
              std::stoi(output.text({0x0010, 0x1010})));
    EXPECT_NEAR(std::stoi(output.text({0x0010, 0x1010})), std::stoi(age), 1);
  }
  EXPECT_EQ(of("19700307", "20240307", "021Y").text({0x0010, 0x1010}), "021Y");  // was never true
  EXPECT_EQ(of("19300307", "20240307", "094Y").text({0x0010, 0x0030}), "");
  EXPECT_EQ(of("19300307", "20240307", "094Y").text({0x0010, 0x1010}), "090Y");
  EXPECT_EQ(of("19700307", "20240307", "094Y").text({0x0010, 0x0030}), "");
  EXPECT_EQ(of("19700307", "someday", "054Y").text({0x0010, 0x0030}), "");
}

TEST(Ages, AreWhatTheStandardSays) {
  EXPECT_EQ(ages_to_keep("054Y"), "054Y");
  EXPECT_EQ(ages_to_keep("999M"), "999M");
  EXPECT_EQ(ages_to_keep("120Y\\003W"), "090Y\\003W");
  EXPECT_EQ(ages_to_keep(""), "");
  for (const char* none : {"54Y", "054y", "054", "-54Y", "+54Y", "0x4Y", "Doe", "054Y Doe"}) {
    EXPECT_EQ(ages_to_keep(none), std::nullopt) << none;
  }
  EXPECT_EQ(years_between("19700307", "20240306"), 53);
  EXPECT_EQ(years_between("19700307", "20240307"), 54);
  EXPECT_EQ(years_between("20240307", "19700307"), std::nullopt);
  EXPECT_EQ(years_between("1970", "20240307"), std::nullopt);
}

TEST(Dates, AreValidOrNot) {
  for (const char* good : {"20240229", "2024.02.29", "", "20240101\\20240102"}) {
    EXPECT_TRUE(is_valid(Vr::DA, good)) << good;
  }
  for (const char* bad : {"20230229", "00000101", "2024-02-29", "2024", "Doe", "20240229x"}) {
    EXPECT_FALSE(is_valid(Vr::DA, bad)) << bad;
  }
  for (const char* good : {"10", "1011", "101112", "235960", "101112.123456", "10:11:12"}) {
    EXPECT_TRUE(is_valid(Vr::TM, good)) << good;
  }
  for (const char* bad : {"1", "24", "1060", "101", "101112.", "101112.1234567", "10111", "ten"}) {
    EXPECT_FALSE(is_valid(Vr::TM, bad)) << bad;
  }
  for (const char* good : {"2024", "202402", "20240229", "2024022910", "20240229101112.5",
                           "20240229101112.5-0830", "2024+0100"}) {
    EXPECT_TRUE(is_valid(Vr::DT, good)) << good;
  }
  for (const char* bad : {"20240230", "202413", "20240229+01", "20240229+2500", "20240229 1011",
                          "2024022910:11:12", "20240229101112+0100x"}) {
    EXPECT_FALSE(is_valid(Vr::DT, bad)) << bad;
  }
  EXPECT_FALSE(is_valid(Vr::LO, "20240229"));
}

}  // namespace
}  // namespace efface::deid
