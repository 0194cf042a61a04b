// Signed distances (mm, negative inside) of a few simple bodies and smooth ways to join them, from
// which the head phantom is built. Approximate where exactness does not matter (ellipsoids).
#pragma once

#include <algorithm>
#include <cmath>

namespace efface::support {

struct Point {
  double x = 0, y = 0, z = 0;
  friend constexpr Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend constexpr Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  friend constexpr Point operator*(Point a, double s) { return {a.x * s, a.y * s, a.z * s}; }
};

constexpr double dot(Point a, Point b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline double length(Point a) {
  return std::sqrt(dot(a, a));
}

inline double sphere(Point p, Point centre, double radius) {
  return length(p - centre) - radius;
}

/// Bound on the distance to an ellipsoid (I. Quilez, "ellipsoid - distance bound").
inline double ellipsoid(Point p, Point centre, Point radii) {
  const Point d = p - centre;
  const double k0 = length({d.x / radii.x, d.y / radii.y, d.z / radii.z});
  const double k1 =
      length({d.x / (radii.x * radii.x), d.y / (radii.y * radii.y), d.z / (radii.z * radii.z)});
  return k1 < 1e-9 ? -std::min({radii.x, radii.y, radii.z}) : k0 * (k0 - 1) / k1;
}

/// A rod from a to b whose radius goes from radius_a to radius_b.
inline double rod(Point p, Point a, Point b, double radius_a, double radius_b) {
  const Point ab = b - a;
  const double t = std::clamp(dot(p - a, ab) / dot(ab, ab), 0.0, 1.0);
  return length(p - a - ab * t) - (radius_a + (radius_b - radius_a) * t);
}

/// Union whose seam is rounded over about `k` mm.
inline double smooth_union(double a, double b, double k) {
  const double h = std::max(k - std::abs(a - b), 0.0) / k;
  return std::min(a, b) - h * h * k / 4;
}

/// `a` without `b`, the edge rounded over about `k` mm.
inline double smooth_cut(double a, double b, double k) {
  return -smooth_union(-a, b, k);
}

}  // namespace efface::support
