// The air around a head, and what is as dark as it: a place is empty when it holds no more than air
// does, neither voxel by voxel nor when the noise is averaged away.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "face/arrangement.h"

namespace efface::face {

class Air {
 public:
  /// Looks at what the networks surely call air in view, away from where a head with this pose
  /// would be as long as there is such air. Keeps references to all three.
  Air(const HeadPose& pose, const Probabilities& probabilities, const ModelInput& input);

  /// The normalised value that 1 % of the air exceeds. What is brighter stands out, however dark
  /// it is beside the brain. Nothing without 20 ml of air.
  std::optional<double> level() const { return level_; }

  /// Of each site the share that the networks call air, no voxel of it brighter than level(), whose
  /// mean over 4 mm (Gaussian) is above that of 99 % of the air: a face as dark as the noise.
  /// All 0 without 20 ml of air.
  std::array<double, site_count> faint_tissue() const;

 private:
  const HeadPose& pose_;
  const Probabilities& probabilities_;
  const ModelInput& input_;
  std::vector<std::uint32_t> voxels_;
  std::optional<double> level_;
};

}  // namespace efface::face
