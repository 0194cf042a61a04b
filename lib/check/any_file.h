// Files that are neither DICOM objects nor images of known formats: pictures, JSON, XML, tables,
// text, and these compressed, told apart by their bytes. Opens no files and decodes no pixels.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "deid/profile.h"
#include "findings/finding.h"

namespace efface::check {

struct AnyFile {
  std::string_view name;  ///< with its ending
  std::string_view content;
  std::vector<std::string> columns = {};  ///< of a compressed table, see sidecar::columns_of()
};

struct InAnyFile {
  std::vector<findings::Finding> findings;  ///< without paths
  bool is_picture = false;                  ///< whose pixels nobody has looked at yet
};

/// Of what is compressed, in bytes before that; tables may be as large as `run` takes them.
inline constexpr std::size_t most_bytes_of_text = 64U << 20U;

/// Never throws for what stands in a file: what cannot be looked into (documents of offices and
/// PDF, archives, other binary data, gzip that holds no text or too much) is the finding
/// not-checked. Documents about a data set (README, LICENSE, CHANGES, *.md and the like) name
/// people and dates on purpose: document.text, a note.
InAnyFile find_in_any_file(const AnyFile& file, const deid::Profile& profile);

}  // namespace efface::check
