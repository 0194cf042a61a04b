#include "dicom_dcmtk/frame_reader.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmimage/diregist.h>  // lossy colour needs it
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpeg/djrploss.h>
#include <dcmtk/dcmjpls/djrparam.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "dicom_dcmtk/rewriter.h"
#include "make_file.h"

namespace efface::dicom_dcmtk {
namespace {

using namespace efface::test;

constexpr std::uint16_t columns = 16, rows = 8;
constexpr std::size_t pixels = std::size_t{columns} * rows;

/// Smooth colours, other in every frame, so that lossy codecs keep them nearly.
std::string colour_frame(int frame, bool is_planar) {
  std::string bytes(3 * pixels, '\0');
  for (std::size_t i = 0; i < 3 * pixels; ++i) {
    const std::size_t pixel = is_planar ? i % pixels : i / 3, c = is_planar ? i / pixels : i % 3;
    bytes[i] = static_cast<char>(40 + 20 * frame + 40 * c + pixel / columns);
  }
  return bytes;
}

std::string colour_image(int frames, bool is_planar, const std::string& photometric = "RGB") {
  Writer w;
  w.text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.3.1").text(0x00080018, "UI", "1.2.3.4");
  w.text(0x0020000D, "UI", "1.2.3.1").text(0x0020000E, "UI", "1.2.3.2");
  w.us(0x00280002, 3).text(0x00280004, "CS", photometric).us(0x00280006, is_planar ? 1 : 0);
  w.text(0x00280008, "IS", std::to_string(frames)).us(0x00280010, rows).us(0x00280011, columns);
  w.us(0x00280100, 8).us(0x00280101, 8).us(0x00280102, 7).us(0x00280103, 0);
  std::string value;
  for (int f = 0; f < frames; ++f) value += colour_frame(f, is_planar);
  w.raw(0x7FE00010, "OB", value);
  return part10(explicit_little) + w.bytes;
}

std::filesystem::path compressed(const Folder& folder, E_TransferSyntax syntax,
                                 const DcmRepresentationParameter& parameter) {
  initialise();
  DcmFileFormat format;
  EXPECT_TRUE(format.loadFile(folder.write("raw", colour_image(3, false)).c_str()).good());
  const OFCondition done = format.getDataset()->chooseRepresentation(syntax, &parameter);
  EXPECT_TRUE(done.good()) << done.text();
  EXPECT_TRUE(format.saveFile((folder / "in").c_str(), syntax).good());
  return folder / "in";
}

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

int greatest_difference(const std::string& a, const std::string& b) {
  int most = a.size() == b.size() ? 0 : 999;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    most = std::max(most,
                    std::abs(static_cast<unsigned char>(a[i]) - static_cast<unsigned char>(b[i])));
  }
  return most;
}

/// Every frame with its first pixel white.
NewPixels with_a_white_pixel(const std::shared_ptr<FrameReader>& reader) {
  return {{}, FrameStream{reader->layout(), reader->count(), [reader](std::size_t i) {
                            std::vector<std::byte> frame = reader->read(i);
                            for (std::size_t b = 0; b < 3; ++b) frame[b] = std::byte{0xFF};
                            return frame;
                          }}};
}

TEST(FrameReader, GivesNativeFramesOneByOne) {
  const Folder folder;
  for (const bool is_planar : {false, true}) {
    DicomFile file(folder.write("in", colour_image(3, is_planar)));
    const FrameReader reader(file, {});
    EXPECT_EQ(reader.count(), 3U);
    EXPECT_EQ(reader.layout().is_planar, is_planar);
    EXPECT_EQ(reader.layout().photometric_interpretation, "RGB");
    for (int f : {2, 0, 1}) {
      EXPECT_EQ(text_of(reader.read(static_cast<std::size_t>(f))), colour_frame(f, is_planar));
    }
    EXPECT_THROW(reader.read(3), base::Error);
  }
}

TEST(FrameReader, DecodesColourFramesInAnyOrder) {
  const DJ_RPLossless lossless(1, 0);
  const DJ_RPLossy lossy(95);
  const DJLSRepresentationParameter jpeg_ls(0, OFTrue);
  const DcmRLERepresentationParameter rle;
  const std::vector<std::tuple<E_TransferSyntax, const DcmRepresentationParameter*, int>> kinds{
      {EXS_JPEGProcess14SV1, &lossless, 0},
      {EXS_JPEGProcess1, &lossy, 8},
      {EXS_JPEGLSLossless, &jpeg_ls, 0},
      {EXS_RLELossless, &rle, 0}};
  for (const auto& [syntax, parameter, tolerance] : kinds) {
    SCOPED_TRACE(DcmXfer(syntax).getXferName());
    const Folder folder;
    DicomFile file(compressed(folder, syntax, *parameter));
    const FrameReader reader(file, {});
    EXPECT_EQ(reader.layout().photometric_interpretation, "RGB");
    EXPECT_FALSE(reader.layout().is_planar);
    for (int f : {2, 0, 1}) {
      EXPECT_LE(greatest_difference(text_of(reader.read(static_cast<std::size_t>(f))),
                                    colour_frame(f, false)),
                tolerance);
    }
  }
}

TEST(FrameReader, NewColourFramesAreWrittenWithoutLoss) {
  const DJ_RPLossless lossless(1, 0);
  const DJ_RPLossy lossy(95);
  const DJLSRepresentationParameter jpeg_ls(0, OFTrue);
  const DcmRLERepresentationParameter rle;
  const std::vector<std::tuple<E_TransferSyntax, const DcmRepresentationParameter*, const char*>>
      kinds{{EXS_JPEGProcess14SV1, &lossless, "1.2.840.10008.1.2.4.70"},
            {EXS_JPEGProcess1, &lossy, "1.2.840.10008.1.2.4.70"},
            {EXS_JPEGLSLossless, &jpeg_ls, "1.2.840.10008.1.2.4.80"},
            {EXS_RLELossless, &rle, "1.2.840.10008.1.2.5"}};
  for (const auto& [syntax, parameter, uid] : kinds) {
    SCOPED_TRACE(uid);
    const Folder folder;
    DicomFile file(compressed(folder, syntax, *parameter));
    const auto before = std::make_shared<FrameReader>(file, ForeignDecoder{});
    std::vector<std::string> expected;
    for (std::size_t f = 0; f < 3; ++f) {
      expected.push_back(std::string(3, '\xFF') + text_of(before->read(f)).substr(3));
    }
    const WriteReport report = write_edited(file, {}, folder / "out", with_a_white_pixel(before));
    EXPECT_EQ(report.transfer_syntax_uid, uid);
    EXPECT_LT(report.pixels_begin, report.pixels_end);
    EXPECT_EQ(report.pixels_end, std::filesystem::file_size(folder / "out"));
    DicomFile out(folder / "out");
    EXPECT_EQ(out.facts().photometric_interpretation, "RGB");
    const FrameReader after(out, {});
    for (std::size_t f = 0; f < 3; ++f) EXPECT_EQ(text_of(after.read(f)), expected[f]);
    DcmFileFormat independent;  // DCMTK alone must read the same
    ASSERT_TRUE(independent.loadFile((folder / "out").c_str()).good());
    DcmDataset& set = *independent.getDataset();
    ASSERT_TRUE(set.chooseRepresentation(EXS_LittleEndianExplicit, nullptr).good());
    const Uint8* bytes = nullptr;
    ASSERT_TRUE(set.findAndGetUint8Array(DCM_PixelData, bytes).good());
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes), 3), "\xFF\xFF\xFF");
  }
}

TEST(FrameReader, NewNativeFramesKeepTheirLayout) {
  const Folder folder;
  DicomFile file(folder.write("in", colour_image(3, false)));
  const auto reader = std::make_shared<FrameReader>(file, ForeignDecoder{});
  const WriteReport report = write_edited(file, {}, folder / "out", with_a_white_pixel(reader));
  EXPECT_EQ(report.transfer_syntax_uid, explicit_little);
  DicomFile out(folder / "out");
  const FrameReader after(out, {});
  for (int f = 0; f < 3; ++f) {
    EXPECT_EQ(text_of(after.read(static_cast<std::size_t>(f))),
              "\xFF\xFF\xFF" + colour_frame(f, false).substr(3));
  }
}

TEST(FrameReader, RefusesWhatItCannotTellApart) {
  const Folder folder;
  EXPECT_THROW(
      {
        std::string cut = colour_image(3, false);
        cut.replace(cut.find("3 ", cut.size() - 3 * 3 * pixels - 200), 2, "4 ");
        DicomFile file(folder.write("in", cut));
        FrameReader reader(file, {});
      },
      base::Error)
      << "fewer pixels than frames";
}

}  // namespace
}  // namespace efface::dicom_dcmtk
