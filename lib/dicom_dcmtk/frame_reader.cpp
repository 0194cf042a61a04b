#include "dicom_dcmtk/frame_reader.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/error.h"
#include "dicom_dcmtk/internal_codec.h"
#include "dicom_dcmtk/internal_state.h"

namespace efface::dicom_dcmtk {

namespace {

using dicom::SampleLayout;
using dicom::Tag;

constexpr Tag pixel_data_tag{0x7FE0, 0x0010};
constexpr Tag planar_tag{0x0028, 0x0006};
constexpr std::uint64_t largest_foreign_bytes = 1ULL << 30;

[[noreturn]] void not_supported(const char* why) {
  throw base::Error(base::Fault::unsupported, why);
}

/// The words of an element that attributes() would not load for their size.
std::vector<std::uint16_t> words_of(const DicomFile::State& state, Tag tag) {
  std::vector<std::uint16_t> words;
  const Element* element = state.data.root.find(tag);
  if (element == nullptr || element->is_sequence || element->has_undefined_length) return words;
  const Bytes value = state.bytes().subspan(element->value_offset, element->value_length);
  for (std::uint64_t i = 0; i + 1 < value.size(); i += 2) {
    words.push_back(load16(value, i, element->is_big_endian));
  }
  return words;
}

/// (0028,1101) to (0028,1103) and (0028,1201) to (0028,1203) (PS3.3 C.7.6.3.1.5). Segmented
/// palettes are not read.
std::optional<dicom::Palette> palette_of(const DicomFile::State& state, bool is_signed) {
  dicom::Palette palette;
  for (std::uint16_t c = 0; c < 3; ++c) {
    const std::vector<std::uint16_t> description =
        words_of(state, {0x0028, static_cast<std::uint16_t>(0x1101 + c)});
    std::vector<std::uint16_t> data =
        words_of(state, {0x0028, static_cast<std::uint16_t>(0x1201 + c)});
    if (description.size() != 3) return std::nullopt;
    const std::size_t entries = description[0] == 0 ? 65536 : description[0];
    const bool are_bytes = description[2] == 8 && data.size() < entries;
    if (are_bytes) {  // two entries a word
      std::vector<std::uint16_t> unpacked;
      for (const std::uint16_t word : data) {
        unpacked.push_back(static_cast<std::uint16_t>((word & 0xFF) << 8));
        unpacked.push_back(static_cast<std::uint16_t>(word & 0xFF00));
      }
      data = std::move(unpacked);
    }
    if (data.size() < entries) return std::nullopt;
    data.resize(entries);
    palette.first = is_signed ? static_cast<std::int16_t>(description[1]) : description[1];
    palette.colours[c] = std::move(data);
  }
  return palette;
}

SampleLayout layout_of(const dicom::InstanceFacts& facts, const DicomFile::State& state,
                       std::uint16_t planar) {
  SampleLayout layout;
  layout.columns = facts.columns;
  layout.rows = facts.rows;
  layout.samples_per_pixel = facts.samples_per_pixel;
  layout.bits_allocated = facts.bits_allocated;
  layout.bits_stored = facts.bits_stored;
  layout.high_bit = facts.high_bit;
  layout.is_signed = facts.is_signed;
  layout.is_planar = facts.samples_per_pixel > 1 && planar == 1;
  layout.photometric_interpretation = facts.photometric_interpretation;
  if (facts.photometric_interpretation == "PALETTE COLOR") {
    layout.palette = palette_of(state, facts.is_signed);
  }
  return layout;
}

/// Where each frame begins, in bytes from the first fragment's item (PS3.5 A.4): the basic offset
/// table. Empty when it does not state all frames.
std::vector<std::uint32_t> offsets_in(Bytes table, std::size_t frames) {
  std::vector<std::uint32_t> offsets;
  if (table.size() != 4 * frames) return offsets;
  for (std::uint64_t i = 0; i < table.size(); i += 4) offsets.push_back(load32(table, i, false));
  return offsets;
}

bool begins_frame(Bytes fragment) {
  return fragment.size() > 2 && fragment[0] == std::byte{0xFF} && fragment[1] == std::byte{0xD8};
}

/// Planes to pixels: of three samples each.
std::vector<std::byte> by_pixel(const std::vector<std::byte>& planes, std::size_t sample_bytes) {
  std::vector<std::byte> pixels(planes.size());
  const std::size_t count = planes.size() / 3 / sample_bytes;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      std::copy_n(&planes[(c * count + i) * sample_bytes], sample_bytes,
                  &pixels[(3 * i + c) * sample_bytes]);
    }
  }
  return pixels;
}

}  // namespace

