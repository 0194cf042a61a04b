#include "face/look.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "face/arrangement.h"
#include "face/evidence.h"
#include "face/prepare.h"

namespace efface::face {
namespace {

using volume::RegularGrid;
using volume::Vec3;

// Less brain and no facial blob: there is no head to look at again.
constexpr double no_brain_ml = 20;
// Around the parts and their places: their own size and an error of the first look.
constexpr double face_room_mm = 26;
// The second network has seen grids up to this many voxels a side.
constexpr std::size_t most_face_voxels = 112, least_face_multiples = 4;
// Around head and parts: what shaping a region needs, air in front of the face included.
constexpr double head_room_mm = 26;
// Larger than any head with what belongs to it: the boxes are wrong, the first look stands alone.
constexpr double most_head_mm = 400;
// How much the second look counts: most, but the first one has seen the whole head. Towards the
// faces of its grid, where it lacks surroundings, it fades out over so many voxels. Of ears the
// larger of the two probabilities counts: those pressed flat are overlooked by one or the other.
constexpr float finer_weight = 0.7F;
constexpr std::size_t fade_voxels = 8;
// Below this neither network has seen a face, and agreement means nothing.
constexpr double least_seen_ml = 1;

struct Box {
  Vec3 low{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity(),
           std::numeric_limits<double>::infinity()};
  Vec3 high{-low[0], -low[1], -low[2]};

