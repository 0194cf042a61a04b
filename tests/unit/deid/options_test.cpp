// The options of Table E.1-1: which code holds, and what stays of an object under each.
#include "deid/option.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "deid/kept_values.h"
#include "deid/residue.h"
#include "support.h"

namespace efface::deid {
namespace {

using test::attribute;
using test::cleaned;
using test::DataSet;
using test::item;
using test::sequence;
using test::Tag;
using test::Vr;

Profile with(std::initializer_list<Option> options, Dates dates = Dates::removed) {
  Profile profile;
  profile.dates = dates;
  for (const Option option : options) profile.choose(option);
  return profile;
}

Code cell(const TableRow& row, Option option) {
  return row.options[static_cast<std::size_t>(option)];
}

std::string codes_in(const DataSet& data_set) {
  std::string codes;
  for (const DataSet& code : data_set.find({0x0012, 0x0064})->items) {
    codes += code.text({0x0008, 0x0100}) + ' ';
  }
  return codes;
}

TEST(Options, AreThoseOfContextGroup7050) {
  const char* shared = std::getenv("EFFACE_SHARED");
  const std::filesystem::path root =
      shared != nullptr ? std::filesystem::path(shared)
                        : std::filesystem::path(EFFACE_SOURCE_DIR) / ".." / "shared";
  std::ifstream file(root / "standards" / "cid7050.json");
  if (!file) GTEST_SKIP() << "no ../shared/standards";
  const nlohmann::json standard = nlohmann::json::parse(file);
  ASSERT_EQ(standard.at("codes").size(), methods().size());
  for (std::size_t i = 0; i < methods().size(); ++i) {
    EXPECT_EQ(methods()[i].code, standard["codes"][i][0].get<std::string>());
    EXPECT_EQ(methods()[i].meaning, standard["codes"][i][1].get<std::string>());
  }
}

TEST(Options, HaveANameAndACodeEach) {
  for (std::size_t i = 0; i < option_count; ++i) {
    const Method& method = method_of(static_cast<Option>(i));
    EXPECT_EQ(method.option, static_cast<Option>(i));
    EXPECT_EQ(find_method(method.name), &method);
  }
  EXPECT_EQ(find_method("retain-everything"), nullptr);
}

TEST(Options, ThatDisagreeOnARowLetCleanComeBeforeKeep) {
  std::vector<std::string> rows;
  for (const TableRow& row : table()) {
    bool has_keep = false, has_clean = false;
    for (std::size_t i = 0; i < option_count; ++i) {
      if (static_cast<Option>(i) == Option::retain_longitudinal_full_dates) continue;
      has_keep = has_keep || row.options[i] == Code::K;
      has_clean = has_clean || row.options[i] == Code::C;
    }
    if (!has_keep || !has_clean) continue;
    rows.emplace_back(row.keyword);
    const auto code = [&](const Profile& profile) { return code_for(row.tag, profile); };
    EXPECT_EQ(code(with({})), row.basic);
    EXPECT_EQ(code(with({Option::retain_device_identity})), Code::K);
    EXPECT_EQ(code(with({}, Dates::modified)), Code::C);
    EXPECT_EQ(code(with({Option::retain_device_identity}, Dates::modified)), Code::C);
    EXPECT_EQ(code(with({Option::retain_device_identity}, Dates::kept)), Code::K);
    const Ruling ruling =
        ruling_for(row.tag, with({Option::retain_device_identity}, Dates::modified));
    EXPECT_EQ(ruling.option, Option::retain_longitudinal_modified_dates);
    EXPECT_EQ(ruling.strict, row.basic);
  }
  EXPECT_EQ(rows, (std::vector<std::string>{
                      "CalibrationTime", "CalibrationDate", "DateOfLastCalibration",
                      "TimeOfLastCalibration", "DateTimeOfLastCalibration", "CalibrationDateTime",
                      "DateOfManufacture", "DateOfInstallation", "DateOfLastDetectorCalibration",
                      "TimeOfLastDetectorCalibration", "BeamHoldTransitionDateTime"}));
}

TEST(Options, ChangeTheirOwnRowsAlone) {
  for (std::size_t i = 0; i < option_count; ++i) {
    const auto option = static_cast<Option>(i);
    Profile profile = with({});
    if (option == Option::retain_longitudinal_full_dates) {
      profile.dates = Dates::kept;
    } else if (option == Option::retain_longitudinal_modified_dates) {
      profile.dates = Dates::modified;
    } else {
      profile.choose(option);
    }
    for (const TableRow& row : table()) {
      const Code wanted = cell(row, option) == Code::none ? row.basic : cell(row, option);
      if (row.mask == Tag{0xFFFF, 0xFFFF}) {
        EXPECT_EQ(code_for(row.tag, profile), wanted) << row.keyword;
      }
    }
    const std::string claimed = codes_in(cleaned(item({}), profile));
    EXPECT_EQ(claimed, "113100 " + std::string(method_of(option).code) + " ") << claimed;
  }
}

TEST(Options, KeepADeviceAndNothingElse) {
  const DataSet input =
      item({attribute({0x0008, 0x0055}, Vr::AE, "WARD7"),
            attribute({0x0008, 0x0080}, Vr::LO, "Saint Elsewhere"),
            attribute({0x0008, 0x1010}, Vr::SH, "MRC25017"),
            attribute({0x0018, 0x1000}, Vr::LO, "45123-7"),
            attribute({0x0018, 0x1002}, Vr::UI, "1.2.3.4.5"),
            attribute({0x0018, 0x1200}, Vr::DA, "20190301"),
            sequence({0x0040, 0x4028}, {item({attribute({0x0008, 0x0100}, Vr::SH, "MR-A"),
                                              attribute({0x0008, 0x0102}, Vr::SH, "99X"),
                                              attribute({0x0008, 0x0104}, Vr::LO, "Tunnel")})})});
  const Profile profile = with({Option::retain_device_identity});
  const DataSet output = cleaned(input, profile);
  EXPECT_EQ(output.text({0x0008, 0x1010}), "MRC25017");
  EXPECT_EQ(output.text({0x0018, 0x1000}), "45123-7");
  EXPECT_EQ(output.text({0x0018, 0x1002}), "1.2.3.4.5");
  EXPECT_EQ(output.text({0x0018, 0x1200}), "20190301");
  EXPECT_EQ(output.find({0x0040, 0x4028})->items.at(0).text({0x0008, 0x0104}), "Tunnel");
  EXPECT_EQ(output.text({0x0008, 0x0080}), "ANONYMIZED");
  const std::string title = output.text({0x0008, 0x0055});  // C: a keyed word
  EXPECT_TRUE(title.starts_with("AE-"));
  EXPECT_LE(title.size(), 16U);
  EXPECT_EQ(output.text({0x0028, 0x0303}), "REMOVED");
  const DataSet moved = cleaned(input, with({Option::retain_device_identity}, Dates::modified));
  EXPECT_LT(moved.text({0x0018, 0x1200}), "20180301");
}

TEST(Options, KeepUidsThatAreUids) {
  const DataSet reference = item({attribute({0x0008, 0x1155}, Vr::UI, "1.2.3.9")});
  const DataSet input =
      item({attribute({0x0008, 0x0018}, Vr::UI, "1.2.3.4"),
            attribute({0x0008, 0x010D}, Vr::UI, "1.2.3.5"),  // the table does not name it
            attribute({0x0020, 0x000D}, Vr::UI, "Doe^John"),
            attribute({0x0062, 0x0020}, Vr::UT, "1.2.826.0.1.3680043.9.3811.17"),
            sequence({0x0008, 0x1120}, {reference}), sequence({0x0008, 0x1140}, {reference})});
  const DataSet output = cleaned(input, with({Option::retain_uids}));
  EXPECT_EQ(output.text({0x0008, 0x0018}), "1.2.3.4");
  EXPECT_EQ(output.text({0x0008, 0x010D}), "1.2.3.5");
  EXPECT_TRUE(output.text({0x0020, 0x000D}).starts_with("2.25."));
  EXPECT_EQ(output.text({0x0062, 0x0020}), "1.2.826.0.1.3680043.9.3811.17");
  EXPECT_EQ(output.find({0x0008, 0x1120})->items.at(0).text({0x0008, 0x1155}), "1.2.3.9");
  EXPECT_EQ(output.find({0x0008, 0x1140})->items.at(0).text({0x0008, 0x1155}), "1.2.3.9");
}

TEST(Options, KeepAnInstitution) {
  const DataSet input =
      item({attribute({0x0008, 0x0080}, Vr::LO, "Saint Elsewhere"),
            attribute({0x0008, 0x0081}, Vr::ST, "1 Hill Street"),
            attribute({0x0008, 0x1010}, Vr::SH, "MRC25017"),
            sequence({0x0008, 0x0082}, {item({attribute({0x0008, 0x0100}, Vr::SH, "SE"),
                                              attribute({0x0008, 0x0102}, Vr::SH, "99X"),
                                              attribute({0x0008, 0x0104}, Vr::LO, "Saint E.")})})});
  const DataSet output = cleaned(input, with({Option::retain_institution_identity}));
  EXPECT_EQ(output.text({0x0008, 0x0080}), "Saint Elsewhere");
  EXPECT_EQ(output.text({0x0008, 0x0081}), "1 Hill Street");
  EXPECT_EQ(output.find({0x0008, 0x0082})->items.at(0).text({0x0008, 0x0104}), "Saint E.");
  EXPECT_EQ(output.text({0x0008, 0x1010}), "ANONYMIZED");
}

TEST(Options, KeepCharacteristicsOfAPatientButNoFreeText) {
  const DataSet input = item(
      {attribute({0x0010, 0x0010}, Vr::PN, "Doe^John"), attribute({0x0010, 0x0040}, Vr::CS, "F"),
       attribute({0x0010, 0x1010}, Vr::AS, "054Y"), attribute({0x0010, 0x1020}, Vr::DS, "1.75"),
       attribute({0x0010, 0x1030}, Vr::DS, "80 kg"), attribute({0x0010, 0x2110}, Vr::LO, "nuts"),
       attribute({0x0010, 0x2160}, Vr::SH, "Inuit"),
       attribute({0x0010, 0x21C0}, Vr::US, {"\1\0", 2})});
  const DataSet output = cleaned(input, with({Option::retain_patient_characteristics}));
  EXPECT_EQ(output.text({0x0010, 0x0040}), "F");
  EXPECT_EQ(output.text({0x0010, 0x1010}), "054Y");
  EXPECT_EQ(output.text({0x0010, 0x1020}), "1.75");
  EXPECT_EQ(output.find({0x0010, 0x1030}), nullptr);  // no number
  EXPECT_EQ(output.find({0x0010, 0x2110}), nullptr);
  EXPECT_EQ(output.text({0x0010, 0x2160}), "Inuit");
  EXPECT_NE(output.find({0x0010, 0x21C0}), nullptr);
}

TEST(Options, AggregateAgesOver89) {
  const auto age = [](const char* value) {
    return cleaned(item({attribute({0x0010, 0x1010}, Vr::AS, value)}),
                   with({Option::retain_patient_characteristics}));
  };
  EXPECT_EQ(age("089Y").text({0x0010, 0x1010}), "089Y");
  EXPECT_EQ(age("090Y").text({0x0010, 0x1010}), "090Y");
  EXPECT_EQ(age("104Y").text({0x0010, 0x1010}), "090Y");
  EXPECT_EQ(age("011M").text({0x0010, 0x1010}), "011M");
  EXPECT_EQ(age("104 years").find({0x0010, 0x1010}), nullptr);
}

TEST(Options, KeepDatesThatAreDates) {
  const DataSet input = item({attribute({0x0008, 0x0020}, Vr::DA, "20240307"),
                              attribute({0x0008, 0x0021}, Vr::DA, "Doe^John"),
                              attribute({0x0008, 0x002A}, Vr::DT, "20240307101112.5+0100"),
                              attribute({0x0008, 0x0030}, Vr::TM, "101112.25"),
                              attribute({0x0008, 0x0032}, Vr::TM, "after ten"),
                              attribute({0x0008, 0x0201}, Vr::SH, "+0100"),
                              attribute({0x0010, 0x0030}, Vr::DA, "19700101")});
  const DataSet output = cleaned(input, with({}, Dates::kept));
  EXPECT_EQ(output.text({0x0008, 0x0020}), "20240307");
  EXPECT_EQ(output.text({0x0008, 0x0021}), "19000101");  // X/D
  EXPECT_EQ(output.text({0x0008, 0x002A}), "20240307101112.5+0100");
  EXPECT_EQ(output.text({0x0008, 0x0030}), "101112.25");
  EXPECT_EQ(output.text({0x0008, 0x0032}), "");  // X/Z
  EXPECT_EQ(output.text({0x0008, 0x0201}), "+0100");
  EXPECT_EQ(output.text({0x0010, 0x0030}), "");
  EXPECT_EQ(output.text({0x0028, 0x0303}), "UNMODIFIED");
  const DataSet moved = cleaned(input, with({}, Dates::modified));
  EXPECT_EQ(moved.text({0x0008, 0x0030}), "101112.25");
  EXPECT_EQ(moved.text({0x0008, 0x0032}), "");
  EXPECT_EQ(moved.text({0x0008, 0x0201}), "+0100");
}

TEST(Options, SayOfDatesWhatHoldsAfterAllRuns) {
  const auto state = [](const char* before, Dates dates) {
    return cleaned(item({attribute({0x0028, 0x0303}, Vr::CS, before)}), with({}, dates))
        .text({0x0028, 0x0303});
  };
  EXPECT_EQ(state("UNMODIFIED", Dates::kept), "UNMODIFIED");
  EXPECT_EQ(state("MODIFIED", Dates::kept), "MODIFIED");
  EXPECT_EQ(state("REMOVED", Dates::kept), "REMOVED");
  EXPECT_EQ(state("REMOVED", Dates::modified), "REMOVED");
  EXPECT_EQ(state("MODIFIED", Dates::removed), "REMOVED");
}

TEST(Options, KeepSafePrivateAttributesOfTheirCreators) {
  const DataSet input = item({attribute({0x0019, 0x0010}, Vr::LO, "SIEMENS MR HEADER "),
                              attribute({0x0019, 0x0011}, Vr::LO, "SIEMENS MR HEADERS"),
                              attribute({0x0019, 0x0012}, Vr::LO, "ACME 1.0"),
                              attribute({0x0019, 0x1008}, Vr::CS, "IMAGE NUM 4"),
                              attribute({0x0019, 0x100C}, Vr::IS, "1000"),
                              attribute({0x0019, 0x100D}, Vr::UN, "DIRECTIONAL"),
                              attribute({0x0019, 0x110C}, Vr::IS, "1001"),
                              attribute({0x0019, 0x120C}, Vr::IS, "1002"),
                              attribute({0x0019, 0x130C}, Vr::IS, "1003")});
  EXPECT_EQ(cleaned(input).find({0x0019, 0x100C}), nullptr);
  const DataSet output = cleaned(input, with({Option::retain_safe_private}));
  EXPECT_EQ(output.text({0x0019, 0x0010}), "SIEMENS MR HEADER");
  EXPECT_EQ(output.text({0x0019, 0x100C}), "1000");
  EXPECT_EQ(output.text({0x0019, 0x100D}), "DIRECTIONAL");
  for (const int gone : {0x0011, 0x0012, 0x110C, 0x120C, 0x130C}) {
    EXPECT_EQ(output.find({0x0019, static_cast<std::uint16_t>(gone)}), nullptr) << gone;
  }
}

TEST(Options, KeepNoBulkUidDateOrNameAmongSafePrivateAttributes) {
  const std::string creator = "SIEMENS Ultrasound SC2000";
  const DataSet input = item(
      {attribute({0x0129, 0x0010}, Vr::LO, creator), attribute({0x0129, 0x1002}, Vr::UI, "1.2.3.4"),
       attribute({0x0129, 0x1008}, Vr::OB, "a face"),
       sequence({0x0129, 0x1009}, {item({attribute({0x0010, 0x0010}, Vr::PN, "Doe^John"),
                                         attribute({0x0129, 0x0011}, Vr::LO, creator),
                                         attribute({0x0129, 0x1101}, Vr::LO, "secret")})}),
       attribute({0x7FD1, 0x0010}, Vr::LO, creator),
       attribute({0x7FD1, 0x1010}, Vr::OB, "a volume")});
  const DataSet output = cleaned(input, with({Option::retain_safe_private}));
  EXPECT_EQ(output.text({0x0129, 0x1002}), test::pseudonyms().uid("1.2.3.4"));
  EXPECT_EQ(output.find({0x0129, 0x1008}), nullptr);
  EXPECT_EQ(output.find({0x7FD1, 0x1010}), nullptr);
  const std::string left = test::all_values(output);
  EXPECT_EQ(left.find("secret"), std::string::npos);
  EXPECT_EQ(left.find("Doe"), std::string::npos);
  EXPECT_EQ(cleaned(input, with({Option::retain_safe_private, Option::retain_uids}))
                .text({0x0129, 0x1002}),
            "1.2.3.4");
}

TEST(Options, KeepNumbersOfSafePrivateAttributesOnlyIfTheyAreNumbers) {
  const DataSet output = cleaned(item({attribute({0x0019, 0x0010}, Vr::LO, "SIEMENS MR HEADER"),
                                       attribute({0x0019, 0x100C}, Vr::LO, "Mustermann")}),
                                 with({Option::retain_safe_private}));
  EXPECT_EQ(output.find({0x0019, 0x100C}), nullptr);
}

TEST(Options, CleanContentOutsideOfReports) {
  const DataSet context = item(
      {attribute({0x0040, 0xA040}, Vr::CS, "TEXT"),
       sequence({0x0040, 0xA043}, {item({attribute({0x0008, 0x0100}, Vr::SH, "109054"),
                                         attribute({0x0008, 0x0102}, Vr::SH, "DCM"),
                                         attribute({0x0008, 0x0104}, Vr::LO, "Patient State")})}),
       attribute({0x0040, 0xA160}, Vr::UT, "calm, says Doe")});
  const DataSet number = item(
      {attribute({0x0040, 0xA040}, Vr::CS, "NUMERIC"), attribute({0x0040, 0xA30A}, Vr::DS, "42")});
  const DataSet input =
      item({sequence({0x0040, 0x0555}, {context, number}), sequence({0x0040, 0xB020}, {number})});
  EXPECT_TRUE(cleaned(input).find({0x0040, 0x0555})->items.empty());
  const DataSet output = cleaned(input, with({Option::clean_structured_content}));
  const auto& items = output.find({0x0040, 0x0555})->items;
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].text({0x0040, 0xA160}), "ANONYMIZED");
  EXPECT_EQ(items[0].find({0x0040, 0xA043})->items.at(0).text({0x0008, 0x0104}), "Patient State");
  EXPECT_EQ(items[1].text({0x0040, 0xA30A}), "42");
  EXPECT_EQ(output.find({0x0040, 0xB020})->items.at(0).text({0x0040, 0xA30A}), "42");
  EXPECT_EQ(codes_in(output), "113100 113104 ");
}

