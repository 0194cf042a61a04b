// What a NIfTI header says: shape, place, type. Hostile and broken ones are errors, never crashes.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "base/error.h"
#include "image_maker.h"
#include "volume_itk/image_file.h"

namespace efface::volume_itk {
namespace {

namespace fs = std::filesystem;
using test::Folder;
using test::NiftiMaker;
using volume::Vec3;

void expect_at(const Vec3& p, double x, double y, double z) {
  EXPECT_NEAR(p[0], x, 1e-4);
  EXPECT_NEAR(p[1], y, 1e-4);
  EXPECT_NEAR(p[2], z, 1e-4);
}

fs::path store(const Folder& folder, const std::string& bytes) {
  test::write_file(folder / "a.nii", bytes);
  return folder / "a.nii";
}

/// Version 2, big endian, pair, gzip.
class EveryPacking : public ::testing::TestWithParam<std::tuple<bool, bool, bool, bool>> {
 protected:
  EveryPacking() { std::tie(maker_.version_2, maker_.big_endian, maker_.pair, gzip_) = GetParam(); }

  fs::path store_image() const {
    const std::string end = gzip_ ? ".gz" : "";
    if (!maker_.pair) {
      test::write_file(folder_ / ("a.nii" + end), packed(maker_.file()));
      return folder_ / ("a.nii" + end);
    }
    test::write_file(folder_ / ("a.hdr" + end), packed(maker_.header()));
    test::write_file(folder_ / ("a.img" + end), packed(maker_.voxels()));
    return folder_ / ("a.hdr" + end);
  }
  std::string packed(const std::string& bytes) const {
    return gzip_ ? test::gzipped(bytes) : bytes;
  }
  std::string unpacked(const fs::path& path) const {
    const std::string bytes = test::read_file(path);
    return gzip_ ? test::gunzipped(bytes) : bytes;
  }

