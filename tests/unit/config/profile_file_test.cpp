#include "config/profile_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/errors.h"

namespace efface::config {
namespace {

using nlohmann::json;

json row(const std::string& tag, const std::string& action) {
  return {{"tag", tag}, {"action", action}, {"reason", "because"}};
}

json private_row(const std::string& tag, const std::string& creator, const std::string& action) {
  json made = row(tag, action);
  made["private_creator"] = creator;
  return made;
}

std::string file_of(const json& rows) {
  return json{{"efface_profile", 1}, {"name", "trial 7"}, {"rows", rows}}.dump();
}

std::string message_of(const std::string& text) {
  const base::Error error = support::error_of([&] { parse_profile(text); });
  EXPECT_EQ(error.fault(), base::Fault::usage);
  return error.what();
}

void expect_message(const json& wrong_row, const std::string& part) {
  const std::string message = message_of(file_of({row("(0018,0081)", "X"), wrong_row}));
  EXPECT_NE(message.find(part), std::string::npos) << message;
  EXPECT_NE(message.find("rows[1]"), std::string::npos) << message;
}

TEST(ProfileFile, IsReadInOrder) {
  const ProfileFile file = parse_profile(
      file_of({private_row("(0019,xx0C)", "ACME 1.0", "K"), row("PatientBirthDate", "C"),
               row("(0008,103e)", "K"), row("(0020,0052)", "U")}));
  EXPECT_EQ(file.name, "trial 7");
  ASSERT_EQ(file.changes.size(), 4U);
  EXPECT_EQ(file.changes[0].tag, (dicom::Tag{0x0008, 0x103E}));
  EXPECT_EQ(file.changes[0].code, deid::Code::K);
  EXPECT_EQ(file.changes[0].reason, "because");
  EXPECT_EQ(file.changes[1].tag, (dicom::Tag{0x0010, 0x0030}));
  EXPECT_EQ(file.changes[2].code, deid::Code::U);
  EXPECT_EQ(file.changes[3].tag, (dicom::Tag{0x0019, 0x000C}));
  EXPECT_EQ(file.changes[3].private_creator, "ACME 1.0");
  deid::Profile profile;
  profile.changes = file.changes;
  for (const deid::RowChange& change : file.changes) {
    if (change.private_creator.empty()) {
      EXPECT_EQ(deid::code_for(change.tag, profile), change.code);
    } else {
      EXPECT_EQ(deid::find_private_change("ACME 1.0", {0x0019, 0x120C}, profile)->code,
                change.code);
    }
  }
}

TEST(ProfileFile, MustBeOne) {
  for (const char* text :
       {"", "[]", "{", "{}", R"({"efface_profile": 2, "name": "x", "rows": []})",
        R"({"efface_profile": 1, "rows": []})", R"({"efface_profile": 1, "name": 7, "rows": []})",
        R"({"efface_profile": 1, "name": "x"})",
        R"({"efface_profile": 1, "name": "x", "rows": {}})",
        R"({"efface_profile": 1, "name": "x", "rows": [], "dates": "kept"})"}) {
    EXPECT_NE(message_of(text).find("profile file: "), std::string::npos) << text;
  }
  EXPECT_TRUE(parse_profile(file_of(json::array())).changes.empty());
}

TEST(ProfileFile, NamesTheRowThatIsWrong) {
  expect_message("X", "must be an object");
  expect_message({{"tag", "(0008,1030)"}, {"action", "X"}}, "'reason' is missing");
  expect_message(row("(0008,1030)", "keep"), "unknown action 'keep'");
  expect_message(row("(0008,1030)", "X/Z"), "unknown action");
  expect_message(row("0008,1030", "X"), "neither (gggg,eeee) nor a keyword");
  expect_message(row("(0008,10g0)", "X"), "neither (gggg,eeee) nor a keyword");
  expect_message(row("StudyDiscription", "X"), "neither (gggg,eeee) nor a keyword");
  expect_message(row("(0010,0f0f)", "X"), "(0010,0f0f): the DICOM Standard does not define");
  expect_message(row("(0019,100c)", "K"), "needs its 'private_creator'");
  expect_message(private_row("(0019,100c)", "ACME", "K"), "(gggg,xxee)");
  expect_message(private_row("(0018,xx0c)", "ACME", "K"), "odd group");
  expect_message(private_row("(0019,xx0c)", "ACME", "U"), "private attributes");
  json typo = row("(0008,1030)", "X");
  typo["raeson"] = "x";
  expect_message(typo, "unknown member 'raeson'");
}

TEST(ProfileFile, KeepsNoDirectIdentifier) {
  for (const char* tag : {"(0010,0010)", "(0010,0020)", "PatientTelephoneNumbers",
                          "ReferringPhysicianName", "OtherPatientIDs"}) {
    expect_message(row(tag, "K"), "a direct identifier cannot be kept");
  }
  parse_profile(file_of({row("(0010,0010)", "X"), row("AccessionNumber", "K")}));
}

TEST(ProfileFile, LeavesToEffaceWhatIsItsOwn) {
  for (const char* tag :
       {"(0012,0062)", "(0028,0303)", "(0002,0016)", "(6000,3000)", "(7fe0,0010)", "(fffa,fffa)"}) {
    expect_message(row(tag, "X"), "efface itself decides");
  }
  expect_message(row("(0008,0018)", "X"), "cannot be read without");
  expect_message(row("(0028,0010)", "D"), "cannot be read without");
}

TEST(ProfileFile, HasActionsThatFit) {
  expect_message(row("(0008,1030)", "U"), "U is for UIDs alone");
  expect_message(row("(0008,1030)", "C"), "C is for dates and times alone");
  expect_message(row("(0020,0052)", "D"), "D is not for UIDs");
}

TEST(ProfileFile, ChangesARowOnce) {
  EXPECT_NE(message_of(file_of({row("(0008,1030)", "X"), row("StudyDescription", "K")}))
                .find("(0008,1030) is changed twice"),
            std::string::npos);
  parse_profile(file_of(
      {private_row("(0019,xx0c)", "ACME", "K"), private_row("(0019,xx0c)", "ACME 2", "K")}));
}

TEST(ProfileFile, AgreesWithTheRunOnDates) {
  const auto check = [](const char* action, deid::Dates dates) {
    deid::Profile profile;
    profile.dates = dates;
    profile.changes =
        parse_profile(file_of(json::array({row("PatientBirthDate", action)}))).changes;
    check_dates(profile);
  };
  check("K", deid::Dates::kept);
  check("C", deid::Dates::modified);
  check("X", deid::Dates::removed);
  EXPECT_EQ(support::fault_of([&] { check("K", deid::Dates::modified); }), base::Fault::usage);
  EXPECT_EQ(support::fault_of([&] { check("K", deid::Dates::removed); }), base::Fault::usage);
  EXPECT_EQ(support::fault_of([&] { check("C", deid::Dates::kept); }), base::Fault::usage);
}

TEST(ProfileFile, IsAFile) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("efface_profile_" + std::to_string(getpid()));
  std::ofstream(path) << file_of(json::array({row("(0008,1030)", "K")}));
  EXPECT_EQ(read_profile_file(path).changes.size(), 1U);
  std::filesystem::remove(path);
  EXPECT_EQ(support::fault_of([&] { read_profile_file(path); }), base::Fault::io);
}

}  // namespace
}  // namespace efface::config
