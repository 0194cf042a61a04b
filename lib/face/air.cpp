#include "face/air.h"

#include <algorithm>
#include <utility>

#include "face/grid_ops.h"

namespace efface::face {
namespace {

using volume::RegularGrid;
using volume::Vec3;

// A head lies within this box of canonical mm, its nose, hair and a beard included.
constexpr Vec3 head_low{-110, -140, -160}, head_high{110, 120, 95};
// Air that the networks are sure of, and how much of it tells its level: 740 voxels of 3 mm.
constexpr float surely_air = 0.9F;
constexpr double least_air_ml = 20, air_quantile = 0.99;
// A mask's zeros have no noise: what rounding leaves beside them is no tissue.
constexpr double least_air_level = 0.005;
// Means over so many mm are what eyes see in noise: at 2 mm a voxel they have a tenth of its
// spread. Of an eye whose voxels were within the noise 0.28 of its place stood out so, of empty
// places, in 47 volumes, 0.04 at most.
constexpr double averaged_over_mm = 4;

bool may_be_head(const Vec3& canonical) {
  for (std::size_t a = 0; a < 3; ++a)
    if (canonical[a] <= head_low[a] || canonical[a] >= head_high[a]) return false;
  return true;
}

std::vector<std::uint32_t> air_voxels(const HeadPose& pose, const Probabilities& probabilities,
                                      const ModelInput& input) {
  const RegularGrid& g = input.grid;
  std::vector<std::uint32_t> around, all;
  for (std::size_t v = 0; v < g.voxel_count(); ++v) {
    if (!input.inside[v] || probabilities.of(Label::air, v) < surely_air) continue;
    all.push_back(static_cast<std::uint32_t>(v));
    if (!may_be_head(pose.canonical_mm(
            g.patient_mm(v % g.size[0], v / g.size[0] % g.size[1], v / (g.size[0] * g.size[1])))))
      around.push_back(static_cast<std::uint32_t>(v));
  }
  const double ml = g.spacing_mm * g.spacing_mm * g.spacing_mm / 1000;
  for (auto* air : {&around, &all})
    if (static_cast<double>(air->size()) * ml >= least_air_ml) return std::move(*air);
  return {};
}

/// The value that 1 % exceed. Reorders them.
double upper_end(std::vector<float>& values) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(
                                       air_quantile * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return std::max(least_air_level, static_cast<double>(*at));
}

/// Gaussian means of the values where `bits` is set; 0 elsewhere.
std::vector<float> means_within(const RegularGrid& grid, const std::vector<float>& values,
                                const Bits& bits) {
  std::vector<float> sum(values.size()), weight(bits.begin(), bits.end());
  for (std::size_t v = 0; v < values.size(); ++v) sum[v] = bits[v] ? values[v] : 0;
  smooth(grid, sum, averaged_over_mm);
  smooth(grid, weight, averaged_over_mm);
  for (std::size_t v = 0; v < values.size(); ++v) sum[v] = bits[v] ? sum[v] / weight[v] : 0;
  return sum;
}

}  // namespace

Air::Air(const HeadPose& pose, const Probabilities& probabilities, const ModelInput& input)
    : pose_(pose),
      probabilities_(probabilities),
      input_(input),
      voxels_(air_voxels(pose, probabilities, input)) {
  if (voxels_.empty()) return;
  std::vector<float> values;
  values.reserve(voxels_.size());
  for (const std::uint32_t v : voxels_) values.push_back(input.values[v]);
  level_ = upper_end(values);
}

std::array<double, site_count> Air::faint_tissue() const {
  std::array<double, site_count> shares{};
  if (!level_) return shares;
  const std::size_t n = input_.grid.voxel_count();
  // Air is compared with air alone, not with what a head's edge gives its neighbours.
  Bits is_air(n), is_surely_air(n);
  for (std::size_t v = 0; v < n; ++v) {
    const float air = probabilities_.of(Label::air, v);
    is_air[v] = input_.inside[v] && air >= 0.5F && static_cast<double>(input_.values[v]) <= *level_;
    is_surely_air[v] = is_air[v] && air >= surely_air;
  }
  const std::vector<float> of_air = means_within(input_.grid, input_.values, is_surely_air);
  std::vector<float> means;
  means.reserve(voxels_.size());
  for (const std::uint32_t v : voxels_)
    if (is_surely_air[v]) means.push_back(of_air[v]);
  const double level = upper_end(means);
  const std::vector<float> here = means_within(input_.grid, input_.values, is_air);
  for (std::size_t s = 0; s < site_count; ++s) {
    const SiteSamples samples = sample_site(static_cast<Site>(s), pose_, input_);
    const auto faint =
        std::count_if(samples.in_view.begin(), samples.in_view.end(),
                      [&](std::size_t v) { return static_cast<double>(here[v]) > level; });
    shares[s] = static_cast<double>(faint) / static_cast<double>(samples.all);
  }
  return shares;
}

}  // namespace efface::face
