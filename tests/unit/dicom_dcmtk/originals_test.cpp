#include "dicom_dcmtk/originals.h"

#include <gtest/gtest.h>

#include "dicom_dcmtk/rewriter.h"
#include "make_file.h"
#include "tests/support/errors.h"

namespace efface::dicom_dcmtk {
namespace {

using namespace efface::test;
using dicom::Action;
using dicom::Tag;
using dicom::Vr;
using support::fault_of;

const Syntax syntaxes[] = {{true, false}, {false, false}, {true, true}};

std::string uid_of(Syntax syntax) {
  if (!syntax.is_explicit) return implicit_little;
  return syntax.is_big_endian ? explicit_big : explicit_little;
}

bool keep_all(Tag, Vr, std::string_view) {
  return false;
}

/// Elements of groups below 0010 with numbers in a sequence, and private ones.
std::string data_set(Syntax syntax) {
  Writer inner(syntax), w(syntax);
  inner.text(0x00081155, "UI", "1.2.3.9").us(0x00281050, 258);
  w.text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4").text(0x00080018, "UI", "1.2.3.4");
  w.header(0x00081140, "SQ", undefined);
  w.u16(0xFFFE).u16(0xE000).u32(undefined);
  w.bytes += inner.bytes;
  w.u16(0xFFFE).u16(0xE00D).u32(0).u16(0xFFFE).u16(0xE0DD).u32(0);
  w.text(0x00090010, "LO", "ACME").us(0x00091001, 515);
  w.text(0x00100010, "PN", "Doe^Jane").us(0x00280106, 1027);
  return w.bytes;
}

dicom::EditPlan plan_of(const std::string& envelope) {
  dicom::EditPlan plan;
  plan.edits.push_back({{{}, {0x0008, 0x0018}}, Action::replace_uid, Vr::UI, "2.25.7"});
  plan.edits.push_back({{{}, {0x0008, 0x1140}}, Action::empty, Vr::SQ, ""});
  plan.edits.push_back({{{}, {0x0009, 0x0010}}, Action::remove, Vr::none, ""});
  plan.edits.push_back({{{}, {0x0009, 0x1001}}, Action::remove, Vr::none, ""});
  plan.edits.push_back({{{}, {0x0010, 0x0010}}, Action::empty, Vr::PN, ""});
  plan.edits.push_back({{{}, {0x0012, 0x0062}}, Action::add, Vr::CS, "YES"});
  plan.edits.push_back({{{}, {0x0012, 0x0063}}, Action::add, Vr::LO, "efface"});
  plan.edits.push_back({{{}, {0x0028, 0x0106}}, Action::remove, Vr::none, ""});
  plan.edits.push_back({{{}, {0x0028, 0x0303}}, Action::add, Vr::CS, "REMOVED"});
  plan.method_codes.push_back({"113100", "DCM", "Basic Profile"});
  plan.envelope = envelope;
  return plan;
}

const std::vector<Tag> tags{{0x0008, 0x0018}, {0x0008, 0x1140}, {0x0009, 0x0010}, {0x0009, 0x1001},
                            {0x0010, 0x0010}, {0x0010, 0x4000}, {0x0028, 0x0106}};

TEST(Originals, ComeBackAsTheyWereInEveryEncoding) {
  for (const Syntax syntax : syntaxes) {
    SCOPED_TRACE(uid_of(syntax));
    const Folder folder;
    const auto input = folder.write("in", part10(uid_of(syntax)) + data_set(syntax));
    DicomFile file(input);
    const std::string originals = encode_originals(file, {tags, keep_all});
    write_edited(file, plan_of("an envelope"), folder / "clean", {});
    EXPECT_EQ(content_of(folder / "clean").find("Doe^Jane"), std::string::npos);
    DicomFile clean(folder / "clean");
    const auto envelope = find_envelope(clean);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(envelope.data()), envelope.size()),
              std::string("an envelope\0", 12));
    write_restored(clean, originals, folder / "back");
    Writer no(syntax);
    no.text(0x00120062, "CS", "NO");
    std::string expected = data_set(syntax);
    Writer number(syntax);
    number.us(0x00280106, 1027);
    expected.insert(expected.find(number.bytes), no.bytes);
    EXPECT_TRUE(content_of(folder / "back").ends_with(expected));
  }
}

