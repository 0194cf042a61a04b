// Hostile and broken NIfTI headers are errors, never crashes.
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "base/error.h"
#include "image_maker.h"
#include "tests/support/packing.h"
#include "tests/support/temporary_folder.h"
#include "volume_itk/image_file.h"

namespace efface::volume_itk {
namespace {

using support::Folder;
using test::NiftiMaker;
using test::store;

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
    EXPECT_THROW(ImageFile(store(folder, support::gzipped(maker.header() + voxels))), base::Error);
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

}  // namespace
}  // namespace efface::volume_itk
