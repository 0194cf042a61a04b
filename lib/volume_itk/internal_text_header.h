// The text headers of NRRD (teem's format definition) and MetaImage files, read before ITK sees
// them: what is detached, what is free text, and whether the voxels that they promise can be there.
// Reads no files.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "volume_itk/internal_nifti.h"

namespace efface::volume_itk {

inline constexpr std::size_t most_header_bytes = 64 << 10;

struct TextHeader {
  std::map<std::string, std::string> fields;  ///< by lower-case name without blanks
  Texts texts;                                ///< comments, key/value pairs, names, dates
  std::size_t data_offset = 0;
  bool is_detached = false;  ///< the voxels are in other files

  /// A field's value in lower case, or empty.
  std::string value(const std::string& name) const;
};

bool is_nrrd(std::span<const std::byte> head);
bool is_metaimage(std::span<const std::byte> head);

/// nullopt when the header does not end within the bytes given.
std::optional<TextHeader> parse_nrrd(std::span<const std::byte> head);
std::optional<TextHeader> parse_metaimage(std::span<const std::byte> head);

}  // namespace efface::volume_itk