FrameReader::FrameReader(DicomFile& file, const ForeignDecoder& foreign) : facts_(file.facts()) {
  const DicomFile::State& state = file.state();
  if (!facts_.has_pixel_data || state.data.pixel_tag != pixel_data_tag) {
    not_supported("no integer pixel data");
  }
  if (facts_.transfer_syntax_uid == transfer_syntax::ge_private) {
    not_supported("GE's private transfer syntax");
  }
  const std::uint64_t size = native_size(facts_);
  count_ = facts_.frames;
  planar_ = Values(state.data.root, state.bytes()).us(planar_tag).value_or(0);
  layout_ = layout_of(facts_, state, planar_);
  if (!state.has_compressed_pixels()) {
    const std::uint64_t present = state.data.pixels.value_length;
    if (present / count_ < layout_.frame_bytes()) {
      throw base::Error(base::Fault::bad_input, "the pixel data are shorter than the image");
    }
    native_ = state.bytes().subspan(state.data.pixels.value_offset, present);
    const bool are_words = facts_.bits_allocated == 16 || state.data.pixel_letters[1] == 'W';
    swaps_words_ = state.data.pixel_is_big_endian && are_words;
    const bool cannot_swap = layout_.frame_bytes() % 2 != 0 || facts_.bits_allocated > 16;
    if (swaps_words_ && cannot_swap) not_supported("big endian frames of this size");
    return;
  }
  if (!is_known_to_dcmtk(facts_.transfer_syntax_uid)) {
    if (!foreign) not_supported("no codec for this transfer syntax");
    if (size > largest_foreign_bytes) not_supported("JPEG 2000 of more than 1 GiB");
    decoded_ = foreign(file.state().content.readable_path());
    if (decoded_.size() < size) {
      throw base::Error(base::Fault::bad_input, "the pixel data are shorter than the image");
    }
    const std::string kind = layout_.photometric_interpretation;
    if (kind == "YBR_RCT" || kind == "YBR_ICT") layout_.photometric_interpretation = "RGB";
    layout_.is_planar = false;
    return;
  }
  find_fragments(state);
  read_fragments(0, &layout_);
}

void FrameReader::find_fragments(const DicomFile::State& state) {
  const PixelSpan& span = state.data.pixels;
  const Fragments all =
      split_fragments(state.bytes().subspan(span.value_offset, span.value_length));
  const std::size_t pieces = all.size() - 1;  // the first is the offset table
  const std::vector<std::uint32_t> offsets = offsets_in(all.front(), count_);
  std::uint64_t offset = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    const bool is_next =
        fragments_.empty() || pieces == count_ ||
        (offsets.empty() ? begins_frame(all[i])
                         : fragments_.size() < count_ && offsets[fragments_.size()] == offset);
    if (is_next && (fragments_.empty() || count_ > 1)) fragments_.emplace_back();
    fragments_.back().push_back(all[i]);
    offset += 8 + all[i].size();
  }
  if (fragments_.size() != count_) {
    not_supported("fragments of pixel data that cannot be told apart into frames");
  }
}

std::vector<std::byte> FrameReader::read(std::size_t frame) const {
  if (frame >= count_) throw base::Error(base::Fault::internal, "a frame beyond the last");
  if (!fragments_.empty()) return read_fragments(frame, nullptr);
  if (decoded_.empty()) return read_native(frame);
  const std::size_t size = layout_.frame_bytes();
  const auto first = decoded_.begin() + static_cast<std::ptrdiff_t>(frame * size);
  return {first, first + static_cast<std::ptrdiff_t>(size)};
}

std::vector<std::byte> FrameReader::read_native(std::size_t frame) const {
  const std::size_t size = layout_.frame_bytes();
  const Bytes value = native_.subspan(frame * size, size);
  std::vector<std::byte> bytes(value.begin(), value.end());
  for (std::size_t i = 0; swaps_words_ && i + 1 < bytes.size(); i += 2) {
    std::swap(bytes[i], bytes[i + 1]);
  }
  return bytes;
}

std::vector<std::byte> FrameReader::read_fragments(std::size_t frame,
                                                   dicom::SampleLayout* layout) const {
  dicom::InstanceFacts one = facts_;
  one.frames = 1;
  Fragments fragments{Bytes{}};
  fragments.insert(fragments.end(), fragments_[frame].begin(), fragments_[frame].end());
  Decoded decoded = decode_described(one, planar_, fragments);
  if (layout_.samples_per_pixel == 3 && decoded.planar == 1) {
    decoded.bytes = by_pixel(decoded.bytes, layout_.bytes_per_sample());
  }
  if (layout != nullptr) {
    layout->photometric_interpretation = decoded.photometric_interpretation;
    layout->is_planar = false;
  }
  if (decoded.bytes.size() != layout_.frame_bytes()) {
    throw base::Error(base::Fault::bad_input, "decoded pixel data do not have the image's size");
  }
  return std::move(decoded.bytes);
}

}  // namespace efface::dicom_dcmtk