TEST(Options, CleanGraphicsByTakingOutTextAndPlanes) {
  const DataSet text = item({attribute({0x0070, 0x0006}, Vr::ST, "Doe's liver")});
  const DataSet graphic = item({attribute({0x0070, 0x0023}, Vr::CS, "POLYLINE")});
  const DataSet input =
      item({attribute({0x6000, 0x3000}, Vr::OW, "plane"),
            sequence({0x0070, 0x0001}, {item({sequence({0x0070, 0x0008}, {text}),
                                              sequence({0x0070, 0x0009}, {graphic})})})});
  const DataSet output = cleaned(input, with({Option::clean_graphics}));
  EXPECT_EQ(output.find({0x6000, 0x3000}), nullptr);
  EXPECT_EQ(test::all_values(output).find("liver"), std::string::npos);
  EXPECT_NE(test::all_values(output).find("POLYLINE"), std::string::npos);
  EXPECT_EQ(codes_in(output), "113100 113103 ");
}

// --- what stays on purpose never hides what must go

TEST(Retained, TextIsCleanedWhenARemovedValueStandsInIt) {
  const DataSet input = item({attribute({0x0008, 0x0080}, Vr::LO, "PRAXIS DR. MUSTERMANN"),
                              attribute({0x0008, 0x0081}, Vr::ST, "1 Hill Street"),
                              attribute({0x0010, 0x0010}, Vr::PN, "Mustermann^Erika")});
  const Profile profile = with({Option::retain_institution_identity});
  const dicom::EditPlan plan = test::plan_for(input, profile);
  const DataSet output = test::apply(input, plan);
  EXPECT_EQ(output.text({0x0008, 0x0080}), "ANONYMIZED");
  EXPECT_EQ(output.text({0x0008, 0x0081}), "1 Hill Street");
  EXPECT_TRUE(test::was_removed(plan, "PRAXIS DR. MUSTERMANN"));
}

