#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "config/model_card.h"
#include "tests/support/temporary_folder.h"

namespace efface::config {
namespace {

class CardCalibration : public testing::Test {
 protected:
  /// Reads a card with this text as its calibration.
  face::Calibrations read(const std::string& calibration) {
    std::ofstream(folder_ / "card.json") << R"({
      "schema": 1, "name": "face", "version": "1", "file": "face_v1.pt",
      "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "labels": ["air", "head", "brain", "eyes", "nose", "mouth", "ears"],
      "spacing_mm": 3, "orientation": "LPS", "size_multiple": 16,
      "normalisation": {"method": "percentile_clip", "low": 0.02, "high": 0.98,
                        "ct_clip_hu": [-900, 1100], "outside": 0.0},
      "calibration": )" << calibration << "}";
    return read_model_card(folder_ / "card.json").calibrations;
  }
  support::Folder folder_;
};

TEST_F(CardCalibration, IsReadPointByPoint) {
  const face::Calibrations c =
      read(R"({"removed": [[0.1, 0.5], [0.4, 0.5], [1, 0.9]], "none": [], "removed_volumes": 7})");
  EXPECT_EQ(c.removed, (face::Calibration{{0.1, 0.5}, {0.4, 0.5}, {1, 0.9}}));
  EXPECT_TRUE(c.none.empty());
}

TEST_F(CardCalibration, MustRiseBetweenZeroAndOne) {
  for (const char* removed :
       {"[[0.4, 0.5], [0.4, 0.9]]", "[[0.1, 0.9], [0.4, 0.5]]", "[[-0.1, 0.5]]", "[[0.1, 1.5]]",
        "[[0.1, -0.5]]", "[[1.1, 0.5]]", "[[0.1]]", "7", "[[\"a\", 1]]"}) {
    const std::string text = R"({"none": [], "removed": )" + std::string(removed) + "}";
    EXPECT_THROW(read(text), base::Error) << removed;
  }
}

TEST_F(CardCalibration, MustHoldBothKindsOfVerdict) {
  EXPECT_THROW(read(R"({"removed": [[0.1, 0.5]]})"), base::Error);
  EXPECT_THROW(read(R"([[0.1, 0.5]])"), base::Error);
}

}  // namespace
}  // namespace efface::config
