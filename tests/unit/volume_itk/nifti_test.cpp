// What a NIfTI header says: place, shape, type and values; and what is no NIfTI.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "image_maker.h"
#include "tests/support/packing.h"
#include "tests/support/temporary_folder.h"
#include "volume_itk/image_file.h"

namespace efface::volume_itk {
namespace {

using support::Folder;
using test::expect_at;
using test::NiftiMaker;
using test::store;

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
                                   support::gzipped(std::string(5000, 'x'))}) {
    const ImageProbe none = probe_image(store(folder, other));
    EXPECT_EQ(none.format, ImageFormat::none);
    EXPECT_TRUE(none.reason.empty());
  }
}

}  // namespace
}  // namespace efface::volume_itk
