#include <gtest/gtest.h>

#include "base/error.h"
#include "dicom_dcmtk/reader.h"
#include "make_file.h"
#include "tests/support/packing.h"

namespace efface::dicom_dcmtk {
namespace {

using namespace efface::test;
using dicom::Tag;
using dicom::Vr;
using support::gzipped;
using support::raw_deflated;

std::string file_in(const std::string& uid, Syntax syntax) {
  return part10(uid) + mr_image(syntax);
}

void expect_image(const std::filesystem::path& path, const std::string& transfer_syntax) {
  ASSERT_TRUE(looks_like_dicom(path));
  const DicomFile file(path);
  const dicom::InstanceFacts facts = file.facts();
  EXPECT_EQ(facts.transfer_syntax_uid, transfer_syntax);
  EXPECT_EQ(facts.study_uid.reveal(), "1.2.3.1");
  EXPECT_EQ(facts.patient_id.reveal(), "ID-42");
  EXPECT_EQ(facts.rows, 3U);
  EXPECT_EQ(facts.columns, 4U);
  EXPECT_EQ(facts.bits_stored, 12U);
  EXPECT_FALSE(facts.is_truncated);
  EXPECT_EQ(file.pixels().value_length, 24U);
  ASSERT_EQ(facts.planes.size(), 1U);
  EXPECT_EQ(facts.planes[0].position, (std::array<double, 3>{-10, 20.5, 30}));
  EXPECT_EQ(facts.planes[0].spacing, (std::array<double, 2>{0.5, 0.75}));
  EXPECT_EQ(facts.planes[0].thickness, 2.5);
  EXPECT_EQ(facts.planes[0].rescale_slope, 2);
  EXPECT_EQ(facts.planes[0].rescale_intercept, -5);
  const dicom::DataSet attributes = file.attributes();
  EXPECT_EQ(attributes.text({0x0010, 0x0010}), "Doe^Jane");
  EXPECT_EQ(attributes.find({0x0010, 0x0010})->vr, Vr::PN);
  EXPECT_EQ(attributes.find({0x0028, 0x0010})->value.reveal(), std::string("\3\0", 2));
  EXPECT_EQ(attributes.find({0x7FE0, 0x0010}), nullptr);
  const StudyKey key = read_study_key(path);
  EXPECT_EQ(key.study_uid.reveal(), "1.2.3.1");
  EXPECT_EQ(key.patient_id.reveal(), "ID-42");
}

TEST(Reader, ReadsEveryUncompressedEncodingWithAndWithoutMeta) {
  const Folder folder;
  const struct {
    std::string uid;
    Syntax syntax;
  } cases[] = {{explicit_little, {true, false}},
               {implicit_little, {false, false}},
               {explicit_big, {true, true}}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.uid);
    expect_image(folder.write("meta", file_in(c.uid, c.syntax)), c.uid);
    expect_image(folder.write("bare", mr_image(c.syntax)), c.uid);
    expect_image(folder.write("unstated", file_in("", c.syntax)), c.uid);
    expect_image(folder.write("gz", gzipped(file_in(c.uid, c.syntax))), c.uid);
  }
}

TEST(Reader, BelievesTheBytesWhenTheMetaInformationIsWrong) {
  const Folder folder;
  expect_image(folder.write("a", file_in(explicit_little, {false, false})), implicit_little);
  expect_image(folder.write("b", file_in(implicit_little, {true, false})), explicit_little);
}

TEST(Reader, TellsOtherContentFromDicom) {
  const Folder folder;
  EXPECT_FALSE(looks_like_dicom(folder.write("empty", "")));
  EXPECT_FALSE(looks_like_dicom(folder.write("text", "This is no image, but a long enough text.")));
  EXPECT_FALSE(looks_like_dicom(folder.write("zeros", std::string(4096, '\0'))));
  EXPECT_FALSE(looks_like_dicom(folder.write("gz", gzipped("neither is this, in a gzip file"))));
  EXPECT_THROW(DicomFile(folder.write("text2", "This is no image, but long enough.")), base::Error);
}

TEST(Reader, GivesPreambleAndMetaForTheRecord) {
  const Folder folder;
  const DicomFile file(folder.write("a", file_in(explicit_little, {})));
  const dicom::DataSet meta = file.meta();
  EXPECT_EQ(meta.text({0x0000, 0x0000}), std::string(128, 'P'));
  EXPECT_EQ(meta.text({0x0002, 0x0016}), "SECRETAE");
}

TEST(Reader, ParsesItemsHiddenInUnknownValues) {
  const Folder folder;
  Writer hidden({false, false});
  hidden.header(item, "", 18).text(0x00100010, "PN", "Doe^Hidden");
  Writer w;
  w.text(0x00080060, "CS", "MR").raw(0x00091001, "UN", hidden.bytes);
  w.header(0x00091002, "UN", undefined);
  w.bytes += hidden.bytes;
  w.header(sequence_end, "", 0);
  w.raw(0x00091003, "UN", "plain value");
  const DicomFile file(folder.write("a", part10(explicit_little) + w.bytes));
  const dicom::DataSet attributes = file.attributes();
  for (const std::uint16_t element : std::initializer_list<std::uint16_t>{0x1001, 0x1002}) {
    const dicom::Attribute* attribute = attributes.find({0x0009, element});
    ASSERT_NE(attribute, nullptr);
    EXPECT_EQ(attribute->vr, Vr::UN);
    ASSERT_EQ(attribute->items.size(), 1U);
    EXPECT_EQ(attribute->items[0].text({0x0010, 0x0010}), "Doe^Hidden");
  }
  EXPECT_TRUE(attributes.find({0x0009, 0x1003})->items.empty());
  EXPECT_EQ(attributes.text({0x0009, 0x1003}), "plain value");
}

TEST(Reader, DoesNotLoadLargeValues) {
  const Folder folder;
  Writer w;
  w.text(0x00080060, "CS", "MR").raw(0x00091001, "OB", std::string(70000, 'x'));
  const DicomFile file(folder.write("a", part10(explicit_little) + w.bytes));
  const dicom::DataSet attributes = file.attributes();
  const dicom::Attribute* large = attributes.find({0x0009, 0x1001});
  ASSERT_NE(large, nullptr);
  EXPECT_FALSE(large->is_loaded);
  EXPECT_EQ(large->length, 70000U);
  EXPECT_TRUE(large->value.reveal().empty());
}

TEST(Reader, SeesTruncationAnywhereAndNeverCrashes) {
  const Folder folder;
  const std::string whole = file_in(explicit_little, {});
  const std::size_t start = part10(explicit_little).size();
  for (std::size_t size = start + 20; size < whole.size(); ++size) {
    const auto path = folder.write("cut", whole.substr(0, size));
    const dicom::InstanceFacts facts = DicomFile(path).facts();
    // A cut between two elements cannot be seen, but then the pixels are missing.
    EXPECT_TRUE(facts.is_truncated || !facts.has_pixel_data) << size;
  }
}

TEST(Reader, RejectsWhatLiesAboutItself) {
  const Folder folder;
  Writer longer;  // an element longer than its item
  longer.header(0x00081140, "SQ", 16).header(item, "", 8).header(0x00081150, "UI", 200);
  longer.bytes += std::string(300, '1');
  Writer twice;
  twice.us(0x00280010, 3).us(0x00280011, 4).us(0x00280010, 5);
  Writer no_item;
  no_item.header(0x00081140, "SQ", 8).text(0x00080060, "CS", "").text(0x00080061, "CS", "");
  Writer deep;
  for (int i = 0; i < 100; ++i)
    deep.header(0x00081140, "SQ", undefined).header(item, "", undefined);
  for (int i = 0; i < 100; ++i) deep.header(item_end, "", 0).header(sequence_end, "", 0);
  for (const std::string& bytes : {longer.bytes, twice.bytes, no_item.bytes, deep.bytes}) {
    const auto path = folder.write("a", part10(explicit_little) + bytes);
    try {
      DicomFile file(path);
      FAIL() << "accepted";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.fault(), base::Fault::bad_input);
    }
  }
}