  Folder folder_;
  NiftiMaker maker_;
  bool gzip_ = false;
};

TEST_P(EveryPacking, IsProbedByContent) {
  const fs::path path = store_image();
  fs::rename(path, folder_ / "a.txt");
  const ImageProbe probe = probe_image(folder_ / "a.txt");
  const ImageFormat expected =
      maker_.pair ? (maker_.version_2 ? ImageFormat::nifti2_pair : ImageFormat::nifti1_pair)
                  : (maker_.version_2 ? ImageFormat::nifti2 : ImageFormat::nifti1);
  EXPECT_EQ(probe.format, expected);
  EXPECT_EQ(probe.gzip, gzip_);
  if (maker_.pair) {
    EXPECT_EQ(probe.companion, folder_ / (gzip_ ? "a.img.gz" : "a.img"));
  }
}

TEST_P(EveryPacking, GivesGeometryAndValues) {
  maker_.slope = 2;
  maker_.intercept = 5;
  const ImageFile image(store_image());
  EXPECT_EQ(image.grid().columns, 6U);
  EXPECT_EQ(image.grid().rows, 5U);
  EXPECT_EQ(image.grid().slices(), 4U);
  EXPECT_TRUE(image.geometry_is_known());
  EXPECT_TRUE(image.is_scalar());
  EXPECT_EQ(image.time_points(), 1U);
  expect_at(image.grid().patient_mm(0, 0, 0), 50, -7, 11);
  expect_at(image.grid().patient_mm(1, 0, 0), 30, -7, 11);
  expect_at(image.grid().patient_mm(5, 4, 3), -50, -127, 131);
  const volume::Volume v = image.real_volume(0);
  ASSERT_EQ(v.values.size(), 120U);
  EXPECT_TRUE(v.valid.empty());
  for (std::size_t i = 0; i < 120; ++i) ASSERT_EQ(v.values[i], 2 * (float(i) - 40) + 5);
}

TEST_P(EveryPacking, UnchangedImagesAreWrittenBitForBit) {
  ImageFile image(store_image());
  const auto written = image.write(folder_ / (gzip_ ? "b.hdr.gz" : "b.hdr"));
  ASSERT_EQ(written.size(), maker_.pair ? 2U : 1U);
  if (maker_.pair) {
    EXPECT_EQ(unpacked(written[0]), maker_.header());
    EXPECT_EQ(unpacked(written[1]), maker_.voxels());
    EXPECT_EQ(written[1], folder_ / (gzip_ ? "b.img.gz" : "b.img"));
  } else {
    EXPECT_EQ(unpacked(written[0]), maker_.file());
  }
}

TEST_P(EveryPacking, OnlyTheChosenVoxelChanges) {
  ImageFile image(store_image());
  const volume::StoredVoxels stored = image.stored(0);
  ASSERT_EQ(stored.bytes_per_voxel, 2U);
  ASSERT_EQ(stored.bytes.size(), 240U);
  stored.bytes[2 * 77] = std::byte{0x12};
  stored.bytes[2 * 77 + 1] = std::byte{0x34};
  const auto written = image.write(folder_ / "b");
  const std::string before = maker_.pair ? maker_.voxels() : maker_.file();
  const std::string after = unpacked(written.back());
  ASSERT_EQ(after.size(), before.size());
  const std::size_t first = before.size() - 240 + 2 * 77;
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (i == first || i == first + 1) continue;
    ASSERT_EQ(after[i], before[i]) << i;
  }
  EXPECT_EQ(after[first], 0x12);
  EXPECT_EQ(after[first + 1], 0x34);
}

TEST_P(EveryPacking, TextsVanish) {
  maker_.extension = "<patient>Doe^Jane</patient>";
  maker_.texts = {
      {"descrip", "Jane Doe 1970"}, {"aux_file", "doe.txt"}, {"intent_name", "janedoe"}};
  if (maker_.version_2) {
    maker_.texts.emplace_back("unused_str", "DOE");
  } else {
    maker_.texts.emplace_back("data_type", "Jane");
    maker_.texts.emplace_back("db_name", "Doe 19700101");
  }
  maker_.trailing = maker_.pair ? "" : "Jane Doe again";
  const ImageFile image(store_image());
  std::set<std::string> names;
  for (const auto& [name, value] : image.free_texts()) {
    names.insert(name);
    EXPECT_FALSE(value.reveal().empty());
  }
  std::set<std::string> expected{"extension", "descrip", "aux_file", "intent_name"};
  if (!maker_.pair) expected.insert("trailing bytes");
  for (const char* name : {"unused_str", "data_type", "db_name"}) {
    if ((std::string(name) == "unused_str") == maker_.version_2) expected.insert(name);
  }
  EXPECT_EQ(names, expected);
  std::string all;
  for (const fs::path& file : image.write(folder_ / "b")) all += unpacked(file);
  for (const char* text : {"Doe", "doe", "Jane", "jane", "DOE", "1970"}) {
    EXPECT_EQ(all.find(text), std::string::npos) << text;
  }
  const ImageFile again(folder_ / "b");
  EXPECT_TRUE(again.free_texts().empty());
  expect_at(again.grid().patient_mm(5, 4, 3), -50, -127, 131);
  if (!maker_.pair) {
    EXPECT_EQ(all.size(), maker_.file().size() - maker_.trailing.size());
  }
}

TEST_P(EveryPacking, CutAtAnyByteIsAnError) {
  const std::string whole =
      maker_.pair ? maker_.header().substr(0, maker_.header_bytes()) : maker_.file();
  maker_.pair ? test::write_file(folder_ / "c.img", maker_.voxels()) : void();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    test::write_file(folder_ / "c.hdr", packed(whole.substr(0, length)));
    ASSERT_THROW(ImageFile(folder_ / "c.hdr"), base::Error) << length;
  }
}

std::string packing_name(
    const ::testing::TestParamInfo<std::tuple<bool, bool, bool, bool>>& packing) {
  const auto [v2, big, pair, gzip] = packing.param;
  return std::string(v2 ? "v2" : "v1") + (big ? "Big" : "Little") + (pair ? "Pair" : "Single") +
         (gzip ? "Gzip" : "");
}

INSTANTIATE_TEST_SUITE_P(Nifti, EveryPacking,
                         ::testing::Combine(::testing::Bool(), ::testing::Bool(), ::testing::Bool(),
                                            ::testing::Bool()),
                         packing_name);

