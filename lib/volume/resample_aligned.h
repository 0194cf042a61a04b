// Resampling where every axis of the target runs along one of the source, forwards or backwards:
// what a target voxel gathers is then a product of three rows of weights, one axis is done after
// the other, and neighbours share the work. The values are those of the general way (resample.cpp),
// up to rounding.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "volume/volume.h"

namespace efface::volume {

/// How the target passes along one axis of the source. Indices are fractional, voxel centres whole.
struct AxisPass {
  std::size_t target_axis = 0;
  double start = 0;         ///< source index of the target's voxel 0
  double step = 0;          ///< source index from one target voxel to the next, may be negative
  std::size_t samples = 1;  ///< in one target voxel
  double before = 0;        ///< how far below index 0 the source is still seen
  double after = 0;         ///< how far above its last index
};

class AlignedResampler {
 public:
  /// `passes` of the source's axes i, j, k, each with a target axis of its own. Every voxel of
  /// `volume` must be valid. Keeps both references.
  AlignedResampler(const Volume& volume, const RegularGrid& target,
                   const std::array<AxisPass, 3>& passes);

  /// Target planes across the source's slices; each may be made by a thread of its own.
  std::size_t layers() const { return taps_[2].size(); }
  void make_layer(std::size_t n, Resampled& out) const;

 private:
  /// The weights of consecutive source indices in one target index; none where its centre is not
  /// seen.
  struct Taps {
    std::size_t first = 0;
    std::vector<double> weights;
  };
  /// Source indices that are needed at all.
  struct Range {
    std::size_t first = 0, count = 0;
  };

  static Taps taps_of(const AxisPass& pass, std::size_t extent, std::size_t n);
  void gather_slices(const Taps& taps, std::vector<double>& plane) const;
  void gather_rows(const Taps& taps, const std::vector<double>& plane,
                   std::vector<double>& row) const;

  const Volume& volume_;
  std::array<std::vector<Taps>, 3> taps_;
  std::array<Range, 3> needed_;
  std::array<std::size_t, 3> stride_{};  ///< in the target, of its axis along i, j and k
};

}  // namespace efface::volume
