#include <gtest/gtest.h>

#include "deid/dates.h"
#include "deid/dummy.h"

namespace efface::deid {
namespace {

using dicom::Vr;

TEST(Dates, MoveByDays) {
  EXPECT_EQ(shifted_dates(Vr::DA, "20240307", -7), "20240229");
  EXPECT_EQ(shifted_dates(Vr::DA, "20240307 ", -371), "20230302");
  EXPECT_EQ(shifted_dates(Vr::DA, "2024.03.07", -7), "20240229");
  EXPECT_EQ(shifted_dates(Vr::DA, "20240307\\\\20240101", -7), "20240229\\\\20231225");
  EXPECT_EQ(shifted_dates(Vr::DT, "20240307123456.789+0100", -7), "20240229123456.789+0100");
  EXPECT_EQ(shifted_dates(Vr::DT, "20240307", -7), "20240229");
}

TEST(Dates, ThatAreNoneDoNotMove) {
  for (const char* text :
       {"20240230", "2024", "202403", "DOE^JOHN", "2024030", "20241301", "00000000", "20240307x"}) {
    EXPECT_EQ(shifted_dates(Vr::DA, text, -7), std::nullopt) << text;
  }
  EXPECT_EQ(shifted_dates(Vr::DA, "20240307\\Doe", -7), std::nullopt);
  EXPECT_EQ(shifted_dates(Vr::DT, "202403", -7), std::nullopt);
  EXPECT_EQ(shifted_dates(Vr::DT, "20240307 John Doe", -7), std::nullopt);
  EXPECT_EQ(shifted_dates(Vr::DA, "00010103", -7), std::nullopt);
}

TEST(Dummies, FitTheirValueRepresentation) {
  const dicom::Tag any{0x0018, 0x1030};
  EXPECT_EQ(dummy_value(any, Vr::DA, "20240101\\20240102"), "19000101\\19000101");
  EXPECT_EQ(dummy_value(any, Vr::TM, "1234"), "000000");
  EXPECT_EQ(dummy_value(any, Vr::DT, "2024"), "19000101000000");
  EXPECT_EQ(dummy_value(any, Vr::AS, "044Y"), "000D");
  EXPECT_EQ(dummy_value(any, Vr::DS, "1.5\\2"), "0\\0");
  EXPECT_LE(dummy_value(any, Vr::AE, "x").size(), 16U);
  EXPECT_LE(dummy_value(any, Vr::SH, "x").size(), 16U);
  EXPECT_LE(dummy_value(any, Vr::CS, "x").size(), 16U);
  EXPECT_EQ(dummy_value(any, Vr::OB, "secret"), std::string(6, '\0'));
  EXPECT_EQ(dummy_value(any, Vr::OB, std::string(9000, 'x')), std::string(4096, '\0'));
  EXPECT_EQ(dummy_value(any, Vr::OB, ""), std::string(2, '\0'));
  EXPECT_TRUE(is_dummy("ANONYMIZED"));
  EXPECT_FALSE(is_dummy("Doe"));
}

}  // namespace
}  // namespace efface::deid