TEST(NiftiPlace, QformWhenThereIsNoSform) {
  Folder folder;
  NiftiMaker maker;
  maker.sform_code = 0;
  maker.qform_code = 1;
  maker.quatern = {0, 0, std::sqrt(0.5)};  // 90 degrees about z: i runs along +y
  maker.qoffset = {3, 4, 5};
  const ImageFile image(store(folder, maker.file()));
  EXPECT_TRUE(image.geometry_is_known());
  expect_at(image.grid().patient_mm(0, 0, 0), -3, -4, 5);
  expect_at(image.grid().patient_mm(1, 0, 0), -3, -24, 5);
  expect_at(image.grid().patient_mm(0, 1, 0), 27, -4, 5);
  expect_at(image.grid().patient_mm(0, 0, 1), -3, -4, 45);
}

TEST(NiftiPlace, QfacTurnsTheThirdAxis) {
  Folder folder;
  NiftiMaker maker;
  maker.sform_code = 0;
  maker.qform_code = 1;
  maker.pixdim[0] = -1;
  maker.quatern = {0, 1, 0};  // 180 degrees about y, given without room for a
  const ImageFile image(store(folder, maker.file()));
  expect_at(image.grid().patient_mm(1, 0, 0), 20, 0, 0);
  expect_at(image.grid().patient_mm(0, 1, 0), 0, -30, 0);
  expect_at(image.grid().patient_mm(0, 0, 1), 0, 0, 40);
}

TEST(NiftiPlace, SformGoesFirst) {
  Folder folder;
  NiftiMaker maker;
  maker.qform_code = 1;
  maker.qoffset = {100, 100, 100};
  expect_at(ImageFile(store(folder, maker.file())).grid().patient_mm(0, 0, 0), 50, -7, 11);
}

TEST(NiftiPlace, ASingularSformGivesWayToQform) {
  Folder folder;
  NiftiMaker maker;
  maker.srow = {};
  maker.qform_code = 1;
  maker.qoffset = {1, 2, 3};
  const ImageFile image(store(folder, maker.file()));
  EXPECT_TRUE(image.geometry_is_known());
  expect_at(image.grid().patient_mm(0, 0, 0), -1, -2, 3);
}

TEST(NiftiPlace, UnknownWithoutCodesOrWithSingularAxes) {
  Folder folder;
  NiftiMaker maker;
  maker.sform_code = 0;
  const ImageFile none(store(folder, maker.file()));
  EXPECT_FALSE(none.geometry_is_known());
  EXPECT_NEAR(none.grid().spacing_mm()[2], 40, 1e-6);
  for (const double bad : {0.0, std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity(), 1e30}) {
    NiftiMaker broken;
    for (auto& row : broken.srow) row = {bad, bad, bad, bad};
    EXPECT_FALSE(ImageFile(store(folder, broken.file())).geometry_is_known()) << bad;
  }
  NiftiMaker flat;  // slices that lie in their own plane
  flat.srow = {{{20, 0, 20, 0}, {0, 30, 0, 0}, {0, 0, 0, 0}}};
  EXPECT_FALSE(ImageFile(store(folder, flat.file())).geometry_is_known());
}

TEST(NiftiPlace, UnitsOfLengthBecomeMillimetres) {
  Folder folder;
  NiftiMaker maker;
  maker.xyzt_units = 1 | 8;  // metres
  for (auto& row : maker.srow)
    for (double& x : row) x /= 1000;
  const ImageFile image(store(folder, maker.file()));
  EXPECT_TRUE(image.geometry_is_known());
  expect_at(image.grid().patient_mm(5, 4, 3), -50, -127, 131);
  maker.xyzt_units = 2;  // the same numbers as millimetres: smaller than any patient
  EXPECT_FALSE(ImageFile(store(folder, maker.file())).geometry_is_known());
}

TEST(NiftiShape, FourDimensionsAreTimePoints) {
  Folder folder;
  NiftiMaker maker;
  maker.dim = {5, 6, 5, 4, 3, 2};
  ImageFile image(store(folder, maker.file()));
  EXPECT_EQ(image.time_points(), 6U);
  EXPECT_EQ(image.real_volume(5).values[7], 5 * 120 + 7 - 40);
  EXPECT_EQ(image.stored(5).bytes.data() - image.stored(0).bytes.data(), 5 * 240);
  EXPECT_THROW(image.real_volume(6), base::Error);
  EXPECT_THROW(image.stored(6), base::Error);
}