TEST(Retained, TextIsCleanedWhenItIsSomebodysName) {
  const DataSet input = item({attribute({0x0008, 0x1010}, Vr::SH, "PID-4711"),
                              attribute({0x0010, 0x0020}, Vr::LO, "PID-4711")});
  const dicom::EditPlan plan = test::plan_for(input, with({Option::retain_device_identity}));
  EXPECT_EQ(test::apply(input, plan).text({0x0008, 0x1010}), "ANONYMIZED");
  EXPECT_TRUE(test::was_removed(plan, "PID-4711"));
}

TEST(Retained, ValuesThatStoodElsewhereTooAreNoResidue) {
  const DataSet input = item({attribute({0x0008, 0x0020}, Vr::DA, "20240307"),
                              attribute({0x0008, 0x1010}, Vr::SH, "MRC25017"),
                              attribute({0x0029, 0x1001}, Vr::LO, "MRC25017\\20240307")});
  dicom::EditPlan plan = test::plan_for(input, with({Option::retain_device_identity}, Dates::kept));
  EXPECT_FALSE(test::was_removed(plan, "MRC25017"));
  EXPECT_FALSE(test::was_removed(plan, "20240307"));
  count_meta_as_removed(item({attribute({0x0002, 0x0016}, Vr::AE, "MRC25017"),
                              attribute({0x0002, 0x0018}, Vr::AE, "PACS_OF_WARD")}),
                        plan);
  EXPECT_FALSE(test::was_removed(plan, "MRC25017"));
  EXPECT_TRUE(test::was_removed(plan, "PACS_OF_WARD"));
  EXPECT_TRUE(test::was_removed(test::plan_for(input), "MRC25017"));
}

