#include "dicom_dcmtk/rewriter.h"

#include <algorithm>

#include "base/error.h"
#include "dicom_dcmtk/internal_blanks.h"
#include "dicom_dcmtk/internal_codec.h"
#include "dicom_dcmtk/internal_stream.h"
#include "dicom_dcmtk/internal_write.h"

namespace efface::dicom_dcmtk {

namespace {

using dicom::Tag;

/// (0004,1220) of a DICOMDIR: its records hold byte offsets into the file.
constexpr Tag directory_records{0x0004, 0x1220};
constexpr Tag extended_offsets{0x7FE0, 0x0001};
constexpr Tag extended_lengths{0x7FE0, 0x0002};

/// Copied pixels up to this size are written together with what stands before them.
constexpr std::uint64_t one_write = 1 << 16;

/// How the pixel data element of the output comes about.
struct PixelPart {
  std::string header;                    ///< element header, empty without pixel data
  std::string value;                     ///< new bytes
  PixelSpan copied;                      ///< or bytes of the input
  std::vector<dicom::ByteRange> blanks;  ///< of them that become 0, as places in the content
  std::string padding;                   ///< behind them, to an even length
  std::string transfer_syntax_uid;
  std::function<void(const ByteSink&)> stream = {};  ///< or new bytes that come piece by piece
};

void remove_if_present(Item& root, Tag tag) {
  if (Element* element = root.find(tag)) element->is_removed = true;
}

/// Bytes of native pixel data that the image is made of (PS3.5 section 8.1.1, PS3.3 C.7.6.3.1.2).
std::uint64_t bytes_of_image(const dicom::InstanceFacts& facts) {
  const std::string& colours = facts.photometric_interpretation;
  std::uint64_t half_samples = 2 * std::uint64_t{facts.samples_per_pixel};
  if (colours == "YBR_FULL_422" || colours == "YBR_PARTIAL_422") half_samples = 4;
  if (colours == "YBR_PARTIAL_420") half_samples = 3;
  const std::uint64_t pixels = std::uint64_t{facts.rows} * facts.columns;
  constexpr std::uint64_t absurd = std::uint64_t{1} << 48;
  if (pixels >= absurd || (pixels != 0 && facts.frames > absurd / pixels)) return 0;
  return (pixels * facts.frames * half_samples * facts.bits_allocated + 15) / 16;
}

/// What stands behind the image in its pixel data is nobody's business.
void leave_padding_out(const dicom::InstanceFacts& facts, PixelPart& part) {
  const std::uint64_t image = bytes_of_image(facts);
  if (image == 0) {
    throw base::Error(base::Fault::unsupported, "pixel data without the size of an image");
  }
  part.copied.value_length = std::min(part.copied.value_length, image);
}

PixelPart copied_pixels(const DicomFile& file, const DicomFile::State& state) {
  PixelPart part;
  part.transfer_syntax_uid = state.transfer_syntax_uid;
  part.copied = state.data.pixels;
  if (!part.copied.present) return part;
  if (part.copied.encapsulated) {
    part.blanks = blanks_in_frames(state.bytes(), part.copied, part.transfer_syntax_uid);
  } else {
    leave_padding_out(file.facts(), part);
  }
  if (!part.copied.encapsulated && part.copied.value_length % 2 != 0) part.padding = '\0';
  const std::uint64_t length =
      part.copied.encapsulated ? undefined_length : part.copied.value_length + part.padding.size();
  append_header(state.data.pixel_tag, state.data.pixel_letters, static_cast<std::uint32_t>(length),
                state.encoding, part.header);
  return part;
}

/// New native bytes in the encoding of the input: words swapped for big endian, length even.
std::string native_value(const DicomFile::State& state, const dicom::InstanceFacts& facts,
                         const std::vector<std::byte>& bytes) {
  std::string value(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (value.size() % 2 != 0) value += '\0';
  const bool are_words = facts.bits_allocated == 16 || state.data.pixel_letters[1] == 'W';
  if (!state.data.pixel_is_big_endian || !are_words) return value;
  if (facts.bits_allocated > 16) {
    throw base::Error(base::Fault::unsupported, "big endian pixels of more than 16 bits");
  }
  swap_numbers(dicom::Vr::OW, value);
  return value;
}

PixelPart new_pixel_part(DicomFile::State& state, const dicom::InstanceFacts& facts,
                         const std::vector<std::byte>& bytes) {
  if (!state.data.pixels.present || bytes.size() != native_size(facts)) {
    throw base::Error(base::Fault::internal, "new pixels do not have the size of the image");
  }
  PixelPart part;
  part.transfer_syntax_uid = state.transfer_syntax_uid;
  Encoding encoding = state.encoding;
  std::array<char, 2> letters = state.data.pixel_letters;
  std::uint32_t length = undefined_length;
  if (!state.has_compressed_pixels()) {
    part.value = native_value(state, facts, bytes);
    length = static_cast<std::uint32_t>(part.value.size());
  } else {
    if (facts.samples_per_pixel != 1) {
      throw base::Error(base::Fault::unsupported, "new pixels for a compressed colour image");
    }
    remove_if_present(state.data.root, extended_offsets);
    remove_if_present(state.data.root, extended_lengths);
    encoding = {true, false};
    if (auto encoded = encode_lossless(facts, bytes)) {
      part.value = std::move(encoded->value);
      part.transfer_syntax_uid = encoded->transfer_syntax_uid;
      letters = {'O', 'B'};
    } else {
      part.value.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      if (part.value.size() % 2 != 0) part.value += '\0';
      part.transfer_syntax_uid = transfer_syntax::explicit_little;
      letters = {'O', facts.bits_allocated > 8 ? 'W' : 'B'};
      length = static_cast<std::uint32_t>(part.value.size());
    }
  }
  if (part.value.size() >= undefined_length) {
    throw base::Error(base::Fault::unsupported, "pixel data of 4 GiB or more");
  }
  append_header(state.data.pixel_tag, letters, length, encoding, part.header);
  return part;
}

/// The layout that the data set describes from now on.
void describe(const dicom::SampleLayout& layout, DicomFile::State& state) {
  Item& root = state.data.root;
  const bool is_big_endian = false;  // only compressed data sets get here: they are little endian
  put_value(root, {0x0028, 0x0004}, dicom::Vr::CS, layout.photometric_interpretation,
            is_big_endian);
  if (layout.samples_per_pixel > 1) {
    put_value(root, {0x0028, 0x0006}, dicom::Vr::US,
              std::string(layout.is_planar ? "\1\0" : "\0\0", 2), is_big_endian);
  }
}

PixelPart streamed_pixel_part(DicomFile::State& state, const dicom::InstanceFacts& facts,
                              const FrameStream& frames) {
  if (!state.data.pixels.present || frames.frames == 0) {
    throw base::Error(base::Fault::internal, "new pixels for an image without any");
  }
  PixelPart part;
  part.transfer_syntax_uid = state.transfer_syntax_uid;
  Encoding encoding = state.encoding;
  std::array<char, 2> letters = state.data.pixel_letters;
  StreamedPixels streamed;
  if (state.has_compressed_pixels()) {
    remove_if_present(state.data.root, extended_offsets);
    remove_if_present(state.data.root, extended_lengths);
    describe(frames.layout, state);
    encoding = {true, false};
    streamed = stream_compressed(facts, frames);
    part.transfer_syntax_uid = streamed.transfer_syntax_uid;
    letters = {'O', streamed.is_encapsulated || frames.layout.bits_allocated <= 8 ? 'B' : 'W'};
  } else {
    const bool are_words = facts.bits_allocated == 16 || letters[1] == 'W';
    streamed = stream_native(frames, state.data.pixel_is_big_endian && are_words);
  }
  part.stream = std::move(streamed.write);
  append_header(state.data.pixel_tag, letters, streamed.length, encoding, part.header);
  return part;
}

/// Edits that concern the pixel data element itself: only its removal makes sense.
dicom::EditPlan without_pixel_edits(const dicom::EditPlan& plan, Tag pixel_tag, bool& removed) {
  dicom::EditPlan rest = plan;
  std::erase_if(rest.edits, [&](const dicom::Edit& edit) {
    const bool concerns = edit.path.parents.empty() && edit.path.tag == pixel_tag;
    if (concerns && edit.action != dicom::Action::remove) {
      throw base::Error(base::Fault::internal, "pixel data are not replaced by an edit");
    }
    removed = removed || concerns;
    return concerns;
  });
  return rest;
}

bool has_pixel_edit(const dicom::EditPlan& plan) {
  return std::any_of(plan.edits.begin(), plan.edits.end(), [](const dicom::Edit& edit) {
    return edit.path.parents.empty() && is_pixel_tag(edit.path.tag);
  });
}

void write_copied(const Content& content, const PixelPart& part, const base::FileDescriptor& out,
                  const std::filesystem::path& destination) {
  std::uint64_t place = part.copied.value_offset;
  const auto copy_up_to = [&](std::uint64_t end) {
    content.visit(place, end, [&](Bytes bytes) { base::write_all(out, bytes, destination); });
    place = end;
  };
  for (const dicom::ByteRange& blank : part.blanks) {
    copy_up_to(blank.begin);
    const std::vector<std::byte> zeros(blank.end - blank.begin);
    base::write_all(out, zeros, destination);
    place = blank.end;
  }
  copy_up_to(part.copied.value_offset + part.copied.value_length);
}

void write_plain(const DicomFile::State& state, const PixelPart& part, std::string head,
                 const std::filesystem::path& destination, WriteReport& report) {
  const base::FileDescriptor out = base::create_file(destination);
  head += part.header;
  report.pixels_begin = head.size();
  report.pixels_end =
      head.size() + part.value.size() + (part.copied.present ? part.copied.value_length : 0);
  if (part.copied.present && part.blanks.empty() && part.copied.value_length <= one_write) {
    const Bytes value =
        state.content.bytes().subspan(part.copied.value_offset, part.copied.value_length);
    head.append(reinterpret_cast<const char*>(value.data()), value.size());
    head += part.padding;
    return base::write_all(out, std::as_bytes(std::span(head)), destination);
  }
  base::write_all(out, std::as_bytes(std::span(head)), destination);
  base::write_all(out, std::as_bytes(std::span(part.value)), destination);
  if (part.stream) {
    part.stream([&](Bytes bytes) {
      report.pixels_end += bytes.size();
      base::write_all(out, bytes, destination);
    });
  }
  if (part.copied.present) {
    write_copied(state.content, part, out, destination);
    base::write_all(out, std::as_bytes(std::span(part.padding)), destination);
  }
}

void write_deflated(const DicomFile::State& state, const PixelPart& part, const std::string& meta,
                    std::string data_set, const std::filesystem::path& destination) {
  data_set += part.header;
  data_set += part.value;
  if (part.stream) {
    part.stream([&](Bytes bytes) {
      data_set.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    });
  }
  if (part.copied.present) {
    const Bytes value = state.bytes().subspan(part.copied.value_offset, part.copied.value_length);
    data_set.append(reinterpret_cast<const char*>(value.data()), value.size());
    data_set += part.padding;
  }
  const std::vector<std::byte> packed = deflate_raw(std::as_bytes(std::span(data_set)));
  const base::FileDescriptor out = base::create_file(destination);
  base::write_all(out, std::as_bytes(std::span(meta)), destination);
  base::write_all(out, packed, destination);
}

PixelPart new_part(DicomFile& file, const std::optional<NewPixels>& pixels) {
  if (!pixels) return copied_pixels(file, file.state());
  if (pixels->stream) return streamed_pixel_part(file.state(), file.facts(), *pixels->stream);
  return new_pixel_part(file.state(), file.facts(), pixels->bytes);
}

}  // namespace

WriteReport write_edited(DicomFile& file, const dicom::EditPlan& plan,
                         const std::filesystem::path& destination,
                         const std::optional<NewPixels>& new_pixels) {
  DicomFile::State& state = file.state();
  if (state.is_spent) throw base::Error(base::Fault::internal, "a file was edited twice");
  if (state.data.is_truncated) {
    throw base::Error(base::Fault::bad_input, "the file ends inside an element");
  }
  if (state.data.root.find(directory_records) != nullptr) {
    throw base::Error(base::Fault::unsupported, "a directory of files cannot be rewritten");
  }
  PixelPart part = new_part(file, new_pixels);
  state.is_spent = true;
  bool pixels_removed = false;
  if (state.data.pixels.present && has_pixel_edit(plan)) {
    const auto rest = without_pixel_edits(plan, state.data.pixel_tag, pixels_removed);
    apply_edits(rest, state.encoding, state.data.root);
    if (pixels_removed) {
      part = PixelPart();
      part.transfer_syntax_uid = state.transfer_syntax_uid;
    }
  } else {
    apply_edits(plan, state.encoding, state.data.root);
  }
  const bool is_explicit_now = part.transfer_syntax_uid != state.transfer_syntax_uid;
  const Encoding encoding = is_explicit_now ? Encoding{true, false} : state.encoding;
  std::string meta =
      make_file_meta(state.data.root, state.meta, state.bytes(), part.transfer_syntax_uid);
  WriteReport report;
  report.pixels_copied = part.copied.present;
  for (const dicom::ByteRange& blank : part.blanks) report.blanked_bytes += blank.end - blank.begin;
  report.pixels_reencoded = new_pixels.has_value() && !pixels_removed;
  report.transfer_syntax_uid = part.transfer_syntax_uid;
  report.is_deflated = state.is_deflated;
  if (state.is_deflated) {
    std::string data_set;
    append_elements(state.data.root, state.bytes(), encoding, data_set);
    write_deflated(state, part, meta, std::move(data_set), destination);
  } else {
    append_elements(state.data.root, state.bytes(), encoding, meta);
    write_plain(state, part, std::move(meta), destination, report);
  }
  return report;
}

}  // namespace efface::dicom_dcmtk
