#include "dicom_dcmtk/pixels.h"

#include <algorithm>

#include "base/error.h"
#include "dicom_dcmtk/internal_codec.h"
#include "dicom_dcmtk/internal_state.h"

namespace efface::dicom_dcmtk {

namespace {

using dicom::InstanceFacts;

constexpr dicom::Tag pixel_data_tag{0x7FE0, 0x0010};
constexpr dicom::Tag planar_tag{0x0028, 0x0006};

std::vector<std::byte> native_bytes(const DicomFile::State& state, const InstanceFacts& facts) {
  const PixelSpan& span = state.data.pixels;
  const std::uint64_t size = native_size(facts);
  if (span.value_length < size) {
    throw base::Error(base::Fault::bad_input, "the pixel data are shorter than the image");
  }
  const Bytes value = state.bytes().subspan(span.value_offset, size);
  std::vector<std::byte> bytes(value.begin(), value.end());
  if (!state.data.pixel_is_big_endian) return bytes;
  if (facts.bits_allocated > 16) {
    throw base::Error(base::Fault::unsupported, "big endian pixels of more than 16 bits");
  }
  const bool are_words = facts.bits_allocated == 16 || state.data.pixel_letters[1] == 'W';
  if (!are_words) return bytes;
  if (bytes.size() % 2 != 0) bytes.push_back(state.bytes()[span.value_offset + size]);
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) std::swap(bytes[i], bytes[i + 1]);
  bytes.resize(size);
  return bytes;
}

/// Stored bits of one sample as a signed number (PS3.5 section 8.1.1).
struct SampleReader {
  unsigned bytes, shift, bits;
  bool is_signed;

  explicit SampleReader(const InstanceFacts& facts)
      : bytes(facts.bits_allocated / 8),
        shift(0),
        bits(facts.bits_stored),
        is_signed(facts.is_signed) {
    if (bits == 0 || bits > facts.bits_allocated) bits = facts.bits_allocated;
    if (facts.high_bit + 1 > bits && facts.high_bit < facts.bits_allocated) {
      shift = facts.high_bit + 1 - bits;
    }
  }

  std::int64_t operator()(const std::byte* at) const {
    std::uint64_t raw = 0;
    for (unsigned i = 0; i < bytes; ++i) raw |= std::to_integer<std::uint64_t>(at[i]) << (8 * i);
    raw = (raw >> shift) & ((std::uint64_t{1} << bits) - 1);
    const bool negative = is_signed && ((raw >> (bits - 1)) & 1) != 0;
    return static_cast<std::int64_t>(raw) - (negative ? std::int64_t{1} << bits : 0);
  }
};

}  // namespace

DecodedPixels decode_pixels(DicomFile& file, const ForeignDecoder& foreign) {
  const DicomFile::State& state = file.state();
  const InstanceFacts facts = file.facts();
  if (!facts.has_pixel_data || state.data.pixel_tag != pixel_data_tag) {
    throw base::Error(base::Fault::unsupported, "no integer pixel data");
  }
  if (facts.transfer_syntax_uid == transfer_syntax::ge_private) {
    throw base::Error(base::Fault::unsupported, "GE's private transfer syntax");
  }
  DecodedPixels pixels;
  const std::uint64_t size = native_size(facts);
  pixels.bytes_per_voxel = std::size_t{facts.bits_allocated / 8} * facts.samples_per_pixel;
  if (!state.has_compressed_pixels()) {
    pixels.bytes = native_bytes(state, facts);
  } else if (is_known_to_dcmtk(facts.transfer_syntax_uid)) {
    const Values values(state.data.root, state.bytes());
    const PixelSpan& span = state.data.pixels;
    pixels.bytes = decode_fragments(
        facts, values.us(planar_tag).value_or(0),
        split_fragments(state.bytes().subspan(span.value_offset, span.value_length)));
  } else if (foreign) {
    pixels.bytes = foreign(state.content.readable_path());
  } else {
    throw base::Error(base::Fault::unsupported, "no codec for this transfer syntax");
  }
  if (pixels.bytes.size() < size) {
    throw base::Error(base::Fault::bad_input, "the pixel data are shorter than the image");
  }
  pixels.bytes.resize(size);
  return pixels;
}

RealFrame real_values(const InstanceFacts& facts, const DecodedPixels& pixels, std::size_t frame,
                      double slope, double intercept) {
  if (facts.samples_per_pixel != 1) {
    throw base::Error(base::Fault::unsupported, "colour pixels have no real-world value");
  }
  const std::size_t count = std::size_t{facts.rows} * facts.columns;
  const std::size_t step = pixels.bytes_per_voxel;
  if (step == 0 || frame >= facts.frames || pixels.bytes.size() / step < count * (frame + 1)) {
    throw base::Error(base::Fault::internal, "a frame beyond the decoded pixels was asked for");
  }
  const SampleReader sample(facts);
  const std::int64_t padding = facts.padding_value.value_or(0);
  const std::int64_t limit = facts.padding_range_limit.value_or(padding);
  const auto [low, high] = std::minmax(padding, limit);
  RealFrame result{std::vector<float>(count), std::vector<std::uint8_t>(count, 1)};
  const std::byte* at = pixels.bytes.data() + frame * count * step;
  for (std::size_t i = 0; i < count; ++i, at += step) {
    const std::int64_t stored = sample(at);
    result.values[i] = static_cast<float>(static_cast<double>(stored) * slope + intercept);
    if (facts.padding_value && stored >= low && stored <= high) result.valid[i] = 0;
  }
  return result;
}

}  // namespace efface::dicom_dcmtk
