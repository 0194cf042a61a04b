#include <algorithm>
#include <map>
#include <string>

#include "base/error.h"
#include "dicom_dcmtk/internal_header.h"
#include "dicom_dcmtk/internal_parse.h"

namespace efface::dicom_dcmtk {

namespace {

using dicom::Tag;
using dicom::Vr;

constexpr int max_depth = 64;
constexpr std::size_t max_elements = 8U << 20;

class Parser {
 public:
  explicit Parser(Bytes content) : content_(content) {}

  /// Parses the value that `header` announces into an element; returns the offset behind it.
  std::uint64_t element(const Header& header, std::uint64_t limit, Encoding encoding, int depth,
                        Element& into);

 private:
  void need(std::uint64_t at, std::uint64_t count, std::uint64_t limit) const {
    dicom_dcmtk::need(content_, at, count, limit);
  }
  Tag tag(std::uint64_t at, Encoding encoding) const {
    return load_tag(content_, at, encoding.is_big_endian);
  }
  std::uint64_t items(std::uint64_t at, std::uint64_t limit, bool is_undefined, Encoding encoding,
                      int depth, std::vector<Item>& into);
  std::uint64_t item(std::uint64_t at, std::uint64_t limit, Encoding encoding, int depth,
                     Item& into);
  std::uint64_t fragments(std::uint64_t at, std::uint64_t limit, bool is_big_endian) const;
  bool hidden_items(const Header& header, std::uint64_t limit, Encoding encoding, int depth,
                    Element& into, std::uint64_t& end);

