// Stored voxels as numbers: real-world values, and whether they are labels.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <unordered_map>

#include "base/error.h"
#include "volume_itk/image_file.h"

namespace efface::volume_itk {

namespace {

template <class T>
T load(const std::byte* from, bool swap) {
  std::array<std::byte, sizeof(T)> raw;
  std::memcpy(raw.data(), from, sizeof(T));
  if (swap) std::reverse(raw.begin(), raw.end());
  return std::bit_cast<T>(raw);
}

/// Calls visit with a T of the stored type.
template <class Visit>
void with_type(ValueType type, Visit visit) {
  switch (type) {
    case ValueType::u8:
      return visit(std::uint8_t{});
    case ValueType::i8:
      return visit(std::int8_t{});
    case ValueType::u16:
      return visit(std::uint16_t{});
    case ValueType::i16:
      return visit(std::int16_t{});
    case ValueType::u32:
      return visit(std::uint32_t{});
    case ValueType::i32:
      return visit(std::int32_t{});
    case ValueType::u64:
      return visit(std::uint64_t{});
    case ValueType::i64:
      return visit(std::int64_t{});
    case ValueType::f32:
      return visit(float{});
    case ValueType::f64:
      return visit(double{});
    case ValueType::other:
      break;
  }
  throw base::Error(base::Fault::unsupported, "colour, complex and vector voxels are not numbers");
}

bool is_swapped(bool is_big_endian) {
  return is_big_endian != (std::endian::native == std::endian::big);
}

/// What a label map is told by, gathered row by row.
class LabelEvidence {
 public:
  void add_row(const std::vector<double>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!(std::floor(row[i]) == row[i])) is_whole_ = false;
      Value* value = tracked(row[i]);
      if (value != nullptr) ++value->count;
      if (i == 0) continue;
      if (!(row[i] == row[i - 1])) {
        ++differing_;
      } else {
        ++equal_;
        if (value != nullptr) ++value->equal;
      }
    }
  }

  bool is_label_map() const {
    if (values_.size() < 2) return false;
    const auto background = std::max_element(
        values_.begin(), values_.end(),
        [](const auto& a, const auto& b) { return a.second.count < b.second.count; });
    const std::size_t equal = equal_ - background->second.equal;
    const bool is_flat = equal >= differing_ && equal > 0;
    if (is_whole_ && values_.size() <= most_labels) return is_flat;
    return is_flat && equal_ >= 9 * differing_;
  }

 private:
  struct Value {
    std::size_t count = 0, equal = 0;
  };

  /// Common values come early: those that come after many others need no count.
  Value* tracked(double value) {
    if (values_.size() <= most_labels) return &values_[value];
    const auto found = values_.find(value);
    return found == values_.end() ? nullptr : &found->second;
  }

  static constexpr std::size_t most_labels = 1024;
  std::unordered_map<double, Value> values_;
  std::size_t equal_ = 0, differing_ = 0;
  bool is_whole_ = true;
};

constexpr std::size_t most_voxels_looked_at = 1 << 19;

}  // namespace

bool ImageFile::values_look_like_labels() const {
  if (!is_scalar_) return false;
  if (says_labels_) return true;
  const std::size_t rows = grid_.rows * grid_.slices();
  const std::size_t wanted = std::max<std::size_t>(1, most_voxels_looked_at / grid_.columns);
  const std::size_t step = std::max<std::size_t>(1, rows / wanted);
  const bool swap = is_swapped(is_big_endian_);
  LabelEvidence evidence;
  std::vector<double> row(grid_.columns);
  with_type(type_, [&]<class T>(T) {
    const std::byte* first = bytes_.data() + voxel_offset_;
    for (std::size_t r = 0; r < rows; r += step) {
      const std::byte* from = first + r * grid_.columns * sizeof(T);
      for (std::size_t i = 0; i < row.size(); ++i) {
        row[i] = static_cast<double>(load<T>(from + i * sizeof(T), swap));
      }
      evidence.add_row(row);
    }
  });
  return evidence.is_label_map();
}

volume::Volume ImageFile::real_volume(std::size_t time_point) const {
  if (time_point >= time_points_) {
    throw base::Error(base::Fault::internal, "the image has no such time point");
  }
  volume::Volume volume;
  volume.grid = grid_;
  const std::size_t count = voxels_per_time_point();
  volume.values.resize(count);
  const bool swap = is_swapped(is_big_endian_);
  with_type(type_, [&]<class T>(T) {
    const std::byte* from = bytes_.data() + voxel_offset_ + time_point * count * sizeof(T);
    for (std::size_t v = 0; v < count; ++v) {
      const auto stored = static_cast<double>(load<T>(from + v * sizeof(T), swap));
      const auto real = static_cast<float>(slope_ * stored + intercept_);
      if (std::isfinite(real)) {
        volume.values[v] = real;
        continue;
      }
      if (volume.valid.empty()) volume.valid.assign(count, 1);
      volume.valid[v] = 0;
    }
  });
  return volume;
}

volume::StoredVoxels ImageFile::stored(std::size_t time_point) {
  if (time_point >= time_points_) {
    throw base::Error(base::Fault::internal, "the image has no such time point");
  }
  const std::size_t bytes = voxels_per_time_point() * bytes_per_voxel_;
  return {bytes_per_voxel_, std::span(bytes_).subspan(voxel_offset_ + time_point * bytes, bytes)};
}

}  // namespace efface::volume_itk
