#include "study/stack.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace efface::study {

namespace {

using volume::operator*;
using volume::operator-;
using volume::Vec3;

// Positions closer than this are one slice: scanners write positions with 3 to 6 decimals.
constexpr double same_position_mm = 0.02;
// Fewer slices, or a thinner slab, cannot be judged by the model and (if transverse) show no face:
// the nose alone is some 50 mm high.
constexpr std::size_t full_slices = 5;
constexpr double full_extent_mm = 25;
constexpr double transverse_cosine = 0.82;  // normal within 35 degrees of the body axis
constexpr double distinct_slices_mm = 0.5;  // slices nearer than this add nothing to a surface

/// What frames of one stack share besides their directions and spacing.
struct StackKey {
  std::string series, frame_of_reference;
  std::uint32_t rows = 0, columns = 0;
  auto operator<=>(const StackKey&) const = default;
};

struct PlacedFrame {
  double along_normal = 0;
  std::string order;  ///< volume key, then SOP instance UID: an order that no file name decides
  FrameRef ref;
  const dicom::FramePlane* plane = nullptr;
};

bool is_usable(const dicom::FramePlane& plane) {
  const Vec3 row{plane.orientation[0], plane.orientation[1], plane.orientation[2]};
  const Vec3 column{plane.orientation[3], plane.orientation[4], plane.orientation[5]};
  const auto is_unit = [](const Vec3& v) { return std::abs(volume::norm(v) - 1) < 0.01; };
  const bool spacing = plane.spacing[0] > 0.01 && plane.spacing[1] > 0.01 &&
                       plane.spacing[0] < 100 && plane.spacing[1] < 100;
  bool finite = std::isfinite(plane.spacing[0]) && std::isfinite(plane.spacing[1]);
  for (const double p : plane.position) finite = finite && std::isfinite(p) && std::abs(p) < 1e5;
  return finite && spacing && is_unit(row) && is_unit(column) &&
         std::abs(volume::dot(row, column)) < 0.02;
}

StackKey key_of(const dicom::InstanceFacts& facts) {
  return {facts.series_uid.reveal(), facts.frame_of_reference_uid.reveal(), facts.rows,
          facts.columns};
}

/// Directions within 0.1 degrees and spacing within 0.001 mm of one another: scanners round them.
bool is_parallel(const dicom::FramePlane& a, const dicom::FramePlane& b) {
  for (std::size_t i = 0; i < 6; ++i) {
    if (std::abs(a.orientation[i] - b.orientation[i]) > 2e-3) return false;
  }
  return std::abs(a.spacing[0] - b.spacing[0]) < 1e-3 &&
         std::abs(a.spacing[1] - b.spacing[1]) < 1e-3;
}

/// Unit length, whatever the rounding of the directions.
Vec3 normal_of(const dicom::FramePlane& plane) {
  const auto& o = plane.orientation;
  const Vec3 normal = volume::cross({o[0], o[1], o[2]}, {o[3], o[4], o[5]});
  return (1 / volume::norm(normal)) * normal;
}

/// Frames of nearly equal directions and spacing together. They are taken in an order that the
/// frames themselves give, so that the order of the inputs decides nothing.
std::vector<std::vector<PlacedFrame>> split_by_direction(std::vector<PlacedFrame> frames) {
  const auto place = [](const PlacedFrame& f) {
    return std::tie(f.plane->orientation, f.plane->spacing, f.plane->position, f.order, f.ref);
  };
  std::sort(frames.begin(), frames.end(),
            [&](const PlacedFrame& a, const PlacedFrame& b) { return place(a) < place(b); });
  std::vector<std::vector<PlacedFrame>> directions;
  for (PlacedFrame& frame : frames) {
    auto found = std::find_if(directions.begin(), directions.end(), [&](const auto& direction) {
      return is_parallel(*direction.front().plane, *frame.plane);
    });
    if (found == directions.end()) found = directions.emplace(directions.end());
    const dicom::FramePlane& first = found->empty() ? *frame.plane : *found->front().plane;
    frame.along_normal = volume::dot(frame.plane->position, normal_of(first));
    found->push_back(std::move(frame));
  }
  return directions;
}

}  // namespace

Extent extent_of(const volume::StackGrid& grid) {
  const Vec3 normal = grid.normal();
  const double length =
      grid.slices() < 2
          ? 0
          : std::abs(volume::dot(grid.slice_origin.back() - grid.slice_origin.front(), normal));
  if (grid.slices() >= full_slices && length >= full_extent_mm) return Extent::full;
  const bool transverse = std::abs(normal[2]) >= transverse_cosine && length < full_extent_mm;
  return transverse ? Extent::thin_transverse : Extent::thin_other;
}

