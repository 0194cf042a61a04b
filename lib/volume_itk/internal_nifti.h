// NIfTI-1 and NIfTI-2 headers by their bytes (nifti1.h and nifti2.h of the NIfTI DFWG): what they
// say of shape, type and place, and which of their fields are text. Reads no files.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/phi.h"
#include "volume_itk/image_file.h"

namespace efface::volume_itk {

using Texts = std::vector<std::pair<std::string, base::Phi<std::string>>>;

struct NiftiKind {
  bool is_version_2 = false;
  bool is_pair = false;
  bool is_big_endian = false;
  std::size_t header_bytes() const { return is_version_2 ? 540 : 348; }
};

/// By sizeof_hdr and magic; nullopt for anything else, Analyze 7.5 included.
std::optional<NiftiKind> nifti_kind(std::span<const std::byte> head);
/// An Analyze 7.5 header: the size of a NIfTI-1 header without its magic.
bool is_analyze(std::span<const std::byte> head);

struct NiftiShape {
  std::array<std::size_t, 3> extent{};  ///< dim 1 to 3, at least 1
  std::size_t time_points = 1;
  ValueType type = ValueType::other;
  std::size_t bytes_per_voxel = 0;
  bool is_scalar = true;
  bool says_labels = false;
  double slope = 1, intercept = 0;
  std::size_t voxel_offset = 0;  ///< in the .nii or the .img
  std::size_t voxel_bytes = 0;
};

/// Throws base::Error: bad_input for dimensions or offsets that cannot be, unsupported for data
/// types without whole bytes or in extended precision and for more than most_image_bytes.
NiftiShape nifti_shape(std::span<const std::byte> header, const NiftiKind& kind);

/// Where the voxels are, LPS mm; `is_known` false: the grid is made from pixdim alone.
struct NiftiPlace {
  volume::StackGrid grid;
  bool is_known = false;
};
NiftiPlace nifti_place(std::span<const std::byte> header, const NiftiKind& kind,
                       const NiftiShape& shape);

/// Zeroes every text field (descrip unless it is the name of a tool alone) and appends what stood
/// there.
void blank_nifti_texts(std::span<std::byte> header, const NiftiKind& kind, Texts& texts);
/// Zeroes a range and appends it to `texts` as `name` when there was anything.
void blank_range(std::span<std::byte> range, const std::string& name, Texts& texts);

/// Whether a text is the name and version of an imaging tool and nothing else: "FSL5.0", "SPM12",
/// "AFNI_21.3.0", "ITK 5.2.1", "FreeSurfer 7.1.1", "ANTs 2.3.5", "MRtrix version: 3.0.2",
/// "nibabel 5.0.0", "3D Slicer 5.2". Numbers of more than three digits are
/// never a version here, since they can be dates or patient numbers.
bool is_tool_name(const std::string& text);

}  // namespace efface::volume_itk
