// From probabilities to a decision: is there a head, is there a face in view, may it be trusted,
// and which region of the patient's space must go. Pure; thresholds stand here with their reasons.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "face/model.h"
#include "face/pose.h"
#include "volume/turn.h"

namespace efface::face {

enum class Verdict : std::uint8_t {
  removed,   ///< a face is in view and the region covers it
  no_head,   ///< no head in view: nothing to do
  no_face,   ///< a head, but no part of the face region in view
  uncertain  ///< cannot be trusted: withhold
};
const char* to_string(Verdict verdict);

/// What shall be removed, in patient space; unions over a frame of reference are minima.
struct FaceRegion {
  volume::Turn turn;  ///< from the patient's system to that of `grid`, in which the head is upright
  volume::RegularGrid grid;
  /// Signed distances in mm, negative inside, one field a feature, in the order of Feature; empty
  /// for features that were not asked for or not found. The region already reaches into the air.
  std::array<std::vector<float>, feature_count> feature_sdf;
  std::vector<float> brain_sdf;  ///< signed distance to the protected brain (already dilated)
  double voxel_volume_mm3 = 0;   ///< of the source image: the finest one's brain is trusted most
};

struct FaceDecision {
  Verdict verdict = Verdict::uncertain;
  std::string reason;  ///< one line without patient data, e.g. "eyes found behind the brain"
  /// 0…1: how often a verdict with such evidence was right, as far as the model's card says.
  double score = 0;
  FaceRegion region;                           ///< filled when verdict == removed
  std::array<double, label_count> label_ml{};  ///< volume of each label, ml
  double collision_ml = 0;                     ///< face region that the protected brain took back
  HeadPose pose;                               ///< as far as anything of a head was found
  double misfit_mm = 0;                        ///< mean, of the parts to that pose
  double sure_face_ml = 0;                     ///< see Evidence
  /// Of a removed face: all chosen features but ears (which may be pressed flat) were found, as far
  /// as their places are in view, and tissue fills those. What somebody else defaced before is not
  /// whole: it cannot say where the face is in another image.
  bool is_whole = false;
  /// A head turned upright may be seen better: uncertain, or (by judge()) a face that the networks
  /// see too differently.
  bool may_lie_otherwise = false;
};

struct DecideOptions {
  std::vector<Feature> features{all_features.begin(), all_features.end()};
  Extent extent = Extent::features;
  Calibrations calibrations = {};
};

/// `input` is needed for its field of view. `agreement`: of two looks, see Sight. `sees_beyond`:
/// the networks were shown more than the field of view (see look()) and may be believed when they
/// see no face at its end.
FaceDecision decide(const Probabilities& probabilities, const ModelInput& input,
                    const DecideOptions& options, std::optional<double> agreement = std::nullopt,
                    bool sees_beyond = false);

}  // namespace efface::face
