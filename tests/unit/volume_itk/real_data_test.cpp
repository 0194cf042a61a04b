// On the images of the shared data, when they are there: nothing changes, and GDCM's decoding of
// JPEG 2000 is the original.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/error.h"
#include "image_maker.h"
#include "tests/support/temporary_folder.h"
#include "volume_itk/image_file.h"

namespace efface::volume_itk {
namespace {

namespace fs = std::filesystem;

/// The unpacked scans; a path that does not exist where there are none.
fs::path real_data() {
  const char* named = std::getenv("EFFACE_DATA");
  return named != nullptr ? fs::path(named) : fs::path("/nonexistent");
}

class RealImage : public ::testing::TestWithParam<const char*> {};

TEST_P(RealImage, VoxelsAndGeometrySurvive) {
  const fs::path path = real_data() / GetParam();
  if (!fs::exists(path)) GTEST_SKIP() << "EFFACE_DATA, the folder of real scans, is not set";
  support::Folder folder;
  ImageFile before(path);
  EXPECT_TRUE(before.geometry_is_known());
  EXPECT_FALSE(before.values_look_like_labels());
  before.write(folder / "b");
  ImageFile after(folder / "b");
  EXPECT_TRUE(after.free_texts().empty());
  EXPECT_EQ(before.grid().slice_origin, after.grid().slice_origin);
  for (std::size_t t = 0; t < before.time_points(); ++t) {
    const auto x = before.stored(t).bytes, y = after.stored(t).bytes;
    EXPECT_TRUE(std::equal(x.begin(), x.end(), y.begin(), y.end()));
  }
}

INSTANTIATE_TEST_SUITE_P(Shared, RealImage,
                         ::testing::Values("uih_umr770_T1_B_1mm.nii.gz",
                                           "mri_bisweb/sag_2mm.nii.gz", "mri_seg3d/MR.nii.gz",
                                           "mri_torchio_fernando/t2.nii.gz",
                                           "template_mni_ext/MNI152_T1_2mmEXT.nii.gz"));

TEST(RealDicom, JpegTwoThousandGivesTheOriginalValues) {
  const fs::path files = real_data() / "dicom_pydicom" / "test_files";
  if (!fs::exists(files / "MR_small_jp2klossless.dcm")) {
    GTEST_SKIP() << "EFFACE_DATA, the folder of real scans, is not set";
  }
  const auto decoded = decode_dicom_pixels(files / "MR_small_jp2klossless.dcm");
  EXPECT_EQ(decoded, decode_dicom_pixels(files / "MR_small.dcm"));
  const std::string whole = support::content_of(files / "MR_small.dcm");
  const std::string pixels(reinterpret_cast<const char*>(decoded.data()), decoded.size());
  EXPECT_NE(whole.find(pixels), std::string::npos);
}

TEST(Dicom, WhatIsNoImageIsAnError) {
  support::Folder folder;
  support::put(folder / "a", std::string(5000, 'x'));
  EXPECT_THROW(decode_dicom_pixels(folder / "a"), base::Error);
  support::put(folder / "a", "");
  EXPECT_THROW(decode_dicom_pixels(folder / "a"), base::Error);
  EXPECT_THROW(decode_dicom_pixels(folder / "none"), base::Error);
}

TEST(Versions, AreNumbers) {
  EXPECT_GE(library_version()[0], '5');
  EXPECT_GE(dicom_library_version()[0], '3');
}

}  // namespace
}  // namespace efface::volume_itk
