#include "dicom/code_stream.h"

#include <gtest/gtest.h>

#include <string>

namespace efface::dicom {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

std::string big_endian(std::size_t value, int width) {
  std::string text;
  for (int i = width - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
  return text;
}

/// A marker segment of either family.
std::string segment(int marker, const std::string& payload) {
  return bytes({0xFF, marker}) + big_endian(payload.size() + 2, 2) + payload;
}

std::string box(const std::string& type, const std::string& payload) {
  return big_endian(payload.size() + 8, 4) + type + payload;
}

const std::string soi = bytes({0xFF, 0xD8}), eoi = bytes({0xFF, 0xD9});
const std::string frame_header = segment(0xC0, "sizes");
const std::string scan =
    segment(0xDA, "components") + bytes({0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD3, 0x56});

/// The stream with its removable ranges set to '.'; "?" when it cannot be followed.
std::string blanked(CodeStream kind, std::string stream) {
  const auto ranges = removable_ranges(kind, std::as_bytes(std::span(stream)));
  if (!ranges) return "?";
  for (const ByteRange& range : *ranges) {
    for (std::uint64_t i = range.begin; i < range.end; ++i) stream[i] = '.';
  }
  return stream;
}

std::string jpeg(const std::string& stream) {
  return blanked(CodeStream::jpeg, stream);
}

std::string jpeg2000(const std::string& stream) {
  return blanked(CodeStream::jpeg2000, stream);
}

TEST(CodeStreams, OfJpegLoseCommentsAndApplicationSegments) {
  const std::string plain = soi + frame_header + scan + eoi;
  EXPECT_EQ(jpeg(plain), plain);
  EXPECT_EQ(jpeg(soi + segment(0xFE, "Jane") + segment(0xE1, "Exif") + frame_header + scan + eoi),
            soi + segment(0xFE, "....") + segment(0xE1, "....") + frame_header + scan + eoi);
  EXPECT_EQ(jpeg(soi + frame_header + scan + segment(0xFE, "late") + scan + eoi + "behind"),
            soi + frame_header + scan + segment(0xFE, "....") + scan + eoi + "......");
}

TEST(CodeStreams, OfJpegKeepWhatDecodersNeed) {
  const std::string jfif = std::string("JFIF\0", 5) + "123456789";
  const std::string adobe = "Adobe1234567", transform = "mrfx1";
  EXPECT_EQ(jpeg(soi + segment(0xE0, jfif + "thumb") + segment(0xEE, adobe + "more") +
                 segment(0xE8, transform) + scan + eoi),
            soi + segment(0xE0, jfif + ".....") + segment(0xEE, adobe + "....") +
                segment(0xE8, transform) + scan + eoi);
  EXPECT_EQ(jpeg(soi + segment(0xEE, "Adobx") + scan + eoi),
            soi + segment(0xEE, ".....") + scan + eoi);
}

TEST(CodeStreams, MayBeCutShortBehindAScanAndNowhereElse) {
  EXPECT_EQ(jpeg(soi + frame_header + scan), soi + frame_header + scan);
  for (const std::string& stream :
       {std::string(), std::string("no JPEG"), soi, soi + "x", soi + bytes({0xFF, 0xFE, 0x00}),
        soi + bytes({0xFF, 0xFE, 0x00, 0x01}), soi + bytes({0xFF, 0xFE, 0x00, 0x09, 'a'})}) {
    EXPECT_EQ(jpeg(stream), "?");
  }
}

std::string tile(const std::string& header, const std::string& data, bool states_length = true) {
  const std::size_t length = 12 + header.size() + 2 + data.size();
  return bytes({0xFF, 0x90}) + big_endian(10, 2) + big_endian(0, 2) +
         big_endian(states_length ? length : 0, 4) + big_endian(0, 2) + header +
         bytes({0xFF, 0x93}) + data;
}

const std::string soc = bytes({0xFF, 0x4F}), size = segment(0x51, "sizes");
const std::string comment = segment(0x64, bytes({0, 1}) + "Jane");
const std::string no_comment = segment(0x64, bytes({0, 1}) + "....");

TEST(CodeStreams, OfJpeg2000LoseCommentsOfImageAndTiles) {
  EXPECT_EQ(
      jpeg2000(soc + size + comment + tile(comment, "data") + tile("", "more") + eoi + "behind"),
      soc + size + no_comment + tile(no_comment, "data") + tile("", "more") + eoi + "......");
  EXPECT_EQ(jpeg2000(soc + size + tile(comment, "data", false) + eoi + "x"),
            soc + size + tile(no_comment, "data", false) + eoi + ".");
  for (const std::string& stream :
       {soc, soc + size, soc + size + bytes({0xFF, 0x90}), soc + size + "x",
        soc + size + bytes({0xFF, 0x64, 0x00, 0x01})}) {
    EXPECT_EQ(jpeg2000(stream), "?");
  }
}

TEST(CodeStreams, InBoxesKeepWhatDescribesTheImage) {
  const std::string start = box("jP  ", "\r\n\x87\n") + box("ftyp", "jp2 ") + box("jp2h", "header");
  const std::string stream = soc + size + comment + tile("", "data") + eoi;
  const std::string clean = soc + size + no_comment + tile("", "data") + eoi;
  EXPECT_EQ(jpeg2000(start + box("xml ", "<Jane/>") + box("jp2c", stream) + box("uuid", "Exif")),
            start + box("xml ", ".......") + box("jp2c", clean) + box("uuid", "...."));
  EXPECT_EQ(jpeg2000(start), "?");
  EXPECT_EQ(jpeg2000(start + big_endian(99, 4) + "jp2c" + stream), "?");
}

TEST(CodeStreams, ThatWereBlankedHaveNothingToBlank) {
  const std::string stream =
      soi + segment(0xFE, std::string(4, '\0')) + scan + eoi + std::string(1, '\0');
  EXPECT_TRUE(removable_ranges(CodeStream::jpeg, std::as_bytes(std::span(stream)))->empty());
}

TEST(CodeStreams, AreKnownByTransferSyntax) {
  EXPECT_EQ(code_stream_of("1.2.840.10008.1.2.1"), CodeStream::none);
  EXPECT_EQ(code_stream_of("1.2.840.10008.1.2.5"), CodeStream::none);
  EXPECT_EQ(code_stream_of("1.2.840.10008.1.2.4.50"), CodeStream::jpeg);
  EXPECT_EQ(code_stream_of("1.2.840.10008.1.2.4.80"), CodeStream::jpeg);
  EXPECT_EQ(code_stream_of("1.2.840.10008.1.2.4.91"), CodeStream::jpeg2000);
  EXPECT_EQ(code_stream_of("1.2.840.10008.1.2.4.202"), CodeStream::jpeg2000);
  EXPECT_EQ(code_stream_of("1.2.840.10008.1.2.4.102"), CodeStream::unknown);
  EXPECT_EQ(code_stream_of("1.2.840.10008.1.2.4.110"), CodeStream::unknown);
  EXPECT_EQ(code_stream_of("1.2.3"), CodeStream::unknown);
}

}  // namespace
}  // namespace efface::dicom