  void include(const Vec3& p) {
    for (std::size_t a = 0; a < 3; ++a) {
      low[a] = std::min(low[a], p[a]);
      high[a] = std::max(high[a], p[a]);
    }
  }
  void include(const Box& other) {
    include(other.low);
    include(other.high);
  }
  void widen(double mm) {
    for (std::size_t a = 0; a < 3; ++a) {
      low[a] -= mm;
      high[a] += mm;
    }
  }
};

/// Where the face is, or should be: the parts in place and the places that follow from them.
Box face_box(const Arrangement& arrangement) {
  Box box;
  for (std::size_t s = 0; s < site_count; ++s)
    box.include(arrangement.pose.patient_mm(canonical_centre(static_cast<Site>(s))));
  for (const Blob* b : arrangement.in_place) {
    box.include(b->low);
    box.include(b->high);
  }
  box.widen(face_room_mm);
  return box;
}

RegularGrid face_grid(const Box& box, const ModelCard& card) {
  RegularGrid grid;
  grid.spacing_mm = card.spacing_mm;
  for (std::size_t a = 0; a < 3; ++a) {
    const double voxels = (box.high[a] - box.low[a]) / card.spacing_mm;
    const auto multiples =
        static_cast<std::size_t>(std::ceil(voxels / static_cast<double>(card.size_multiple)));
    grid.size[a] =
        std::clamp(multiples * card.size_multiple, least_face_multiples * card.size_multiple,
                   most_face_voxels / card.size_multiple * card.size_multiple);
    grid.origin[a] = (box.low[a] + box.high[a]) / 2 -
                     static_cast<double>(grid.size[a] - 1) / 2 * card.spacing_mm;
  }
  return grid;
}

/// A grid on the lattice of `face` over the head, all facial blobs and the face's grid, but not
/// beyond the first look's grid. Empty when that is more than any head.
RegularGrid head_grid(const Evidence& evidence, const RegularGrid& face, const RegularGrid& whole) {
  const auto last = [](const RegularGrid& g) {
    return g.patient_mm(g.size[0] - 1, g.size[1] - 1, g.size[2] - 1);
  };
  Box box;
  if (evidence.brain.ml > 0) box.include(Box{evidence.brain.low, evidence.brain.high});
  for (const auto& blobs : evidence.blobs)
    for (const Blob& b : blobs) box.include(Box{b.low, b.high});
  box.widen(head_room_mm);
  box.include(Box{face.origin, last(face)});
  RegularGrid grid = face;
  const Vec3 whole_last = last(whole);
  for (std::size_t a = 0; a < 3; ++a) {
    const double low = std::max(box.low[a], whole.origin[a]),
                 high = std::min(box.high[a], whole_last[a]);
    if (high - low > most_head_mm || high <= low) return {};
    const double from = std::floor((low - face.origin[a]) / face.spacing_mm),
                 to = std::ceil((high - face.origin[a]) / face.spacing_mm);
    grid.origin[a] = face.origin[a] + from * face.spacing_mm;
    grid.size[a] = static_cast<std::size_t>(to - from) + 1;
  }
  return grid;
}

/// Where along one axis the voxels of a grid fall in another: index and share of the next one.
struct Steps {
  std::vector<std::size_t> index, next;
  std::vector<float> share;
};

Steps steps_of(const RegularGrid& from, const RegularGrid& to, std::size_t axis) {
  Steps steps;
  for (std::size_t i = 0; i < to.size[axis]; ++i) {
    const double at =
        (to.origin[axis] + static_cast<double>(i) * to.spacing_mm - from.origin[axis]) /
        from.spacing_mm;
    const double most = static_cast<double>(from.size[axis] - 1);
    const double clamped = std::clamp(at, 0.0, most);
    const auto index = static_cast<std::size_t>(clamped);
    steps.index.push_back(index);
    steps.next.push_back(std::min(index + 1, from.size[axis] - 1));
    steps.share.push_back(static_cast<float>(clamped - static_cast<double>(index)));
  }
  return steps;
}

/// Trilinear values of all labels on another grid; the outermost values go on beyond the grid.
Probabilities carry_over(const Probabilities& from, const RegularGrid& grid) {
  Probabilities to{grid, std::vector<float>(label_count * grid.voxel_count())};
  const Steps sx = steps_of(from.grid, grid, 0), sy = steps_of(from.grid, grid, 1),
              sz = steps_of(from.grid, grid, 2);
  const std::size_t row = from.grid.size[0], plane = row * from.grid.size[1];
  const auto mix = [](float a, float b, float share) { return a + share * (b - a); };
  float* out = to.values.data();
  for (std::size_t label = 0; label < label_count; ++label) {
    const float* field = from.values.data() + label * from.grid.voxel_count();
    for (std::size_t z = 0; z < grid.size[2]; ++z)
      for (std::size_t y = 0; y < grid.size[1]; ++y) {
        const float* r00 = field + sz.index[z] * plane + sy.index[y] * row;
        const float* r01 = field + sz.index[z] * plane + sy.next[y] * row;
        const float* r10 = field + sz.next[z] * plane + sy.index[y] * row;
        const float* r11 = field + sz.next[z] * plane + sy.next[y] * row;
        for (std::size_t x = 0; x < grid.size[0]; ++x) {
          const std::size_t i = sx.index[x], j = sx.next[x];
          const float s = sx.share[x];
          const float low = mix(mix(r00[i], r00[j], s), mix(r01[i], r01[j], s), sy.share[y]);
          const float high = mix(mix(r10[i], r10[j], s), mix(r11[i], r11[j], s), sy.share[y]);
          *out++ = mix(low, high, sz.share[z]);
        }
      }
  }
  return to;
}

/// The weight of the second look at index `i` of `n` along one axis.
float fade(std::size_t i, std::size_t n) {
  const std::size_t from_edge = std::min(i, n - 1 - i) + 1;
  return std::min(1.0F, static_cast<float>(from_edge) / static_cast<float>(fade_voxels));
}

using Shares = std::array<float, label_count>;

/// What two looks at one voxel say together, the second with weight `near` of its own: their mean;
/// but ears take their larger share of what air and the rest of the head can give.
Shares together(const Shares& whole, const Shares& finer, float near) {
  constexpr auto ears = static_cast<std::size_t>(Label::ears);
  constexpr auto air = static_cast<std::size_t>(Label::air),
                 head = static_cast<std::size_t>(Label::head);
  Shares both{};
  for (std::size_t label = 0; label < label_count; ++label)
    both[label] = whole[label] + finer_weight * near * (finer[label] - whole[label]);
  const float surroundings = both[air] + both[head];
  const float most = std::max(whole[ears], near * finer[ears]);
  const float more = std::min(std::max(0.0F, most - both[ears]), surroundings);
  if (more <= 0) return both;
  both[ears] += more;
  for (const std::size_t label : {air, head}) both[label] *= 1 - more / surroundings;
  return both;
}

/// Lays the second look over the first (both on lattices of one spacing) and measures how far they
/// agree where both count.
std::optional<double> lay_over(Probabilities& whole, const Probabilities& face) {
  double common = 0, sum = 0;
  const RegularGrid& w = whole.grid;
  const RegularGrid& f = face.grid;
  std::array<std::ptrdiff_t, 3> shift{};
  for (std::size_t a = 0; a < 3; ++a)
    shift[a] = std::lround((f.origin[a] - w.origin[a]) / f.spacing_mm);
  const auto inside = [&](std::size_t i, std::size_t axis) {
    const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(i) + shift[axis];
    return at >= 0 && at < static_cast<std::ptrdiff_t>(w.size[axis]);
  };
  for (std::size_t z = 0; z < f.size[2]; ++z)
    for (std::size_t y = 0; y < f.size[1]; ++y)
      for (std::size_t x = 0; x < f.size[0]; ++x) {
        if (!inside(x, 0) || !inside(y, 1) || !inside(z, 2)) continue;
        const std::size_t from = x + f.size[0] * (y + f.size[1] * z);
        const auto at = [&](std::size_t i, std::size_t a) {
          return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(i) + shift[a]);
        };
        const std::size_t to = at(x, 0) + w.size[0] * (at(y, 1) + w.size[1] * at(z, 2));
        const float near = std::min({fade(x, f.size[0]), fade(y, f.size[1]), fade(z, f.size[2])});
        const double a = static_cast<double>(face_sum(whole, to)),
                     b = static_cast<double>(face_sum(face, from));
        common += static_cast<double>(near) * std::min(a, b);
        sum += static_cast<double>(near) * (a + b);
        Shares first{}, second{};
        for (std::size_t label = 0; label < label_count; ++label) {
          first[label] = whole.values[label * w.voxel_count() + to];
          second[label] = face.values[label * f.voxel_count() + from];
        }
        const Shares both = together(first, second, near);
        for (std::size_t label = 0; label < label_count; ++label)
          whole.values[label * w.voxel_count() + to] = both[label];
      }
  const double voxel_ml = std::pow(f.spacing_mm, 3) / 1000;
  if (sum * voxel_ml < 2 * least_seen_ml) return std::nullopt;
  return 2 * common / sum;
}

}  // namespace

