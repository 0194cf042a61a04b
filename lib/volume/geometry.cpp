#include "volume/geometry.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace efface::volume {

namespace {

constexpr double half_voxel = 0.5 + 1e-9;  // a point on the border is inside, whatever the rounding
constexpr double least_sine = 1e-6;        // of the angle between step_i and step_j

bool is_finite(const Vec3& v) {
  return std::isfinite(v[0]) && std::isfinite(v[1]) && std::isfinite(v[2]);
}

[[noreturn]] void fail(const char* what) {
  throw base::Error(base::Fault::bad_input, what);
}

/// The fractional slice at `along` (mm along the normal from slice 0), extrapolated at both ends.
double slice_at(const StackGrid& grid, const Vec3& normal, double along) {
  const auto& origin = grid.slice_origin;
  if (origin.size() == 1) {
    return along / (grid.slice_thickness_mm > 0 ? grid.slice_thickness_mm : 1.0);
  }
  const auto place = [&](std::size_t k) { return dot(origin[k] - origin[0], normal); };
  const double sign = place(origin.size() - 1) >= 0 ? 1 : -1;
  std::size_t low = 0, high = origin.size() - 1;  // the interval, found by bisection
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (sign * place(middle) <= sign * along ? low : high) = middle;
  }
  const double begin = place(low), length = place(high) - begin;
  if (!(sign * length > 0)) fail("the slices of a stack do not follow one another");
  return static_cast<double>(low) + (along - begin) / length;
}

/// The position of voxel (0, 0) in the fractional slice k.
Vec3 origin_at(const StackGrid& grid, double k, const Vec3& normal) {
  const auto& origin = grid.slice_origin;
  if (origin.size() == 1)
    return origin[0] + (k * (grid.slice_thickness_mm > 0 ? grid.slice_thickness_mm : 1.0)) * normal;
  const auto last = static_cast<double>(origin.size() - 2);
  const double low = std::clamp(std::floor(k), 0.0, last);
  const auto index = static_cast<std::size_t>(low);
  return origin[index] + (k - low) * (origin[index + 1] - origin[index]);
}

}  // namespace

Vec3 operator+(const Vec3& a, const Vec3& b) {
  return {a[0] + b[0], a[1] + b[1], a[2] + b[2]};
}
Vec3 operator-(const Vec3& a, const Vec3& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
Vec3 operator*(double factor, const Vec3& v) {
  return {factor * v[0], factor * v[1], factor * v[2]};
}
double dot(const Vec3& a, const Vec3& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
Vec3 cross(const Vec3& a, const Vec3& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
double norm(const Vec3& v) {
  return std::sqrt(dot(v, v));
}

Vec3 StackGrid::normal() const {
  const Vec3 across = cross(step_i, step_j);
  const double area = norm(across);
  if (!std::isfinite(area) || !(area > least_sine * norm(step_i) * norm(step_j))) {
    fail("the rows and columns of an image have no area");
  }
  return (1 / area) * across;
}

Vec3 StackGrid::patient_mm(double i, double j, std::size_t k) const {
  return slice_origin[k] + i * step_i + j * step_j;
}

std::optional<Vec3> StackGrid::index_of(const Vec3& point) const {
  if (slice_origin.empty()) fail("a stack has no slice");
  const Vec3 n = normal();
  const double k = slice_at(*this, n, dot(point - slice_origin[0], n));
  if (!(k >= -half_voxel && k <= static_cast<double>(slices()) - 1 + half_voxel)) {
    return std::nullopt;
  }
  const Vec3 in_plane = point - origin_at(*this, k, n);
  const double ii = dot(step_i, step_i), ij = dot(step_i, step_j), jj = dot(step_j, step_j);
  const double pi = dot(in_plane, step_i), pj = dot(in_plane, step_j);
  const double determinant = ii * jj - ij * ij;
  const double i = (jj * pi - ij * pj) / determinant, j = (ii * pj - ij * pi) / determinant;
  const bool inside = i >= -half_voxel && i <= static_cast<double>(columns) - 1 + half_voxel &&
                      j >= -half_voxel && j <= static_cast<double>(rows) - 1 + half_voxel;
  if (!inside) return std::nullopt;
  return Vec3{i, j, k};
}

std::array<Vec3, 2> StackGrid::bounds() const {
  if (voxel_count() == 0) fail("a stack has no voxels");
  constexpr double most = std::numeric_limits<double>::max();
  std::array<Vec3, 2> bounds{Vec3{most, most, most}, Vec3{-most, -most, -most}};
  const double i_end = static_cast<double>(columns - 1), j_end = static_cast<double>(rows - 1);
  for (std::size_t k = 0; k < slices(); ++k) {
    for (const auto& [i, j] : {std::array{0.0, 0.0}, {i_end, 0.0}, {0.0, j_end}, {i_end, j_end}}) {
      const Vec3 corner = patient_mm(i, j, k);
      if (!is_finite(corner)) fail("the position of an image is not finite");
      for (std::size_t axis = 0; axis < 3; ++axis) {
        bounds[0][axis] = std::min(bounds[0][axis], corner[axis]);
        bounds[1][axis] = std::max(bounds[1][axis], corner[axis]);
      }
    }
  }
  return bounds;
}

Vec3 StackGrid::spacing_mm() const {
  const Vec3 n = normal();
  std::vector<double> steps;
  for (std::size_t k = 1; k < slices(); ++k) {
    steps.push_back(std::abs(dot(slice_origin[k] - slice_origin[k - 1], n)));
  }
  double step = slice_thickness_mm > 0 ? slice_thickness_mm : 1.0;
  if (!steps.empty()) {
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
    std::nth_element(steps.begin(), middle, steps.end());
    step = *middle;
  }
  return {norm(step_i), norm(step_j), step};
}

Vec3 RegularGrid::patient_mm(std::size_t x, std::size_t y, std::size_t z) const {
  return origin +
         spacing_mm * Vec3{static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)};
}

}  // namespace efface::volume
