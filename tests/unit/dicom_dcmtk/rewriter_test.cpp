#include <gtest/gtest.h>

#include "base/error.h"
#include "dicom_dcmtk/reader.h"
#include "dicom_dcmtk/rewriter.h"
#include "make_file.h"

namespace efface::dicom_dcmtk {
namespace {

using namespace efface::test;
using dicom::Action;
using dicom::Tag;
using dicom::Vr;

const Syntax syntaxes[] = {{true, false}, {false, false}, {true, true}};

std::string uid_of(Syntax syntax) {
  if (!syntax.is_explicit) return implicit_little;
  return syntax.is_big_endian ? explicit_big : explicit_little;
}

dicom::Edit edit(dicom::TagPath path, Action action, Vr vr = Vr::none, std::string value = {}) {
  return {std::move(path), action, vr, std::move(value)};
}

/// Pixel data of the file as they lie there.
std::string pixel_bytes(const DicomFile& file) {
  const auto value = file.content().subspan(file.pixels().value_offset, file.pixels().value_length);
  return {reinterpret_cast<const char*>(value.data()), value.size()};
}

TEST(Rewriter, EmptyPlanKeepsEveryAttributeAndTheBytesOfThePixels) {
  for (const Syntax syntax : syntaxes) {
    SCOPED_TRACE(uid_of(syntax));
    const Folder folder;
    const auto input = folder.write("in", part10(uid_of(syntax)) + mr_image(syntax));
    DicomFile file(input);
    const WriteReport report = write_edited(file, {}, folder / "out", {});
    EXPECT_TRUE(report.pixels_copied);
    EXPECT_EQ(report.transfer_syntax_uid, uid_of(syntax));
    const std::string written = content_of(folder / "out");
    EXPECT_TRUE(written.ends_with(mr_image(syntax)));
    EXPECT_EQ(written.find("SECRETAE"), std::string::npos);
    EXPECT_EQ(written.substr(0, 132), std::string(128, '\0') + "DICM");
    EXPECT_NE(written.find("EFFACE_0_1"), std::string::npos);
    DicomFile again(folder / "out");
    write_edited(again, {}, folder / "out2", {});
    EXPECT_EQ(content_of(folder / "out2"), written);
  }
}

TEST(Rewriter, AppliesEditsOfEveryKind) {
  for (const Syntax syntax : syntaxes) {
    SCOPED_TRACE(uid_of(syntax));
    const Folder folder;
    DicomFile file(folder.write("in", part10(uid_of(syntax)) + mr_image(syntax)));
    const std::string pixels = pixel_bytes(file);
    dicom::EditPlan plan;
    plan.edits.push_back(edit({{}, {0x0008, 0x0018}}, Action::replace_uid, Vr::UI, "2.25.7"));
    plan.edits.push_back(edit({{}, {0x0010, 0x0010}}, Action::empty));
    plan.edits.push_back(edit({{}, {0x0010, 0x0020}}, Action::remove));
    plan.edits.push_back(edit({{}, {0x0012, 0x0062}}, Action::add, Vr::CS, "YES"));
    plan.edits.push_back(edit({{}, {0x0028, 0x0101}}, Action::clean, Vr::US, {"\x0A\0", 2}));
    plan.method_codes.push_back({"113100", "DCM", "Basic Profile"});
    write_edited(file, plan, folder / "out", {});
    const DicomFile out(folder / "out");
    const dicom::DataSet attributes = out.attributes();
    EXPECT_EQ(attributes.find({0x0008, 0x0018})->value.reveal(), "2.25.7");
    EXPECT_EQ(attributes.find({0x0010, 0x0010})->length, 0U);
    EXPECT_EQ(attributes.find({0x0010, 0x0020}), nullptr);
    EXPECT_EQ(attributes.find({0x0012, 0x0062})->value.reveal(), "YES ");
    EXPECT_EQ(attributes.find({0x0012, 0x0062})->vr, Vr::CS);
    EXPECT_EQ(out.facts().bits_stored, 10U);
    const dicom::Attribute* codes = attributes.find({0x0012, 0x0064});
    ASSERT_NE(codes, nullptr);
    ASSERT_EQ(codes->items.size(), 1U);
    EXPECT_EQ(codes->items[0].text({0x0008, 0x0100}), "113100");
    EXPECT_EQ(codes->items[0].text({0x0008, 0x0104}), "Basic Profile");
    EXPECT_EQ(out.meta().text({0x0002, 0x0003}), "2.25.7");
    EXPECT_EQ(pixel_bytes(out), pixels);
    Tag last{};
    for (const dicom::Attribute& attribute : attributes.attributes) {
      EXPECT_LT(last, attribute.tag);
      last = attribute.tag;
    }
  }
}

/// Items nested in defined and undefined lengths; group lengths and padding on the way.
std::string nested(Syntax syntax) {
  Writer inner(syntax);
  inner.text(0x00100010, "PN", "Doe^Inner").text(0x00100020, "LO", "INNER-ID");
  Writer w(syntax);
  w.header(0x00080000, "UL", 4).u32(1234);
  w.text(0x00080018, "UI", "1.2.3.4").text(0x00080060, "CS", "MR");
  w.header(0x00081140, "SQ", undefined).header(item, "", undefined);
  w.header(0x00081199, "SQ", static_cast<std::uint32_t>(inner.bytes.size() + 8));
  w.header(item, "", static_cast<std::uint32_t>(inner.bytes.size()));
  w.bytes += inner.bytes;
  w.header(item_end, "", 0).header(sequence_end, "", 0);
  w.raw(0xFFFCFFFC, "OB", "PADDING!");
  return w.bytes;
}

TEST(Rewriter, EditsInsideSequencesAndCountsLengthsAnew) {
  for (const Syntax syntax : syntaxes) {
    SCOPED_TRACE(uid_of(syntax));
    const Folder folder;
    DicomFile file(folder.write("in", part10(uid_of(syntax)) + nested(syntax)));
    const std::vector<dicom::TagPath::Step> parents{{{0x0008, 0x1140}, 0}, {{0x0008, 0x1199}, 0}};
    dicom::EditPlan plan;
    plan.edits.push_back(edit({parents, {0x0010, 0x0010}}, Action::dummy, Vr::PN, "ANONYMOUS"));
    plan.edits.push_back(edit({parents, {0x0010, 0x0020}}, Action::remove));
    write_edited(file, plan, folder / "out", {});
    const dicom::DataSet attributes = DicomFile(folder / "out").attributes();
    EXPECT_EQ(attributes.find({0x0008, 0x0000}), nullptr);
    EXPECT_EQ(attributes.find({0xFFFC, 0xFFFC}), nullptr);
    const dicom::DataSet& inner = attributes.find({0x0008, 0x1140})->items.at(0);
    const dicom::DataSet& innermost = inner.find({0x0008, 0x1199})->items.at(0);
    ASSERT_EQ(innermost.attributes.size(), 1U);
    EXPECT_EQ(innermost.text({0x0010, 0x0010}), "ANONYMOUS");
  }
}

TEST(Rewriter, EditsItemsThatWereHiddenInUnknownValues) {
  const Folder folder;
  Writer hidden({false, false});
  hidden.header(item, "", 18).text(0x00100010, "PN", "Doe^Hidden");
  Writer w({true, true});  // items in UN are little endian even here
  w.text(0x00080060, "CS", "MR").raw(0x00091001, "UN", hidden.bytes);
  DicomFile file(folder.write("in", part10(explicit_big) + w.bytes));
  dicom::EditPlan plan;
  plan.edits.push_back(
      edit({{{{0x0009, 0x1001}, 0}}, {0x0010, 0x0010}}, Action::dummy, Vr::PN, "X"));
  write_edited(file, plan, folder / "out", {});
  EXPECT_EQ(content_of(folder / "out").find("Hidden"), std::string::npos);
  const dicom::DataSet attributes = DicomFile(folder / "out").attributes();
  EXPECT_EQ(attributes.find({0x0009, 0x1001})->items.at(0).text({0x0010, 0x0010}), "X");
}

TEST(Rewriter, DropsItemsAndKeepsThePlacesOfTheOthers) {
  for (const Syntax syntax : syntaxes) {
    for (const bool is_undefined : {false, true}) {
      SCOPED_TRACE(uid_of(syntax));
      const Folder folder;
      Writer items(syntax);
      for (const char* text : {"first", "second", "third"}) {
        Writer inner(syntax);
        inner.text(0x00081150, "UI", "1.2.3").text(0x00400310, "ST", text);
        items.header(item, "", static_cast<std::uint32_t>(inner.bytes.size()));
        items.bytes += inner.bytes;
      }
      if (is_undefined) items.header(sequence_end, "", 0);
      Writer w(syntax);
      w.text(0x00080060, "CS", "SR");
      w.header(0x00081199, "SQ",
               is_undefined ? undefined : static_cast<std::uint32_t>(items.bytes.size()));
      w.bytes += items.bytes;
      DicomFile file(folder.write("in", part10(uid_of(syntax)) + w.bytes));
      dicom::EditPlan plan;
      const Tag sequence{0x0008, 0x1199};
      plan.edits.push_back(edit({{{sequence, 0}}, dicom::item_tag}, Action::remove));
      plan.edits.push_back(
          edit({{{sequence, 1}}, {0x0040, 0x0310}}, Action::dummy, Vr::ST, "changed"));
      write_edited(file, plan, folder / "out", {});
      EXPECT_EQ(content_of(folder / "out").find("first"), std::string::npos);
      const dicom::DataSet attributes = DicomFile(folder / "out").attributes();
      const auto& left = attributes.find(sequence)->items;
      ASSERT_EQ(left.size(), 2U);
      EXPECT_EQ(left[0].text({0x0040, 0x0310}), "changed");
      EXPECT_EQ(left[1].text({0x0040, 0x0310}), "third");
      EXPECT_EQ(file.attributes().find(sequence)->items.size(), 2U);
    }
  }
}

TEST(Rewriter, PadsPixelDataOfOddLength) {
  const Folder folder;
  Writer w;
  w.text(0x00080060, "CS", "MR").us(0x00280002, 1).us(0x00280010, 1);
  w.us(0x00280011, 5).us(0x00280100, 8).raw(0x7FE00010, "OB", "12345");
  DicomFile file(folder.write("in", part10(explicit_little) + w.bytes));
  const WriteReport report = write_edited(file, {}, folder / "out", {});
  EXPECT_EQ(report.pixels_end - report.pixels_begin, 5U);
  EXPECT_EQ(pixel_bytes(DicomFile(folder / "out")), std::string("12345\0", 6));
}

TEST(Rewriter, SaysWhereThePixelDataStand) {
  for (const Syntax syntax : syntaxes) {
    const Folder folder;
    DicomFile file(folder.write("in", part10(uid_of(syntax)) + mr_image(syntax)));
    const std::string pixels = pixel_bytes(file);
    const WriteReport report = write_edited(file, {}, folder / "out", {});
    const std::string written = content_of(folder / "out");
    EXPECT_EQ(written.substr(report.pixels_begin, report.pixels_end - report.pixels_begin), pixels);
    EXPECT_EQ(report.pixels_end - report.pixels_begin, 24U);
  }
}

TEST(Rewriter, DropsWhatFollowsThePixelData) {
  const Folder folder;
  Writer after;
  after.raw(0xFFFCFFFC, "OB", "Doe^Jane");
  DicomFile file(folder.write("in", part10(explicit_little) + mr_image({}) + after.bytes));
  write_edited(file, {}, folder / "out", {});
  EXPECT_TRUE(content_of(folder / "out").ends_with(mr_image({})));
}

TEST(Rewriter, RefusesTruncatedFilesBrokenPlansAndExistingOutputs) {
  const Folder folder;
  const std::string whole = part10(explicit_little) + mr_image({});
  DicomFile cut(folder.write("cut", whole.substr(0, whole.size() - 3)));
  EXPECT_THROW(write_edited(cut, {}, folder / "out", {}), base::Error);
  EXPECT_FALSE(std::filesystem::exists(folder / "out"));
  dicom::EditPlan plan;
  plan.edits.push_back(edit({{{{0x0008, 0x1140}, 0}}, {0x0010, 0x0010}}, Action::remove));
  const auto input = folder.write("in", whole);
  DicomFile file(input);
  EXPECT_THROW(write_edited(file, plan, folder / "out", {}), base::Error);
  DicomFile other(input);
  EXPECT_THROW(write_edited(other, {}, input, {}), base::Error);
  EXPECT_EQ(content_of(input), whole);
}

}  // namespace
}  // namespace efface::dicom_dcmtk
