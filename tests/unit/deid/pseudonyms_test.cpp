#include "deid/pseudonyms.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "dicom/uid.h"
#include "support.h"

namespace efface::deid {
namespace {

TEST(Pseudonyms, AreTheSameForTheSameKeyOnly) {
  const Pseudonyms one = test::pseudonyms(1), again = test::pseudonyms(1),
                   two = test::pseudonyms(2);
  EXPECT_EQ(one.uid("1.2.3.4"), again.uid("1.2.3.4"));
  EXPECT_NE(one.uid("1.2.3.4"), two.uid("1.2.3.4"));
  EXPECT_EQ(one.pseudonym("patient", "x", "P-", 12), again.pseudonym("patient", "x", "P-", 12));
  EXPECT_NE(one.pseudonym("patient", "x", "P-", 12), two.pseudonym("patient", "x", "P-", 12));
  EXPECT_NE(one.pseudonym("patient", "x", "P-", 12), one.pseudonym("other", "x", "P-", 12));
  EXPECT_NE(one.seed("a", "x"), one.seed("b", "x"));
  EXPECT_NE(one.path_token("a", "x"), two.path_token("a", "x"));
}

TEST(Pseudonyms, ReplaceUidsButRegisteredOnes) {
  const Pseudonyms keyed = test::pseudonyms();
  const std::string replaced = keyed.uid("1.2.3.4");
  EXPECT_TRUE(replaced.starts_with("2.25."));
  EXPECT_TRUE(dicom::is_valid_uid(replaced));
  EXPECT_EQ(replaced, keyed.uid(std::string("1.2.3.4\0", 8)));
  EXPECT_EQ(replaced, keyed.uid(" 1.2.3.4 "));
  EXPECT_EQ(keyed.uid("1.2.840.10008.1.4.1.1"), "1.2.840.10008.1.4.1.1");
}

TEST(Pseudonyms, HaveTheFormTheyPromise) {
  const std::string name = test::pseudonyms().pseudonym("patient", "x", "P-", 12);
  EXPECT_EQ(name.size(), 14U);
  EXPECT_EQ(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 2), std::string::npos);
  const std::string token = test::pseudonyms().path_token("study", "x");
  EXPECT_EQ(token.size(), 32U);
  EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(Pseudonyms, NoNameIsANumber) {
  base::Digest digits{};  // 6343 7920 6003 7996 passes Luhn's test
  const std::array<int, 8> bytes{0x63, 0x43, 0x79, 0x20, 0x60, 0x03, 0x79, 0x96};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    digits.bytes[i] = static_cast<std::uint8_t>(bytes[i]);
  digits.bytes[8] = 0xff;  // beyond what names take
  const Pseudonyms number([&](auto, auto) { return digits; });
  EXPECT_TRUE(number.path_token("study", "x").starts_with("a343792060037996ff"));

  digits.bytes[7] = 0x9a;
  const Pseudonyms mixed([&](auto, auto) { return digits; });
  EXPECT_TRUE(mixed.path_token("study", "x").starts_with("634379206003799aff"));
}

TEST(Pseudonyms, ShiftDatesByWholeWeeksIntoThePast) {
  const Pseudonyms keyed = test::pseudonyms();
  std::set<int> shifts;
  for (int i = 0; i < 500; ++i) {
    const int days = keyed.date_shift_days("subject " + std::to_string(i));
    EXPECT_EQ(days % 7, 0);
    EXPECT_LT(days, -365);
    EXPECT_GT(days, -3653);
    shifts.insert(days);
  }
  EXPECT_GT(shifts.size(), 200U);
  EXPECT_EQ(keyed.date_shift_days("a"), keyed.date_shift_days("a"));
}

TEST(Subject, IsThePatientOrElseTheStudy) {
  dicom::InstanceFacts facts;
  facts.study_uid = base::Phi<std::string>("1.2.3");
  const std::string by_study = subject_of(facts);
  facts.patient_id = base::Phi<std::string>("1.2.3 ");
  const std::string by_patient = subject_of(facts);
  EXPECT_NE(by_study, by_patient);
  facts.study_uid = base::Phi<std::string>("4.5.6");
  EXPECT_EQ(subject_of(facts), by_patient);
  facts.issuer_of_patient_id = base::Phi<std::string>("clinic");
  EXPECT_NE(subject_of(facts), by_patient);
}

}  // namespace
}  // namespace efface::deid
