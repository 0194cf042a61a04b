#include "base/error.h"
#include "dicom/uid.h"
#include "dicom_dcmtk/internal_write.h"

namespace efface::dicom_dcmtk {

namespace {

using dicom::Tag;
using dicom::Vr;

/// 2.25 and the name-based UUID made from the SHA-256 of "efface": the same for every copy.
constexpr const char* implementation_class_uid = "2.25.33074331901216456632235516809464754970";
constexpr const char* implementation_version_name = "EFFACE_0_1";
constexpr Tag trailing_padding_tag{0xFFFC, 0xFFFC};
constexpr std::size_t preamble_bytes = 128;

void append16(std::uint16_t number, bool is_big_endian, std::string& out) {
  const char low = static_cast<char>(number & 0xFF);
  const char high = static_cast<char>(number >> 8);
  out += is_big_endian ? high : low;
  out += is_big_endian ? low : high;
}

void append32(std::uint32_t number, bool is_big_endian, std::string& out) {
  const auto low = static_cast<std::uint16_t>(number & 0xFFFF);
  const auto high = static_cast<std::uint16_t>(number >> 16);
  append16(is_big_endian ? high : low, is_big_endian, out);
  append16(is_big_endian ? low : high, is_big_endian, out);
}

void append_delimiter(Tag tag, std::uint32_t length, bool is_big_endian, std::string& out) {
  append16(tag.group, is_big_endian, out);
  append16(tag.element, is_big_endian, out);
  append32(length, is_big_endian, out);
}

/// Writes the number of bytes behind `start` into the four bytes before it.
void patch_length(std::size_t start, bool is_big_endian, std::string& out) {
  const std::size_t length = out.size() - start;
  if (length >= undefined_length) {
    throw base::Error(base::Fault::unsupported, "a sequence is longer than its length can say");
  }
  std::string bytes;
  append32(static_cast<std::uint32_t>(length), is_big_endian, bytes);
  out.replace(start - 4, 4, bytes);
}

void append_sequence(const Element& element, Bytes content, Encoding outer, std::string& out) {
  const bool is_undefined = element.has_undefined_length;
  append_header(element.tag, element.letters, is_undefined ? undefined_length : 0, outer, out);
  const std::size_t start = out.size();
  const Encoding inside = element.vr == Vr::SQ ? outer : element.inside;
  for (const Item& item : element.items) {
    if (item.is_removed) continue;
    append_delimiter(item_tag, item.has_undefined_length ? undefined_length : 0,
                     inside.is_big_endian, out);
    const std::size_t item_start = out.size();
    append_elements(item, content, inside, out);
    if (item.has_undefined_length) {
      append_delimiter(item_end_tag, 0, inside.is_big_endian, out);
    } else {
      patch_length(item_start, inside.is_big_endian, out);
    }
  }
  if (is_undefined) {
    append_delimiter(sequence_end_tag, 0, inside.is_big_endian, out);
  } else {
    patch_length(start, outer.is_big_endian, out);
  }
}

void append_value(const Element& element, Bytes content, Encoding encoding, std::string& out) {
  const std::string_view value = value_of(element, content);
  const bool is_odd = value.size() % 2 != 0;
  const auto length = static_cast<std::uint32_t>(value.size() + (is_odd ? 1 : 0));
  std::array<char, 2> letters = element.letters;
  if (encoding.is_explicit && !has_long_header(element.vr) && length > 0xFFFF) {
    letters = {'U', 'N'};  // from an implicit element: its VR cannot say so long a value
  }
  append_header(element.tag, letters, element.has_undefined_length ? undefined_length : length,
                encoding, out);
  out += value;
  if (is_odd) out += dicom::is_text(element.vr) && element.vr != Vr::UI ? ' ' : '\0';
}

void append_meta(std::uint16_t element, Vr vr, std::string value, std::string& out) {
  if (value.size() % 2 != 0) value += vr == Vr::SH ? ' ' : '\0';
  const std::string name = dicom::to_string(vr);
  append_header({0x0002, element}, {name[0], name[1]}, static_cast<std::uint32_t>(value.size()),
                {true, false}, out);
  out += value;
}

}  // namespace

void append_header(Tag tag, const std::array<char, 2>& letters, std::uint32_t length,
                   Encoding encoding, std::string& out) {
  const bool is_big = encoding.is_big_endian;
  append16(tag.group, is_big, out);
  append16(tag.element, is_big, out);
  if (!encoding.is_explicit) return append32(length, is_big, out);
  out.append(letters.data(), letters.size());
  const Vr vr = dicom::vr_from({letters.data(), 2});
  const bool is_long = vr != Vr::none ? has_long_header(vr)
                                      : letters[0] >= 'A' && letters[0] <= 'Z' &&
                                            letters[1] >= 'A' && letters[1] <= 'Z';
  if (!is_long) return append16(static_cast<std::uint16_t>(length), is_big, out);
  append16(0, is_big, out);
  append32(length, is_big, out);
}

void append_elements(const Item& item, Bytes content, Encoding encoding, std::string& out) {
  for (const Element& element : item.elements) {
    if (element.is_removed || element.tag.is_group_length()) continue;
    if (element.tag == trailing_padding_tag) continue;
    if (element.is_sequence) {
      append_sequence(element, content, encoding, out);
    } else {
      append_value(element, content, encoding, out);
    }
  }
}

std::string make_file_meta(const Item& root, const Item& old_meta, Bytes content,
                           const std::string& transfer_syntax_uid) {
  const Values values(root, content);
  std::string sop_class = values.text({0x0008, 0x0016});
  if (sop_class.empty()) sop_class = Values(old_meta, content).text({0x0002, 0x0002});
  if (!dicom::is_registered_uid(sop_class)) sop_class.clear();
  const std::string sop_instance = values.text({0x0008, 0x0018});
  std::string group;
  append_meta(0x0001, Vr::OB, std::string("\0\1", 2), group);
  if (!sop_class.empty()) append_meta(0x0002, Vr::UI, sop_class, group);
  if (!sop_instance.empty()) append_meta(0x0003, Vr::UI, sop_instance, group);
  append_meta(0x0010, Vr::UI, transfer_syntax_uid, group);
  append_meta(0x0012, Vr::UI, implementation_class_uid, group);
  append_meta(0x0013, Vr::SH, implementation_version_name, group);
  std::string out(preamble_bytes, '\0');
  out += "DICM";
  append_header({0x0002, 0x0000}, {'U', 'L'}, 4, {true, false}, out);
  append32(static_cast<std::uint32_t>(group.size()), false, out);
  return out + group;
}

}  // namespace efface::dicom_dcmtk
