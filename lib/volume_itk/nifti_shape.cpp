#include <bit>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "volume_itk/internal_bytes.h"
#include "volume_itk/internal_nifti.h"
#include "volume_itk/internal_nifti_fields.h"

namespace efface::volume_itk {

namespace {

[[noreturn]] void fail(const char* what) {
  throw base::Error(base::Fault::bad_input, what);
}

bool has_magic(std::span<const std::byte> head, std::size_t offset, const char* magic,
               std::size_t length) {
  return head.size() >= offset + length && std::memcmp(head.data() + offset, magic, length) == 0;
}

struct TypeFacts {
  ValueType type;
  std::size_t bytes;
  bool is_scalar;
};

/// DT_* of nifti1.h.
TypeFacts type_facts(int datatype) {
  switch (datatype) {
    case 2:
      return {ValueType::u8, 1, true};
    case 4:
      return {ValueType::i16, 2, true};
    case 8:
      return {ValueType::i32, 4, true};
    case 16:
      return {ValueType::f32, 4, true};
    case 32:
      return {ValueType::other, 8, false};  // complex64
    case 64:
      return {ValueType::f64, 8, true};
    case 128:
      return {ValueType::other, 3, false};  // RGB24
    case 256:
      return {ValueType::i8, 1, true};
    case 512:
      return {ValueType::u16, 2, true};
    case 768:
      return {ValueType::u32, 4, true};
    case 1024:
      return {ValueType::i64, 8, true};
    case 1280:
      return {ValueType::u64, 8, true};
    case 1792:
      return {ValueType::other, 16, false};  // complex128
    case 2048:
      return {ValueType::other, 32, false};  // complex256
    case 2304:
      return {ValueType::other, 4, false};  // RGBA32
    case 1:
    case 1536:
      throw base::Error(base::Fault::unsupported,
                        "NIfTI voxels of one bit or of 128-bit floating point are not handled");
    default:
      fail("the NIfTI header names no known data type");
  }
}

/// Intent codes whose values are no brightness: matrices, vectors, points, triangles, quaternions,
/// time series of surfaces, RGB vectors, and CIFTI's matrices of connectivity.
bool is_intent_without_picture(int intent) {
  return (intent >= 1004 && intent <= 1010) || (intent >= 2001 && intent <= 2005) ||
         (intent >= 3000 && intent <= 3099);
}

std::size_t multiply(std::size_t a, std::size_t b) {
  std::size_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) fail("the dimensions of the image overflow");
  return product;
}

void read_dimensions(const NiftiFields& fields, NiftiShape& shape) {
  const std::int64_t count = fields.dim(0);
  if (count < 1 || count > 7) fail("the NIfTI header names an impossible number of dimensions");
  shape.extent = {1, 1, 1};
  for (std::size_t axis = 1; axis <= static_cast<std::size_t>(count); ++axis) {
    const std::int64_t extent = fields.dim(axis);
    if (extent < 0 || (extent == 0 && axis <= 3)) fail("a dimension of the image is not positive");
    const auto size = static_cast<std::size_t>(std::max<std::int64_t>(extent, 1));
    if (axis <= 3) {
      shape.extent[axis - 1] = size;
    } else {
      shape.time_points = multiply(shape.time_points, size);
    }
  }
}

std::size_t voxel_offset(const NiftiFields& fields, const NiftiKind& kind) {
  const double offset = fields.voxel_offset();
  if (!std::isfinite(offset) || offset < 0 || offset > static_cast<double>(most_image_bytes) ||
      offset != std::floor(offset)) {
    fail("the NIfTI header gives an impossible offset of the voxels");
  }
  const auto bytes = static_cast<std::size_t>(offset);
  if (kind.is_pair) return bytes;
  const std::size_t least = kind.header_bytes() + 4;
  if (bytes == 0) return least;  // as the reference library reads it
  if (bytes < least) fail("the NIfTI header gives an impossible offset of the voxels");
  return bytes;
}

}  // namespace

std::optional<NiftiKind> nifti_kind(std::span<const std::byte> head) {
  if (head.size() < 348) return std::nullopt;
  const NiftiFields little(head, false), big(head, true);
  NiftiKind kind;
  for (const bool is_big : {false, true}) {
    const auto size = (is_big ? big : little).get<std::int32_t>(0);
    kind.is_big_endian = is_big;
    if (size == 348) {
      kind.is_pair = has_magic(head, 344, "ni1\0", 4);
      if (kind.is_pair || has_magic(head, 344, "n+1\0", 4)) return kind;
    }
    if (size == 540 && head.size() >= 540) {
      kind.is_version_2 = true;
      kind.is_pair = has_magic(head, 4, "ni2\0\r\n\032\n", 8);
      if (kind.is_pair || has_magic(head, 4, "n+2\0\r\n\032\n", 8)) return kind;
      kind.is_version_2 = false;
    }
  }
  return std::nullopt;
}

bool is_analyze(std::span<const std::byte> head) {
  if (head.size() < 348 || nifti_kind(head)) return false;
  for (const bool is_big : {false, true}) {
    const NiftiFields fields(head, is_big);
    const auto dimensions = fields.get<std::int16_t>(40);
    if (fields.get<std::int32_t>(0) == 348 && dimensions >= 1 && dimensions <= 7) return true;
  }
  return false;
}

NiftiShape nifti_shape(std::span<const std::byte> header, const NiftiKind& kind) {
  const NiftiFields fields(header, kind.is_big_endian, kind.is_version_2);
  NiftiShape shape;
  read_dimensions(fields, shape);
  const TypeFacts type = type_facts(fields.datatype());
  const int intent = fields.intent_code();
  shape.type = type.type;
  shape.bytes_per_voxel = type.bytes;
  shape.is_scalar = type.is_scalar && !is_intent_without_picture(intent);
  shape.says_labels = intent == 1002 || intent == 1003;  // LABEL, NEURONAME
  const double slope = fields.slope(), intercept = fields.intercept();
  if (std::isfinite(slope) && slope != 0) {
    shape.slope = slope;
    shape.intercept = std::isfinite(intercept) ? intercept : 0;
  }
  shape.voxel_offset = voxel_offset(fields, kind);
  shape.voxel_bytes = multiply(multiply(multiply(shape.extent[0], shape.extent[1]),
                                        multiply(shape.extent[2], shape.time_points)),
                               shape.bytes_per_voxel);
  if (shape.voxel_bytes > most_image_bytes) {
    throw base::Error(base::Fault::unsupported, "the image is larger than 16 GiB");
  }
  return shape;
}

}  // namespace efface::volume_itk
