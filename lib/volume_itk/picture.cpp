#include "volume_itk/internal_picture.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "base/error.h"

namespace efface::volume_itk {

namespace {

using volume::Vec3;

[[noreturn]] void fail(const char* what) {
  throw base::Error(base::Fault::bad_input, what);
}
[[noreturn]] void refuse(const char* what) {
  throw base::Error(base::Fault::unsupported, what);
}

struct TypeName {
  const char* name;
  ValueType type;
  std::size_t bytes;
};

// Every name of the NRRD definition, section "type".
constexpr TypeName nrrd_types[] = {{"signed char", ValueType::i8, 1},
                                   {"int8", ValueType::i8, 1},
                                   {"int8_t", ValueType::i8, 1},
                                   {"uchar", ValueType::u8, 1},
                                   {"unsigned char", ValueType::u8, 1},
                                   {"uint8", ValueType::u8, 1},
                                   {"uint8_t", ValueType::u8, 1},
                                   {"short", ValueType::i16, 2},
                                   {"short int", ValueType::i16, 2},
                                   {"signed short", ValueType::i16, 2},
                                   {"signed short int", ValueType::i16, 2},
                                   {"int16", ValueType::i16, 2},
                                   {"int16_t", ValueType::i16, 2},
                                   {"ushort", ValueType::u16, 2},
                                   {"unsigned short", ValueType::u16, 2},
                                   {"unsigned short int", ValueType::u16, 2},
                                   {"uint16", ValueType::u16, 2},
                                   {"uint16_t", ValueType::u16, 2},
                                   {"int", ValueType::i32, 4},
                                   {"signed int", ValueType::i32, 4},
                                   {"int32", ValueType::i32, 4},
                                   {"int32_t", ValueType::i32, 4},
                                   {"uint", ValueType::u32, 4},
                                   {"unsigned int", ValueType::u32, 4},
                                   {"uint32", ValueType::u32, 4},
                                   {"uint32_t", ValueType::u32, 4},
                                   {"longlong", ValueType::i64, 8},
                                   {"long long", ValueType::i64, 8},
                                   {"long long int", ValueType::i64, 8},
                                   {"signed long long", ValueType::i64, 8},
                                   {"signed long long int", ValueType::i64, 8},
                                   {"int64", ValueType::i64, 8},
                                   {"int64_t", ValueType::i64, 8},
                                   {"ulonglong", ValueType::u64, 8},
                                   {"unsigned long long", ValueType::u64, 8},
                                   {"unsigned long long int", ValueType::u64, 8},
                                   {"uint64", ValueType::u64, 8},
                                   {"uint64_t", ValueType::u64, 8},
                                   {"float", ValueType::f32, 4},
                                   {"double", ValueType::f64, 8}};
// MET_LONG is left out: its width depends on who wrote it.
constexpr TypeName metaimage_types[] = {
    {"met_char", ValueType::i8, 1},       {"met_uchar", ValueType::u8, 1},
    {"met_short", ValueType::i16, 2},     {"met_ushort", ValueType::u16, 2},
    {"met_int", ValueType::i32, 4},       {"met_uint", ValueType::u32, 4},
    {"met_long_long", ValueType::i64, 8}, {"met_ulong_long", ValueType::u64, 8},
    {"met_float", ValueType::f32, 4},     {"met_double", ValueType::f64, 8}};

void set_type(Picture& picture, const std::string& name, std::span<const TypeName> types) {
  const auto found =
      std::find_if(types.begin(), types.end(), [&](const TypeName& t) { return name == t.name; });
  if (found == types.end()) refuse("the data type of the image is not handled");
  picture.type = found->type;
  picture.bytes_per_voxel = found->bytes;
}

/// All numbers of a text, blanks between them; nullopt when anything else stands there.
template <class T>
std::optional<std::vector<T>> numbers(std::string_view text) {
  std::vector<T> values;
  while (true) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return values;
    text.remove_prefix(first);
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty() && text.front() != ' ' && text.front() != '\t') return std::nullopt;
    values.push_back(value);
  }
}

std::vector<std::size_t> extents(const std::string& text, std::size_t dimensions) {
  const auto sizes = numbers<std::size_t>(text);
  const bool is_good = sizes && sizes->size() == dimensions &&
                       std::none_of(sizes->begin(), sizes->end(), [](auto s) { return s == 0; });
  if (!is_good) fail("the dimensions of the image cannot be");
  return *sizes;
}

std::optional<std::vector<double>> reals(const std::string& text, std::size_t count) {
  auto values = numbers<double>(text);
  const bool is_good =
      values && values->size() == count &&
      std::all_of(values->begin(), values->end(), [](double v) { return std::isfinite(v); });
  if (!is_good) return std::nullopt;
  return values;
}

/// NRRD's "(1,2,3) (4,5,6)" as plain numbers.
std::string without_brackets(std::string text) {
  for (char& c : text) {
    if (c == '(' || c == ')' || c == ',') c = ' ';
  }
  return text;
}

void place_anywhere(Picture& picture) {
  const std::size_t count = picture.extent.size();
  picture.spacing.assign(count, 1);
  picture.origin.assign(count, 0);
  picture.direction.assign(count, std::vector<double>(count, 0));
  for (std::size_t axis = 0; axis < count; ++axis) picture.direction[axis][axis] = 1;
}

/// Signs that turn a named space into LPS; nullopt for a space that is not the patient's.
std::optional<Vec3> to_lps(const std::string& space) {
  if (space == "left-posterior-superior" || space == "lps") return Vec3{1, 1, 1};
  if (space == "right-anterior-superior" || space == "ras") return Vec3{-1, -1, 1};
  if (space == "left-anterior-superior" || space == "las") return Vec3{1, -1, 1};
  return std::nullopt;
}

