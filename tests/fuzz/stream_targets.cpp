// What pixel data and colour profiles carry beside the image.
#include <algorithm>
#include <vector>

#include "deid/icc_profile.h"
#include "dicom/code_stream.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/targets.h"

namespace efface::fuzz {

void code_stream(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return;
  const auto kind = bytes[0] % 2 == 0 ? dicom::CodeStream::jpeg : dicom::CodeStream::jpeg2000;
  const auto content = std::as_bytes(bytes.subspan(1));
  std::vector<std::byte> stream(content.begin(), content.end());
  dicom::begins_stream(kind, stream);
  const auto ranges = dicom::removable_ranges(kind, stream);
  if (!ranges) return;
  std::uint64_t end = 0;
  for (const dicom::ByteRange& range : *ranges) {
    require(range.begin >= end && range.begin < range.end, "ranges are ascending and apart");
    require(range.end <= stream.size(), "ranges lie inside the stream");
    end = range.end;
    std::fill(stream.begin() + static_cast<std::ptrdiff_t>(range.begin),
              stream.begin() + static_cast<std::ptrdiff_t>(range.end), std::byte{0});
  }
  const auto again = dicom::removable_ranges(kind, stream);
  require(again && again->empty(), "what was blanked has nothing to blank");
}

void icc_profile(std::span<const std::uint8_t> bytes) {
  const std::string profile(bytes.begin(), bytes.end());
  const auto cleaned = deid::without_texts(profile);
  if (!cleaned) return;
  require(cleaned->size() == profile.size(), "the length stays");
  require(deid::without_texts(*cleaned) == cleaned, "what was cleaned is clean");
}

}  // namespace efface::fuzz
