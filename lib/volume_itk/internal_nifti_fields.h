// The numeric fields of a NIfTI header by their offsets (nifti1.h, nifti2.h), in either byte order.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace efface::volume_itk {

class NiftiFields {
 public:
  NiftiFields(std::span<const std::byte> header, bool is_big_endian, bool is_version_2 = false)
      : header_(header),
        swap_(is_big_endian != (std::endian::native == std::endian::big)),
        v2_(is_version_2) {}

  /// Any number at an offset. The caller has made sure that the header is whole.
  template <class T>
  T get(std::size_t offset) const {
    std::array<std::byte, sizeof(T)> raw;
    std::memcpy(raw.data(), header_.data() + offset, sizeof(T));
    if (swap_) std::reverse(raw.begin(), raw.end());
    return std::bit_cast<T>(raw);
  }

  std::int64_t dim(std::size_t n) const {
    return v2_ ? get<std::int64_t>(16 + 8 * n) : get<std::int16_t>(40 + 2 * n);
  }
  int datatype() const { return get<std::int16_t>(v2_ ? 12 : 70); }
  int intent_code() const { return whole(504, 68); }
  int qform_code() const { return whole(344, 252); }
  int sform_code() const { return whole(348, 254); }
  double pixdim(std::size_t n) const { return real(104 + 8 * n, 76 + 4 * n); }
  double slope() const { return real(176, 112); }
  double intercept() const { return real(184, 116); }
  double quatern(std::size_t n) const { return real(352 + 8 * n, 256 + 4 * n); }  ///< b, c, d
  double qoffset(std::size_t n) const { return real(376 + 8 * n, 268 + 4 * n); }
  double srow(std::size_t row, std::size_t column) const {
    return real(400 + 32 * row + 8 * column, 280 + 16 * row + 4 * column);
  }
  double voxel_offset() const {
    return v2_ ? static_cast<double>(get<std::int64_t>(168)) : static_cast<double>(get<float>(108));
  }
  int xyzt_units() const { return v2_ ? get<std::int32_t>(500) : get<std::uint8_t>(123); }

 private:
  int whole(std::size_t in_v2, std::size_t in_v1) const {
    return v2_ ? get<std::int32_t>(in_v2) : get<std::int16_t>(in_v1);
  }
  double real(std::size_t in_v2, std::size_t in_v1) const {
    return v2_ ? get<double>(in_v2) : static_cast<double>(get<float>(in_v1));
  }

  std::span<const std::byte> header_;
  bool swap_;
  bool v2_;
};

}  // namespace efface::volume_itk
