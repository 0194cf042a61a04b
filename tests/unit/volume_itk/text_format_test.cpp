// NRRD and MetaImage files: read by ITK, written anew.
#include <gtest/gtest.h>

#include "base/error.h"
#include "image_maker.h"
#include "tests/support/packing.h"
#include "tests/support/temporary_folder.h"
#include "volume_itk/image_file.h"

namespace efface::volume_itk {
namespace {

namespace fs = std::filesystem;
using support::Folder;
using volume::operator-;
using volume::Vec3;

std::string voxels_of(std::size_t count) {
  std::string bytes;
  test::NiftiMaker put;
  for (std::size_t v = 0; v < count; ++v) put.put(bytes, 2 * v, static_cast<std::int16_t>(31 * v));
  return bytes;
}

std::string nrrd(const std::string& more = "", const std::string& space = "left-posterior-superior",
                 bool gzip = false, const std::string& sizes = "6 5 4") {
  return "NRRD0005\n# made by Jane Doe\ntype: int16\ndimension: 3\nspace: " + space +
         "\nsizes: " + sizes +
         "\nspace directions: (20.1,0,0.3) (0,29.7,0) (0.123456789012345,0,-40)\n"
         "kinds: domain domain domain\nendian: little\nencoding: " +
         (gzip ? "gzip" : "raw") + "\nspace origin: (-11.1,22.2,33.3)\n" + more + "\n" +
         (gzip ? support::gzipped(voxels_of(120)) : voxels_of(120));
}

/// zlib's own wrapping, as MetaImage has it.
std::string deflated(const std::string& bytes) {
  return support::packed(bytes, support::Wrapping::zlib);
}

std::string metaimage(const std::string& more = "", const std::string& sizes = "6 5 4",
                      const std::string& data = "LOCAL") {
  return "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
         "CompressedData = False\nTransformMatrix = 1 0 0 0 0.8 0.6 0 -0.6 0.8\n"
         "Offset = -11.1 22.2 33.3\nCenterOfRotation = 0 0 0\n" +
         more + "ElementSpacing = 20.1 29.7 40.123456789012345\nDimSize = " + sizes +
         "\nElementType = MET_SHORT\nElementDataFile = " + data + "\n" + voxels_of(120);
}

std::string compressed_metaimage() {
  std::string bytes = metaimage();
  const std::string data = deflated(voxels_of(120));
  const std::string off = "CompressedData = False\n";
  bytes.replace(
      bytes.find(off), off.size(),
      "CompressedData = True\nCompressedDataSize = " + std::to_string(data.size()) + "\n");
  return bytes.substr(0, bytes.find("LOCAL\n") + 6) + data;
}

/// lib/ prints nothing, nor may what it calls.
class Silence {
 public:
  Silence() {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
  }
  ~Silence() {
    EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  }
};

class TextFormat : public ::testing::Test {
 protected:
  fs::path store(const std::string& bytes, const std::string& name = "a") const {
    support::put(folder_ / name, bytes);
    return folder_ / name;
  }

  /// Writes, reads back, and compares all that must survive.
  void expect_round_trip(const std::string& bytes) const {
    ImageFile before(store(bytes));
    before.write(folder_ / "b");
    ImageFile after(folder_ / "b");
    EXPECT_EQ(after.format(), before.format());
    EXPECT_EQ(after.geometry_is_known(), before.geometry_is_known());
    EXPECT_TRUE(after.free_texts().empty());
    const auto& g = before.grid();
    const auto& h = after.grid();
    EXPECT_EQ(g.columns, h.columns);
    EXPECT_EQ(g.slices(), h.slices());
    for (std::size_t a = 0; a < 3; ++a) {
      EXPECT_NEAR(g.step_i[a], h.step_i[a], 1e-12);
      EXPECT_NEAR(g.step_j[a], h.step_j[a], 1e-12);
      EXPECT_NEAR(g.slice_origin.back()[a], h.slice_origin.back()[a], 1e-10);
    }
    ASSERT_EQ(before.time_points(), after.time_points());
    for (std::size_t t = 0; t < before.time_points(); ++t) {
      const auto x = before.stored(t).bytes, y = after.stored(t).bytes;
      EXPECT_TRUE(std::equal(x.begin(), x.end(), y.begin(), y.end()));
    }
    after.write(folder_ / "c");
    EXPECT_EQ(support::content_of(folder_ / "b"), support::content_of(folder_ / "c"));
  }

