#include "dicom_dcmtk/pixels.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpls/djrparam.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/random.h"
#include "dicom_dcmtk/internal_codec.h"
#include "dicom_dcmtk/rewriter.h"
#include "make_file.h"

namespace efface::dicom_dcmtk {
namespace {

using namespace efface::test;

std::string file_in(const std::string& uid, Syntax syntax) {
  return part10(uid) + mr_image(syntax);
}

std::vector<std::byte> counting_pixels() {
  std::vector<std::byte> bytes;
  for (unsigned i = 0; i < 12; ++i) {
    bytes.push_back(static_cast<std::byte>(i));
    bytes.push_back(std::byte{0});
  }
  return bytes;
}

TEST(Pixels, NativePixelsComeInLittleEndianFromEveryEncoding) {
  const Folder folder;
  for (const Syntax syntax : {Syntax{true, false}, Syntax{false, false}, Syntax{true, true}}) {
    DicomFile file(folder.write("in", mr_image(syntax)));
    const DecodedPixels pixels = decode_pixels(file, {});
    EXPECT_EQ(pixels.bytes_per_voxel, 2U);
    EXPECT_EQ(pixels.bytes, counting_pixels());
  }
}

TEST(Pixels, NewNativePixelsKeepTheTransferSyntax) {
  const Folder folder;
  for (const auto& [uid, syntax] : {std::pair{explicit_little, Syntax{true, false}},
                                    std::pair{implicit_little, Syntax{false, false}},
                                    std::pair{explicit_big, Syntax{true, true}}}) {
    DicomFile file(folder.write("in", file_in(uid, syntax)));
    NewPixels fresh{counting_pixels()};
    fresh.bytes[3] = std::byte{7};
    std::filesystem::remove(folder / "out");
    const WriteReport report = write_edited(file, {}, folder / "out", fresh);
    EXPECT_TRUE(report.pixels_reencoded);
    EXPECT_EQ(report.transfer_syntax_uid, uid);
    DicomFile out(folder / "out");
    EXPECT_EQ(decode_pixels(out, {}).bytes, fresh.bytes);
  }
}

/// The test image compressed by DCMTK.
std::filesystem::path compressed(const Folder& folder, E_TransferSyntax syntax,
                                 const DcmRepresentationParameter& parameter) {
  initialise();
  DcmFileFormat format;
  EXPECT_TRUE(format.loadFile((folder.write("raw", file_in(explicit_little, {}))).c_str()).good());
  EXPECT_TRUE(format.getDataset()->chooseRepresentation(syntax, &parameter).good());
  EXPECT_TRUE(format.saveFile((folder / "in").c_str(), syntax).good());
  return folder / "in";
}

void expect_same_family(E_TransferSyntax syntax, const DcmRepresentationParameter& parameter,
                        const std::string& uid) {
  SCOPED_TRACE(uid);
  const Folder folder;
  const auto input = compressed(folder, syntax, parameter);
  DicomFile file(input);
  EXPECT_TRUE(file.pixels().encapsulated);
  NewPixels fresh{decode_pixels(file, {}).bytes};
  EXPECT_EQ(fresh.bytes, counting_pixels());
  fresh.bytes[5] = std::byte{3};
  const WriteReport report = write_edited(file, {}, folder / "out", fresh);
  EXPECT_EQ(report.transfer_syntax_uid, uid);
  DicomFile out(folder / "out");
  EXPECT_EQ(out.transfer_syntax_uid(), uid);
  EXPECT_EQ(decode_pixels(out, {}).bytes, fresh.bytes);
  DcmFileFormat independent;  // DCMTK alone must read the same
  ASSERT_TRUE(independent.loadFile((folder / "out").c_str()).good());
  ASSERT_TRUE(
      independent.getDataset()->chooseRepresentation(EXS_LittleEndianExplicit, nullptr).good());
  const Uint16* words = nullptr;
  ASSERT_TRUE(independent.getDataset()->findAndGetUint16Array(DCM_PixelData, words).good());
  EXPECT_EQ(words[1], 1);
  EXPECT_EQ(words[2], 0x0302);
}

TEST(Pixels, NewPixelsOfCompressedImagesStayInTheFamily) {
  expect_same_family(EXS_JPEGProcess14SV1, DJ_RPLossless(1, 0), "1.2.840.10008.1.2.4.70");
  expect_same_family(EXS_JPEGProcess14, DJ_RPLossless(6, 0), "1.2.840.10008.1.2.4.70");
  expect_same_family(EXS_JPEGLSLossless, DJLSRepresentationParameter(0, OFTrue),
                     "1.2.840.10008.1.2.4.80");
  expect_same_family(EXS_RLELossless, DcmRLERepresentationParameter(), "1.2.840.10008.1.2.5");
}

// Noise does not become smaller: encoders that count on it write beyond their buffers.
TEST(Pixels, NoiseSurvivesEveryLosslessEncoder) {
  initialise();
  base::Random random(7);
  dicom::InstanceFacts facts;
  facts.rows = 40;
  facts.columns = 33;
  facts.bits_allocated = facts.bits_stored = 8;
  facts.high_bit = 7;
  facts.photometric_interpretation = "MONOCHROME2";
  std::vector<std::byte> bytes(std::size_t{40} * 33);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next() & 0xFF);
  for (const char* uid :
       {"1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.5"}) {
    SCOPED_TRACE(uid);
    facts.transfer_syntax_uid = uid;
    const std::optional<Encapsulated> encoded = encode_lossless(facts, bytes);
    ASSERT_TRUE(encoded.has_value());
    const auto fragments = split_fragments(std::as_bytes(std::span(encoded->value)));
    EXPECT_EQ(decode_fragments(facts, 0, fragments), bytes);
  }
}

TEST(Pixels, WhatDcmtkCannotEncodeIsWrittenUncompressed) {
  const Folder folder;
  std::string data_set = mr_image({});
  data_set.resize(data_set.size() - 36);
  Writer pixels;
  pixels.header(0x7FE00010, "OB", undefined).header(item, "", 0);
  pixels.header(item, "", 4).u32(0x51FF4FFF).header(sequence_end, "", 0);
  DicomFile file(folder.write("in", part10("1.2.840.10008.1.2.4.90") + data_set + pixels.bytes));
  EXPECT_THROW(decode_pixels(file, {}), base::Error);
  const auto foreign = [](const std::filesystem::path&) { return counting_pixels(); };
  EXPECT_EQ(decode_pixels(file, foreign).bytes, counting_pixels());
  const WriteReport report = write_edited(file, {}, folder / "out", NewPixels{counting_pixels()});
  EXPECT_EQ(report.transfer_syntax_uid, explicit_little);
  DicomFile out(folder / "out");
  EXPECT_FALSE(out.pixels().encapsulated);
  EXPECT_EQ(decode_pixels(out, {}).bytes, counting_pixels());
}

TEST(Pixels, DeflatedDataSetsAreWrittenDeflated) {
  const Folder folder;
  initialise();
  DcmFileFormat format;
  ASSERT_TRUE(format.loadFile(folder.write("raw", file_in(explicit_little, {})).c_str()).good());
  ASSERT_TRUE(format.saveFile((folder / "in").c_str(), EXS_DeflatedLittleEndianExplicit).good());
  DicomFile file(folder / "in");
  EXPECT_EQ(file.facts().transfer_syntax_uid, deflated);
  EXPECT_EQ(decode_pixels(file, {}).bytes, counting_pixels());
  write_edited(file, {}, folder / "out", {});
  DcmFileFormat independent;
  ASSERT_TRUE(independent.loadFile((folder / "out").c_str()).good());
  EXPECT_EQ(independent.getDataset()->getOriginalXfer(), EXS_DeflatedLittleEndianExplicit);
  DicomFile out(folder / "out");
  EXPECT_EQ(decode_pixels(out, {}).bytes, counting_pixels());
  EXPECT_EQ(out.attributes().text({0x0010, 0x0010}), "Doe^Jane");
}

TEST(Pixels, RealValuesRespectSignBitsPaddingAndRescale) {
  dicom::InstanceFacts facts;
  facts.rows = 1;
  facts.columns = 4;
  facts.bits_allocated = 16;
  facts.bits_stored = 12;
  facts.high_bit = 11;
  facts.is_signed = true;
  facts.padding_value = -2000;
  facts.padding_range_limit = -1990;
  // -1 with an overlay bit above, 5, -2000, -1995, each in 12 bits
  const std::vector<unsigned> words{0x1FFF, 0x0005, 0x0830, 0x0835};
  DecodedPixels pixels{2, {}};
  for (const unsigned word : words) {
    pixels.bytes.push_back(static_cast<std::byte>(word & 0xFF));
    pixels.bytes.push_back(static_cast<std::byte>(word >> 8));
  }
  const RealFrame frame = real_values(facts, pixels, 0, 2, -10);
  EXPECT_EQ(frame.values, (std::vector<float>{-12, 0, -4010, -4000}));
  EXPECT_EQ(frame.valid, (std::vector<std::uint8_t>{1, 1, 0, 0}));
  facts.is_signed = false;
  facts.padding_value.reset();
  EXPECT_EQ(real_values(facts, pixels, 0, 1, 0).values[0], 4095);
  EXPECT_THROW(real_values(facts, pixels, 1, 1, 0), base::Error);
}

TEST(Pixels, ClaimsOfManyPixelsAreRefused) {
  const Folder folder;
  Writer w;
  w.text(0x00080060, "CS", "MR").us(0x00280002, 1).text(0x00280004, "CS", "MONOCHROME2");
  w.text(0x00280008, "IS", "2000000000").us(0x00280010, 65535).us(0x00280011, 65535);
  w.us(0x00280100, 16).us(0x00280101, 16).us(0x00280102, 15).us(0x00280103, 0);
  w.header(0x7FE00010, "OB", undefined).header(item, "", 0);
  w.header(item, "", 4).u32(0).header(sequence_end, "", 0);
  DicomFile file(folder.write("in", part10("1.2.840.10008.1.2.5") + w.bytes));
  EXPECT_THROW(decode_pixels(file, {}), base::Error);
}

}  // namespace
}  // namespace efface::dicom_dcmtk
