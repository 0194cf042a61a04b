#include "batch/voxels.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "batch/study_inputs.h"
#include "made_context.h"
#include "made_series.h"
#include "tests/support/temporary_folder.h"

namespace efface::batch::test {
namespace {

namespace fs = std::filesystem;
using volume::operator-;
using volume::Vec3;

constexpr std::size_t plane = 24 * 24;

/// A series of eight slices as one stack, and a region that reaches into three of them.
class SeriesVoxelsTest : public testing::Test {
 protected:
  SeriesVoxelsTest() {
    series_.write(folder_.path());
    study_ = only_study(folder_.path(), made_.pseudonyms);
    inputs_ = std::make_unique<StudyInputs>(study_, made_.context);
    inputs_->read();
    stack_ = study::stack_frames(inputs_->facts(), inputs_->open()).stacks.at(0);
    const Vec3 middle = stack_.grid.patient_mm(12, 12, 2);
    region_ = ball(middle, 12);
    air_ = {region_.grid, std::vector<float>(region_.grid.voxel_count(), 1)};
    judgement_.verdict = face::Verdict::removed;
    judgement_.regions = {&region_};
    judgement_.air = &air_;
    record_.token = "v1";
  }

  /// A region that is one feature's: all within `radius_mm` of a point.
  face::FaceRegion ball(const Vec3& middle, double radius_mm) const {
    face::FaceRegion region;
    region.grid = {{64, 64, 48}, {-128, -136, -126}, 4};
    auto& nose = region.feature_sdf[static_cast<std::size_t>(face::Feature::nose)];
    for (std::size_t z = 0; z < 48; ++z)
      for (std::size_t y = 0; y < 64; ++y)
        for (std::size_t x = 0; x < 64; ++x)
          nose.push_back(static_cast<float>(volume::norm(region.grid.patient_mm(x, y, z) - middle) -
                                            radius_mm));
    region.brain_sdf.assign(nose.size(), 100);
    return region;
  }

  /// The slice of the stack that an instance holds.
  std::size_t slice_of(std::size_t instance) const {
    for (std::size_t k = 0; k < stack_.frames.size(); ++k)
      if (stack_.frames[k].at(0).instance == instance) return k;
    throw std::logic_error("no such instance");
  }
  fs::path path_of(std::size_t instance) const { return study_.files[instance].path; }