void place_nrrd(const TextHeader& header, Picture& picture) {
  place_anywhere(picture);
  const auto signs = to_lps(header.value("space"));
  const auto steps = reals(without_brackets(header.value("spacedirections")), 9);
  const auto origin = reals(without_brackets(header.value("spaceorigin")), 3);
  if (picture.extent.size() != 3 || !signs || !steps || !origin) return;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const Vec3 step{(*steps)[3 * axis], (*steps)[3 * axis + 1], (*steps)[3 * axis + 2]};
    const double length = volume::norm(step);
    if (!(length > 0)) return place_anywhere(picture);
    picture.spacing[axis] = length;
    for (std::size_t row = 0; row < 3; ++row) {
      picture.direction[axis][row] = (*signs)[row] * step[row] / length;
    }
    picture.origin[axis] = (*signs)[axis] * (*origin)[axis];
  }
  picture.is_placed = true;
}

/// The first of several names that one field goes by.
std::string any_of(const TextHeader& header, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const std::string value = header.value(name);
    if (!value.empty()) return value;
  }
  return {};
}

void place_metaimage(const TextHeader& header, Picture& picture) {
  place_anywhere(picture);
  const std::size_t count = picture.extent.size();
  const auto spacing = reals(any_of(header, {"elementspacing", "elementsize"}), count);
  const auto origin = reals(any_of(header, {"offset", "position", "origin"}), count);
  const auto matrix =
      reals(any_of(header, {"transformmatrix", "rotation", "orientation"}), count * count);
  if (count < 3 || !spacing || !origin || !matrix) return;
  if (std::any_of(spacing->begin(), spacing->end(), [](double s) { return s <= 0; })) return;
  picture.spacing = *spacing;
  picture.origin = *origin;
  for (std::size_t axis = 0; axis < count; ++axis) {
    for (std::size_t row = 0; row < count; ++row) {
      picture.direction[axis][row] = (*matrix)[axis * count + row];
    }
  }
  picture.is_placed = true;
}

}  // namespace

std::size_t Picture::voxel_bytes() const {
  std::size_t bytes = bytes_per_voxel;
  for (const std::size_t size : extent) {
    if (__builtin_mul_overflow(bytes, size, &bytes)) fail("the dimensions of the image overflow");
  }
  if (bytes > most_image_bytes) refuse("the image is larger than 16 GiB");
  return bytes;
}

std::array<Vec3, 4> Picture::columns() const {
  std::array<Vec3, 4> columns{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (axis >= extent.size()) {
      columns[axis][axis] = 1;
      continue;
    }
    for (std::size_t row = 0; row < std::min<std::size_t>(3, direction[axis].size()); ++row) {
      columns[axis][row] = direction[axis][row] * spacing[axis];
    }
    columns[3][axis] = origin[axis];
  }
  return columns;
}

Picture picture_of_nrrd(const TextHeader& header) {
  if (header.is_detached) refuse("the voxels are in other files");
  for (const char* skip : {"lineskip", "byteskip"}) {
    const std::string value = header.value(skip);
    if (!value.empty() && value != "0") refuse("an NRRD with skipped bytes is not handled");
  }
  Picture picture;
  const std::string dimension = header.value("dimension");
  if (dimension != "2" && dimension != "3") refuse("an NRRD needs two or three dimensions");
  picture.extent = extents(header.value("sizes"), dimension == "2" ? 2 : 3);
  set_type(picture, header.value("type"), nrrd_types);
  const std::string encoding = header.value("encoding"), endian = header.value("endian");
  if (encoding == "gzip" || encoding == "gz") {
    picture.packing = Packing::gzip;
  } else if (encoding != "raw") {
    refuse("an NRRD needs the encoding raw or gzip");
  }
  picture.is_big_endian = endian == "big";
  if (picture.bytes_per_voxel > 1 && endian != "big" && endian != "little") {
    fail("the NRRD header does not say the byte order");
  }
  place_nrrd(header, picture);
  return picture;
}

Picture picture_of_metaimage(const TextHeader& header) {
  if (header.is_detached) refuse("the voxels are in other files");
  if (header.value("objecttype") != "image") refuse("a MetaImage file that is no image");
  if (header.value("binarydata") != "true") refuse("a MetaImage of text numbers is not handled");
  const std::string skipped = header.value("headersize");
  if (!skipped.empty() && skipped != "0") refuse("a MetaImage with skipped bytes is not handled");
  const auto dimensions = numbers<std::size_t>(header.value("ndims"));
  if (!dimensions || dimensions->size() != 1 || (*dimensions)[0] < 2 || (*dimensions)[0] > 4) {
    refuse("a MetaImage needs two to four dimensions");
  }
  Picture picture;
  picture.extent = extents(header.value("dimsize"), (*dimensions)[0]);
  set_type(picture, header.value("elementtype"), metaimage_types);
  const std::string channels = header.value("elementnumberofchannels");
  if (!channels.empty()) picture.components = extents(channels, 1)[0];
  if (picture.components > 1) picture.type = ValueType::other;
  if (__builtin_mul_overflow(picture.bytes_per_voxel, picture.components,
                             &picture.bytes_per_voxel)) {
    fail("the dimensions of the image overflow");
  }
  picture.is_big_endian =
      any_of(header, {"elementbyteordermsb", "binarydatabyteordermsb"}) == "true";
  if (header.value("compresseddata") == "true") picture.packing = Packing::gzip;
  place_metaimage(header, picture);
  return picture;
}

}  // namespace efface::volume_itk
