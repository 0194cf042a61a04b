// Small NIfTI, NRRD and MetaImage files made by code, in every byte order and packing. For the
// tests of volume_itk only.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"
#include "volume/geometry.h"

namespace efface::volume_itk::test {

/// A NIfTI header by its fields, and int16 voxels that count up.
struct NiftiMaker {
  bool version_2 = false;
  bool pair = false;
  bool big_endian = false;
  std::vector<std::int64_t> dim{3, 6, 5, 4};
  std::int16_t datatype = 4;
  std::size_t bytes_per_voxel = 2;
  std::vector<double> pixdim{1, 20, 30, 40};
  int qform_code = 0, sform_code = 1;
  std::array<double, 3> quatern{}, qoffset{};
  std::array<std::array<double, 4>, 3> srow{{{20, 0, 0, -50}, {0, 30, 0, 7}, {0, 0, 40, 11}}};
  int intent_code = 0;
  int xyzt_units = 10;
  double slope = 0, intercept = 0;
  double offset = -1;     ///< of the voxels; negative: where they are
  std::string extension;  ///< its payload, ecode 6 (comment)
  std::string trailing;
  std::vector<std::pair<std::string, std::string>> texts;  ///< field, value
  std::vector<double> values;                              ///< instead of counting, as `datatype`

  std::size_t header_bytes() const { return version_2 ? 540 : 348; }
  std::size_t voxel_count() const {
    std::size_t count = 1;
    for (std::size_t n = 1; n < dim.size(); ++n)
      count *= static_cast<std::size_t>(std::max<std::int64_t>(1, dim[n]));
    return count;
  }

  template <class T>
  void put(std::string& to, std::size_t at, T value) const {
    std::array<char, sizeof(T)> raw = std::bit_cast<std::array<char, sizeof(T)>>(value);
    if (big_endian != (std::endian::native == std::endian::big))
      std::reverse(raw.begin(), raw.end());
    if (to.size() < at + sizeof(T)) to.resize(at + sizeof(T));
    std::memcpy(to.data() + at, raw.data(), sizeof(T));
  }

  void put_real(std::string& to, std::size_t v2, std::size_t v1, double value) const {
    version_2 ? put(to, v2, value) : put(to, v1, static_cast<float>(value));
  }
  void put_whole(std::string& to, std::size_t v2, std::size_t v1, int value) const {
    version_2 ? put(to, v2, std::int32_t{value}) : put(to, v1, static_cast<std::int16_t>(value));
  }

  std::string voxels() const {
    std::string bytes;
    for (std::size_t v = 0; v < voxel_count(); ++v) {
      const double value = values.empty() ? double(v) - 40 : values[v % values.size()];
      const std::size_t at = v * bytes_per_voxel;
      switch (datatype) {
        case 2:
          put(bytes, at, static_cast<std::uint8_t>(value));
          break;
        case 4:
          put(bytes, at, static_cast<std::int16_t>(value));
          break;
        case 8:
          put(bytes, at, static_cast<std::int32_t>(value));
          break;
        case 16:
          put(bytes, at, static_cast<float>(value));
          break;
        case 64:
          put(bytes, at, value);
          break;
        case 256:
          put(bytes, at, static_cast<std::int8_t>(value));
          break;
        case 512:
          put(bytes, at, static_cast<std::uint16_t>(value));
          break;
        case 768:
          put(bytes, at, static_cast<std::uint32_t>(value));
          break;
        case 1024:
          put(bytes, at, static_cast<std::int64_t>(value));
          break;
        case 1280:
          put(bytes, at, static_cast<std::uint64_t>(value));
          break;
        default:
          bytes.resize(at + bytes_per_voxel, 'c');
      }
    }
    return bytes;
  }

  std::size_t voxel_offset() const {
    if (pair) return 0;
    return header_bytes() + 4 + (extension.empty() ? 0 : extension_bytes());
  }
  std::size_t extension_bytes() const { return (extension.size() + 8 + 15) / 16 * 16; }

  /// Header, extender and extension.
  std::string header() const {
    std::string h(header_bytes(), '\0');
    put(h, 0, static_cast<std::int32_t>(header_bytes()));
    const std::string magic = version_2 ? std::string(pair ? "ni2" : "n+2") + '\0' + "\r\n\x1a\n"
                                        : std::string(pair ? "ni1" : "n+1") + '\0';
    h.replace(version_2 ? 4 : 344, magic.size(), magic);
    for (std::size_t n = 0; n < 8; ++n) {
      const std::int64_t d = n < dim.size() ? dim[n] : 1;
      version_2 ? put(h, 16 + 8 * n, d) : put(h, 40 + 2 * n, static_cast<std::int16_t>(d));
      put_real(h, 104 + 8 * n, 76 + 4 * n, n < pixdim.size() ? pixdim[n] : 1);
    }
    put(h, version_2 ? 12 : 70, datatype);
    put(h, version_2 ? 14 : 72, static_cast<std::int16_t>(8 * bytes_per_voxel));
    const double at = offset < 0 ? double(voxel_offset()) : offset;
    version_2 ? put(h, 168, static_cast<std::int64_t>(at)) : put(h, 108, static_cast<float>(at));
    put_real(h, 176, 112, slope);
    put_real(h, 184, 116, intercept);
    put_real(h, 192, 124, 777);  // cal_max
    put_whole(h, 344, 252, qform_code);
    put_whole(h, 348, 254, sform_code);
    put_whole(h, 504, 68, intent_code);
    version_2 ? put(h, 500, std::int32_t{xyzt_units})
              : put(h, 123, static_cast<std::uint8_t>(xyzt_units));
    for (std::size_t n = 0; n < 3; ++n) {
      put_real(h, 352 + 8 * n, 256 + 4 * n, quatern[n]);
      put_real(h, 376 + 8 * n, 268 + 4 * n, qoffset[n]);
      for (std::size_t c = 0; c < 4; ++c)
        put_real(h, 400 + 32 * n + 8 * c, 280 + 16 * n + 4 * c, srow[n][c]);
    }
    for (const auto& [field, value] : texts) h.replace(place_of(field), value.size(), value);
    h += std::string(extension.empty() ? "\0\0\0\0" : "\1\0\0\0", 4);
    if (!extension.empty()) {
      std::string block(extension_bytes(), '\0');
      put(block, 0, static_cast<std::int32_t>(extension_bytes()));
      put(block, 4, std::int32_t{6});
      block.replace(8, extension.size(), extension);
      h += block;
    }
    return h;
  }

  std::size_t place_of(const std::string& field) const {
    if (field == "descrip") return version_2 ? 240 : 148;
    if (field == "aux_file") return version_2 ? 320 : 228;
    if (field == "intent_name") return version_2 ? 508 : 328;
    if (field == "db_name") return 14;
    if (field == "unused_str") return 525;
    return 4;  // data_type
  }

  /// All of a single file.
  std::string file() const { return header() + voxels() + trailing; }
};

/// Written as a.nii.
inline std::filesystem::path store(const support::Folder& folder, const std::string& bytes) {
  return folder.write("a.nii", bytes);
}

inline void expect_at(const volume::Vec3& p, double x, double y, double z) {
  EXPECT_NEAR(p[0], x, 1e-4);
  EXPECT_NEAR(p[1], y, 1e-4);
  EXPECT_NEAR(p[2], z, 1e-4);
}

}  // namespace efface::volume_itk::test
