// What the network's probabilities say, cleaned of specks: the brain as one piece, the parts of the
// face as blobs with volume, place and confidence. No judgement yet whether they make a head.
#pragma once

#include <array>
#include <vector>

#include "face/grid_ops.h"
#include "face/model.h"

namespace efface::face {

/// From this sum of the probabilities of all facial labels on, a network is sure of a face.
constexpr float face_sure = 0.9F;
float face_sum(const Probabilities& probabilities, std::size_t voxel);

/// One connected piece of a facial label.
struct Blob {
  Feature feature{};
  std::vector<std::uint32_t> voxels;     ///< offsets in the model grid, ascending
  volume::Vec3 centre{};                 ///< LPS mm
  volume::Vec3 low{}, high{};            ///< LPS bounds of voxel centres
  std::array<volume::Vec3, 2> halves{};  ///< centres of the two halves along its longest axis
  double ml = 0;
  double peak = 0;  ///< highest summed probability of all facial labels inside
};

struct BrainEvidence {
  Bits bits;  ///< largest component with p > 0.5, holes filled; all zero when there is none
  double ml = 0;
  volume::Vec3 centre{}, low{}, high{};  ///< LPS mm; meaningless when ml == 0
  /// Reaches the field of view's end along that axis, or an end that is about across it.
  std::array<bool, 3> cut_low{}, cut_high{};
  double largest_cut_mm2 = 0;        ///< seen along the axis across which most of it is cut
  bool is_cut_below_vertex = false;  ///< what of it is in view; its vertex is
};

struct Evidence {
  BrainEvidence brain;
  std::array<std::vector<Blob>, feature_count> blobs;  ///< largest first
  std::array<double, label_count> label_ml{};          ///< brain and facial labels after cleaning
  double soft_brain_ml = 0;                            ///< sum of probabilities of at least 0.1
  double doubtful_brain_ml = 0;                        ///< where that probability is 0.1 to 0.5
  double soft_face_ml = 0;
  double sure_face_ml = 0;  ///< where the probabilities of the facial labels sum to more than 0.9
  double tissue_threshold = 0;   ///< in normalised values
  double tissue_at_top_mm2 = 0;  ///< how much of the field of view's upper end is tissue
};

/// A facial voxel has a summed facial probability above 0.35 and hangs together with one above 0.6;
/// it belongs to the feature with the highest probability. Blobs under 0.1 ml are specks and
/// dropped.
Evidence gather_evidence(const Probabilities& probabilities, const ModelInput& input);

}  // namespace efface::face