TEST(NiftiShape, TwoDimensionsAreOneSlice) {
  Folder folder;
  NiftiMaker maker;
  maker.dim = {2, 6, 5};
  const ImageFile image(store(folder, maker.file()));
  EXPECT_EQ(image.grid().slices(), 1U);
  EXPECT_NEAR(image.grid().slice_thickness_mm, 40, 1e-6);
}

TEST(NiftiShape, EveryDataTypeIsRead) {
  Folder folder;
  struct Case {
    std::int16_t datatype;
    std::size_t bytes;
    double low;
  };
  for (const Case& c : {Case{2, 1, 3},
                        {4, 2, -300},
                        {8, 4, -70000},
                        {16, 4, -1.5},
                        {64, 8, -2.5},
                        {256, 1, -100},
                        {512, 2, 40000},
                        {768, 4, 3e9},
                        {1024, 8, -5e9},
                        {1280, 8, 5e9}}) {
    for (const bool big : {false, true}) {
      NiftiMaker maker;
      maker.big_endian = big;
      maker.datatype = c.datatype;
      maker.bytes_per_voxel = c.bytes;
      maker.values = {c.low, 17};
      ImageFile image(store(folder, maker.file()));
      const volume::Volume v = image.real_volume(0);
      EXPECT_EQ(v.values[0], static_cast<float>(c.low)) << c.datatype;
      EXPECT_EQ(v.values[119], 17.0F) << c.datatype;
      EXPECT_EQ(image.stored(0).bytes_per_voxel, c.bytes);
    }
  }
}

TEST(NiftiShape, ColourComplexAndVectorsAreNotScalar) {
  Folder folder;
  for (const auto& [datatype, bytes] :
       {std::pair<std::int16_t, std::size_t>{128, 3}, {2304, 4}, {32, 8}, {1792, 16}, {2048, 32}}) {
    NiftiMaker maker;
    maker.datatype = datatype;
    maker.bytes_per_voxel = bytes;
    const ImageFile image(store(folder, maker.file()));
    EXPECT_FALSE(image.is_scalar());
    EXPECT_FALSE(image.values_look_like_labels());
    EXPECT_THROW(image.real_volume(0), base::Error);
  }
  NiftiMaker vectors;
  vectors.dim = {5, 6, 5, 4, 1, 3};
  vectors.intent_code = 1007;
  EXPECT_FALSE(ImageFile(store(folder, vectors.file())).is_scalar());
}

TEST(NiftiValues, WhatIsNotFiniteIsInvalid) {
  Folder folder;
  NiftiMaker maker;
  maker.datatype = 16;
  maker.bytes_per_voxel = 4;
  maker.values = {1, std::numeric_limits<double>::quiet_NaN(),
                  std::numeric_limits<double>::infinity(), -7};
  const volume::Volume v = ImageFile(store(folder, maker.file())).real_volume(0);
  ASSERT_EQ(v.valid.size(), 120U);
  EXPECT_EQ(std::vector<int>(v.valid.begin(), v.valid.begin() + 4), (std::vector<int>{1, 0, 0, 1}));
  EXPECT_EQ(v.values[1], 0);
  EXPECT_EQ(v.values[2], 0);
}

TEST(NiftiValues, ASlopeOfZeroOrNaNMeansNoScaling) {
  Folder folder;
  for (const double slope : {0.0, std::numeric_limits<double>::quiet_NaN()}) {
    NiftiMaker maker;
    maker.slope = slope;
    maker.intercept = 99;
    EXPECT_EQ(ImageFile(store(folder, maker.file())).real_volume(0).values[0], -40);
  }
}

