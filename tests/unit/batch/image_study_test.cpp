#include "batch/image_study.h"

#include <gtest/gtest.h>

#include "batch/instance.h"

namespace efface::batch {
namespace {

TEST(HeaderField, KeepsTheNamesThatFormatsDefine) {
  for (const char* name : {"descrip", "comment", "key/value", "other field", "trailing bytes"}) {
    EXPECT_EQ(header_field("nifti1", name), name);
  }
}

TEST(HeaderField, HidesNamesThatUsersMade) {
  EXPECT_EQ(header_field("nrrd", "doejane_1970"), "nrrd-field");
  EXPECT_EQ(header_field("metaimage", "Doe Jane"), "metaimage-field");
  EXPECT_EQ(header_field("nrrd", "comment of Doe"), "nrrd-field");
  EXPECT_EQ(header_field("Doe^Jane", "doejane"), "header-field");
}

TEST(Details, HoldNoPathEvenWhenItHoldsQuotationMarks) {
  EXPECT_EQ(without_quotes("cannot open '/data/DOE_JANE/1.dcm': Permission denied"),
            "cannot open the file: Permission denied");
  EXPECT_EQ(without_quotes("cannot open '/data/O'Brien/1.dcm': Permission denied"),
            "cannot open the file: Permission denied");
  EXPECT_EQ(without_quotes("cannot open '/data/O'Bri'en/1.dcm'"), "cannot open the file");
  EXPECT_EQ(without_quotes("the data set is empty"), "the data set is empty");
}

}  // namespace
}  // namespace efface::batch