namespace {

Stack build_stack(const StackKey& key, std::vector<PlacedFrame> placed) {
  std::sort(placed.begin(), placed.end(), [](const PlacedFrame& a, const PlacedFrame& b) {
    return std::tie(a.along_normal, a.order, a.ref) < std::tie(b.along_normal, b.order, b.ref);
  });
  const dicom::FramePlane& first = *placed.front().plane;
  const auto& o = first.orientation;
  Stack stack;
  stack.frame_of_reference = key.frame_of_reference;
  stack.grid.columns = key.columns;
  stack.grid.rows = key.rows;
  stack.grid.step_i = first.spacing[1] * Vec3{o[0], o[1], o[2]};
  stack.grid.step_j = first.spacing[0] * Vec3{o[3], o[4], o[5]};
  stack.grid.slice_thickness_mm = first.thickness > 0 ? first.thickness : 1.0;
  double last = 0;
  for (const PlacedFrame& frame : placed) {
    if (stack.frames.empty() || frame.along_normal - last > same_position_mm) {
      stack.grid.slice_origin.push_back(frame.plane->position);
      stack.frames.emplace_back();
      last = frame.along_normal;
    }
    stack.frames.back().push_back(frame.ref);
  }
  // Within one slice positions differ by rounding only: there the order is by volume key and UID.
  std::map<FrameRef, const PlacedFrame*> by_ref;
  for (const PlacedFrame& frame : placed) by_ref[frame.ref] = &frame;
  for (std::vector<FrameRef>& slice : stack.frames) {
    std::sort(slice.begin(), slice.end(), [&](const FrameRef& a, const FrameRef& b) {
      return std::tie(by_ref[a]->order, a) < std::tie(by_ref[b]->order, b);
    });
  }
  stack.extent = extent_of(stack.grid);
  return stack;
}

/// Distance of two frames within the plane of their slices, mm.
double in_plane_shift(const PlacedFrame& a, const PlacedFrame& b) {
  const Vec3 shift = Vec3(a.plane->position) - Vec3(b.plane->position);
  const double along = a.along_normal - b.along_normal;
  return std::sqrt(std::max(0.0, volume::dot(shift, shift) - along * along));
}

/// Several slabs can lie side by side in one series (stations of a spine, two joints). Each frame
/// joins the slab whose last slice it continues best: shifted within the plane by no more than half
/// a voxel and what a tilt of 45 degrees explains (gantries tilt by up to 30), or it begins a new
/// one.
std::vector<std::vector<PlacedFrame>> split_into_slabs(std::vector<PlacedFrame> frames) {
  std::stable_sort(frames.begin(), frames.end(), [](const PlacedFrame& a, const PlacedFrame& b) {
    return a.along_normal < b.along_normal;
  });
  std::vector<std::vector<PlacedFrame>> slabs;
  for (PlacedFrame& frame : frames) {
    const double half_voxel =
        0.5 * std::min(frame.plane->spacing[0], frame.plane->spacing[1]) + 0.01;
    std::vector<PlacedFrame>* best = nullptr;
    double least = 0;
    for (std::vector<PlacedFrame>& slab : slabs) {
      const double shift = in_plane_shift(frame, slab.back());
      if (shift > half_voxel + (frame.along_normal - slab.back().along_normal)) continue;
      if (best == nullptr || shift < least) best = &slab, least = shift;
    }
    if (best == nullptr) best = &slabs.emplace_back();
    best->push_back(std::move(frame));
  }
  return slabs;
}

/// Transverse slices that are harmless by themselves may rebuild a surface together: one series a
/// slice, one frame of reference a slice, directions that jitter. Then none of them is harmless.
void distrust_scattered_slices(std::vector<Stack>& stacks) {
  std::vector<double> places;
  for (const Stack& stack : stacks) {
    if (stack.extent != Extent::thin_transverse) continue;
    const volume::StackGrid& grid = stack.grid;
    const double i = 0.5 * static_cast<double>(grid.columns),
                 j = 0.5 * static_cast<double>(grid.rows);
    for (std::size_t k = 0; k < grid.slices(); ++k) places.push_back(grid.patient_mm(i, j, k)[2]);
  }
  std::sort(places.begin(), places.end());
  std::size_t distinct = 0;
  double last = 0;
  for (const double place : places) {
    if (distinct > 0 && place - last < distinct_slices_mm) continue;
    ++distinct;
    last = place;
  }
  if (distinct < full_slices || places.back() - places.front() < full_extent_mm) return;
  for (Stack& stack : stacks) {
    if (stack.extent == Extent::thin_transverse) stack.extent = Extent::scattered_transverse;
  }
}

}  // namespace

std::size_t Stack::time_points() const {
  std::size_t most = 0;
  for (const std::vector<FrameRef>& slice : frames) most = std::max(most, slice.size());
  return most;
}

Stacking stack_frames(std::span<const dicom::InstanceFacts> facts,
                      std::span<const std::size_t> members) {
  Stacking result;
  std::map<StackKey, std::vector<PlacedFrame>> groups;
  for (const std::size_t instance : members) {
    const dicom::InstanceFacts& fact = facts[instance];
    for (std::size_t frame = 0; frame < fact.planes.size(); ++frame) {
      const dicom::FramePlane& plane = fact.planes[frame];
      const FrameRef ref{instance, frame};
      if (!is_usable(plane)) {
        result.unusable.push_back(ref);
        continue;
      }
      std::string order = plane.volume_key + '\n' + fact.sop_instance_uid.reveal();
      groups[key_of(fact)].push_back({0, std::move(order), ref, &plane});
    }
  }
  for (auto& [key, frames] : groups) {
    for (std::vector<PlacedFrame>& direction : split_by_direction(std::move(frames))) {
      for (std::vector<PlacedFrame>& slab : split_into_slabs(std::move(direction))) {
        result.stacks.push_back(build_stack(key, std::move(slab)));
      }
    }
  }
  distrust_scattered_slices(result.stacks);
  return result;
}

std::vector<std::size_t> representative_time_points(std::size_t time_points) {
  if (time_points == 0) return {};
  std::vector<std::size_t> chosen{0, time_points / 2, time_points - 1};
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

}  // namespace efface::study