TEST(NiftiHostile, ImpossibleDimensionsAreErrors) {
  Folder folder;
  const std::string voxels = NiftiMaker().voxels();
  for (const std::vector<std::int64_t>& dim :
       std::vector<std::vector<std::int64_t>>{{0, 6, 5, 4},
                                              {8, 6, 5, 4, 1, 1, 1, 1},
                                              {3, -6, 5, 4},
                                              {3, 0, 5, 4},
                                              {4, 6, 5, 4, -2},
                                              {3, 32767, 32767, 32767},
                                              {7, 32767, 32767, 32767, 32767, 32767, 32767, 32767},
                                              {3, 6, 5, 5}}) {
    NiftiMaker maker;
    maker.dim = dim;
    EXPECT_THROW(ImageFile(store(folder, maker.header() + voxels)), base::Error);
    EXPECT_THROW(ImageFile(store(folder, test::gzipped(maker.header() + voxels))), base::Error);
  }
  for (const std::vector<std::int64_t>& dim :
       std::vector<std::vector<std::int64_t>>{{3, std::int64_t{1} << 62, 8, 1},
                                              {3, std::int64_t{1} << 32, std::int64_t{1} << 32, 1},
                                              {3, 6, 5, std::int64_t{1} << 32},
                                              {4, 6, 5, 4, std::int64_t{1} << 61}}) {
    NiftiMaker maker;
    maker.version_2 = true;
    maker.dim = dim;
    EXPECT_THROW(ImageFile(store(folder, maker.header() + voxels)), base::Error);
  }
}

TEST(NiftiHostile, ImpossibleOffsetsAreErrors) {
  Folder folder;
  for (const double offset :
       {100.0, 351.0, 352.5, 1e6, 1e30, std::numeric_limits<double>::infinity(),
        std::numeric_limits<double>::quiet_NaN()}) {
    NiftiMaker maker;
    NiftiMaker shown = maker;
    shown.offset = offset;
    EXPECT_THROW(ImageFile(store(folder, shown.header() + maker.voxels())), base::Error) << offset;
  }
  NiftiMaker zero;
  std::string bytes = zero.file();
  zero.put(bytes, 108, 0.0F);  // read as 352
  EXPECT_EQ(ImageFile(store(folder, bytes)).real_volume(0).values[0], -40);
}

TEST(NiftiHostile, UnknownDataTypesAreErrors) {
  Folder folder;
  for (const int datatype : {0, 1, 3, 1536, -1, 9999}) {
    NiftiMaker maker;
    maker.datatype = static_cast<std::int16_t>(datatype);
    EXPECT_THROW(ImageFile(store(folder, maker.file())), base::Error) << datatype;
  }
}

TEST(NiftiHostile, EveryFlippedHeaderByteIsHandled) {
  Folder folder;
  for (const bool version_2 : {false, true}) {
    NiftiMaker maker;
    maker.version_2 = version_2;
    const std::string whole = maker.file();
    std::size_t read = 0;
    for (std::size_t at = 0; at < maker.header_bytes(); ++at) {
      for (const char value : {'\0', '\x7f', '\xff'}) {
        std::string broken = whole;
        broken[at] = value;
        try {
          const ImageFile image(store(folder, broken));
          if (image.is_scalar()) (void)image.real_volume(0);
          ++read;
        } catch (const base::Error&) {
        }
      }
    }
    EXPECT_GT(read, 300U);
  }
}

TEST(NiftiGzip, SeveralMembersAreOneFile) {
  Folder folder;
  const std::string whole = NiftiMaker().file();
  const std::string parts = test::gzipped(whole.substr(0, 200)) +
                            test::gzipped(whole.substr(200, 250)) +
                            test::gzipped(whole.substr(450)) + std::string(512, '\0');
  const ImageFile image(store(folder, parts));
  image.write(folder / "b");
  EXPECT_EQ(test::gunzipped(test::read_file(folder / "b")), whole);
}

TEST(NiftiGzip, DamageIsAnError) {
  Folder folder;
  NiftiMaker maker;
  for (int v = 0; v < 120; ++v) maker.values.push_back(v * 7919 % 3001);
  const std::string packed = test::gzipped(maker.file());
  std::size_t found = 0;
  for (std::size_t at = 10; at < packed.size(); ++at) {
    std::string broken = packed;
    broken[at] = static_cast<char>(broken[at] ^ 0x10);
    try {
      const ImageFile image(store(folder, broken));  // a bit that means nothing was flipped
      fs::remove(folder / "b");
      image.write(folder / "b");
      EXPECT_EQ(test::gunzipped(test::read_file(folder / "b")), maker.file()) << at;
    } catch (const base::Error&) {
      ++found;
    }
  }
  EXPECT_GE(found, packed.size() - 20);
  for (std::size_t length = 0; length < packed.size(); length += 3) {
    ASSERT_THROW(ImageFile(store(folder, packed.substr(0, length))), base::Error) << length;
  }
}

