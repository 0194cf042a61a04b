#include "face/carry.h"

#include <algorithm>
#include <cstddef>

#include "face/alignment.h"
#include "face/evidence.h"
#include "face/grid_ops.h"
#include "face/prepare.h"
#include "face/region.h"

namespace efface::face {
namespace {

using volume::RegularGrid;
using volume::RigidMove;
using volume::Vec3;

constexpr double wider_mm = 3;
constexpr double most_unseen = 0.05, most_unseen_in_front_ml = 1;
// Half a voxel of the network's grid: as far as a face may seem to lie beside a region. Of an eye
// the network is sure of half at least, 3 ml; of 4 x 4 x 7.5 mm voxels it took 1 ml of a brain for
// one.
constexpr double most_beside_mm = 2, most_sure_beside_ml = 2;

/// Calls visit(voxel, point in patient space) for each voxel in the field of view.
template <class Visit>
void visit_seen(const ModelInput& input, const Visit& visit) {
  const auto& size = input.grid.size;
  std::size_t v = 0;
  for (std::size_t z = 0; z < size[2]; ++z)
    for (std::size_t y = 0; y < size[1]; ++y)
      for (std::size_t x = 0; x < size[0]; ++x, ++v)
        if (input.inside[v] != 0) visit(v, input.grid.patient_mm(x, y, z));
}

double voxel_ml(const RegularGrid& grid) {
  return grid.spacing_mm * grid.spacing_mm * grid.spacing_mm / 1000;
}

/// Whether the tissue in `image` is in view in `other`, after the move.
bool shows_tissue_of(const ModelInput& other, const ModelInput& image, const RigidMove& move) {
  const auto threshold = static_cast<float>(otsu_threshold(image.values));
  std::vector<Vec3> tissue;
  double middle = 0;
  visit_seen(image, [&](std::size_t v, const Vec3& point) {
    if (image.values[v] <= threshold) return;
    tissue.push_back(point);
    middle += point[1];
  });
  if (tissue.empty()) return false;
  middle /= static_cast<double>(tissue.size());
  double unseen = 0, unseen_in_front = 0;
  for (const Vec3& point : tissue) {
    if (is_in_view(other, move.point(point))) continue;
    ++unseen;
    if (point[1] < middle) ++unseen_in_front;
  }
  return unseen <= most_unseen * static_cast<double>(tissue.size()) &&
         unseen_in_front * voxel_ml(image.grid) <= most_unseen_in_front_ml;
}

/// How far a point of the image lies outside all regions, mm.
double outside(std::span<const FaceRegion> regions, const Vec3& point) {
  float least = no_distance_mm;
  for (const FaceRegion& region : regions) {
    const Vec3 at = voxel_of(region.grid, region.turn.is_none() ? point : region.turn.point(point));
    for (const auto& sdf : region.feature_sdf)
      if (!sdf.empty())
        least =
            std::min(least, sample(region.grid, sdf.data(), at[0], at[1], at[2], no_distance_mm));
  }
  return static_cast<double>(least);
}

/// Whether what the network is sure to see of the features lies in the regions.
bool hold_what_is_seen(std::span<const FaceRegion> regions, const ModelInput& image,
                       const Probabilities& seen, std::span<const Feature> features) {
  double beside = 0;
  visit_seen(image, [&](std::size_t v, const Vec3& point) {
    float face = 0;
    for (const Feature feature : features) face += seen.of(label_of(feature), v);
    if (face > face_sure && outside(regions, point) > most_beside_mm) ++beside;
  });
  return beside * voxel_ml(image.grid) <= most_sure_beside_ml;
}

}  // namespace

bool can_be_witness(const Judged& judged) {
  return judged.decision.is_whole && !judged.decision.may_lie_otherwise;
}

Witness make_witness(const volume::Volume& image, const Judged& judged, const Networks& networks) {
  Witness witness{prepare(image, networks.head.card()), {judged.decision.region}};
  if (judged.region_as_given) witness.regions.push_back(*judged.region_as_given);
  return witness;
}

std::vector<FaceRegion> carry(const Witness& witness, const volume::Volume& image,
                              const Networks& networks, std::span<const Feature> features) {
  const ModelInput input = prepare(image, networks.head.card());
  const std::optional<Alignment> alignment = align(input, witness.input);
  if (!alignment || !shows_tissue_of(witness.input, input, alignment->move)) return {};
  std::vector<FaceRegion> regions;
  for (const FaceRegion& region : witness.regions)
    regions.push_back(carried(region, alignment->move, wider_mm));
  const Probabilities seen = segment_in_blocks(networks.head, input);
  if (!hold_what_is_seen(regions, input, seen, features)) return {};
  return regions;
}

}  // namespace efface::face
