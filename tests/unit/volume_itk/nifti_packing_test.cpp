// What holds for a NIfTI in every packing: version, byte order, single file or pair, gzip or not.
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "base/error.h"
#include "image_maker.h"
#include "tests/support/packing.h"
#include "tests/support/temporary_folder.h"
#include "volume_itk/image_file.h"

namespace efface::volume_itk {
namespace {

namespace fs = std::filesystem;
using support::Folder;
using test::expect_at;
using test::NiftiMaker;

/// Version 2, big endian, pair, gzip.
class EveryPacking : public ::testing::TestWithParam<std::tuple<bool, bool, bool, bool>> {
 protected:
  EveryPacking() { std::tie(maker_.version_2, maker_.big_endian, maker_.pair, gzip_) = GetParam(); }

  fs::path store_image() const {
    const std::string end = gzip_ ? ".gz" : "";
    if (!maker_.pair) {
      support::put(folder_ / ("a.nii" + end), packed(maker_.file()));
      return folder_ / ("a.nii" + end);
    }
    support::put(folder_ / ("a.hdr" + end), packed(maker_.header()));
    support::put(folder_ / ("a.img" + end), packed(maker_.voxels()));
    return folder_ / ("a.hdr" + end);
  }
  std::string packed(const std::string& bytes) const {
    return gzip_ ? support::gzipped(bytes) : bytes;
  }
  std::string unpacked(const fs::path& path) const {
    const std::string bytes = support::content_of(path);
    return gzip_ ? support::gunzipped(bytes) : bytes;
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
  maker_.pair ? support::put(folder_ / "c.img", maker_.voxels()) : void();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    support::put(folder_ / "c.hdr", packed(whole.substr(0, length)));
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

}  // namespace
}  // namespace efface::volume_itk
