// One canary for each of the 657 rows: a value that occurs nowhere else, of the row's VR, must not
// be in what the plan leaves, wherever the attribute stands.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "deid/beyond_table.h"
#include "deid/dictionary.h"
#include "support.h"

namespace efface::deid {
namespace {

using test::attribute;
using test::DataSet;
using test::item;
using test::sequence;
using test::Vr;

/// A value that fits the VR and that no other number gives.
std::string canary(Vr vr, int number) {
  switch (vr) {
    case Vr::DA:
      return fmt::format("{:04}{:02}{:02}", 1930 + number / 100, 1 + number / 10 % 10,
                         11 + number % 10);
    case Vr::TM:
      return fmt::format("{:02}{:02}{:02}.7", 11 + number / 100, 11 + number / 10 % 10,
                         11 + number % 10);
    case Vr::DT:
      return canary(Vr::DA, number) + canary(Vr::TM, number);
    case Vr::AS:
      return fmt::format("{:03}Y", number);
    case Vr::DS:
    case Vr::IS:
      return fmt::format("7{:05}", number);
    case Vr::UI:
      return fmt::format("1.2.826.0.1.3680043.9.{}", 10000 + number);
    case Vr::CS:
    case Vr::AE:
    case Vr::SH:
      return fmt::format("CANARY_{:04}", number);
    case Vr::US:
      return {static_cast<char>(0x41 + number / 26 % 26), static_cast<char>(0x61 + number % 26)};
    default:
      return fmt::format("Canary^{:04}", number);
  }
}

dicom::Tag place_of(const TableRow& row) {
  if (row.keyword == "PrivateAttributes") return {0x0029, 0x1010};
  if (row.keyword == "CurveData") return {0x5004, 0x3000};
  return row.tag;
}

test::Attribute bearer(const TableRow& row, Vr vr, int number) {
  const dicom::Tag tag = place_of(row);
  if (vr != Vr::SQ) return attribute(tag, vr, canary(vr, number));
  return sequence(tag, {item({attribute({0x0008, 0x0100}, Vr::SH, canary(Vr::SH, number)),
                              attribute({0x0008, 0x1155}, Vr::UI, canary(Vr::UI, number)),
                              attribute({0x0010, 0x0010}, Vr::PN, canary(Vr::PN, number)),
                              attribute({0x0011, 0x1001}, Vr::LO, canary(Vr::LO, number))})});
}

std::vector<std::string> canaries(Vr vr, int number) {
  if (vr != Vr::SQ) return {canary(vr, number)};
  return {canary(Vr::UI, number), canary(Vr::PN, number), canary(Vr::LO, number)};
}

/// In a sequence of which the table says nothing.
DataSet nested(test::Attribute inner) {
  return item(
      {sequence({0x5200, 0x9230},
                {item({}), item({sequence({0x0018, 0x9114}, {item({std::move(inner)})})})})});
}

void expect_gone(const DataSet& input, const TableRow& row, Vr vr, int number, const char* where) {
  const dicom::EditPlan plan = test::plan_for(input);
  const std::string left = test::all_values(test::apply(input, plan));
  for (const std::string& value : canaries(vr, number)) {
    EXPECT_EQ(left.find(value), std::string::npos) << row.keyword << " " << where;
    if (value.size() < 5 || vr == Vr::OW) continue;  // binary: nothing to search for
    EXPECT_TRUE(test::was_removed(plan, value)) << row.keyword << " " << where;
  }
}

TEST(Canary, OfEveryRowIsGoneAtEveryDepth) {
  int number = 0;
  for (const TableRow& row : table()) {
    ++number;
    ASSERT_NE(row.basic, Code::K);
    const Vr vr = row.vr == Vr::none ? Vr::LO : row.vr;
    const test::Attribute bird = bearer(row, vr, number);
    expect_gone(item({bird}), row, vr, number, "at the top");
    expect_gone(nested(bird), row, vr, number, "nested");
    expect_gone(item({sequence({0x0029, 0x1001}, {item({bird})}, Vr::UN)}), row, vr, number,
                "private");
    if (vr == Vr::SQ) continue;
    test::Attribute unknown = bird;
    unknown.vr = Vr::UN;
    expect_gone(item({unknown}), row, vr, number, "as UN");
    expect_gone(item({sequence({0x5200, 0x9230}, {item({unknown})}, Vr::UN)}), row, vr, number,
                "in UN");
  }
}

/// Under each option what it does not name is gone, and what it keeps stays.
TEST(Canary, OfEveryRowIsGoneUnlessItsOptionKeepsIt) {
  for (std::size_t i = 0; i < option_count; ++i) {
    const auto option = static_cast<Option>(i);
    Profile profile;
    if (option == Option::retain_longitudinal_full_dates) profile.dates = Dates::kept;
    if (option == Option::retain_longitudinal_modified_dates) profile.dates = Dates::modified;
    if (profile.dates == Dates::removed) profile.choose(option);
    int number = 0;
    for (const TableRow& row : table()) {
      const Vr vr = row.vr == Vr::none ? Vr::LO : row.vr;
      const DataSet input = item({bearer(row, vr, ++number)});
      const std::string left = test::all_values(test::cleaned(input, profile));
      const Code cell = row.options[i];
      for (const std::string& value : canaries(vr, number)) {
        const bool is_there = left.find(value) != std::string::npos;
        // Not of a form that can stay: ages of hundreds of years, zones and stamps that are none;
        // nor what no file may hold.
        const bool has_form = vr != Vr::SQ && vr != Vr::OB && vr != Vr::AS &&
                              row.keyword != "TimezoneOffsetFromUTC" && row.tag.group > 0x0006;
        if (cell == Code::K && has_form) {
          EXPECT_TRUE(is_there) << row.keyword << " " << i;
        } else if (option != Option::retain_uids || vr != Vr::SQ ||
                   value.find(".9.") == value.npos) {
          const bool is_time = cell == Code::C && vr == Vr::TM;  // stays: dates move by whole weeks
          EXPECT_EQ(is_there, is_time) << row.keyword << " " << i << " " << value;
        }
      }
    }
  }
}

TEST(Canary, OfEveryRowLeavesTheSecondRunNothing) {
  int number = 0;
  for (const TableRow& row : table()) {
    const Vr vr = row.vr == Vr::none ? Vr::LO : row.vr;
    const test::Attribute bird = bearer(row, vr, ++number);
    const DataSet once = test::apply(nested(bird), test::plan_for(nested(bird)));
    const dicom::EditPlan second = test::plan_for(once);
    EXPECT_TRUE(second.method_codes.empty());
    for (const dicom::Edit& edit : second.edits) {
      EXPECT_TRUE(edit.action == dicom::Action::replace_uid ||
                  edit.action == dicom::Action::pseudonym)
          << row.keyword << " " << dicom::to_string(edit.path) << " "
          << dicom::to_string(edit.action);
    }
  }
}

TEST(Canary, OfAttributesBeyondTheTableIsGone) {
  for (const KnownTag& known : known_tags()) {
    const dicom::Tag tag{static_cast<std::uint16_t>(known.tag >> 16),
                         static_cast<std::uint16_t>(known.tag & 0xFFFFU)};
    const bool is_personal = known.vr == Vr::PN || known.vr == Vr::DA || known.vr == Vr::DT ||
                             known.vr == Vr::TM || known.vr == Vr::AE || known.vr == Vr::AS ||
                             code_beyond_table(tag) != Code::none;
    if (tag.is_group_length() || known.vr == Vr::SQ || !is_personal) continue;
    const DataSet input = item({attribute(tag, known.vr, canary(known.vr, 321))});
    const std::string left = test::all_values(test::cleaned(input));
    EXPECT_EQ(left.find(canary(known.vr, 321)), std::string::npos) << dicom::to_string(tag);
  }
}

}  // namespace
}  // namespace efface::deid
