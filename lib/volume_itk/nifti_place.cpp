// NIfTI's three ways from voxel to space (nifti1.h, "3D image (volume) orientation and location in
// space"): sform (method 3), qform (method 2), pixdim alone (method 1, says nothing of the
// patient).
#include <cmath>

#include "volume_itk/internal_geometry.h"
#include "volume_itk/internal_nifti.h"
#include "volume_itk/internal_nifti_fields.h"

namespace efface::volume_itk {

namespace {

using volume::operator*;
using volume::Vec3;

/// Columns of an affine: steps along i, j, k, and the place of voxel (0, 0, 0).
using Columns = std::array<Vec3, 4>;

Columns sform(const NiftiFields& fields) {
  Columns columns;
  for (std::size_t c = 0; c < 4; ++c) {
    for (std::size_t r = 0; r < 3; ++r) columns[c][r] = fields.srow(r, c);
  }
  return columns;
}

/// A spacing as qform needs it: the reference library takes nothing for 1.
double spacing(const NiftiFields& fields, std::size_t axis) {
  const double value = std::abs(fields.pixdim(axis));
  return value > 0 && std::isfinite(value) ? value : 1;
}

Columns qform(const NiftiFields& fields) {
  double b = fields.quatern(0), c = fields.quatern(1), d = fields.quatern(2);
  double a = 1 - (b * b + c * c + d * d);
  if (a < 1e-7) {  // a turn by 180 degrees: b, c, d are rounded
    const double length = std::sqrt(b * b + c * c + d * d);
    b /= length;
    c /= length;
    d /= length;
    a = 0;
  } else {
    a = std::sqrt(a);
  }
  const double handedness = fields.pixdim(0) < 0 ? -1 : 1;
  Columns columns;
  columns[0] = spacing(fields, 1) *
               Vec3{a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c)};
  columns[1] = spacing(fields, 2) *
               Vec3{2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b)};
  columns[2] = handedness * spacing(fields, 3) *
               Vec3{2 * (b * d + a * c), 2 * (c * d - a * b), a * a + d * d - c * c - b * b};
  columns[3] = {fields.qoffset(0), fields.qoffset(1), fields.qoffset(2)};
  return columns;
}

Columns unknown(const NiftiFields& fields) {
  return {Vec3{spacing(fields, 1), 0, 0}, Vec3{0, spacing(fields, 2), 0},
          Vec3{0, 0, spacing(fields, 3)}, Vec3{}};
}

/// Millimetres of the header's unit of length: metres, millimetres (and unknown), micrometres.
double unit_mm(const NiftiFields& fields) {
  switch (fields.xyzt_units() & 7) {
    case 1:
      return 1000;
    case 3:
      return 0.001;
    default:
      return 1;
  }
}

volume::StackGrid lps_grid(Columns columns, double unit, const NiftiShape& shape) {
  for (Vec3& column : columns) column = {-unit * column[0], -unit * column[1], unit * column[2]};
  return stack_grid(shape.extent, columns);
}

}  // namespace

NiftiPlace nifti_place(std::span<const std::byte> header, const NiftiKind& kind,
                       const NiftiShape& shape) {
  const NiftiFields fields(header, kind.is_big_endian, kind.is_version_2);
  const double unit = unit_mm(fields);
  if (fields.sform_code() > 0) {
    NiftiPlace place{lps_grid(sform(fields), unit, shape), true};
    if (is_of_human_size(place.grid)) return place;
  }
  if (fields.qform_code() > 0) {
    NiftiPlace place{lps_grid(qform(fields), unit, shape), true};
    if (is_of_human_size(place.grid)) return place;
  }
  return {lps_grid(unknown(fields), 1, shape), false};
}

}  // namespace efface::volume_itk
