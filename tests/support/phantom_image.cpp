#include "tests/support/phantom_image.h"

#include <numbers>
#include <thread>

namespace efface::support {

namespace {

constexpr std::array<std::array<double, tissue_count>, 2> signal{{
    //  air   skin  fat   muscle bone  marrow csf  grey  white vitr. lens  mucosa
    {0.005, 0.50, 0.95, 0.40, 0.06, 0.75, 0.14, 0.46, 0.66, 0.14, 0.35, 0.45},
    {0.005, 0.40, 0.70, 0.22, 0.05, 0.50, 1.00, 0.55, 0.40, 0.95, 0.25, 0.60},
}};

// SplitMix64 (Steele et al. 2014): a value for each voxel that does not depend on the order.
std::uint64_t mix(std::uint64_t n) {
  n += 0x9E3779B97F4A7C15ULL;
  n = (n ^ (n >> 30)) * 0xBF58476D1CE4E5B9ULL;
  n = (n ^ (n >> 27)) * 0x94D049BB133111EBULL;
  return n ^ (n >> 31);
}

double uniform(std::uint64_t n) {
  return (static_cast<double>(mix(n) >> 11) + 0.5) * 0x1p-53;
}

// The length of (signal + noise, noise): Rician, as magnitude images have it.
double with_noise(double value, double sigma, std::uint64_t n) {
  const double radius = sigma * std::sqrt(-2 * std::log(uniform(2 * n)));
  const double angle = 2 * std::numbers::pi * uniform(2 * n + 1);
  return std::hypot(value + radius * std::cos(angle), radius * std::sin(angle));
}

double coil_shading(Point patient_mm) {
  return 1 + 0.12 * std::cos((patient_mm.x - 40) / 90) - 0.0006 * patient_mm.z +
         0.08 * std::sin(patient_mm.y / 70);
}

// Mean signal of the voxel: sub-samples no further apart than about 2 mm in each direction.
double mean_signal(const ImageGrid& grid, const Pose& pose, Contrast contrast,
                   std::array<std::size_t, 3> at) {
  const auto count = [](Point step) {
    return std::max(1, static_cast<int>(std::lround(length(step) / 1.3)));
  };
  const int ni = count(grid.step_i), nj = count(grid.step_j), nk = count(grid.step_k);
  double sum = 0;
  for (int c = 0; c < nk; ++c)
    for (int b = 0; b < nj; ++b)
      for (int a = 0; a < ni; ++a) {
        const Point p = grid.place(static_cast<double>(at[0]) + (a + 0.5) / ni - 0.5,
                                   static_cast<double>(at[1]) + (b + 0.5) / nj - 0.5,
                                   static_cast<double>(at[2]) + (c + 0.5) / nk - 0.5);
        const auto tissue = static_cast<std::size_t>(tissue_at(pose.to_phantom(p)));
        sum += signal[static_cast<std::size_t>(contrast)][tissue];
      }
  return sum / (ni * nj * nk);
}

void fill_slice(const ImageGrid& grid, const Pose& pose, Contrast contrast, std::uint64_t seed,
                std::size_t k, std::uint16_t* out) {
  constexpr double full_scale = 1100, sigma = 11;
  for (std::size_t j = 0; j < grid.size[1]; ++j)
    for (std::size_t i = 0; i < grid.size[0]; ++i) {
      const std::size_t n = (k * grid.size[1] + j) * grid.size[0] + i;
      const Point p =
          grid.place(static_cast<double>(i), static_cast<double>(j), static_cast<double>(k));
      const double value = mean_signal(grid, pose, contrast, {i, j, k}) * coil_shading(p);
      const double noisy = with_noise(value * full_scale, sigma, mix(seed) + n);
      out[n] = static_cast<std::uint16_t>(std::clamp(std::lround(noisy), 0L, 4095L));
    }
}

}  // namespace

ImageGrid sagittal_grid(std::array<std::size_t, 3> size, double spacing_mm) {
  const auto half = [&](std::size_t n) { return 0.5 * static_cast<double>(n - 1) * spacing_mm; };
  return {size,
          {-half(size[2]), -8 - half(size[0]), -36 + half(size[1])},
          {0, spacing_mm, 0},
          {0, 0, -spacing_mm},
          {spacing_mm, 0, 0}};
}

ImageGrid transverse_grid(std::array<std::size_t, 3> size, double pixel_mm, double slice_mm) {
  const auto half = [](std::size_t n, double mm) { return 0.5 * static_cast<double>(n - 1) * mm; };
  return {size,
          {-half(size[0], pixel_mm), -8 - half(size[1], pixel_mm), -30 - half(size[2], slice_mm)},
          {pixel_mm, 0, 0},
          {0, pixel_mm, 0},
          {0, 0, slice_mm}};
}

Pose Pose::from_seed(std::uint64_t seed) {
  const auto draw = [&](std::uint64_t n, double limit) {
    return limit * (2 * uniform(mix(seed) + n) - 1);
  };
  return {draw(1, 0.08),
          draw(2, 0.10),
          draw(3, 0.05),
          {draw(4, 4), draw(5, 4), draw(6, 4)},
          1 + draw(7, 0.03)};
}

Point Pose::to_phantom(Point p) const {
  p = (p - shift_mm) * (1 / scale);
  p = {std::cos(yaw) * p.x + std::sin(yaw) * p.y, -std::sin(yaw) * p.x + std::cos(yaw) * p.y, p.z};
  p = {p.x, std::cos(pitch) * p.y + std::sin(pitch) * p.z,
       -std::sin(pitch) * p.y + std::cos(pitch) * p.z};
  return {std::cos(roll) * p.x + std::sin(roll) * p.z, p.y,
          -std::sin(roll) * p.x + std::cos(roll) * p.z};
}

Point Pose::to_patient(Point p) const {
  p = {std::cos(roll) * p.x - std::sin(roll) * p.z, p.y,
       std::sin(roll) * p.x + std::cos(roll) * p.z};
  p = {p.x, std::cos(pitch) * p.y - std::sin(pitch) * p.z,
       std::sin(pitch) * p.y + std::cos(pitch) * p.z};
  p = {std::cos(yaw) * p.x - std::sin(yaw) * p.y, std::sin(yaw) * p.x + std::cos(yaw) * p.y, p.z};
  return p * scale + shift_mm;
}

std::vector<std::uint16_t> image_of_head(const ImageGrid& grid, const Pose& pose, Contrast contrast,
                                         std::uint64_t seed) {
  std::vector<std::uint16_t> voxels(grid.voxel_count());
  const std::size_t workers = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::jthread> threads;
  for (std::size_t w = 0; w < workers; ++w)
    threads.emplace_back([&, w] {
      for (std::size_t k = w; k < grid.size[2]; k += workers)
        fill_slice(grid, pose, contrast, seed, k, voxels.data());
    });
  threads.clear();
  return voxels;
}

}  // namespace efface::support
