#include <array>
#include <utility>

#include "base/error.h"
#include "dicom_dcmtk/internal_codec.h"
#include "dicom_dcmtk/internal_state.h"
#include "dicom_dcmtk/internal_stream.h"

namespace efface::dicom_dcmtk {

namespace {

std::vector<std::byte> frame_of(const FrameStream& frames, std::size_t number) {
  std::vector<std::byte> bytes = frames.read(number);
  if (bytes.size() != frames.layout.frame_bytes()) {
    throw base::Error(base::Fault::internal, "new pixels do not have the size of the image");
  }
  return bytes;
}

/// One frame's description, as the codec reads it.
dicom::InstanceFacts facts_of_frame(const dicom::InstanceFacts& facts,
                                    const dicom::SampleLayout& layout) {
  dicom::InstanceFacts frame = facts;
  frame.frames = 1;
  frame.photometric_interpretation = layout.photometric_interpretation;
  return frame;
}

/// The items of one compressed frame without offset table and delimiter; empty when it cannot be
/// compressed.
std::string frame_items(const dicom::InstanceFacts& facts, const std::vector<std::byte>& bytes) {
  constexpr std::size_t header = 8;
  const auto encoded = encode_lossless(facts, bytes);
  if (!encoded) return {};
  const auto fragments = split_fragments(std::as_bytes(std::span(encoded->value)));
  if (fragments.size() != 2) return {};  // a frame is one fragment: readers count them
  const std::size_t skipped = header + fragments.front().size();
  return encoded->value.substr(skipped, encoded->value.size() - skipped - header);
}

void write_encapsulated(const dicom::InstanceFacts& facts, const FrameStream& frames,
                        const ByteSink& sink) {
  constexpr std::array<unsigned char, 8> empty_table{0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0};
  constexpr std::array<unsigned char, 8> delimiter{0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0};
  sink(std::as_bytes(std::span(empty_table)));
  for (std::size_t i = 0; i < frames.frames; ++i) {
    const std::string items = frame_items(facts, frame_of(frames, i));
    if (items.empty()) {
      throw base::Error(base::Fault::unsupported, "a frame cannot be compressed without loss");
    }
    sink(std::as_bytes(std::span(items)));
  }
  sink(std::as_bytes(std::span(delimiter)));
}

}  // namespace

StreamedPixels stream_native(const FrameStream& frames, bool swap_words) {
  const std::uint64_t frame_bytes = frames.layout.frame_bytes();
  const std::uint64_t length = frame_bytes * frames.frames;
  if (length >= undefined_length - 1) {
    throw base::Error(base::Fault::unsupported, "pixel data of 4 GiB or more");
  }
  if (swap_words && (frame_bytes % 2 != 0 || frames.layout.bits_allocated > 16)) {
    throw base::Error(base::Fault::unsupported, "big endian frames of this size");
  }
  StreamedPixels streamed;
  streamed.transfer_syntax_uid = transfer_syntax::explicit_little;
  streamed.length = static_cast<std::uint32_t>(length + length % 2);
  streamed.write = [frames, swap_words, is_odd = length % 2 != 0](const ByteSink& sink) {
    for (std::size_t i = 0; i < frames.frames; ++i) {
      std::vector<std::byte> bytes = frame_of(frames, i);
      for (std::size_t b = 0; swap_words && b + 1 < bytes.size(); b += 2) {
        std::swap(bytes[b], bytes[b + 1]);
      }
      sink(bytes);
    }
    if (is_odd) sink(std::array<std::byte, 1>{});
  };
  return streamed;
}

StreamedPixels stream_compressed(const dicom::InstanceFacts& facts, const FrameStream& frames) {
  const dicom::InstanceFacts one = facts_of_frame(facts, frames.layout);
  const auto first = encode_lossless(one, frame_of(frames, 0));
  if (!first) return stream_native(frames, false);
  StreamedPixels streamed;
  streamed.transfer_syntax_uid = first->transfer_syntax_uid;
  streamed.is_encapsulated = true;
  streamed.write = [one, frames](const ByteSink& sink) { write_encapsulated(one, frames, sink); };
  return streamed;
}

}  // namespace efface::dicom_dcmtk