  const MadeSeries series_;
  const support::Folder folder_;
  MadeContext made_;
  StudyFiles study_;
  std::unique_ptr<StudyInputs> inputs_;
  study::Stack stack_;
  face::FaceRegion region_;
  volume::Field air_;
  FaceJudgement judgement_;
  audit::VolumeRecord record_;
};

TEST_F(SeriesVoxelsTest, AVolumeHoldsTheFilesValuesInTheStacksOrder) {
  const volume::Volume volume = load_volume(
      stack_, 0, inputs_->facts(), [&](std::size_t i) { return path_of(i); }, made_.pool);
  const std::vector<std::uint16_t> expected = series_.voxels();
  EXPECT_EQ(volume.values, std::vector<float>(expected.begin(), expected.end()));
  EXPECT_FALSE(volume.is_hounsfield);
  EXPECT_EQ(volume.grid.slices(), 8U);
}

TEST_F(SeriesVoxelsTest, OnlyTheFaceChanges) {
  SeriesVoxels voxels(inputs_->facts(), study_.files, made_.context);
  const face::VoxelMask mask = voxels.erase_face(stack_, judgement_, record_);
  ASSERT_EQ(mask.size(), 8 * plane);
  const std::vector<std::uint16_t> before = series_.voxels();
  std::set<std::size_t> touched;
  std::uint64_t masked = 0;
  for (std::size_t v = 0; v < mask.size(); ++v) {
    if (mask[v] == 0) continue;
    ++masked;
    touched.insert(v / plane);
  }
  EXPECT_EQ(touched, (std::set<std::size_t>{1, 2, 3})) << "12 mm up and down";
  EXPECT_EQ(record_.voxels_removed[static_cast<std::size_t>(face::Feature::nose)], masked);
  EXPECT_EQ(record_.voxels_changed, masked);
  EXPECT_EQ(record_.brain_overlap_voxels, 0U);
  std::set<std::size_t> changed;
  for (const std::size_t instance : voxels.changed()) {
    const std::size_t k = slice_of(instance);
    changed.insert(k);
    const std::vector<std::byte> bytes = voxels.take(instance).value().bytes;
    ASSERT_EQ(bytes.size(), 2 * plane);
    for (std::size_t v = 0; v < plane; ++v) {
      const int value =
          std::to_integer<int>(bytes[2 * v]) + 256 * std::to_integer<int>(bytes[2 * v + 1]);
      if (mask[k * plane + v] == 0) {
        ASSERT_EQ(value, before[k * plane + v]) << k << ' ' << v;
      } else {
        ASSERT_LT(value, 30) << "a copy of the background, not of tissue";
      }
    }
  }
  EXPECT_EQ(changed, touched);
}

TEST_F(SeriesVoxelsTest, TheDigestIsThatOfWhatIsReadBack) {
  SeriesVoxels voxels(inputs_->facts(), study_.files, made_.context);
  const face::VoxelMask mask = voxels.erase_face(stack_, judgement_, record_);
  std::map<std::size_t, fs::path> staged;
  for (std::size_t i = 0; i < study_.files.size(); ++i) staged[i] = path_of(i);
  EXPECT_EQ(untouched_digest(stack_, mask, staged, made_.context), record_.untouched_sha256_before)
      << "the inputs themselves differ in the mask alone";
  const std::size_t far = stack_.frames[7].at(0).instance;
  std::vector<std::uint16_t> other(plane, 7);
  series_.write_slice(folder_ / "other", 7, other);
  staged[far] = folder_ / "other";
  EXPECT_NE(untouched_digest(stack_, mask, staged, made_.context), record_.untouched_sha256_before);
}

TEST_F(SeriesVoxelsTest, AFaceElsewhereChangesNothing) {
  region_ = ball({500, 500, 500}, 12);
  SeriesVoxels voxels(inputs_->facts(), study_.files, made_.context);
  EXPECT_TRUE(voxels.erase_face(stack_, judgement_, record_).empty());
  EXPECT_TRUE(voxels.changed().empty());
  EXPECT_EQ(record_.voxels_changed, 0U);
  EXPECT_TRUE(record_.untouched_sha256_before.empty());
}

TEST_F(SeriesVoxelsTest, TheBrainIsKept) {
  region_.brain_sdf.assign(region_.brain_sdf.size(), -100);
  SeriesVoxels voxels(inputs_->facts(), study_.files, made_.context);
  EXPECT_TRUE(voxels.erase_face(stack_, judgement_, record_).empty());
  EXPECT_GT(record_.brain_overlap_voxels, 0U);
}

TEST_F(SeriesVoxelsTest, TheFillIsTheSameForTheSameVolume) {
  const auto filled = [&](const std::string& token) {
    record_ = {};
    record_.token = token;
    SeriesVoxels voxels(inputs_->facts(), study_.files, made_.context);
    voxels.erase_face(stack_, judgement_, record_);
    return voxels.take(stack_.frames[2].at(0).instance).value().bytes;
  };
  EXPECT_EQ(filled("v1"), filled("v1"));
  EXPECT_NE(filled("v1"), filled("v2"));
}

TEST_F(SeriesVoxelsTest, PixelsThatAreMissingAreAnError) {
  const std::size_t instance = stack_.frames[2].at(0).instance;
  const fs::path path = path_of(instance);
  const std::string whole = support::content_of(path);
  support::put(path, whole.substr(0, whole.size() - 600));
  SeriesVoxels voxels(inputs_->facts(), study_.files, made_.context);
  EXPECT_THROW(voxels.erase_face(stack_, judgement_, record_), base::Error);
}

}  // namespace
}  // namespace efface::batch::test
