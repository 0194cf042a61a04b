// NIfTI-1/2 (.nii, .nii.gz, .hdr/.img), NRRD and MetaImage files: told apart by content, read as
// raw stored voxels plus geometry plus real-world values, written back with only the chosen voxels
// changed. NIfTI headers are patched in place; NRRD and MetaImage are written anew by ITK without
// free text. Nothing is said about what an image shows. All failures throw base::Error: bad_input
// for headers that lie and files cut short, unsupported for what is well-formed but not handled, io
// and no_space.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/phi.h"
#include "volume/volume.h"

namespace efface::volume_itk {

enum class ImageFormat : std::uint8_t {
  none,
  nifti1,
  nifti2,
  nifti1_pair,
  nifti2_pair,
  nrrd,
  metaimage
};
const char* to_string(ImageFormat format);

/// By content (gzip is looked into), never by name. Reads at most 64 KiB. Analyze 7.5 headers (no
/// NIfTI magic), detached NRRD/MetaImage headers and gzipped NRRD/MetaImage files are `none` with a
/// reason.
struct ImageProbe {
  ImageFormat format = ImageFormat::none;
  bool gzip = false;                ///< of the whole file; of a pair, its header file
  std::string reason;               ///< why a near miss is not handled
  std::filesystem::path companion;  ///< the .img of a pair (beside the .hdr), if it exists
};
ImageProbe probe_image(const std::filesystem::path& path);

struct Picture;    // of internal_picture.h
struct NiftiKind;  // of internal_nifti.h

/// How one component of a voxel is stored.
enum class ValueType : std::uint8_t { u8, i8, u16, i16, u32, i32, u64, i64, f32, f64, other };

/// A whole image file in memory: at most the bytes that it really holds (decompressed), and 16 GiB.
class ImageFile {
 public:
  explicit ImageFile(const std::filesystem::path& path);

  ImageFormat format() const { return probe_.format; }
  /// LPS. NIfTI: sform when its code says so, else qform, else (unknown) pixdim alone; lengths in
  /// metres or micrometres (xyzt_units) are turned into mm.
  const volume::StackGrid& grid() const { return grid_; }
  std::size_t time_points() const { return time_points_; }  ///< product of dimensions 4 and up
  bool is_scalar() const { return is_scalar_; }  ///< false: RGB, complex, vectors, surfaces
  /// False: no qform and no sform, no patient space in an NRRD or MetaImage, singular axes, or a
  /// size that no patient has (the diagonal is below 1 cm or above 4 m, so the unit must be wrong).
  bool geometry_is_known() const { return geometry_is_known_; }

  /// Whether the first time point looks like a label map or mask, of which no image with noise has
  /// the signs: of the neighbours along a row that are not both background (the commonest value) at
  /// least half are equal; and the values are at most 1024 whole numbers, or else (a mask with soft
  /// edges) nine in ten of all neighbours are equal. Looks at half a million voxels in evenly
  /// spread rows.
  bool values_look_like_labels() const;

  /// Real-world values (scl_slope, scl_inter applied) of one time point; NaN and infinity become
  /// invalid. `valid` is empty when all are real.
  volume::Volume real_volume(std::size_t time_point) const;
  /// Raw voxels of one time point, for face::fill.
  volume::StoredVoxels stored(std::size_t time_point);

  /// Texts in the header and its extensions that will be dropped or blanked: (field name, value). A
  /// NIfTI's descrip stays when it is the name and version of a known tool and nothing else. Bytes
  /// behind the voxels and between header and voxels count as text too.
  std::vector<std::pair<std::string, base::Phi<std::string>>> free_texts() const { return texts_; }

  /// Writes to a new file (and its .img for a pair) in the same format and compression; free texts
  /// and extensions are blanked, numeric header fields and untouched voxels are bit-identical. A
  /// NIfTI keeps its dim, datatype, affine, scl_*, cal_* and xyzt_units bytes, and a gzipped one is
  /// deflated anew, without name and time: the same voxels give the same bytes. The .img of a pair
  /// is named after `destination` and keeps its own compression. Returns the files written: the
  /// main one first.
  std::vector<std::filesystem::path> write(const std::filesystem::path& destination) const;

 private:
  void read_nifti(const std::filesystem::path& path);
  void blank_texts(const NiftiKind& kind);
  void read_text_format(const std::filesystem::path& path);
  std::size_t voxels_per_time_point() const { return grid_.voxel_count(); }

  ImageProbe probe_;
  std::vector<std::byte> bytes_;  ///< decompressed, free of texts; NRRD, MetaImage: voxels alone
  std::vector<std::byte> pair_header_;  ///< of .hdr/.img pairs
  bool companion_gzip_ = false;
  std::size_t voxel_offset_ = 0;
  std::size_t bytes_per_voxel_ = 0;
  ValueType type_ = ValueType::other;
  bool is_big_endian_ = false;
  bool says_labels_ = false;  ///< NIfTI's intent code
  double slope_ = 1, intercept_ = 0;
  std::shared_ptr<const Picture> picture_;  ///< NRRD and MetaImage: the header
  volume::StackGrid grid_;
  std::size_t time_points_ = 1;
  bool is_scalar_ = true;
  bool geometry_is_known_ = true;
  std::vector<std::pair<std::string, base::Phi<std::string>>> texts_;
};

/// JPEG 2000 and whatever else GDCM decodes that DCMTK does not: the stored values (no rescale) as
/// native little-endian bytes of all frames. For dicom_dcmtk::ForeignDecoder. Throws base::Error:
/// bad_input for damaged data, unsupported when GDCM cannot decode it either.
std::vector<std::byte> decode_dicom_pixels(const std::filesystem::path& path);

/// ITK's version.
std::string library_version();
/// GDCM's version.
std::string dicom_library_version();

}  // namespace efface::volume_itk
