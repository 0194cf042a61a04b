#include <algorithm>

#include "base/error.h"
#include "dicom_dcmtk/internal_blanks.h"
#include "dicom_dcmtk/internal_codec.h"

namespace efface::dicom_dcmtk {

namespace {

using dicom::ByteRange;

/// One stream, which may lie in several fragments.
class Stream {
 public:
  bool is_empty() const { return fragments_.empty(); }
  void add(Bytes fragment) { fragments_.push_back(fragment); }

  void append_blanks(dicom::CodeStream kind, const std::byte* content,
                     std::vector<ByteRange>& blanks) const {
    std::vector<std::byte> joined;
    Bytes stream = fragments_.front();
    if (fragments_.size() > 1) {
      for (const Bytes part : fragments_) joined.insert(joined.end(), part.begin(), part.end());
      stream = joined;
    }
    const auto ranges = dicom::removable_ranges(kind, stream);
    if (!ranges) {
      throw base::Error(base::Fault::unsupported,
                        "a compressed frame cannot be searched for comments");
    }
    for (const ByteRange& range : *ranges) append_places(range, content, blanks);
  }

 private:
  std::vector<Bytes> fragments_;

  /// A range of the stream as places in the content, one for each fragment that it touches.
  void append_places(const ByteRange& range, const std::byte* content,
                     std::vector<ByteRange>& blanks) const {
    std::uint64_t start = 0;
    for (const Bytes part : fragments_) {
      const std::uint64_t begin = std::max(range.begin, start);
      const std::uint64_t end = std::min(range.end, start + part.size());
      if (begin < end) {
        const auto place = static_cast<std::uint64_t>(part.data() - content);
        blanks.push_back({place + begin - start, place + end - start});
      }
      start += part.size();
    }
  }
};

}  // namespace

std::vector<ByteRange> blanks_in_frames(Bytes content, const PixelSpan& pixels,
                                        const std::string& transfer_syntax_uid) {
  const dicom::CodeStream kind = dicom::code_stream_of(transfer_syntax_uid);
  if (kind == dicom::CodeStream::none) return {};
  if (kind == dicom::CodeStream::unknown) {
    throw base::Error(base::Fault::unsupported, "nothing here can look into this compression");
  }
  std::vector<ByteRange> blanks;
  Stream stream;
  const std::vector<Bytes> items =
      split_fragments(content.subspan(pixels.value_offset, pixels.value_length));
  for (std::size_t i = 1; i < items.size(); ++i) {  // the first is the offset table
    if (!stream.is_empty() && dicom::begins_stream(kind, items[i])) {
      stream.append_blanks(kind, content.data(), blanks);
      stream = {};
    }
    stream.add(items[i]);
  }
  if (!stream.is_empty()) stream.append_blanks(kind, content.data(), blanks);
  return blanks;
}

}  // namespace efface::dicom_dcmtk