TEST(Reader, KeepsTheFirstOfAttributesThatOccurTwice) {
  const Folder folder;
  Writer inner;
  inner.text(0x00100020, "LO", "INNER-1").text(0x00100020, "LO", "INNER-2");
  Writer w;
  w.text(0x00080018, "UI", "1.2.3.4").text(0x00080018, "UI", "1.2.3.5");
  w.header(0x00081140, "SQ", static_cast<std::uint32_t>(inner.bytes.size() + 8));
  w.header(item, "", static_cast<std::uint32_t>(inner.bytes.size()));
  w.bytes += inner.bytes;
  w.us(0x00280010, 3).us(0x00280010, 3);
  const DicomFile file(folder.write("a", part10(explicit_little) + w.bytes));
  const dicom::DataSet attributes = file.attributes();
  ASSERT_EQ(attributes.attributes.size(), 3U);
  EXPECT_EQ(attributes.text({0x0008, 0x0018}), "1.2.3.4");
  const dicom::DataSet& nested = attributes.find({0x0008, 0x1140})->items.at(0);
  ASSERT_EQ(nested.attributes.size(), 1U);
  EXPECT_EQ(nested.text({0x0010, 0x0020}), "INNER-1");
  const dicom::DataSet dropped = file.dropped();
  EXPECT_EQ(dropped.attributes.size(), 3U);
  EXPECT_EQ(dropped.text({0x0008, 0x0018}), "1.2.3.5");
  EXPECT_EQ(dropped.text({0x0010, 0x0020}), "INNER-2");
}

TEST(Reader, ReadsDeflatedDataSetsWithAndWithoutMeta) {
  const Folder folder;
  const std::string packed = raw_deflated(mr_image({}));
  expect_image(folder.write("meta", part10(deflated) + packed), deflated);
  expect_image(folder.write("bare", packed), deflated);
  EXPECT_FALSE(looks_like_dicom(folder.write("other", raw_deflated(std::string(5000, 'x')))));
}

TEST(Reader, CountsWhatFollowsThePixelData) {
  const Folder folder;
  Writer after;
  after.text(0xFFFCFFFC, "OB", "Doe^Jane");
  const DicomFile file(folder.write("a", file_in(explicit_little, {}) + after.bytes));
  EXPECT_EQ(file.trailing_bytes(), after.bytes.size());
  EXPECT_FALSE(file.facts().is_truncated);
}

}  // namespace
}  // namespace efface::dicom_dcmtk
