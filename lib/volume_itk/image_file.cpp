#include "volume_itk/image_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "base/error.h"
#include "volume_itk/internal_bytes.h"
#include "volume_itk/internal_geometry.h"
#include "volume_itk/internal_nifti.h"
#include "volume_itk/internal_picture.h"
#include "volume_itk/internal_text_header.h"

namespace efface::volume_itk {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_pair_header_bytes = 64 << 20;

bool is_pair(ImageFormat format) {
  return format == ImageFormat::nifti1_pair || format == ImageFormat::nifti2_pair;
}

void add_trailing(const std::string& trailing, Texts& texts) {
  const bool is_empty =
      std::all_of(trailing.begin(), trailing.end(), [](char c) { return c == 0; });
  if (!is_empty) texts.emplace_back("trailing bytes", base::Phi<std::string>(trailing));
}

void to_native(std::vector<std::byte>& bytes, std::size_t width, bool is_big_endian) {
  if (is_big_endian == (std::endian::native == std::endian::big)) return;
  for (auto at = bytes.begin(); at != bytes.end(); at += static_cast<std::ptrdiff_t>(width)) {
    std::reverse(at, at + static_cast<std::ptrdiff_t>(width));
  }
}

}  // namespace

ImageFile::ImageFile(const fs::path& path) : probe_(probe_image(path)) {
  switch (probe_.format) {
    case ImageFormat::none:
      throw base::Error(base::Fault::bad_input,
                        probe_.reason.empty() ? "not a known image format" : probe_.reason);
    case ImageFormat::nrrd:
    case ImageFormat::metaimage:
      read_text_format(path);
      break;
    default:
      read_nifti(path);
  }
}

void ImageFile::read_nifti(const fs::path& path) {
  const Head head = read_head(path, 4096);
  const std::optional<NiftiKind> kind = nifti_kind(head.bytes);
  if (!kind) throw base::Error(base::Fault::bad_input, "the file changed while it was read");
  const NiftiShape shape = nifti_shape(head.bytes, *kind);
  type_ = shape.type;
  is_big_endian_ = kind->is_big_endian;
  bytes_per_voxel_ = shape.bytes_per_voxel;
  voxel_offset_ = shape.voxel_offset;
  time_points_ = shape.time_points;
  is_scalar_ = shape.is_scalar;
  says_labels_ = shape.says_labels;
  slope_ = shape.slope;
  intercept_ = shape.intercept;

  if (kind->is_pair) {
    if (probe_.companion.empty()) {
      throw base::Error(base::Fault::bad_input, "the .img of this header is missing");
    }
    pair_header_ = read_all(path, most_pair_header_bytes).bytes;
  }
  Content content =
      read_content(kind->is_pair ? probe_.companion : path, shape.voxel_offset + shape.voxel_bytes);
  bytes_ = std::move(content.bytes);
  companion_gzip_ = content.gzip;
  NiftiPlace place = nifti_place(head.bytes, *kind, shape);
  grid_ = std::move(place.grid);
  geometry_is_known_ = place.is_known;
  blank_texts(*kind);
  add_trailing(content.trailing, texts_);
}

void ImageFile::blank_texts(const NiftiKind& kind) {
  const std::size_t header_bytes = kind.header_bytes();
  const std::span<std::byte> header = kind.is_pair ? std::span(pair_header_) : std::span(bytes_);
  if (header.size() < header_bytes) {
    throw base::Error(base::Fault::bad_input, "the file is shorter than its header");
  }
  blank_nifti_texts(header.first(header_bytes), kind, texts_);
  if (kind.is_pair) {
    blank_range(header.subspan(header_bytes), "extension", texts_);
    pair_header_.resize(std::min(pair_header_.size(), header_bytes + 4));
    blank_range(std::span(bytes_).first(voxel_offset_), "gap before the voxels", texts_);
  } else {
    blank_range(header.first(voxel_offset_).subspan(header_bytes), "extension", texts_);
  }
}

void ImageFile::read_text_format(const fs::path& path) {
  const bool is_nrrd = probe_.format == ImageFormat::nrrd;
  const Head head = read_head(path, most_header_bytes);
  std::optional<TextHeader> header = is_nrrd ? parse_nrrd(head.bytes) : parse_metaimage(head.bytes);
  if (!header) throw base::Error(base::Fault::bad_input, "the header has no end");
  auto picture =
      std::make_shared<Picture>(is_nrrd ? picture_of_nrrd(*header) : picture_of_metaimage(*header));
  Content content = read_part(path, header->data_offset, picture->packing, picture->voxel_bytes());
  bytes_ = std::move(content.bytes);
  to_native(bytes_, picture->bytes_per_voxel / picture->components, picture->is_big_endian);

  type_ = picture->type;
  bytes_per_voxel_ = picture->bytes_per_voxel;
  is_scalar_ = type_ != ValueType::other;
  is_big_endian_ = std::endian::native == std::endian::big;
  std::array<std::size_t, 3> extent{1, 1, 1};
  for (std::size_t axis = 0; axis < picture->extent.size(); ++axis) {
    if (axis < 3) {
      extent[axis] = picture->extent[axis];
    } else {
      time_points_ *= picture->extent[axis];
    }
  }
  grid_ = stack_grid(extent, picture->columns());
  geometry_is_known_ = picture->is_placed && is_of_human_size(grid_);
  texts_ = std::move(header->texts);
  add_trailing(content.trailing, texts_);
  picture_ = std::move(picture);
}

std::vector<fs::path> ImageFile::write(const fs::path& destination) const {
  if (picture_) {
    write_by_itk(destination, probe_.format == ImageFormat::nrrd, *picture_, bytes_);
    return {destination};
  }
  if (!is_pair(probe_.format)) {
    write_content(destination, bytes_, probe_.gzip);
    return {destination};
  }
  fs::path image = destination;
  if (image.extension() == ".gz" || image.extension() == ".GZ") image.replace_extension();
  image.replace_extension(companion_gzip_ ? ".img.gz" : ".img");
  write_content(destination, pair_header_, probe_.gzip);
  write_content(image, bytes_, companion_gzip_);
  return {destination, image};
}

}  // namespace efface::volume_itk
