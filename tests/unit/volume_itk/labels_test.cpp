// What is a label map, what an image.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "image_maker.h"
#include "tests/support/temporary_folder.h"
#include "volume_itk/image_file.h"

namespace efface::volume_itk {
namespace {

using support::Folder;
using test::NiftiMaker;

/// A ball of 40 voxels with a core, on a 64-cube; value(label, noise).
template <class Value>
bool looks_like_labels(std::int16_t datatype, std::size_t bytes, Value value, int intent = 0) {
  NiftiMaker maker;
  maker.dim = {3, 64, 64, 64};
  maker.srow = {{{3, 0, 0, 0}, {0, 3, 0, 0}, {0, 0, 3, 0}}};
  maker.datatype = datatype;
  maker.bytes_per_voxel = bytes;
  maker.intent_code = intent;
  std::minstd_rand random(9);
  std::normal_distribution<double> noise;
  for (int v = 0; v < 64 * 64 * 64; ++v) {
    const double x = v % 64 - 31.5, y = v / 64 % 64 - 31.5, z = v / 4096 - 31.5;
    const double r = std::sqrt(x * x + y * y + z * z);
    const int label = r < 8 ? 3 : r < 15 ? 2 : r < 22 ? 1 : 0;
    maker.values.push_back(value(label, noise(random), r));
  }
  Folder folder;
  support::put(folder / "a", maker.file());
  return ImageFile(folder / "a").values_look_like_labels();
}

TEST(Labels, MasksAndLabelMaps) {
  EXPECT_TRUE(looks_like_labels(2, 1, [](int l, double, double) { return l > 0; }));
  EXPECT_TRUE(looks_like_labels(4, 2, [](int l, double, double) { return 1000 * l; }));
  EXPECT_TRUE(looks_like_labels(16, 4, [](int l, double, double) { return 17.0 * l; }));
}

TEST(Labels, AMaskWithSoftEdges) {
  EXPECT_TRUE(looks_like_labels(
      16, 4, [](int, double, double r) { return std::min(1.0, std::max(0.0, 22.3 - r)); }));
}

TEST(Labels, TheHeaderMaySaySo) {
  const auto noisy = [](int l, double n, double) { return 100 * l + 20 * n; };
  EXPECT_TRUE(looks_like_labels(4, 2, noisy, 1002));
}

TEST(Labels, ImagesAreNone) {
  EXPECT_FALSE(looks_like_labels(4, 2, [](int l, double n, double) { return 300 * l + 20 * n; }));
  // Eight bits have at most 256 values; air is zero.
  EXPECT_FALSE(looks_like_labels(2, 1, [](int l, double n, double) {
    return l ? std::min(255.0, 60 * l + 5 + std::abs(8 * n)) : 0;
  }));
  EXPECT_FALSE(
      looks_like_labels(16, 4, [](int l, double n, double) { return l ? l + 0.1 * n : 0; }));
  EXPECT_FALSE(looks_like_labels(16, 4, [](int, double, double r) { return 100 - r; }));
}

TEST(Labels, OneValueIsNone) {
  EXPECT_FALSE(looks_like_labels(4, 2, [](int, double, double) { return 5; }));
}

}  // namespace
}  // namespace efface::volume_itk
