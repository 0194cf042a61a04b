#include "tests/support/nifti.h"

#include <zlib.h>

#include <cstring>
#include <fstream>
#include <stdexcept>

namespace efface::support {

namespace {

template <typename T>
void put(std::string& header, std::size_t offset, T value) {
  std::memcpy(header.data() + offset, &value, sizeof value);
}

std::string header_of(const ImageGrid& grid, const std::string& description) {
  std::string h(352, '\0');  // nifti1.h: 348 bytes, then "no extension"
  put(h, 0, std::int32_t{348});
  put(h, 40, std::int16_t{3});
  for (std::size_t a = 0; a < 3; ++a) put(h, 42 + 2 * a, static_cast<std::int16_t>(grid.size[a]));
  for (std::size_t a = 3; a < 7; ++a) put(h, 42 + 2 * a, std::int16_t{1});
  put(h, 70, std::int16_t{4});   // datatype int16
  put(h, 72, std::int16_t{16});  // bits
  const std::array<Point, 3> steps{grid.step_i, grid.step_j, grid.step_k};
  for (std::size_t a = 0; a < 3; ++a) put(h, 80 + 4 * a, static_cast<float>(length(steps[a])));
  put(h, 108, 352.0F);   // vox_offset
  put(h, 112, 1.0F);     // scl_slope
  put(h, 123, char{2});  // mm
  description.copy(h.data() + 148, 79);
  put(h, 254, std::int16_t{1});  // sform_code: scanner
  const auto row = [&](std::size_t offset, double Point::*axis, double sign) {
    for (std::size_t a = 0; a < 3; ++a)
      put(h, offset + 4 * a, static_cast<float>(sign * steps[a].*axis));
    put(h, offset + 12, static_cast<float>(sign * grid.origin.*axis));
  };
  row(280, &Point::x, -1);
  row(296, &Point::y, -1);
  row(312, &Point::z, 1);
  std::memcpy(h.data() + 344, "n+1", 4);
  return h;
}

void write_gzip(const std::filesystem::path& path, const std::string& bytes) {
  gzFile file = gzopen(path.c_str(), "wb1");
  const bool written =
      file != nullptr && gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())) ==
                             static_cast<int>(bytes.size());
  if (file == nullptr || gzclose(file) != Z_OK || !written)
    throw std::runtime_error("cannot write '" + path.string() + "'");
}

}  // namespace

void write_nifti(const std::filesystem::path& path, const ImageGrid& grid,
                 const std::vector<std::uint16_t>& voxels, const std::string& description) {
  std::string bytes = header_of(grid, description);
  bytes.append(reinterpret_cast<const char*>(voxels.data()), 2 * voxels.size());
  if (path.extension() == ".gz") return write_gzip(path, bytes);
  std::ofstream out(path, std::ios::binary);
  if (!out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())))
    throw std::runtime_error("cannot write '" + path.string() + "'");
}

}  // namespace efface::support
