// Which files beside images are understood: JSON and XML sidecars, tables, plain text, and lists of
// numbers. By name; whether the content is what the name says is found out on cleaning.
#pragma once

#include <cstdint>
#include <string_view>

namespace efface::sidecar {

enum class Kind : std::uint8_t {
  none,
  json,     ///< .json
  tsv,      ///< .tsv: tab-separated, without quotation (BIDS)
  tsv_gz,   ///< .tsv.gz: the same without a row of names, which its JSON sidecar holds (BIDS)
  csv,      ///< .csv (RFC 4180)
  xml,      ///< .xml
  text,     ///< .txt, .md, and README, CHANGES, LICENSE without an ending
  numbers,  ///< .bval, .bvec: numbers and white space alone
};

/// `path` may have folders; letter case of the ending does not count.
Kind kind_of(std::string_view path);

/// "json sidecar", "xml sidecar", "table", "text", "numbers"; for the manifest.
std::string_view to_string(Kind kind);

/// The path without the ending that makes it a sidecar, or an image (.nii, .nii.gz, .hdr, .nrrd,
/// .mha, .mhd): a sidecar belongs to the image with the same stem.
std::string_view stem_of(std::string_view path);

}  // namespace efface::sidecar