TEST(Retained, ValuesAreSearchedForEverywhereElse) {
  const DataSet input = item({attribute({0x0010, 0x0020}, Vr::LO, "4711234"),
                              attribute({0x0020, 0x000D}, Vr::UI, "1.2.840.4711234.1")});
  const dicom::EditPlan plan = test::plan_for(input, with({Option::retain_uids}));
  EXPECT_TRUE(test::was_removed(plan, "4711234"));
  const std::vector<std::string> kept = kept_values(input, plan);
  EXPECT_EQ(std::find(kept.begin(), kept.end(), "1.2.840.4711234.1"), kept.end());
  const auto explained = [&](const std::string& bytes) {
    ResidueScanner scanner(plan.removed_values, kept);
    scanner.feed(std::as_bytes(std::span(bytes)));
    EXPECT_FALSE(scanner.findings().empty());
    return scanner.is_explained_by(plan.retained_values, std::as_bytes(std::span(bytes)));
  };
  EXPECT_TRUE(explained("...1.2.840.4711234.1..."));
  EXPECT_FALSE(explained("...1.2.840.4711234.2..."));
  EXPECT_FALSE(explained("...1.2.840.4711234.1... and 4711234"));
}

// --- content items of reports

DataSet concept_of(const char* code) {
  return item({attribute({0x0008, 0x0100}, Vr::SH, code),
               attribute({0x0008, 0x0102}, Vr::SH, "DCM"),
               attribute({0x0008, 0x0104}, Vr::LO, "a concept")});
}

