#include "deid/plan_edits.h"

#include <gtest/gtest.h>

#include "deid/kept_values.h"
#include "support.h"

namespace efface::deid {
namespace {

using dicom::Action;
using test::attribute;
using test::cleaned;
using test::DataSet;
using test::item;
using test::plan_for;
using test::sequence;
using test::Tag;
using test::Vr;

const dicom::Edit* edit_of(const dicom::EditPlan& plan, Tag tag) {
  for (const dicom::Edit& edit : plan.edits) {
    if (edit.path.tag == tag) return &edit;
  }
  return nullptr;
}

void expect_edit(Tag tag, Vr vr, const std::string& value, Action action,
                 const std::string& result) {
  const dicom::EditPlan plan = plan_for(item({attribute(tag, vr, value)}));
  const dicom::Edit* edit = edit_of(plan, tag);
  ASSERT_NE(edit, nullptr) << dicom::to_string(tag);
  EXPECT_EQ(edit->action, action) << dicom::to_string(tag);
  EXPECT_EQ(edit->value, result) << dicom::to_string(tag);
  if (action == Action::remove) return;
  EXPECT_EQ(edit->vr, vr);
}

TEST(PlanEdits, CarriesOutEachCode) {
  expect_edit({0x0008, 0x103E}, Vr::LO, "t1 sag", Action::remove, "");                 // X
  expect_edit({0x0008, 0x0050}, Vr::SH, "A-4711", Action::empty, "");                  // Z
  expect_edit({0x0008, 0x0022}, Vr::DA, "20240101", Action::empty, "");                // X/Z
  expect_edit({0x0018, 0x1030}, Vr::LO, "HEAD", Action::dummy, "ANONYMIZED");          // X/D
  expect_edit({0x0008, 0x0023}, Vr::DA, "20240101", Action::dummy, "19000101");        // Z/D
  expect_edit({0x0018, 0x1000}, Vr::LO, "45123", Action::dummy, "ANONYMIZED");         // X/Z/D
  expect_edit({0x0018, 0x9074}, Vr::DT, "20240101", Action::dummy, "19000101000000");  // D
  expect_edit({0x0020, 0x000D}, Vr::UI, "1.2.3", Action::replace_uid,
              test::pseudonyms().uid("1.2.3"));
}

TEST(PlanEdits, KeepsWhatTheTableDoesNotName) {
  const DataSet input = item(
      {attribute({0x0008, 0x0005}, Vr::CS, "ISO_IR 100"), attribute({0x0008, 0x0060}, Vr::CS, "MR"),
       attribute({0x0018, 0x0050}, Vr::DS, "1.5"), attribute({0x0028, 0x0010}, Vr::US, "\x10\x01"),
       attribute({0x0028, 0x1050}, Vr::UN, "40")});
  for (const dicom::Edit& edit : plan_for(input).edits) EXPECT_EQ(edit.action, Action::add);
}

TEST(PlanEdits, LeavesEmptyValuesEmptyAndRemovesThoseOfX) {
  const dicom::EditPlan plan = plan_for(
      item({attribute({0x0008, 0x0023}, Vr::DA, ""), attribute({0x0008, 0x0090}, Vr::PN, "  "),
            attribute({0x0008, 0x1030}, Vr::LO, ""), attribute({0x0010, 0x0010}, Vr::PN, "")}));
  EXPECT_EQ(edit_of(plan, {0x0008, 0x0023}), nullptr);
  EXPECT_EQ(edit_of(plan, {0x0008, 0x0090}), nullptr);
  EXPECT_EQ(edit_of(plan, {0x0010, 0x0010}), nullptr);
  ASSERT_NE(edit_of(plan, {0x0008, 0x1030}), nullptr);
}

TEST(PlanEdits, RemovesWhatNobodyDefinedOrLooksAt) {
  const std::vector<Tag> gone{{0x0009, 0x0010}, {0x0009, 0x1001}, {0x0004, 0x1130},
                              {0x0006, 0x0001}, {0x0010, 0x0F0F}, {0x5000, 0x0005},
                              {0x6000, 0x0010}, {0x6002, 0x3000}, {0x7F02, 0x0010},
                              {0x4010, 0x101A}, {0xFFFC, 0xFFFC}};
  for (const Tag tag : gone) expect_edit(tag, Vr::LO, "secret", Action::remove, "");
  const DataSet nested_pixels =
      item({sequence({0x5200, 0x9230}, {item({attribute({0x7FE0, 0x0010}, Vr::OW, "NOSE")})})});
  EXPECT_EQ(test::all_values(cleaned(nested_pixels)).find("NOSE"), std::string::npos);
  expect_edit({0x0010, 0x0000}, Vr::LO, "no length", Action::remove, "");
  EXPECT_EQ(
      edit_of(plan_for(item({attribute({0x0010, 0x0000}, Vr::UL, "\1\1\1\1")})), {0x0010, 0x0000}),
      nullptr);
}

TEST(PlanEdits, TreatsUnByTheDictionary) {
  const DataSet input = item({attribute({0x0008, 0x0080}, Vr::UN, "Clinic"),
                              attribute({0x0020, 0x000E}, Vr::UN, "1.2.3"),
                              attribute({0x0040, 0x0260}, Vr::UN, "unread items")});
  const DataSet output = cleaned(input);
  EXPECT_EQ(output.text({0x0008, 0x0080}), "ANONYMIZED");
  EXPECT_EQ(output.find({0x0008, 0x0080})->vr, Vr::LO);
  EXPECT_EQ(output.text({0x0020, 0x000E}), test::pseudonyms().uid("1.2.3"));
  EXPECT_EQ(output.find({0x0040, 0x0260}), nullptr);  // a sequence that nobody can read
  const DataSet odd =
      item({sequence({0x0018, 0x0020}, {item({attribute({0x0008, 0x0104}, Vr::LO, "Doe")})})});
  EXPECT_EQ(cleaned(odd).find({0x0018, 0x0020}), nullptr);  // items where a CS belongs
}

TEST(PlanEdits, GivesSequencesTheirDue) {
  const DataSet reference = item({attribute({0x0008, 0x1150}, Vr::UI, "1.2.840.10008.5.1.4.1.1.4"),
                                  attribute({0x0008, 0x1155}, Vr::UI, "1.2.3")});
  const DataSet output = cleaned(
      item({sequence({0x0008, 0x1110}, {reference}), sequence({0x0008, 0x1120}, {reference}),
            sequence({0x0008, 0x1140}, {reference}), sequence({0x0040, 0x0555}, {reference}),
            sequence({0x0040, 0x0610}, {})}));
  EXPECT_EQ(output.find({0x0008, 0x1110})->items.size(), 1U);
  EXPECT_EQ(output.find({0x0008, 0x1120}), nullptr);
  EXPECT_TRUE(output.find({0x0040, 0x0555})->items.empty());
  const DataSet& kept = output.find({0x0008, 0x1140})->items.at(0);
  EXPECT_EQ(kept.text({0x0008, 0x1150}), "1.2.840.10008.5.1.4.1.1.4");
  EXPECT_EQ(kept.text({0x0008, 0x1155}), test::pseudonyms().uid("1.2.3"));
}

TEST(PlanEdits, ReplacesCodesThatNameSomeone) {
  const auto code = [](const char* meaning) {
    return item(
        {attribute({0x0008, 0x0100}, Vr::SH, "C4711"), attribute({0x0008, 0x0102}, Vr::SH, "99X"),
         attribute({0x0008, 0x0103}, Vr::SH, "3"), attribute({0x0008, 0x0104}, Vr::LO, meaning)});
  };
  const DataSet output = cleaned(item({sequence({0x0008, 0x0082}, {code("Saint Elsewhere")}),
                                       sequence({0x0008, 0x2218}, {code("Head")})}));
  const DataSet& institution = output.find({0x0008, 0x0082})->items.at(0);
  EXPECT_EQ(institution.text({0x0008, 0x0100}), "ANON");
  EXPECT_EQ(institution.text({0x0008, 0x0102}), "99EFFACE");
  EXPECT_EQ(institution.text({0x0008, 0x0104}), "ANONYMIZED");
  EXPECT_EQ(institution.find({0x0008, 0x0103}), nullptr);
  EXPECT_EQ(output.find({0x0008, 0x2218})->items.at(0).text({0x0008, 0x0104}), "Head");
}

TEST(PlanEdits, KeepsUidsThatNameAKind) {
  const std::string local = "1.3.12.2.1107.5.9.1", kept_frame = "1.2.840.10008.1.4.1.1";
  const DataSet output = cleaned(item(
      {attribute({0x0008, 0x0016}, Vr::UI, local), attribute({0x0008, 0x010C}, Vr::UI, local),
       attribute({0x0008, 0x010D}, Vr::UI, local), attribute({0x0008, 0x1150}, Vr::UI, "Doe^John"),
       attribute({0x0020, 0x0052}, Vr::UI, kept_frame),
       attribute({0x0020, 0x9312}, Vr::UI, "1.2.3"),
       attribute({0x0008, 0x3010}, Vr::UI, "1.2.3\\" + kept_frame + "\\4.5.6")}));
  EXPECT_EQ(output.text({0x0008, 0x0016}), local);
  EXPECT_EQ(output.text({0x0008, 0x010C}), local);
  EXPECT_TRUE(output.text({0x0008, 0x010D}).starts_with("2.25."));
  EXPECT_TRUE(output.text({0x0008, 0x1150}).starts_with("2.25."));
  EXPECT_EQ(output.text({0x0020, 0x0052}), kept_frame);
  const Pseudonyms keyed = test::pseudonyms();
  EXPECT_EQ(output.text({0x0020, 0x9312}), keyed.uid("1.2.3"));
  EXPECT_EQ(output.text({0x0008, 0x3010}),
            keyed.uid("1.2.3") + '\\' + kept_frame + '\\' + keyed.uid("4.5.6"));
}

TEST(PlanEdits, ReplacesUidsThatStandInText) {
  const std::string uid = "1.2.826.0.1.3680043.9.3811.17";
  const DataSet output = cleaned(item({attribute({0x0018, 0x1020}, Vr::LO, "2.10.3.4.5\\" + uid),
                                       attribute({0x0062, 0x0020}, Vr::UT, uid)}));
  EXPECT_EQ(output.text({0x0018, 0x1020}), "2.10.3.4.5\\" + test::pseudonyms().uid(uid));
  EXPECT_EQ(output.text({0x0062, 0x0020}), test::pseudonyms().uid(uid));
}

TEST(PlanEdits, GivesTheSubjectOnePseudonym) {
  const auto named = [](const char* name, const char* id) {
    return item(
        {attribute({0x0010, 0x0010}, Vr::PN, name), attribute({0x0010, 0x0020}, Vr::LO, id)});
  };
  DataSet input = named("Doe^John", "4711");
  input.attributes.push_back(
      sequence({0x5200, 0x9230}, {named("Doe^John", "4711"), named("Roe^Jane", "4712")}));
  const DataSet output = cleaned(input);
  const std::string subject = output.text({0x0010, 0x0010});
  EXPECT_TRUE(subject.starts_with("P-"));
  EXPECT_EQ(output.text({0x0010, 0x0020}) + "^", subject);
  const auto& items = output.find({0x5200, 0x9230})->items;
  EXPECT_EQ(items.at(0).text({0x0010, 0x0010}), subject);
  EXPECT_NE(items.at(1).text({0x0010, 0x0010}), subject);
}

TEST(PlanEdits, ShiftsDatesOnRequest) {
  Profile modified;
  modified.dates = Dates::modified;
  const DataSet input = item({attribute({0x0008, 0x0020}, Vr::DA, "20240307"),
                              attribute({0x0008, 0x0022}, Vr::DA, "next week"),
                              attribute({0x0008, 0x002A}, Vr::DT, "20240307101112.5+0100"),
                              attribute({0x0008, 0x0030}, Vr::TM, "101112"),
                              attribute({0x0010, 0x0030}, Vr::DA, "19700101"),
                              attribute({0x0010, 0x1010}, Vr::AS, "054Y")});
  const DataSet output = cleaned(input, modified);
  const std::string moved = output.text({0x0008, 0x0020});
  EXPECT_EQ(moved.size(), 8U);
  EXPECT_LT(moved, "20230307");
  EXPECT_EQ(output.text({0x0008, 0x002A}), moved + "101112.5+0100");
  EXPECT_EQ(output.text({0x0008, 0x0022}), "");
  EXPECT_EQ(output.text({0x0008, 0x0030}), "101112");
  EXPECT_EQ(output.text({0x0010, 0x0030}), "");
  EXPECT_EQ(output.find({0x0010, 0x1010}), nullptr);
  EXPECT_EQ(output.text({0x0028, 0x0303}), "MODIFIED");
  EXPECT_EQ(cleaned(output, modified).text({0x0008, 0x0020}), moved);
}

TEST(PlanEdits, SaysWhatWasDone) {
  DataSet input =
      item({attribute({0x0012, 0x0063}, Vr::LO, "by hand"),
            sequence({0x0012, 0x0064},
                     {item({attribute({0x0008, 0x0100}, Vr::SH, "113105"),
                            attribute({0x0008, 0x0102}, Vr::SH, "DCM"),
                            attribute({0x0008, 0x0104}, Vr::LO, "Clean Descriptors Option")})})});
  PlanContext context = test::subject_context();
  context.face_removed = true;
  const DataSet output = test::apply(input, plan_for(input, {}, context));
  EXPECT_EQ(output.text({0x0012, 0x0062}), "YES");
  EXPECT_EQ(output.text({0x0012, 0x0063}),
            "by hand\\efface 0.1: PS3.15 2026d Basic Confidentiality Profile");
  EXPECT_EQ(output.text({0x0028, 0x0302}), "NO");
  EXPECT_EQ(output.text({0x0028, 0x0303}), "REMOVED");
  std::string codes;
  for (const DataSet& code : output.find({0x0012, 0x0064})->items)
    codes += code.text({0x0008, 0x0100}) + ' ';
  EXPECT_EQ(codes, "113105 113100 113102 ");
  const dicom::EditPlan second = plan_for(output, {}, context);
  EXPECT_TRUE(second.edits.empty());
  EXPECT_TRUE(second.method_codes.empty());
  for (const std::string& value : dicom::split_values(output.text({0x0012, 0x0063})))
    EXPECT_LE(value.size(), 64U);
}

TEST(PlanEdits, ClaimsCleanPixelsOnlyWhereTextWasCleaned) {
  const DataSet input = item({attribute({0x0028, 0x0301}, Vr::CS, "YES")});
  PlanContext context = test::subject_context();
  const DataSet kept = test::apply(input, plan_for(input, {}, context));
  EXPECT_EQ(kept.text({0x0028, 0x0301}), "YES");
  EXPECT_EQ(test::all_values(kept).find("113101"), std::string::npos);
  context.text_cleaned = true;
  const DataSet output = test::apply(input, plan_for(input, {}, context));
  EXPECT_EQ(output.text({0x0028, 0x0301}), "NO");
  EXPECT_NE(test::all_values(output).find("113101"), std::string::npos);
  EXPECT_TRUE(plan_for(output, {}, context).method_codes.empty());
}

TEST(PlanEdits, CleansTextInWhichARemovedValueStands) {
  const DataSet input = item({attribute({0x0010, 0x0010}, Vr::PN, "Mustermann^Erika"),
                              attribute({0x0018, 0x0024}, Vr::SH, "*tfl3d1"),
                              attribute({0x0020, 0x1040}, Vr::LO, "chin of Erika"),
                              attribute({0x0029, 0x1001}, Vr::LO, "*tfl3d1"),
                              attribute({0x0062, 0x0005}, Vr::LO, "drawn like Mustermann's")});
  const dicom::EditPlan plan = plan_for(input);
  const DataSet output = test::apply(input, plan);
  EXPECT_EQ(output.text({0x0018, 0x0024}), "*tfl3d1");
  EXPECT_EQ(output.text({0x0020, 0x1040}), "ANONYMIZED");
  EXPECT_EQ(output.text({0x0062, 0x0005}), "ANONYMIZED");
  EXPECT_EQ(edit_of(plan, {0x0020, 0x1040})->action, Action::clean);
  const std::vector<std::string> kept = kept_values(input, plan);
  EXPECT_NE(std::find(kept.begin(), kept.end(), "*tfl3d1"), kept.end());
}

TEST(PlanEdits, ListsRemovedValues) {
  const dicom::EditPlan plan = plan_for(item(
      {attribute({0x0010, 0x0010}, Vr::PN, "Mustermann^Erika^^Dr "),
       attribute({0x0009, 0x1001}, Vr::UN, "Hidden text"),
       attribute({0x0009, 0x1002}, Vr::OB, std::string("\0\1\2\3\4binary", 11)),
       attribute({0x0009, 0x1003}, Vr::DS, "1.234567"),
       attribute({0x0010, 0x1001}, Vr::PN, "Roe^Richard\\Moe^Marvin"),
       attribute({0x0020, 0x000E}, Vr::UI, std::string("1.2.3.4\0", 8)),
       sequence({0x0040, 0x0275}, {item({attribute({0x0040, 0x1001}, Vr::SH, "RP-0815 ")})})}));
  for (const char* value : {"Mustermann^Erika^^Dr", "Mustermann", "Erika", "Hidden text",
                            "Roe^Richard", "Richard", "Moe^Marvin", "1.2.3.4", "RP-0815"}) {
    EXPECT_TRUE(test::was_removed(plan, value)) << value;
  }
  EXPECT_FALSE(test::was_removed(plan, "1.234567"));
  EXPECT_EQ(plan.removed_values.size(), 10U);  // Marvin
  EXPECT_TRUE(
      std::is_sorted(plan.edits.begin(), plan.edits.end(),
                     [](const dicom::Edit& a, const dicom::Edit& b) { return a.path < b.path; }));
}

TEST(PlanEdits, CountsMetaInformationAsRemoved) {
  dicom::EditPlan plan;
  count_meta_as_removed(item({attribute({0x0002, 0x0002}, Vr::UI, "1.3.12.2.1107.5.9.1"),
                              attribute({0x0002, 0x0003}, Vr::UI, "1.2.3.4"),
                              attribute({0x0002, 0x0016}, Vr::AE, "WARD_7_PACS")}),
                        plan);
  EXPECT_EQ(plan.removed_values.size(), 2U);
  EXPECT_TRUE(test::was_removed(plan, "WARD_7_PACS"));
}

TEST(PlanEdits, FailsClosedOnValuesThatWereNotLoaded) {
  test::Attribute uids = attribute({0x0008, 0x0058}, Vr::UI, "");
  uids.is_loaded = false;
  test::Attribute document = attribute({0x0042, 0x0011}, Vr::OB, "");
  document.is_loaded = false;
  const DataSet output = cleaned(item({uids, document}));
  EXPECT_EQ(output.find({0x0008, 0x0058}), nullptr);
  EXPECT_EQ(output.find({0x0042, 0x0011})->value.reveal(), std::string(2, '\0'));
}

}  // namespace
}  // namespace efface::deid
