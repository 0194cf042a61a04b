// NIfTI files on the way in and out: gzip members, pairs, and that nothing is overwritten.
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
using test::NiftiMaker;
using test::store;

TEST(NiftiGzip, SeveralMembersAreOneFile) {
  Folder folder;
  const std::string whole = NiftiMaker().file();
  const std::string parts = support::gzipped(whole.substr(0, 200)) +
                            support::gzipped(whole.substr(200, 250)) +
                            support::gzipped(whole.substr(450)) + std::string(512, '\0');
  const ImageFile image(store(folder, parts));
  image.write(folder / "b");
  EXPECT_EQ(support::gunzipped(support::content_of(folder / "b")), whole);
}

TEST(NiftiGzip, DamageIsAnError) {
  Folder folder;
  NiftiMaker maker;
  for (int v = 0; v < 120; ++v) maker.values.push_back(v * 7919 % 3001);
  const std::string packed = support::gzipped(maker.file());
  std::size_t found = 0;
  for (std::size_t at = 10; at < packed.size(); ++at) {
    std::string broken = packed;
    broken[at] = static_cast<char>(broken[at] ^ 0x10);
    try {
      const ImageFile image(store(folder, broken));  // a bit that means nothing was flipped
      fs::remove(folder / "b");
      image.write(folder / "b");
      EXPECT_EQ(support::gunzipped(support::content_of(folder / "b")), maker.file()) << at;
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
  support::put(folder / "one.nii.gz", support::gzipped(whole));
  support::put(folder / "two.nii.gz",
               support::gzipped(whole.substr(0, 300)) + support::gzipped(whole.substr(300)));
  ImageFile(folder / "one.nii.gz").write(folder / "a");
  ImageFile(folder / "two.nii.gz").write(folder / "b");
  const std::string a = support::content_of(folder / "a");
  EXPECT_EQ(a, support::content_of(folder / "b"));
  ASSERT_GT(a.size(), 10U);
  EXPECT_EQ(a[3], 0);                               // no name, no comment
  EXPECT_EQ(a.substr(4, 4), std::string(4, '\0'));  // no time
}

TEST(NiftiPair, MissingOrShortVoxelsAreErrors) {
  Folder folder;
  NiftiMaker maker;
  maker.pair = true;
  support::put(folder / "a.hdr", maker.header());
  EXPECT_TRUE(probe_image(folder / "a.hdr").companion.empty());
  EXPECT_THROW(ImageFile(folder / "a.hdr"), base::Error);
  support::put(folder / "a.img", maker.voxels().substr(1));
  EXPECT_THROW(ImageFile(folder / "a.hdr"), base::Error);
}

TEST(NiftiPair, HeaderAndVoxelsKeepTheirOwnCompression) {
  Folder folder;
  NiftiMaker maker;
  maker.pair = true;
  support::put(folder / "a.hdr", maker.header());
  support::put(folder / "a.img.gz", support::gzipped(maker.voxels()));
  const auto written = ImageFile(folder / "a.hdr").write(folder / "b.hdr");
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(written[1], folder / "b.img.gz");
  EXPECT_EQ(support::content_of(written[0]), maker.header());
  EXPECT_EQ(support::gunzipped(support::content_of(written[1])), maker.voxels());
}

TEST(NiftiPair, BytesBeforeTheVoxelsAreBlanked) {
  Folder folder;
  NiftiMaker maker;
  maker.pair = true;
  maker.offset = 16;
  support::put(folder / "a.hdr", maker.header());
  support::put(folder / "a.img", "Doe^Jane--------" + maker.voxels());
  const ImageFile image(folder / "a.hdr");
  ASSERT_EQ(image.free_texts().size(), 1U);
  image.write(folder / "b.hdr");
  EXPECT_EQ(support::content_of(folder / "b.img"), std::string(16, '\0') + maker.voxels());
}

TEST(NiftiWrite, NeverOverwrites) {
  Folder folder;
  const ImageFile image(store(folder, NiftiMaker().file()));
  support::put(folder / "b", "kept");
  EXPECT_THROW(image.write(folder / "b"), base::Error);
  EXPECT_EQ(support::content_of(folder / "b"), "kept");
}

}  // namespace
}  // namespace efface::volume_itk