DataSet content(const char* type, const char* code, test::Attribute value) {
  return item({attribute({0x0040, 0xA040}, Vr::CS, type),
               sequence({0x0040, 0xA043}, {concept_of(code)}), std::move(value)});
}

/// What is left of an item beside another one that stays.
std::string left_of(const DataSet& content_item, const Profile& profile) {
  const DataSet other = content("NUM", "999999", attribute({0x0040, 0xA010}, Vr::CS, "CONTAINS"));
  const DataSet report = item({attribute({0x0040, 0xA040}, Vr::CS, "CONTAINER"),
                               sequence({0x0040, 0xA730}, {content_item, other})});
  return test::all_values(cleaned(report, profile));
}

bool has(const std::string& all, const char* value) {
  return all.find(value) != std::string::npos;
}

TEST(Retained, ContentItemsFollowTheirOwnColumns) {
  const DataSet device = content("TEXT", "121013", attribute({0x0040, 0xA160}, Vr::UT, "CT-7"));
  EXPECT_FALSE(has(left_of(device, with({})), "CT-7"));
  EXPECT_FALSE(has(left_of(device, with({Option::retain_institution_identity})), "CT-7"));
  EXPECT_TRUE(has(left_of(device, with({Option::retain_device_identity})), "CT-7"));
  const DataSet uid = content("UIDREF", "121012", attribute({0x0040, 0xA124}, Vr::UI, "1.2.3.4"));
  EXPECT_FALSE(has(left_of(uid, with({})), "1.2.3.4"));
  EXPECT_TRUE(has(left_of(uid, with({Option::retain_device_identity})), "1.2.3.4"));
  EXPECT_TRUE(has(left_of(uid, with({Option::retain_uids})), "1.2.3.4"));
  const DataSet date = content("DATE", "111060", attribute({0x0040, 0xA121}, Vr::DA, "20240307"));
  EXPECT_FALSE(has(left_of(date, with({})), "20240307"));
  EXPECT_FALSE(has(left_of(date, with({}, Dates::modified)), "20240307"));
  EXPECT_TRUE(has(left_of(date, with({}, Dates::kept)), "20240307"));
  const DataSet birth = content("DATE", "121031", attribute({0x0040, 0xA121}, Vr::DA, "19700307"));
  EXPECT_FALSE(has(left_of(birth, with({}, Dates::kept)), "19700307"));
  const DataSet text = content("TEXT", "999998", attribute({0x0040, 0xA160}, Vr::UT, "free text"));
  EXPECT_FALSE(has(left_of(text, with({Option::retain_device_identity})), "free text"));
}

TEST(Retained, AgesInReportsEndAt89) {
  const auto age = [](const char* number, const char* unit) {
    return content("NUM", "121033",
                   sequence({0x0040, 0xA300},
                            {item({sequence({0x0040, 0x08EA},
                                            {item({attribute({0x0008, 0x0100}, Vr::SH, unit),
                                                   attribute({0x0008, 0x0102}, Vr::SH, "UCUM")})}),
                                   attribute({0x0040, 0xA30A}, Vr::DS, number)})}));
  };
  const Profile profile = with({Option::retain_patient_characteristics});
  EXPECT_TRUE(has(left_of(age("89", "a"), profile), "\n89\n"));
  EXPECT_FALSE(has(left_of(age("90", "a"), profile), "\n90\n"));
  EXPECT_TRUE(has(left_of(age("97", "mo"), profile), "\n97\n"));
  EXPECT_FALSE(has(left_of(age("1200", "mo"), profile), "\n1200\n"));
  EXPECT_FALSE(has(left_of(age("55", "furlong"), profile), "\n55\n"));
  EXPECT_FALSE(has(left_of(age("89", "a"), with({})), "\n89\n"));
}

}  // namespace
}  // namespace efface::deid
