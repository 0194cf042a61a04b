// Where voxels are in the patient: LPS millimetres (DICOM's patient coordinate system, PS3.3
// C.7.6.2.1.1). A StackGrid is a pile of parallel slices that may be uneven or sheared (gantry
// tilt); a RegularGrid is the axis-aligned grid of the model. No voxel values here.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace efface::volume {

using Vec3 = std::array<double, 3>;

Vec3 operator+(const Vec3& a, const Vec3& b);
Vec3 operator-(const Vec3& a, const Vec3& b);
Vec3 operator*(double factor, const Vec3& v);
double dot(const Vec3& a, const Vec3& b);
Vec3 cross(const Vec3& a, const Vec3& b);
double norm(const Vec3& v);

/// Parallel slices. Voxel (i, j, k): i runs along a row (fastest in memory), j down a column, k
/// over slices. Memory order: offset = i + columns * (j + rows * k).
struct StackGrid {
  std::size_t columns = 0;         ///< extent of i
  std::size_t rows = 0;            ///< extent of j
  Vec3 step_i{};                   ///< mm from voxel i to i + 1 (direction times spacing)
  Vec3 step_j{};                   ///< mm from voxel j to j + 1; need not be orthogonal to step_i
  std::vector<Vec3> slice_origin;  ///< centre of voxel (0, 0, k), ordered along cross(step_i,
                                   ///< step_j) or against it, strictly monotonic
  double slice_thickness_mm = 0;  ///< extent of one slice along the normal; used for one slice only
                                  ///< (not positive: taken as 1 mm)

  std::size_t slices() const { return slice_origin.size(); }
  std::size_t voxel_count() const { return columns * rows * slices(); }
  /// Unit vector of cross(step_i, step_j). Throws base::Error (bad_input) when the steps are
  /// parallel, zero or not finite.
  Vec3 normal() const;
  Vec3 patient_mm(double i, double j, std::size_t k) const;

  /// The fractional index (i, j, k) of a point, or nullopt when it lies more than half a voxel
  /// outside. Between two slices k is linear in the position along the normal, the in-plane origin
  /// is interpolated likewise, which is exact for gantry tilt. Throws base::Error (bad_input) when
  /// the steps are singular or there is no slice.
  std::optional<Vec3> index_of(const Vec3& patient_mm) const;

  /// Smallest and largest LPS coordinates of voxel centres. Throws base::Error (bad_input) when the
  /// grid has no voxel or a coordinate is not finite.
  std::array<Vec3, 2> bounds() const;
  /// Size of a voxel along i, j and (median step along the normal) k, in mm. Of a single slice, k
  /// is its thickness. Throws like normal().
  Vec3 spacing_mm() const;
};

/// An isotropic grid along the axes L, P, S. Memory order: x + size[0] * (y + size[1] * z), x
/// towards the patient's left, y towards posterior, z towards superior.
struct RegularGrid {
  std::array<std::size_t, 3> size{};  ///< x, y, z
  Vec3 origin{};                      ///< centre of voxel (0, 0, 0), LPS mm
  double spacing_mm = 1;

  std::size_t voxel_count() const { return size[0] * size[1] * size[2]; }
  Vec3 patient_mm(std::size_t x, std::size_t y, std::size_t z) const;
  friend bool operator==(const RegularGrid&, const RegularGrid&) = default;
};

}  // namespace efface::volume