TEST(NiftiGzip, TheSameVoxelsGiveTheSameBytes) {
  Folder folder;
  const std::string whole = NiftiMaker().file();
  test::write_file(folder / "one.nii.gz", test::gzipped(whole));
  test::write_file(folder / "two.nii.gz",
                   test::gzipped(whole.substr(0, 300)) + test::gzipped(whole.substr(300)));
  ImageFile(folder / "one.nii.gz").write(folder / "a");
  ImageFile(folder / "two.nii.gz").write(folder / "b");
  const std::string a = test::read_file(folder / "a");
  EXPECT_EQ(a, test::read_file(folder / "b"));
  ASSERT_GT(a.size(), 10U);
  EXPECT_EQ(a[3], 0);                               // no name, no comment
  EXPECT_EQ(a.substr(4, 4), std::string(4, '\0'));  // no time
}

TEST(NiftiPair, MissingOrShortVoxelsAreErrors) {
  Folder folder;
  NiftiMaker maker;
  maker.pair = true;
  test::write_file(folder / "a.hdr", maker.header());
  EXPECT_TRUE(probe_image(folder / "a.hdr").companion.empty());
  EXPECT_THROW(ImageFile(folder / "a.hdr"), base::Error);
  test::write_file(folder / "a.img", maker.voxels().substr(1));
  EXPECT_THROW(ImageFile(folder / "a.hdr"), base::Error);
}

TEST(NiftiPair, HeaderAndVoxelsKeepTheirOwnCompression) {
  Folder folder;
  NiftiMaker maker;
  maker.pair = true;
  test::write_file(folder / "a.hdr", maker.header());
  test::write_file(folder / "a.img.gz", test::gzipped(maker.voxels()));
  const auto written = ImageFile(folder / "a.hdr").write(folder / "b.hdr");
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(written[1], folder / "b.img.gz");
  EXPECT_EQ(test::read_file(written[0]), maker.header());
  EXPECT_EQ(test::gunzipped(test::read_file(written[1])), maker.voxels());
}

TEST(NiftiPair, BytesBeforeTheVoxelsAreBlanked) {
  Folder folder;
  NiftiMaker maker;
  maker.pair = true;
  maker.offset = 16;
  test::write_file(folder / "a.hdr", maker.header());
  test::write_file(folder / "a.img", "Doe^Jane--------" + maker.voxels());
  const ImageFile image(folder / "a.hdr");
  ASSERT_EQ(image.free_texts().size(), 1U);
  image.write(folder / "b.hdr");
  EXPECT_EQ(test::read_file(folder / "b.img"), std::string(16, '\0') + maker.voxels());
}

TEST(NiftiWrite, NeverOverwrites) {
  Folder folder;
  const ImageFile image(store(folder, NiftiMaker().file()));
  test::write_file(folder / "b", "kept");
  EXPECT_THROW(image.write(folder / "b"), base::Error);
  EXPECT_EQ(test::read_file(folder / "b"), "kept");
}

TEST(Probe, NearMissesSayWhy) {
  Folder folder;
  NiftiMaker maker;
  std::string analyze = maker.file();
  analyze.replace(344, 4, std::string(4, '\0'));
  const ImageProbe probe = probe_image(store(folder, analyze));
  EXPECT_EQ(probe.format, ImageFormat::none);
  EXPECT_NE(probe.reason.find("Analyze"), std::string::npos);
  EXPECT_THROW(ImageFile(folder / "a.nii"), base::Error);
  for (const std::string& other : {std::string(), std::string("\x1f\x8b"), std::string(5000, 'x'),
                                   test::gzipped(std::string(5000, 'x'))}) {
    const ImageProbe none = probe_image(store(folder, other));
    EXPECT_EQ(none.format, ImageFormat::none);
    EXPECT_TRUE(none.reason.empty());
  }
}

}  // namespace
}  // namespace efface::volume_itk
