// The made-up inputs must be what the other tests take them for.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/support/canary.h"
#include "tests/support/phantom_image.h"
#include "tests/support/synthetic_study.h"

namespace efface::support {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  explicit Folder(const std::string& name) : path_(fs::path(testing::TempDir()) / name) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Phantom, HasAFaceWhereItsLandmarksAre) {
  EXPECT_EQ(tissue_at({30, 10, 35}), Tissue::white_matter);
  for (const Point eye : {landmark::eye_left, landmark::eye_right})
    EXPECT_EQ(tissue_at(eye), Tissue::vitreous);
  EXPECT_LT(std::abs(skin_distance(landmark::nose_tip)), 2);
  EXPECT_LT(std::abs(skin_distance(landmark::chin)), 4);
  EXPECT_LT(skin_distance(landmark::ear_left), 3);
  // The nose stands out: 20 mm beside its tip there is air.
  EXPECT_EQ(tissue_at(landmark::nose_tip + Point{20, 0, 0}), Tissue::air);
}

TEST(Phantom, PoseGoesThereAndBack) {
  const Pose pose = Pose::from_seed(5);
  const Point p{31, -71, -43};
  const Point q = pose.to_phantom(pose.to_patient(p));
  EXPECT_LT(length(p - q), 1e-9);
  EXPECT_GT(length(pose.to_patient(p) - p), 0.1);
}

TEST(SmallStudy, IsRepeatableAndTakesTags) {
  const Folder a("efface-small-a"), b("efface-small-b"), c("efface-small-c");
  write_small_study(a.path(), 3);
  write_small_study(b.path(), 3);
  write_small_study(c.path(), 3, {{"0010,0010", "Chosen^Name"}});
  for (const char* name : {"mr.dcm", "ct.dcm", "sc.dcm", "sr.dcm"}) {
    EXPECT_EQ(read(a.path() / name), read(b.path() / name)) << name;
    EXPECT_NE(read(c.path() / name).find("Chosen^Name"), std::string::npos) << name;
  }
}

TEST(Canary, EveryMarkerIsDifferentAndNearlyAllRowsAreThere) {
  const Folder folder("efface-canary");
  const std::vector<Marker> markers = write_canary_files(folder.path(), 1);
  std::set<std::string> texts;
  std::size_t at_top_level = 0;
  const std::string top = read(folder.path() / "top_level.dcm");
  for (const Marker& marker : markers) {
    texts.insert(marker.text);
    if (marker.file != "top_level.dcm") continue;
    ++at_top_level;
    EXPECT_NE(top.find(marker.text), std::string::npos) << marker.place;
  }
  EXPECT_EQ(texts.size(), markers.size());
  EXPECT_GT(at_top_level, 600U);
}

}  // namespace
}  // namespace efface::support