Sight look(const volume::Volume& volume, const Networks& networks, double beyond_mm) {
  Sight sight;
  const ModelInput shown = prepare(volume, networks.head.card(), beyond_mm);
  sight.probabilities = segment_in_blocks(networks.head, shown);
  sight.input = beyond_mm > 0 ? prepare_on(shown.grid, volume, networks.head.card()) : shown;
  const RegularGrid whole = sight.probabilities.grid;
  static_assert(static_cast<int>(Label::air) == 0);
  const auto begin = sight.probabilities.values.begin();
  sight.air = {whole, {begin, begin + static_cast<std::ptrdiff_t>(whole.voxel_count())}};
  if (networks.face == nullptr) return sight;

  const Evidence evidence = gather_evidence(sight.probabilities, shown);
  const bool has_blobs = std::any_of(evidence.blobs.begin(), evidence.blobs.end(),
                                     [](const auto& blobs) { return !blobs.empty(); });
  if (evidence.brain.ml < no_brain_ml && !has_blobs) return sight;
  const ModelCard& card = networks.face->card();
  const RegularGrid face = face_grid(face_box(arrange(evidence)), card);
  const RegularGrid head = head_grid(evidence, face, whole);
  if (head.voxel_count() == 0) return sight;

  const ModelInput face_input = prepare_on(face, volume, card, beyond_mm);
  const Probabilities finer = networks.face->segment(face_input);
  sight.probabilities = carry_over(sight.probabilities, head);
  sight.agreement = lay_over(sight.probabilities, finer);
  sight.input = prepare_on(head, volume, networks.head.card());
  return sight;
}

}  // namespace efface::face
