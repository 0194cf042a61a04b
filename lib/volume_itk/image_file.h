// NIfTI-1/2 (.nii, .nii.gz, .hdr/.img), NRRD and MetaImage files: told apart by content, read as raw
// stored voxels plus geometry plus real-world values, written back with only the chosen voxels changed.
// NIfTI headers are patched in place; NRRD and MetaImage are written anew by ITK without free text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/phi.h"
#include "volume/volume.h"

namespace efface::volume_itk {

enum class ImageFormat : std::uint8_t { none, nifti1, nifti2, nifti1_pair, nifti2_pair, nrrd, metaimage };
const char* to_string(ImageFormat format);

/// By content (gzip is looked into), never by name. Reads at most a few KiB. Analyze 7.5 headers (no NIfTI
/// magic) and detached NRRD/MetaImage headers are `none` with a reason.
struct ImageProbe {
  ImageFormat format = ImageFormat::none;
  bool gzip = false;
  std::string reason;               ///< why a near miss is not handled
  std::filesystem::path companion;  ///< the .img of a pair (beside the .hdr), if it exists
};
ImageProbe probe_image(const std::filesystem::path& path);

/// A whole image file in memory.
class ImageFile {
 public:
  explicit ImageFile(const std::filesystem::path& path);

  const volume::StackGrid& grid() const { return grid_; }    ///< LPS
  std::size_t time_points() const { return time_points_; }   ///< product of dimensions 4 and up
  bool is_scalar() const { return is_scalar_; }              ///< false: RGB, complex, vectors
  bool geometry_is_known() const { return geometry_is_known_; }  ///< false: no qform, no sform
  bool values_look_like_labels() const;   ///< integers, at most 256 distinct: a label map or mask

  /// Real-world values (scl_slope, scl_inter applied) of one time point; NaN becomes invalid.
  volume::Volume real_volume(std::size_t time_point) const;
  /// Raw voxels of one time point, for face::fill.
  volume::StoredVoxels stored(std::size_t time_point);

  /// Texts in the header and its extensions that will be dropped or blanked: (field name, value).
  std::vector<std::pair<std::string, base::Phi<std::string>>> free_texts() const;

  /// Writes to a new file (and its .img for a pair) in the same format and compression; free texts and
  /// extensions are blanked, numeric header fields and untouched voxels are bit-identical. A NIfTI keeps
  /// its dim, datatype, affine, scl_*, cal_* and xyzt_units bytes. Returns the files written.
  std::vector<std::filesystem::path> write(const std::filesystem::path& destination) const;

 private:
  ImageProbe probe_;
  std::vector<std::byte> bytes_;       ///< header and voxels, decompressed, as in the file
  std::vector<std::byte> pair_header_; ///< of .hdr/.img pairs
  std::size_t voxel_offset_ = 0;
  std::size_t bytes_per_voxel_ = 0;
  int datatype_ = 0;
  bool is_big_endian_ = false;
  double slope_ = 1, intercept_ = 0;
  volume::StackGrid grid_;
  std::size_t time_points_ = 1;
  bool is_scalar_ = true;
  bool geometry_is_known_ = true;
};

/// JPEG 2000 and whatever else GDCM decodes that DCMTK does not: native little-endian bytes of all
/// frames. For dicom_dcmtk::ForeignDecoder. Throws base::Error.
std::vector<std::byte> decode_dicom_pixels(const std::filesystem::path& path);

/// ITK's version.
std::string library_version();

}  // namespace efface::volume_itk