TEST(Originals, AreExplicitLittleEndianWithModifiedAttributesFirst) {
  const Folder folder;
  DicomFile file(folder.write("in", part10(explicit_big) + data_set({true, true})));
  const std::string originals = encode_originals(file, {{{0x0028, 0x0106}}, keep_all});
  EXPECT_TRUE(originals.starts_with(std::string("\x00\x04\x50\x05SQ\0\0", 8)));
  EXPECT_TRUE(originals.ends_with(std::string("\x28\x00\x06\x01US\x02\x00\x03\x04", 10)));
}

TEST(Originals, LeaveOutWhatIsAskedForAtAnyDepth) {
  const Folder folder;
  DicomFile file(folder.write("in", part10(explicit_little) + data_set({})));
  const std::string originals = encode_originals(
      file, {tags, [](Tag tag, Vr vr, auto value) {
               return tag == Tag{0x0028, 0x1050} || vr == Vr::PN || value == "ACME";
             }});
  EXPECT_EQ(originals.find("Doe^Jane"), std::string::npos);
  EXPECT_EQ(originals.find("ACME"), std::string::npos);
  EXPECT_EQ(originals.find(std::string("\x28\x00\x50\x10", 4)), std::string::npos);
  EXPECT_NE(originals.find("1.2.3.9"), std::string::npos);
}

TEST(Originals, HoldWhatSaysThatAFileWasDeidentifiedBefore) {
  const Folder folder;
  Writer w;
  w.text(0x00080018, "UI", "1.2.3.4").text(0x00120062, "CS", "YES").text(0x00120063, "LO", "old");
  DicomFile file(folder.write("in", part10(explicit_little) + w.bytes));
  const std::string originals =
      encode_originals(file, {{{0x0012, 0x0062}, {0x0012, 0x0063}}, keep_all});
  dicom::EditPlan plan;
  plan.edits.push_back({{{}, {0x0012, 0x0063}}, Action::add, Vr::LO, "old\\efface"});
  plan.envelope = "x";
  write_edited(file, plan, folder / "clean", {});
  DicomFile clean(folder / "clean");
  write_restored(clean, originals, folder / "back");
  EXPECT_TRUE(content_of(folder / "back").ends_with(w.bytes));
}

TEST(Originals, ChecksumIsTakenOffAgainAndOnlyWhenItIsThere) {
  base::Digest sum;
  sum.bytes.fill(9);
  const std::string content = with_checksum("the originals", sum);
  const auto checked = without_checksum(content);
  ASSERT_TRUE(checked);
  EXPECT_EQ(checked->originals, "the originals");
  EXPECT_EQ(checked->checksum, sum);
  EXPECT_FALSE(without_checksum("the originals"));
  EXPECT_FALSE(without_checksum(std::string_view(content).substr(0, content.size() - 1)));
  std::string damaged = content;
  damaged[std::string("the originals").size()] ^= 1;
  EXPECT_FALSE(without_checksum(damaged));
}

TEST(Originals, WhatIsNoneIsRefusedAndNothingWritten) {
  const Folder folder;
  const auto input = folder.write("in", part10(explicit_little) + data_set({}));
  DicomFile file(input);
  EXPECT_EQ(fault_of([&] { find_envelope(file); }), base::Fault::bad_input);
  const std::string good = encode_originals(file, {tags, keep_all});
  Writer other;
  other.text(0x00100010, "PN", "Doe^Jane");
  for (const std::string& bad :
       {std::string(), std::string("nonsense"), good.substr(0, good.size() - 2), other.bytes,
        good + other.bytes, good + good}) {
    DicomFile again(input);
    EXPECT_EQ(fault_of([&] { write_restored(again, bad, folder / "out"); }),
              base::Fault::bad_input);
    EXPECT_FALSE(std::filesystem::exists(folder / "out"));
  }
}

}  // namespace
}  // namespace efface::dicom_dcmtk
