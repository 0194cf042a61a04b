// The canary test's inputs: a string that occurs nowhere else in every identifying attribute and in
// every hiding place of a DICOM file. None of them may be found in anything that efface writes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace efface::support {

struct Marker {
  std::string text;   ///< what to search for, ASCII, at least 8 characters
  std::string file;   ///< relative to the directory
  std::string place;  ///< e.g. "top level (0010,0010)"
};

/// Writes one file a hiding place, markers.txt (one marker a line, for grep -F -f) and
/// markers_where.tsv (marker, file, place) into `directory`. Attributes whose VR cannot hold a
/// recognisable string (numbers in binary, ages) are set but not listed.
std::vector<Marker> write_canary_files(const std::filesystem::path& directory, std::uint64_t seed);

}  // namespace efface::support
