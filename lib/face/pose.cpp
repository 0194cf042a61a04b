#include "face/pose.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace efface::face {
namespace {

using volume::Vec3;
using Matrix3 = std::array<std::array<double, 3>, 3>;
using Matrix4 = std::array<std::array<double, 4>, 4>;

// The pull towards the header's orientation and average size, in mm² of covariance: a whole face
// gives about 30,000, a single pair of eyes with the brain 10,000.
constexpr double upright_pull = 700;

/// The eigenvector of the largest eigenvalue, by cyclic Jacobi rotations.
std::array<double, 4> leading_eigenvector(Matrix4 m) {
  Matrix4 v{};
  for (std::size_t i = 0; i < 4; ++i) v[i][i] = 1;
  for (int sweep = 0; sweep < 30; ++sweep)
    for (std::size_t p = 0; p < 3; ++p)
      for (std::size_t q = p + 1; q < 4; ++q) {
        if (std::abs(m[p][q]) < 1e-12) continue;
        const double theta = (m[q][q] - m[p][p]) / (2 * m[p][q]);
        const double t = (theta < 0 ? -1 : 1) / (std::abs(theta) + std::hypot(theta, 1.0));
        const double c = 1 / std::hypot(t, 1.0), s = t * c;
        for (std::size_t k = 0; k < 4; ++k) {
          const double a = m[k][p], b = m[k][q];
          m[k][p] = c * a - s * b;
          m[k][q] = s * a + c * b;
        }
        for (std::size_t k = 0; k < 4; ++k) {
          const double a = m[p][k], b = m[q][k];
          m[p][k] = c * a - s * b;
          m[q][k] = s * a + c * b;
          const double e = v[k][p], f = v[k][q];
          v[k][p] = c * e - s * f;
          v[k][q] = s * e + c * f;
        }
      }
  std::size_t best = 0;
  for (std::size_t i = 1; i < 4; ++i)
    if (m[i][i] > m[best][best]) best = i;
  return {v[0][best], v[1][best], v[2][best], v[3][best]};
}

/// Horn's symmetric matrix of the covariance s[a][b] = sum of canonical[a] * found[b].
Matrix4 horn_matrix(const Matrix3& s) {
  const double xx = s[0][0], xy = s[0][1], xz = s[0][2], yx = s[1][0], yy = s[1][1], yz = s[1][2],
               zx = s[2][0], zy = s[2][1], zz = s[2][2];
  return {{{xx + yy + zz, yz - zy, zx - xz, xy - yx},
           {yz - zy, xx - yy - zz, xy + yx, zx + xz},
           {zx - xz, xy + yx, -xx + yy - zz, yz + zy},
           {xy - yx, zx + xz, yz + zy, -xx - yy + zz}}};
}

void set_axes(HeadPose& pose, const std::array<double, 4>& q) {
  const double w = q[0], x = q[1], y = q[2], z = q[3];
  pose.left = {w * w + x * x - y * y - z * z, 2 * (x * y + w * z), 2 * (x * z - w * y)};
  pose.back = {2 * (x * y - w * z), w * w - x * x + y * y - z * z, 2 * (y * z + w * x)};
  pose.up = {2 * (x * z + w * y), 2 * (y * z - w * x), w * w - x * x - y * y + z * z};
}

}  // namespace

Vec3 HeadPose::patient_mm(const Vec3& c) const {
  return origin + (scale * c[0]) * left + (scale * c[1]) * back + (scale * c[2]) * up;
}

Vec3 HeadPose::canonical_mm(const Vec3& patient) const {
  const Vec3 d = (1 / scale) * (patient - origin);
  return {dot(d, left), dot(d, back), dot(d, up)};
}

double HeadPose::rotation_degrees() const {
  const double cosine = std::clamp((left[0] + back[1] + up[2] - 1) / 2, -1.0, 1.0);
  return std::acos(cosine) * 180 / std::numbers::pi;
}

HeadPose fit_pose(std::span<const PosePoint> points) {
  Vec3 canonical_mean{}, found_mean{};
  double weight = 0;
  for (const PosePoint& p : points) {
    canonical_mean = canonical_mean + p.weight * p.canonical;
    found_mean = found_mean + p.weight * p.found;
    weight += p.weight;
  }
  canonical_mean = (1 / weight) * canonical_mean;
  found_mean = (1 / weight) * found_mean;

  Matrix3 covariance{};
  for (std::size_t a = 0; a < 3; ++a) covariance[a][a] = upright_pull;
  for (const PosePoint& p : points)
    for (std::size_t a = 0; a < 3; ++a)
      for (std::size_t b = 0; b < 3; ++b)
        covariance[a][b] +=
            p.weight * (p.canonical[a] - canonical_mean[a]) * (p.found[b] - found_mean[b]);
  HeadPose pose;
  set_axes(pose, leading_eigenvector(horn_matrix(covariance)));

  double along = 3 * upright_pull, spread = 3 * upright_pull;
  for (const PosePoint& p : points) {
    const Vec3 c = p.canonical - canonical_mean, f = p.found - found_mean;
    along +=
        p.weight * (c[0] * dot(pose.left, f) + c[1] * dot(pose.back, f) + c[2] * dot(pose.up, f));
    spread += p.weight * dot(c, c);
  }
  pose.scale = std::clamp(along / spread, 0.7, 1.3);
  pose.origin = Vec3{};
  pose.origin = found_mean - pose.patient_mm(canonical_mean);
  return pose;
}

double misfit_mm(const HeadPose& pose, const PosePoint& point) {
  return norm(pose.patient_mm(point.canonical) - point.found);
}

}  // namespace efface::face
