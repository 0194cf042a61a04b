#include <gtest/gtest.h>

#include "support.h"

namespace efface::deid {
namespace {

using test::attribute;
using test::DataSet;
using test::item;
using test::sequence;
using test::Tag;
using test::Vr;

constexpr Tag content_sequence{0x0040, 0xA730};

test::Attribute code(Tag tag, const char* value, const char* scheme, const char* meaning) {
  return sequence(tag, {item({attribute({0x0008, 0x0100}, Vr::SH, value),
                              attribute({0x0008, 0x0102}, Vr::SH, scheme),
                              attribute({0x0008, 0x0104}, Vr::LO, meaning)})});
}

DataSet content(const char* type, const char* concept_value, test::Attribute value) {
  return item({attribute({0x0040, 0xA040}, Vr::CS, type),
               code({0x0040, 0xA043}, concept_value, "DCM", "a concept"), std::move(value)});
}

DataSet report(std::vector<DataSet> items) {
  return item({attribute({0x0040, 0xA040}, Vr::CS, "CONTAINER"),
               sequence(content_sequence, std::move(items))});
}

/// The single content item of a cleaned report.
DataSet cleaned_item(DataSet content_item, Profile profile = {}) {
  return test::cleaned(report({std::move(content_item)}), profile)
      .find(content_sequence)
      ->items.at(0);
}

TEST(StructuredReport, LosesFreeTextAndNames) {
  const DataSet text =
      cleaned_item(content("TEXT", "999999", attribute({0x0040, 0xA160}, Vr::UT, "Mr Doe, 54")));
  EXPECT_EQ(text.text({0x0040, 0xA160}), "ANONYMIZED");
  EXPECT_EQ(text.text({0x0040, 0xA040}), "TEXT");
  const DataSet name =
      cleaned_item(content("PNAME", "121008", attribute({0x0040, 0xA123}, Vr::PN, "Doe^John")));
  EXPECT_EQ(name.text({0x0040, 0xA123}), "ANONYMIZED^");
}

TEST(StructuredReport, CleansDeepItems) {
  DataSet container =
      content("CONTAINER", "121070", attribute({0x0040, 0xA050}, Vr::CS, "SEPARATE"));
  container.attributes.push_back(
      sequence(content_sequence,
               {content("TEXT", "121071", attribute({0x0040, 0xA160}, Vr::UT, "hidden deep"))}));
  EXPECT_EQ(test::all_values(cleaned_item(container)).find("hidden"), std::string::npos);
}

TEST(StructuredReport, KeepsNumbersUnlessTheTableListsThem) {
  const auto number = [](const char* concept_value) {
    return content("NUM", concept_value,
                   sequence({0x0040, 0xA300}, {item({attribute({0x0040, 0xA30A}, Vr::DS, "54")})}));
  };
  EXPECT_EQ(cleaned_item(number("112050")).find({0x0040, 0xA300})->items.size(), 1U);
  EXPECT_TRUE(cleaned_item(number("121033")).find({0x0040, 0xA300})->items.empty());  // Subject Age
}

std::vector<std::string> concepts(const DataSet& report) {
  std::vector<std::string> codes;
  const test::Attribute* content = report.find(content_sequence);
  if (content == nullptr) return codes;
  for (const DataSet& item : content->items) {
    codes.push_back(item.find({0x0040, 0xA043})->items.at(0).text({0x0008, 0x0100}));
  }
  return codes;
}

DataSet text_item(const char* concept_value, const char* text) {
  return content("TEXT", concept_value, attribute({0x0040, 0xA160}, Vr::UT, text));
}

TEST(StructuredReport, CutsOutWhatTheTableRemoves) {
  DataSet device = text_item("121013", "scanner of ward 7");  // Device Observer Name
  device.attributes.push_back(sequence(content_sequence, {text_item("999999", "below it")}));
  const DataSet input =
      report({text_item("121022", "ACC-0815"), text_item("121071", "a finding"), device,
              text_item("999999", "free text"), text_item("121106", "a comment")});
  const dicom::EditPlan plan = test::plan_for(input);
  const DataSet output = test::apply(input, plan);
  EXPECT_EQ(concepts(output), (std::vector<std::string>{"121071", "999999"}));  // X/D, not listed
  for (const char* gone : {"ACC-0815", "scanner of ward 7", "below it", "a comment"}) {
    EXPECT_EQ(test::all_values(output).find(gone), std::string::npos);
    EXPECT_TRUE(test::was_removed(plan, gone)) << gone;
  }
  EXPECT_FALSE(test::was_removed(plan, "a concept"));  // the name of a public code
  EXPECT_TRUE(std::all_of(plan.edits.begin(), plan.edits.end(), [](const dicom::Edit& edit) {
    return edit.path.tag != dicom::item_tag || edit.vr == Vr::UT;
  }));
  const DataSet again = test::cleaned(output);
  EXPECT_EQ(concepts(again), concepts(output));
}

TEST(StructuredReport, RemovesAContentSequenceThatWouldBeEmpty) {
  DataSet conclusions =
      content("CONTAINER", "121076", attribute({0x0040, 0xA050}, Vr::CS, "SEPARATE"));
  conclusions.attributes.push_back(
      sequence(content_sequence, {text_item("121077", "to be seen again")}));
  const DataSet output = test::cleaned(report({conclusions}));
  const DataSet& container = output.find(content_sequence)->items.at(0);
  EXPECT_EQ(container.find(content_sequence), nullptr);
  // The report itself keeps its items, with dummies.
  const DataSet whole = test::cleaned(report({text_item("121077", "to be seen again")}));
  ASSERT_EQ(concepts(whole).size(), 1U);
  EXPECT_EQ(whole.find(content_sequence)->items[0].text({0x0040, 0xA160}), "ANONYMIZED");
}

TEST(StructuredReport, KeepsThePlacesThatItemsReferTo) {
  DataSet reference = item({attribute({0x0040, 0xA010}, Vr::CS, "INFERRED FROM"),
                            attribute({0x0040, 0xDB73}, Vr::UL, {"\1\0\0\0\1\0\0\0", 8})});
  DataSet finding = text_item("121071", "a finding");
  finding.attributes.push_back(sequence(content_sequence, {reference}));
  const DataSet output = test::cleaned(report({text_item("121022", "ACC-0815"), finding}));
  EXPECT_EQ(concepts(output), (std::vector<std::string>{"121022", "121071"}));
  EXPECT_EQ(output.find(content_sequence)->items[0].text({0x0040, 0xA160}), "ANONYMIZED");
}

TEST(StructuredReport, KeepsMovedDatesOfListedConcepts) {
  Profile modified;
  modified.dates = Dates::modified;
  const DataSet input = report(
      {content("DATE", "126201", attribute({0x0040, 0xA121}, Vr::DA, "20240307")),  // Acquisition
       content("DATE", "121031", attribute({0x0040, 0xA121}, Vr::DA, "19700307")),  // birth
       text_item("999999", "free text")});
  EXPECT_EQ(concepts(test::cleaned(input)), std::vector<std::string>{"999999"});
  EXPECT_EQ(concepts(test::cleaned(input, modified)),
            (std::vector<std::string>{"126201", "999999"}));
}

TEST(StructuredReport, KeepsCodesOfPublicSchemesOnly) {
  const auto meaning = [](const char* concept_value, const char* scheme) {
    const DataSet cleaned =
        cleaned_item(content("CODE", concept_value, code({0x0040, 0xA168}, "M-1", scheme, "word")));
    return cleaned.find({0x0040, 0xA168})->items.at(0).text({0x0008, 0x0104});
  };
  EXPECT_EQ(meaning("112050", "SRT"), "word");
  EXPECT_EQ(meaning("112050", "99LOCAL"), "ANONYMIZED");
  EXPECT_EQ(meaning("121032", "SRT"), "ANONYMIZED");  // Subject Sex
}

TEST(StructuredReport, ReplacesReferencedUids) {
  const DataSet uid =
      cleaned_item(content("UIDREF", "121012", attribute({0x0040, 0xA124}, Vr::UI, "1.2.3")));
  EXPECT_EQ(uid.text({0x0040, 0xA124}), test::pseudonyms().uid("1.2.3"));
  const DataSet image = cleaned_item(
      content("IMAGE", "121112",
              sequence({0x0008, 0x1199}, {item({attribute({0x0008, 0x1155}, Vr::UI, "1.2.3")})})));
  EXPECT_EQ(image.find({0x0008, 0x1199})->items.at(0).text({0x0008, 0x1155}),
            test::pseudonyms().uid("1.2.3"));
}

TEST(StructuredReport, ShiftsDatesOfListedConceptsOnly) {
  Profile modified;
  modified.dates = Dates::modified;
  const auto date = [&](const char* concept_value) {
    return cleaned_item(
               content("DATE", concept_value, attribute({0x0040, 0xA121}, Vr::DA, "20240307")),
               modified)
        .text({0x0040, 0xA121});
  };
  EXPECT_NE(date("111060"), "19000101");  // Study Date
  EXPECT_NE(date("111060"), "20240307");
  EXPECT_EQ(date("121031"), "19000101");  // Subject Birth Date
  EXPECT_EQ(date("999999"), "19000101");
}

TEST(StructuredReport, ClaimsItsOption) {
  const DataSet output =
      test::cleaned(report({content("TEXT", "1", attribute({0x0040, 0xA160}, Vr::UT, "x"))}));
  bool is_claimed = false;
  for (const DataSet& entry : output.find({0x0012, 0x0064})->items) {
    is_claimed = is_claimed || entry.text({0x0008, 0x0100}) == "113104";
  }
  EXPECT_TRUE(is_claimed);
}

}  // namespace
}  // namespace efface::deid
