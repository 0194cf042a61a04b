#include <gtest/gtest.h>

#include "dicom/dataset.h"
#include "dicom/edit.h"
#include "dicom/tag.h"
#include "dicom/uid.h"
#include "dicom/vr.h"

namespace efface::dicom {
namespace {

TEST(Tag, IsWrittenAndOrdered) {
  EXPECT_EQ(to_string(Tag{0x0010, 0x21D0}), "(0010,21d0)");
  EXPECT_TRUE((Tag{0x0009, 0}.is_private()));
  EXPECT_FALSE((Tag{0x0010, 0x0010}.is_private()));
  EXPECT_TRUE((Tag{0x0010, 0}.is_group_length()));
  const TagPath top{{}, {0x7FE0, 0x0010}};
  const TagPath first{{{{0x0040, 0x0275}, 0}}, {0x0032, 0x1060}};
  const TagPath second{{{{0x0040, 0x0275}, 1}}, {0x0008, 0x0050}};
  EXPECT_EQ(to_string(second), "(0040,0275)[1].(0008,0050)");
  EXPECT_LT(top, first);
  EXPECT_LT(first, second);
}

TEST(Vr, ReadsTwoCharacters) {
  EXPECT_EQ(vr_from("PN"), Vr::PN);
  EXPECT_EQ(vr_from("ZZ"), Vr::none);
  EXPECT_EQ(vr_from("P"), Vr::none);
  EXPECT_EQ(to_string(Vr::UV), "UV");
  EXPECT_TRUE(is_text(Vr::UI));
  EXPECT_FALSE(is_text(Vr::UN));
  EXPECT_TRUE(uses_character_set(Vr::UC));
  EXPECT_FALSE(uses_character_set(Vr::CS));
}

TEST(Uid, IsValidOrNot) {
  EXPECT_TRUE(is_valid_uid("1.2.840.10008.1.2"));
  EXPECT_TRUE(is_valid_uid("2.25.0"));
  for (const char* wrong : {"", ".1", "1.", "1..2", "1.02", "1.2a", "Doe"}) {
    EXPECT_FALSE(is_valid_uid(wrong)) << wrong;
  }
  EXPECT_FALSE(is_valid_uid("1." + std::string(63, '2')));
}

TEST(Uid, IsRegisteredOnlyAsTheStandardRegisters) {
  for (const char* uid : {"1.2.840.10008", "1.2.840.10008.1.4.1.1",
                          "1.2.840.10008.5.1.4.1.1.77.1.5.8", "1.2.840.10008.6.1.1427"}) {
    EXPECT_TRUE(is_registered_uid(uid)) << uid;
  }
  for (const char* uid :
       {"1.2.840.100081", "1.2.840.10008.20240307.1", "1.2.840.10008.", "1.2.840.10008..1",
        "1.2.840.10008.Doe", "1.2.840.113619.1", "", "1.2.840.10008.1.1.1.1.1.1.1.1.1.1.1.1.1"}) {
    EXPECT_FALSE(is_registered_uid(uid)) << uid;
  }
}

TEST(Uid, IsMadeFromADigest) {
  base::Digest digest;
  EXPECT_EQ(uid_from_digest(digest),
            "2.25.377798542001608471871488");  // 80·2^72 + 128·2^56
  digest.bytes.fill(0xFF);
  const std::string largest = uid_from_digest(digest);
  EXPECT_TRUE(is_valid_uid(largest));
  EXPECT_LE(largest.size(), 44U);
}

TEST(DataSet, GivesTrimmedText) {
  DataSet data_set;
  Attribute& attribute = data_set.attributes.emplace_back();
  attribute.tag = {0x0008, 0x0008};
  attribute.value = base::Phi<std::string>(std::string(" ORIGINAL\\ PRIMARY \0", 20));
  EXPECT_EQ(data_set.text({0x0008, 0x0008}), "ORIGINAL\\ PRIMARY");
  EXPECT_EQ(data_set.text({0x0008, 0x0009}), "");
  EXPECT_EQ(data_set.find({0x0008, 0x0009}), nullptr);
  EXPECT_EQ(split_values(data_set.text({0x0008, 0x0008})),
            (std::vector<std::string>{"ORIGINAL", "PRIMARY"}));
  EXPECT_EQ(split_values(""), std::vector<std::string>{""});
  EXPECT_EQ(split_values("a\\\\b"), (std::vector<std::string>{"a", "", "b"}));
}

TEST(Action, HasAName) {
  EXPECT_STREQ(to_string(Action::replace_uid), "replace_uid");
  EXPECT_STREQ(to_string(Action::add), "add");
}

}  // namespace
}  // namespace efface::dicom