  Bytes content_;
  std::size_t count_ = 0;
};

std::uint64_t Parser::item(std::uint64_t at, std::uint64_t limit, Encoding encoding, int depth,
                           Item& into) {
  if (depth > max_depth) malformed("sequences nest too deeply");
  while (at < limit) {
    const Header h = read_header(content_, at, limit, encoding);
    if (h.tag == item_end_tag && into.has_undefined_length) return h.value_offset;
    if (h.tag == sequence_end_tag && into.has_undefined_length) return at;
    if (h.tag == item_end_tag && h.value_offset == limit) return limit;
    if (h.tag.group == 0xFFFE) malformed("a delimiter stands where an element should");
    at = element(h, limit, encoding, depth, into.elements.emplace_back());
  }
  if (into.has_undefined_length && limit >= content_.size()) throw ContentEnds{};
  return at;
}

std::uint64_t Parser::items(std::uint64_t at, std::uint64_t limit, bool is_undefined,
                            Encoding encoding, int depth, std::vector<Item>& into) {
  while (at < limit) {
    need(at, 8, limit);
    const Tag found = tag(at, encoding);
    const std::uint32_t length = load32(content_, at + 4, encoding.is_big_endian);
    at += 8;
    if (found == sequence_end_tag) {
      if (is_undefined || at == limit) return at;
      malformed("a sequence ends before its length");
    }
    if (found == item_end_tag) continue;
    if (found != item_tag) malformed("a sequence holds something that is not an item");
    if (++count_ > max_elements) malformed("too many items");
    Item& next = into.emplace_back();
    next.has_undefined_length = length == undefined_length;
    if (!next.has_undefined_length) need(at, length, limit);
    at = item(at, next.has_undefined_length ? limit : at + length, encoding, depth + 1, next);
  }
  if (is_undefined && limit >= content_.size()) throw ContentEnds{};
  return at;
}

/// Encapsulated bytes (PS3.5 section A.4): items of defined length up to the sequence delimiter.
std::uint64_t Parser::fragments(std::uint64_t at, std::uint64_t limit, bool is_big_endian) const {
  const Encoding encoding{true, is_big_endian};
  for (;;) {
    need(at, 8, limit);
    const Tag found = tag(at, encoding);
    const std::uint32_t length = load32(content_, at + 4, is_big_endian);
    at += 8;
    if (found == sequence_end_tag) return at;
    if (found != item_tag) malformed("encapsulated data hold something that is not a fragment");
    need(at, length, limit);
    at += length;
  }
}

/// Tries to read an unknown value as items, in implicit VR little endian first (PS3.5
/// section 6.2.2, note 2), then in the encoding around it. Failed attempts count towards
/// max_elements, so that a hostile file cannot make the attempts multiply.
bool Parser::hidden_items(const Header& h, std::uint64_t limit, Encoding encoding, int depth,
                          Element& into, std::uint64_t& end) {
  const bool is_undefined = h.length == undefined_length;
  if (!is_undefined && h.length < 8) return false;
  const std::uint64_t stop = is_undefined ? limit : h.value_offset + h.length;
  need(h.value_offset, 8, stop);
  bool ended = false;
  const Encoding plain{false, false};
  for (const Encoding inside : {plain, encoding == plain ? Encoding{true, false} : encoding}) {
    const Tag first = tag(h.value_offset, inside);
    if (first != item_tag && !(is_undefined && first == sequence_end_tag)) continue;
    try {
      into.items.clear();
      end = items(h.value_offset, stop, is_undefined, inside, depth, into.items);
      into.inside = inside;
      return true;
    } catch (const base::Error&) {
    } catch (const ContentEnds&) {
      ended = true;
    }
  }
  into.items.clear();
  if (ended && is_undefined) throw ContentEnds{};
  return false;
}

std::uint64_t Parser::element(const Header& h, std::uint64_t limit, Encoding encoding, int depth,
                              Element& into) {
  if (++count_ > max_elements) malformed("too many elements");
  const bool is_undefined = h.length == undefined_length;
  if (!is_undefined) need(h.value_offset, h.length, limit);
  into.tag = h.tag;
  into.vr = h.vr;
  into.letters = h.letters;
  into.is_big_endian = encoding.is_big_endian;
  into.has_undefined_length = is_undefined;
  into.value_offset = h.value_offset;
  std::uint64_t end = is_undefined ? 0 : h.value_offset + h.length;
  const bool is_known_sequence =
      h.vr == Vr::SQ || (is_undefined && h.is_implicit && !is_pixel_tag(h.tag) && h.vr != Vr::UN);
  if (is_known_sequence) {
    into.vr = Vr::SQ;
    into.letters = {'S', 'Q'};
    into.inside = h.is_implicit ? Encoding{false, encoding.is_big_endian} : encoding;
    end = items(h.value_offset, is_undefined ? limit : end, is_undefined, into.inside, depth,
                into.items);
    into.is_sequence = true;
  } else if (h.vr == Vr::UN || h.vr == Vr::none) {
    into.is_sequence = hidden_items(h, limit, encoding, depth, into, end);
    if (is_undefined && !into.is_sequence) malformed("a value of undefined length is not items");
    if (into.is_sequence && h.is_implicit) {
      into.vr = Vr::SQ;
      into.letters = {'S', 'Q'};
    }
  } else if (is_undefined) {
    end = fragments(h.value_offset, limit, encoding.is_big_endian);
  }
  into.value_length = end - h.value_offset;
  return end;
}

/// Everything from `at` on is zero: padding that some writers leave.
bool is_blank(Bytes content, std::uint64_t at) {
  const Bytes rest = content.subspan(at);
  return std::all_of(rest.begin(), rest.end(), [](std::byte b) { return b == std::byte{0}; });
}

void note_pixels(Bytes content, std::uint64_t at, const Header& h, Encoding encoding,
                 ParsedDataSet& data_set) {
  PixelSpan& span = data_set.pixels;
  span.present = true;
  span.encapsulated = h.length == undefined_length;
  span.element_offset = at;
  span.value_offset = h.value_offset;
  data_set.pixel_tag = h.tag;
  data_set.pixel_letters = h.letters;
  data_set.pixel_is_big_endian = encoding.is_big_endian;
  const std::uint64_t rest = content.size() - h.value_offset;
  span.value_length = rest;
  if (!span.encapsulated) {
    data_set.is_truncated = h.length > rest;
    span.value_length = std::min<std::uint64_t>(h.length, rest);
  } else {
    Header whole = h;
    whole.vr = Vr::OB;
    whole.is_implicit = false;
    Element element;
    span.value_length =
        Parser(content).element(whole, content.size(), encoding, 0, element) - h.value_offset;
  }
  data_set.trailing_bytes = rest - span.value_length;
}

/// Attributes from which it is decided what an object is and how its voxels lie: no guess which of
/// two values is meant. Group 0008 holds both these and many that only name people and places.
bool decides(Tag tag) {
  if (tag.group == 0x0008) {
    return tag.element == 0x0008 || tag.element == 0x0016 || tag.element == 0x0060;
  }
  const bool is_administrative =
      tag.group <= 0x0012 || tag.group == 0x0032 || tag.group == 0x0038 || tag.is_private();
  return !is_administrative;
}

/// Keeps the first of equal tags at one level, as DCMTK does, and moves the others to `dropped`.
void drop_duplicates(Item& item, Bytes content, Item& dropped) {
  std::vector<Tag> tags;
  bool is_ascending = true;
  for (Element& element : item.elements) {
    is_ascending = is_ascending && (tags.empty() || tags.back() < element.tag);
    tags.push_back(element.tag);
    if (element.tag.is_private()) continue;  // goes as a whole
    for (Item& inner : element.items) drop_duplicates(inner, content, dropped);
  }
  if (is_ascending) return;
  std::sort(tags.begin(), tags.end());
  if (std::adjacent_find(tags.begin(), tags.end()) == tags.end()) return;
  std::vector<Element> kept;
  std::map<Tag, std::size_t> place;
  for (Element& element : item.elements) {
    const auto [found, is_first] = place.try_emplace(element.tag, kept.size());
    if (is_first) {
      kept.push_back(std::move(element));
      continue;
    }
    const bool is_same = value_of(kept[found->second], content) == value_of(element, content);
    if (!is_same && decides(element.tag)) {
      malformed(dicom::to_string(element.tag) + " occurs twice with different values");
    }
    dropped.elements.push_back(std::move(element));
  }
  item.elements = std::move(kept);
}

}  // namespace

ParsedDataSet parse_data_set(Bytes content, std::uint64_t offset, Encoding encoding,
                             std::optional<Tag> stop_after) {
  ParsedDataSet data_set;
  Parser parser(content);
  std::vector<Element>& elements = data_set.root.elements;
  elements.reserve(256);
  std::uint64_t at = offset;
  try {
    while (at < content.size()) {
      const bool has_room = content.size() - at >= 8;
      const bool is_zero_tag = has_room && load32(content, at, false) == 0 && !elements.empty();
      if ((!has_room || is_zero_tag) && is_blank(content, at)) {
        data_set.trailing_bytes = content.size() - at;
        break;
      }
      const Header h = read_header(content, at, content.size(), encoding);
      if (h.tag.group == 0xFFFE) malformed("a delimiter stands where an element should");
      if (stop_after && h.tag > *stop_after) break;
      if (is_pixel_tag(h.tag)) {
        note_pixels(content, at, h, encoding, data_set);
        break;
      }
      at = parser.element(h, content.size(), encoding, 0, elements.emplace_back());
    }
  } catch (const ContentEnds&) {
    data_set.is_truncated = true;
    if (!data_set.pixels.present && !elements.empty() && elements.back().value_length == 0 &&
        !elements.back().is_sequence) {
      elements.pop_back();
    }
  }
  drop_duplicates(data_set.root, content, data_set.dropped);
  return data_set;
}

Item parse_meta(Bytes content, std::uint64_t offset, std::uint64_t& end) {
  Item meta;
  Parser parser(content);
  end = offset;
  try {
    while (content.size() - end >= 8 && load16(content, end, false) == 0x0002) {
      const Header h = read_header(content, end, content.size(), {true, false});
      end = parser.element(h, content.size(), {true, false}, 0, meta.elements.emplace_back());
    }
  } catch (const ContentEnds&) {
    throw base::Error(base::Fault::bad_input, "the file ends inside its meta information");
  }
  return meta;
}

}  // namespace efface::dicom_dcmtk
