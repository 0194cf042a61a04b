#include "deid/originals.h"

#include <gtest/gtest.h>

#include "deid/replaced_identifiers.h"
#include "support.h"

namespace efface::deid::test {
namespace {

using dicom::Action;

const std::string noise = [] {
  std::string bytes(5000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 131);
  return bytes;
}();

dicom::Edit edit(dicom::TagPath path, Action action, std::string value) {
  dicom::Edit made;
  made.path = std::move(path);
  made.action = action;
  made.value = std::move(value);
  return made;
}

TEST(Originals, AreTheAttributesOfTheTopLevelThatThePlanTouches) {
  const DataSet inner = item({attribute({0x0008, 0x1155}, Vr::UI, "1.2.3")});
  const DataSet data_set =
      item({attribute({0x0008, 0x0018}, Vr::UI, "1.2"), attribute({0x0008, 0x0060}, Vr::CS, "MR"),
            sequence({0x0008, 0x1140}, {inner}), attribute({0x0010, 0x0010}, Vr::PN, "Doe"),
            attribute({0x0012, 0x0064}, Vr::SQ, ""), attribute({0x0028, 0x0302}, Vr::CS, "YES"),
            attribute({0x0028, 0x0303}, Vr::CS, "REMOVED")});
  dicom::EditPlan plan;
  plan.edits.push_back(
      edit({{{{0x0008, 0x1140}, 0}}, {0x0008, 0x1155}}, Action::replace_uid, "2.25.1"));
  plan.edits.push_back(edit({{}, {0x0010, 0x0010}}, Action::empty, ""));
  plan.edits.push_back(edit({{}, {0x0012, 0x0062}}, Action::add, "YES"));
  plan.edits.push_back(edit({{}, {0x0028, 0x0302}}, Action::add, "NO"));
  EXPECT_EQ(original_tags(data_set, plan), (std::vector<Tag>{{0x0008, 0x0018},
                                                             {0x0008, 0x1140},
                                                             {0x0010, 0x0010},
                                                             {0x0012, 0x0064},
                                                             {0x0028, 0x0303}}));
}

TEST(Originals, HoldNoPictures) {
  for (const Tag tag :
       {Tag{0x7FE0, 0x0010}, Tag{0x7FE1, 0x1010}, Tag{0x6000, 0x3000}, Tag{0x6002, 0x0010},
        Tag{0x5000, 0x3000}, Tag{0x0088, 0x0200}, Tag{0x0042, 0x0011}, Tag{0x7F01, 0x0010}}) {
    EXPECT_TRUE(may_be_picture(tag, Vr::OB, "")) << dicom::to_string(tag);
  }
  EXPECT_TRUE(may_be_picture({0x0029, 0x1010}, Vr::OB, noise));
  EXPECT_TRUE(may_be_picture({0x0029, 0x1010}, Vr::UN, noise));
  EXPECT_TRUE(may_be_picture({0x0008, 0x7777}, Vr::UN, noise)) << "a tag that nobody defined";
  EXPECT_FALSE(may_be_picture({0x0029, 0x1010}, Vr::OB, std::string_view(noise).substr(0, 4096)));
  EXPECT_FALSE(may_be_picture({0x0029, 0x1010}, Vr::UN, std::string(9000, 'a') + '\0'));
  EXPECT_FALSE(may_be_picture({0x0029, 0x1010}, Vr::UT, noise));
  EXPECT_FALSE(may_be_picture({0x0028, 0x2000}, Vr::OB, noise)) << "ICC profile";
  EXPECT_FALSE(may_be_picture({0x0010, 0x0010}, Vr::PN, "Doe^Jane"));
}

TEST(ReplacedIdentifiers, ArePairsOfOldAndNewAtAnyDepth) {
  const DataSet inner = item({attribute({0x0008, 0x1155}, Vr::UI, "1.2.3\\1.2.840.10008.1\\1.2.4"),
                              attribute({0x0010, 0x0020}, Vr::LO, "other ")});
  const DataSet data_set =
      item({attribute({0x0008, 0x0018}, Vr::UI, std::string("1.2.5\0", 6)),
            sequence({0x0008, 0x1140}, {inner}), attribute({0x0010, 0x0010}, Vr::PN, "Doe"),
            attribute({0x0010, 0x0020}, Vr::LO, "MRN 1")});
  dicom::EditPlan plan;
  const dicom::TagPath::Step step{{0x0008, 0x1140}, 0};
  plan.edits.push_back(edit({{}, {0x0008, 0x0018}}, Action::replace_uid, "2.25.5"));
  plan.edits.push_back(
      edit({{step}, {0x0008, 0x1155}}, Action::replace_uid, "2.25.3\\1.2.840.10008.1\\2.25.4"));
  plan.edits.push_back(edit({{step}, {0x0010, 0x0020}}, Action::pseudonym, "P-B"));
  plan.edits.push_back(edit({{}, {0x0010, 0x0010}}, Action::pseudonym, "P-A^"));
  plan.edits.push_back(edit({{}, {0x0010, 0x0020}}, Action::pseudonym, "P-A"));
  plan.edits.push_back(edit({{}, {0x0020, 0x0052}}, Action::replace_uid, "2.25.9"));
  ReplacedIdentifiers found = replaced_identifiers(data_set, plan);
  const ReplacedIdentifiers::Pairs uids{
      {"1.2.3", "2.25.3"}, {"1.2.4", "2.25.4"}, {"1.2.5", "2.25.5"}};
  const ReplacedIdentifiers::Pairs patients{{"MRN 1", "P-A"}, {"other", "P-B"}};
  EXPECT_EQ(found.uids, uids);
  EXPECT_EQ(found.patient_ids, patients);
  ReplacedIdentifiers more;
  more.uids = {{"1.2.5", "2.25.5"}, {"1.2.6", "2.25.6"}};
  found.add(std::move(more));
  EXPECT_EQ(found.uids.size(), 4U);
}

TEST(ReplacedIdentifiers, AreNoneOfWhatIsEmptiedOrRemoved) {
  const DataSet data_set = item({attribute({0x0010, 0x0020}, Vr::LO, "MRN 1")});
  for (const Action action : {Action::empty, Action::remove}) {
    dicom::EditPlan plan;
    plan.edits.push_back(edit({{}, {0x0010, 0x0020}}, action, ""));
    EXPECT_TRUE(replaced_identifiers(data_set, plan).patient_ids.empty());
  }
}

}  // namespace
}  // namespace efface::deid::test
