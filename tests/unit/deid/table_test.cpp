#include "deid/table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <span>

#include "crypto_openssl/crypto.h"
#include "deid/dictionary.h"
#include "deid/safe_private.h"
#include "deid/sr_content.h"

namespace efface::deid {
namespace {

namespace fs = std::filesystem;

std::string tag_text(const TableRow& row) {
  if (row.keyword == "PrivateAttributes") return "odd";
  std::string text = dicom::to_string(row.tag);
  if (row.mask.group == 0xFF01) text[3] = text[4] = 'x';
  if (row.mask.element == 0) std::fill(text.begin() + 6, text.begin() + 10, 'x');
  return text;
}

std::string cell(Code code) {
  return code == Code::none ? "." : to_string(code);
}

/// The canonical form that make_ps315_table.py documents.
std::string canonical(const TableRow& row) {
  std::string line = tag_text(row) + '|' + std::string(row.keyword) + '|';
  line += row.vr == dicom::Vr::none ? "." : dicom::to_string(row.vr);
  line += '|' + cell(row.basic);
  for (const Code code : row.options) line += '|' + cell(code);
  return line + '\n';
}

fs::path standards() {
  const char* shared = std::getenv("EFFACE_SHARED");
  const fs::path root =
      shared != nullptr ? fs::path(shared) : fs::path(EFFACE_SOURCE_DIR) / ".." / "shared";
  return root / "standards";
}

TEST(Table, HasTheRowsThatItsDigestSays) {
  std::string all;
  for (const TableRow& row : table()) all += canonical(row);
  EXPECT_EQ(table().size(), 657U);
  EXPECT_EQ(table_edition(), "2026d");
  EXPECT_EQ(base::to_hex(crypto_openssl::sha256(std::as_bytes(std::span(all)))), table_sha256());
}

TEST(Table, AgreesWithTheStandard) {
  std::ifstream file(standards() / "ps315_confidentiality_profile.json");
  if (!file) GTEST_SKIP() << "no ../shared/standards";
  const nlohmann::json standard = nlohmann::json::parse(file);
  const std::vector<std::string> columns{"retain_safe_private",
                                         "retain_uids",
                                         "retain_device_identity",
                                         "retain_institution_identity",
                                         "retain_patient_characteristics",
                                         "retain_longitudinal_full_dates",
                                         "retain_longitudinal_modified_dates",
                                         "clean_descriptors",
                                         "clean_structured_content",
                                         "clean_graphics"};
  std::map<std::string, const TableRow*> rows;
  for (const TableRow& row : table()) rows[tag_text(row)] = &row;
  ASSERT_EQ(standard.at("rows").size(), rows.size());
  for (const nlohmann::json& expected : standard.at("rows")) {
    std::string tag = expected.at("tag");
    if (tag.find("odd") != std::string::npos) tag = "odd";
    std::transform(tag.begin(), tag.end(), tag.begin(), ::tolower);
    ASSERT_TRUE(rows.contains(tag)) << tag;
    const TableRow& row = *rows[tag];
    EXPECT_EQ(row.keyword, expected.at("keyword").get<std::string>());
    EXPECT_EQ(to_string(row.basic), expected.at("basic_profile").get<std::string>()) << tag;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      EXPECT_EQ(to_string(row.options[i]), expected.at("options").value(columns[i], "")) << tag;
    }
  }
}

TEST(Table, FindsExactRowsAndPatterns) {
  EXPECT_EQ(find_row({0x0010, 0x0010})->keyword, "PatientName");
  EXPECT_EQ(find_row({0x0009, 0x1001})->keyword, "PrivateAttributes");
  EXPECT_EQ(find_row({0x6001, 0x3000})->keyword, "PrivateAttributes");
  EXPECT_EQ(find_row({0x5002, 0x0010})->keyword, "CurveData");
  EXPECT_EQ(find_row({0x601E, 0x3000})->keyword, "OverlayData");
  EXPECT_EQ(find_row({0x601E, 0x4000})->keyword, "OverlayComments");
  EXPECT_EQ(find_row({0x6000, 0x0010}), nullptr);
  EXPECT_EQ(find_row({0x6100, 0x3000}), nullptr);
  EXPECT_EQ(find_row({0x0028, 0x0010}), nullptr);
  for (const TableRow& row : table()) {
    if (row.mask != dicom::Tag{0xFFFF, 0xFFFF}) continue;
    EXPECT_EQ(find_row(row.tag), &row);
  }
}

TEST(Table, NamesSafeHarborClasses) {
  using dicom::Vr;
  const auto of = [](std::uint16_t group, std::uint16_t element, Vr vr) {
    return safe_harbor_class({group, element}, vr);
  };
  EXPECT_EQ(of(0x0010, 0x0010, Vr::PN), SafeHarbor::names);
  EXPECT_EQ(of(0x0010, 0x0020, Vr::LO), SafeHarbor::mrn);
  EXPECT_EQ(of(0x0010, 0x1090, Vr::LO), SafeHarbor::mrn);
  EXPECT_EQ(of(0x0010, 0x0030, Vr::DA), SafeHarbor::dates);
  EXPECT_EQ(of(0x0010, 0x1010, Vr::AS), SafeHarbor::dates);
  EXPECT_EQ(of(0x0010, 0x1040, Vr::LO), SafeHarbor::geographic);
  EXPECT_EQ(of(0x0008, 0x0080, Vr::LO), SafeHarbor::geographic);
  EXPECT_EQ(of(0x0010, 0x2154, Vr::SH), SafeHarbor::telephone);
  EXPECT_EQ(of(0x0038, 0x0010, Vr::LO), SafeHarbor::account);
  EXPECT_EQ(of(0x0018, 0x1000, Vr::LO), SafeHarbor::device);
  EXPECT_EQ(of(0x0010, 0x0050, Vr::SQ), SafeHarbor::health_plan);
  EXPECT_EQ(of(0x0010, 0x1100, Vr::SQ), SafeHarbor::photograph);
  EXPECT_EQ(of(0x0018, 0x1803, Vr::LO), SafeHarbor::ip);
  EXPECT_EQ(of(0x0020, 0x000D, Vr::UI), SafeHarbor::other);
  EXPECT_EQ(of(0x0008, 0x0050, Vr::SH), SafeHarbor::other);
  EXPECT_EQ(of(0x0009, 0x1001, Vr::PN), SafeHarbor::none);
  EXPECT_EQ(of(0x0028, 0x0303, Vr::CS), SafeHarbor::none);
}

TEST(SafePrivate, HasTheRowsThatItsDigestSays) {
  std::string all;
  for (const SafePrivateRow& row : safe_private_rows()) {
    all += fmt::format("{}|({:04x},xx{:02x})|{}|{}\n", row.creator, row.group, row.element,
                       row.vr == dicom::Vr::none ? "." : dicom::to_string(row.vr), row.meaning);
    EXPECT_EQ(find_safe_private(row.creator, row.group, row.element), &row);
    EXPECT_TRUE((dicom::Tag{row.group, 0x1000}.is_private()));
  }
  EXPECT_EQ(safe_private_rows().size(), 479U);
  EXPECT_EQ(base::to_hex(crypto_openssl::sha256(std::as_bytes(std::span(all)))),
            safe_private_sha256());
}

TEST(SafePrivate, AgreesWithTheStandard) {
  std::ifstream file(standards() / "ps315_safe_private_attributes.json");
  if (!file) GTEST_SKIP() << "no ../shared/standards";
  const nlohmann::json standard = nlohmann::json::parse(file);
  ASSERT_EQ(standard.at("rows").size(), safe_private_rows().size());
  for (const nlohmann::json& expected : standard.at("rows")) {
    const std::string tag = expected.at("tag");
    const auto number = [&](std::size_t at, std::size_t digits) {
      return static_cast<unsigned>(std::stoul(tag.substr(at, digits), nullptr, 16));
    };
    const std::string creator = expected.at("private_creator");
    const SafePrivateRow* row = find_safe_private(creator, static_cast<std::uint16_t>(number(1, 4)),
                                                  static_cast<std::uint8_t>(number(8, 2)));
    ASSERT_NE(row, nullptr) << tag;
    EXPECT_EQ(row->meaning, expected.at("meaning").get<std::string>());
    const std::string vr = expected.at("vr");
    EXPECT_EQ(row->vr == dicom::Vr::none ? "" : dicom::to_string(row->vr), vr.substr(0, 2)) << tag;
  }
}

TEST(SafePrivate, IsFoundUnderItsCreatorOnly) {
  ASSERT_NE(find_safe_private("SIEMENS MR HEADER", 0x0019, 0x0C), nullptr);
  EXPECT_EQ(find_safe_private("SIEMENS MR HEADER", 0x0019, 0x0C)->vr, dicom::Vr::IS);
  EXPECT_EQ(find_safe_private("SIEMENS MR HEADE", 0x0019, 0x0C), nullptr);
  EXPECT_EQ(find_safe_private("siemens mr header", 0x0019, 0x0C), nullptr);
  EXPECT_EQ(find_safe_private("ELSCINT1", 0x0019, 0x0C), nullptr);
  EXPECT_EQ(find_safe_private("SIEMENS MR HEADER", 0x0051, 0x0C), nullptr);
  EXPECT_EQ(find_safe_private("", 0x0019, 0x0C), nullptr);
}

TEST(Dictionary, KnowsTheStandardOnly) {
  EXPECT_GT(known_tags().size(), 4500U);
  EXPECT_TRUE(std::is_sorted(known_tags().begin(), known_tags().end(),
                             [](const KnownTag& a, const KnownTag& b) { return a.tag < b.tag; }));
  EXPECT_EQ(dictionary_vr({0x0010, 0x0010}), dicom::Vr::PN);
  EXPECT_EQ(dictionary_vr({0x0020, 0x3112}), dicom::Vr::CS);
  EXPECT_EQ(dictionary_vr({0x0008, 0x0041}), dicom::Vr::LO);  // retired
  EXPECT_EQ(dictionary_vr({0x0010, 0x0F0F}), dicom::Vr::none);
  EXPECT_EQ(dictionary_vr({0x4010, 0x101A}), dicom::Vr::none);  // DICOS
  for (const TableRow& row : table()) {
    if (row.mask != dicom::Tag{0xFFFF, 0xFFFF}) continue;
    EXPECT_NE(dictionary_vr(row.tag), dicom::Vr::none);
  }
}

TEST(SrContent, HasTheRowsOfTheStandard) {
  EXPECT_EQ(sr_rows().size(), 206U);
  ASSERT_NE(find_sr_row("121030", "DCM", "TEXT"), nullptr);
  EXPECT_EQ(find_sr_row("121030", "DCM", "TEXT")->basic, Code::X_D);
  const auto cell_of = [](const char* value, const char* type, Option option) {
    return find_sr_row(value, "DCM", type)->options.at(static_cast<std::size_t>(option));
  };
  EXPECT_EQ(cell_of("111060", "DATE", Option::retain_longitudinal_modified_dates), Code::C);
  EXPECT_EQ(cell_of("111060", "DATE", Option::retain_longitudinal_full_dates), Code::K);
  EXPECT_EQ(cell_of("121031", "DATE", Option::retain_longitudinal_modified_dates), Code::none);
  EXPECT_EQ(cell_of("121033", "NUM", Option::retain_patient_characteristics), Code::K);
  EXPECT_EQ(cell_of("121013", "TEXT", Option::retain_device_identity), Code::K);
  EXPECT_EQ(find_sr_row("121030", "DCM", "NUM"), nullptr);
  EXPECT_EQ(find_sr_row("121030", "99X", "TEXT"), nullptr);
  std::string all;
  for (const SrRow& row : sr_rows()) {
    all += fmt::format("{}|{}|{}|{}", row.code_value, row.scheme, row.value_type, cell(row.basic));
    for (const Code code : row.options) all += '|' + cell(code);
    all += '\n';
    EXPECT_EQ(find_sr_row(row.code_value, row.scheme, row.value_type), &row);
    EXPECT_TRUE(is_public_scheme(row.scheme)) << row.scheme;
  }
  EXPECT_EQ(base::to_hex(crypto_openssl::sha256(std::as_bytes(std::span(all)))), sr_rows_sha256());
  EXPECT_FALSE(is_public_scheme("99LOCAL"));
}

}  // namespace
}  // namespace efface::deid