  Folder folder_;
};

TEST_F(TextFormat, NrrdGivesGeometryAndValues) {
  for (const bool gzip : {false, true}) {
    const ImageFile image(store(nrrd("", "left-posterior-superior", gzip)));
    EXPECT_EQ(image.format(), ImageFormat::nrrd);
    EXPECT_TRUE(image.geometry_is_known());
    const Vec3 p = image.grid().patient_mm(1, 2, 3);
    EXPECT_NEAR(p[0], -11.1 + 20.1 + 3 * 0.123456789012345, 1e-9);
    EXPECT_NEAR(p[1], 22.2 + 2 * 29.7, 1e-9);
    EXPECT_NEAR(p[2], 33.3 + 0.3 - 120, 1e-9);
    const volume::Volume v = image.real_volume(0);
    ASSERT_EQ(v.values.size(), 120U);
    for (std::size_t i = 0; i < 120; ++i) ASSERT_EQ(v.values[i], float(31 * i));
  }
}

TEST_F(TextFormat, NrrdInRasIsTurned) {
  const ImageFile image(store(nrrd("", "right-anterior-superior")));
  EXPECT_TRUE(image.geometry_is_known());
  const Vec3 p = image.grid().patient_mm(1, 2, 0);
  EXPECT_NEAR(p[0], 11.1 - 20.1, 1e-9);
  EXPECT_NEAR(p[1], -22.2 - 2 * 29.7, 1e-9);
  EXPECT_NEAR(p[2], 33.6, 1e-9);
}

TEST_F(TextFormat, NrrdWithoutPatientSpaceHasNoKnownGeometry) {
  EXPECT_FALSE(ImageFile(store(nrrd("", "scanner-xyz"))).geometry_is_known());
}

TEST_F(TextFormat, NrrdRoundTrip) {
  expect_round_trip(nrrd());
  fs::remove(folder_ / "b"), fs::remove(folder_ / "c");
  expect_round_trip(nrrd("", "right-anterior-superior", true));
}

TEST_F(TextFormat, MetaImageRoundTrip) {
  const ImageFile image(store(metaimage()));
  EXPECT_EQ(image.format(), ImageFormat::metaimage);
  EXPECT_TRUE(image.geometry_is_known());
  const Vec3 p = image.grid().patient_mm(1, 0, 0);
  EXPECT_NEAR(p[0], -11.1 + 20.1, 1e-9);
  const Vec3 q = image.grid().patient_mm(0, 1, 0) - image.grid().patient_mm(0, 0, 0);
  EXPECT_NEAR(q[1], 0.8 * 29.7, 1e-9);
  EXPECT_NEAR(q[2], 0.6 * 29.7, 1e-9);
  EXPECT_EQ(image.real_volume(0).values[119], 31 * 119);
  expect_round_trip(metaimage());
}

TEST_F(TextFormat, ChangedVoxelsAreWrittenOthersStay) {
  for (const std::string& bytes :
       {nrrd(), nrrd("", "left-posterior-superior", true), metaimage()}) {
    ImageFile image(store(bytes));
    image.stored(0).bytes[2 * 50] = std::byte{0x55};
    fs::remove(folder_ / "b");
    image.write(folder_ / "b");
    ImageFile back(folder_ / "b");
    const std::string expected = voxels_of(120);
    const auto stored = back.stored(0).bytes;
    ASSERT_EQ(stored.size(), expected.size());
    for (std::size_t i = 0; i < stored.size(); ++i) {
      ASSERT_EQ(static_cast<char>(stored[i]), i == 100 ? 0x55 : expected[i]);
    }
  }
}

TEST_F(TextFormat, CompressionStaysAsItWas) {
  const std::string raw = voxels_of(120);
  for (const bool gzip : {false, true}) {
    fs::remove(folder_ / "b");
    ImageFile(store(nrrd("", "left-posterior-superior", gzip))).write(folder_ / "b");
    const std::string bytes = support::content_of(folder_ / "b");
    EXPECT_EQ(bytes.find("encoding: gzip") != std::string::npos, gzip);
    EXPECT_TRUE(gzip || bytes.find(raw) != std::string::npos);
  }
}

TEST_F(TextFormat, TextsVanish) {
  const ImageFile n(
      store(nrrd("content: Doe^Jane\nPatientName:=Doe^Jane\n"
                 "sample units: Jane\n")));
  EXPECT_EQ(n.free_texts().size(), 4U);  // the comment, too
  n.write(folder_ / "b");
  const ImageFile m(
      store(metaimage("Comment = Jane Doe\nPatientsName = Doe^Jane\n"
                      "AcquisitionDate = 19700101\n")));
  EXPECT_EQ(m.free_texts().size(), 3U);
  m.write(folder_ / "c");
  for (const char* name : {"b", "c"}) {
    const std::string bytes = support::content_of(folder_ / name);
    for (const char* text : {"Jane", "Doe", "1970"})
      EXPECT_EQ(bytes.find(text), std::string::npos) << name << text;
    EXPECT_TRUE(ImageFile(folder_ / name).free_texts().empty());
  }
}

TEST_F(TextFormat, DetachedHeadersSayWhy) {
  for (const std::string& bytes :
       {nrrd("data file: other.raw\n"), nrrd("datafile: ../secret\n"), nrrd("Data File: LIST\n"),
        metaimage("", "6 5 4", "other.raw"), metaimage("", "6 5 4", "LIST")}) {
    const ImageProbe probe = probe_image(store(bytes));
    EXPECT_EQ(probe.format, ImageFormat::none);
    EXPECT_NE(probe.reason.find("detached"), std::string::npos);
    EXPECT_THROW(ImageFile(folder_ / "a"), base::Error);
  }
}

TEST_F(TextFormat, WhatPromisesTooMuchIsAnError) {
  const Silence silence;
  for (const char* sizes : {"6 5 5", "60000 60000 60000", "4294967296 4294967296 4", "0 5 4",
                            "-6 5 4", "6 5", "many 5 4"}) {
    EXPECT_THROW(ImageFile(store(nrrd("", "left-posterior-superior", false, sizes))), base::Error)
        << sizes;
    EXPECT_THROW(ImageFile(store(nrrd("", "left-posterior-superior", true, sizes))), base::Error)
        << sizes;
    EXPECT_THROW(ImageFile(store(metaimage("", sizes))), base::Error) << sizes;
  }
}

TEST_F(TextFormat, CutAnywhereIsAnError) {
  const Silence silence;
  for (const std::string& whole :
       {nrrd(), nrrd("", "left-posterior-superior", true), metaimage(), compressed_metaimage()}) {
    for (std::size_t length = 0; length < whole.size(); length += length < 420 ? 3 : 17) {
      ASSERT_THROW(ImageFile(store(whole.substr(0, length))), base::Error) << length;
    }
  }
}

TEST_F(TextFormat, FlippedBytesAreHandledInSilence) {
  const Silence silence;
  for (const std::string& whole :
       {nrrd(), nrrd("", "left-posterior-superior", true), metaimage(), compressed_metaimage()}) {
    std::size_t read = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (const char value : {'\0', ' ', '9', '\n', '\xff'}) {
        std::string broken = whole;
        broken[at] = value;
        try {
          const ImageFile image(store(broken));
          if (image.is_scalar()) (void)image.real_volume(0);
          ++read;
        } catch (const base::Error&) {
        }
      }
    }
    EXPECT_GT(read, 100U);
  }
}

TEST_F(TextFormat, DamagedCompressedVoxelsAreErrors) {
  const Silence silence;
  for (std::string whole : {nrrd("", "left-posterior-superior", true), compressed_metaimage()}) {
    whole[whole.size() - 30] = static_cast<char>(whole[whole.size() - 30] ^ 0x24);
    EXPECT_THROW(ImageFile(store(whole)), base::Error);
  }
}

TEST_F(TextFormat, CompressedMetaImageRoundTrip) {
  const std::string bytes = compressed_metaimage();
  EXPECT_EQ(ImageFile(store(bytes)).real_volume(0).values[119], 31 * 119);
  expect_round_trip(bytes);
  EXPECT_NE(support::content_of(folder_ / "b").find("CompressedData = True"), std::string::npos);
}

TEST_F(TextFormat, FourDimensionsOfMetaImageAreTimePoints) {
  const std::string bytes =
      "ObjectType = Image\nNDims = 4\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
      "CompressedData = False\nTransformMatrix = 1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1\n"
      "Offset = 1 2 3 0\nElementSpacing = 20 20 20 2\nDimSize = 6 5 2 2\n"
      "ElementType = MET_SHORT\nElementDataFile = LOCAL\n" +
      voxels_of(120);
  EXPECT_EQ(ImageFile(store(bytes)).time_points(), 2U);
  EXPECT_EQ(ImageFile(store(bytes)).real_volume(1).values[0], 31 * 60);
  expect_round_trip(bytes);
}

TEST_F(TextFormat, FourDimensionsOfNrrdAreRefused) {
  std::string bytes = nrrd();
  const auto replace = [&bytes](const std::string& from, const std::string& to) {
    bytes.replace(bytes.find(from), from.size(), to);
  };
  replace("dimension: 3", "dimension: 4");
  replace("sizes: 6 5 4", "sizes: 6 5 2 2");
  replace("-40)", "-40) none");
  replace("domain domain domain", "domain domain domain time");
  EXPECT_THROW(ImageFile(store(bytes)), base::Error);
}

TEST_F(TextFormat, EveryTypeAndByteOrderSurvives) {
  struct Case {
    const char *nrrd, *metaimage;
    std::size_t bytes;
    std::int16_t nifti;
  };
  for (const Case& c : {Case{"uchar", "MET_UCHAR", 1, 2},
                        {"signed char", "MET_CHAR", 1, 256},
                        {"short", "MET_SHORT", 2, 4},
                        {"unsigned short", "MET_USHORT", 2, 512},
                        {"int", "MET_INT", 4, 8},
                        {"uint32", "MET_UINT", 4, 768},
                        {"long long", "MET_LONG_LONG", 8, 1024},
                        {"uint64_t", "MET_ULONG_LONG", 8, 1280},
                        {"float", "MET_FLOAT", 4, 16},
                        {"double", "MET_DOUBLE", 8, 64}}) {
    for (const bool big : {false, true}) {
      test::NiftiMaker maker;
      maker.big_endian = big;
      maker.datatype = c.nifti;
      maker.bytes_per_voxel = c.bytes;
      maker.values = {7, 100, 3};
      const std::string n =
          "NRRD0004\ntype: " + std::string(c.nrrd) +
          "\ndimension: 3\nspace: LPS\nsizes: 6 5 4\nspace directions: (20,0,0) (0,20,0) (0,0,20)\n"
          "endian: " +
          (big ? "big" : "little") + "\nencoding: raw\nspace origin: (1,2,3)\n\n" + maker.voxels();
      const std::string m =
          "ObjectType = Image\nNDims = 3\nBinaryData = True\nElementByteOrderMSB = " +
          std::string(big ? "True" : "False") +
          "\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 1 2 3\nElementSpacing = 20 20 20\n"
          "DimSize = 6 5 4\nElementType = " +
          c.metaimage + "\nElementDataFile = LOCAL\n" + maker.voxels();
      for (const std::string& bytes : {n, m}) {
        const volume::Volume v = ImageFile(store(bytes)).real_volume(0);
        EXPECT_EQ(std::vector<float>(v.values.begin(), v.values.begin() + 3),
                  (std::vector<float>{7, 100, 3}));
        fs::remove(folder_ / "b"), fs::remove(folder_ / "c");
        expect_round_trip(bytes);
        EXPECT_EQ(ImageFile(folder_ / "b").real_volume(0).values, v.values) << c.nrrd;
      }
    }
  }
}

TEST_F(TextFormat, VectorsAreNotScalar) {
  std::string bytes = metaimage("ElementNumberOfChannels = 3\n", "2 5 4");
  EXPECT_FALSE(ImageFile(store(bytes)).is_scalar());
}

}  // namespace
}  // namespace efface::volume_itk
