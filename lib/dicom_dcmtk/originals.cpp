#include "dicom_dcmtk/originals.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "dicom_dcmtk/internal_write.h"
#include "dicom_dcmtk/rewriter.h"

namespace efface::dicom_dcmtk {

namespace {

using dicom::Tag;
using dicom::Vr;

constexpr Encoding explicit_little{true, false};
constexpr Tag content_syntax{0x0400, 0x0510};
constexpr Tag encrypted_content{0x0400, 0x0520};
constexpr Tag modified_attributes{0x0400, 0x0550};
constexpr Tag checksum_creator{0x0401, 0x0010};
constexpr Tag checksum_value{0x0401, 0x1001};
constexpr Tag identity_removed{0x0012, 0x0062};
/// What the de-identifier wrote and a restored file does not say any more.
constexpr Tag marks[] = {{0x0012, 0x0062}, {0x0012, 0x0063}, {0x0012, 0x0064}, {0x0028, 0x0303}};
constexpr std::string_view creator_name = "EFFACE ENVELOPE 1";

/// Copies elements of one data set so that they can stand in another, in its byte order.
class Copier {
 public:
  using LeftOut = std::function<bool(Tag, Vr, std::string_view)>;
  Copier(Bytes content, LeftOut is_left_out)
      : content_(content), is_left_out_(std::move(is_left_out)) {}

  /// Nothing for an element that stays out.
  std::optional<Element> copy(const Element& from, Encoding target) const {
    const std::string_view value = from.is_sequence ? std::string_view() : value_of(from, content_);
    const bool is_fragments = !from.is_sequence && from.has_undefined_length;
    const bool is_written = !from.is_removed && !from.tag.is_group_length();
    if (!is_written || is_fragments || is_left_out_(from.tag, from.vr, value)) return std::nullopt;
    Element made;
    made.tag = from.tag;
    made.vr = from.vr;
    made.letters = from.letters;
    made.has_undefined_length = from.has_undefined_length;
    made.is_sequence = from.is_sequence;
    made.is_big_endian = target.is_big_endian;
    if (from.is_sequence) {
      made.inside = from.vr == Vr::SQ ? target : from.inside;
      for (const Item& item : from.items) {
        if (!item.is_removed) made.items.push_back(copy_items(item, made.inside));
      }
      return made;
    }
    made.new_value = std::make_unique<std::string>(value);
    if (from.is_big_endian != target.is_big_endian) swap_numbers(from.vr, *made.new_value);
    return made;
  }

 private:
  Item copy_items(const Item& from, Encoding target) const {
    Item made;
    made.has_undefined_length = from.has_undefined_length;
    for (const Element& element : from.elements) {
      if (auto copied = copy(element, target)) made.elements.push_back(std::move(*copied));
    }
    return made;
  }

  Bytes content_;
  LeftOut is_left_out_;
};

/// In place of the element of the same tag, or where its tag belongs.
void place(Element element, Item& root) {
  std::erase_if(root.elements, [&](const Element& e) { return e.tag == element.tag; });
  const auto behind = std::find_if(root.elements.begin(), root.elements.end(),
                                   [&](const Element& e) { return element.tag < e.tag; });
  root.elements.insert(behind, std::move(element));
}

std::string encode_checksum(const base::Digest& checksum) {
  Item block;
  put_value(block, checksum_creator, Vr::LO, std::string(creator_name), false);
  put_value(
      block, checksum_value, Vr::OB,
      std::string(reinterpret_cast<const char*>(checksum.bytes.data()), checksum.bytes.size()),
      false);
  std::string bytes;
  append_elements(block, {}, explicit_little, bytes);
  return bytes;
}

[[noreturn]] void not_originals() {
  throw base::Error(base::Fault::bad_input, "the envelope does not hold original attributes");
}

ParsedDataSet parse_originals(Bytes content) {
  ParsedDataSet data = parse_data_set(content, 0, explicit_little);
  const Element* sequence = data.root.find(modified_attributes);
  const bool is_whole = !data.is_truncated && !data.pixels.present && data.trailing_bytes == 0 &&
                        data.root.elements.size() == 1 && data.dropped.elements.empty();
  if (!is_whole || sequence == nullptr || sequence->items.size() != 1) not_originals();
  return data;
}

}  // namespace

std::string encode_originals(DicomFile& file, const OriginalsChoice& choice) {
  const DicomFile::State& state = file.state();
  const Copier copier(state.bytes(), choice.is_left_out);
  Item root;
  Element& sequence = root.elements.emplace_back();
  sequence.tag = modified_attributes;
  sequence.vr = Vr::SQ;
  sequence.letters = {'S', 'Q'};
  sequence.is_sequence = true;
  sequence.inside = explicit_little;
  Item& item = sequence.items.emplace_back();
  for (const Tag tag : choice.tags) {
    const Element* element = state.data.root.find(tag);
    if (element == nullptr) continue;
    if (auto copied = copier.copy(*element, explicit_little)) {
      item.elements.push_back(std::move(*copied));
    }
  }
  std::string bytes;
  append_elements(root, {}, explicit_little, bytes);
  return bytes;
}

std::string with_checksum(std::string originals, const base::Digest& checksum) {
  return std::move(originals) + encode_checksum(checksum);
}

std::optional<CheckedOriginals> without_checksum(std::string_view content) {
  CheckedOriginals checked;
  const std::string form = encode_checksum(checked.checksum);
  if (content.size() <= form.size()) return std::nullopt;
  const std::string_view block = content.substr(content.size() - form.size());
  const std::size_t head = form.size() - checked.checksum.bytes.size();
  if (block.substr(0, head) != std::string_view(form).substr(0, head)) return std::nullopt;
  std::copy_n(block.data() + head, checked.checksum.bytes.size(),
              reinterpret_cast<char*>(checked.checksum.bytes.data()));
  checked.originals = content.substr(0, content.size() - form.size());
  return checked;
}

std::span<const std::byte> find_envelope(DicomFile& file) {
  const DicomFile::State& state = file.state();
  const Element* sequence = state.data.root.find(encrypted_attributes_tag);
  if (sequence == nullptr || sequence->items.empty()) {
    throw base::Error(base::Fault::bad_input, "no encrypted attributes in the file");
  }
  const Item& item = sequence->items.front();
  const Element* content = item.find(encrypted_content);
  const std::string syntax = Values(item, state.bytes()).text(content_syntax);
  if (content == nullptr || content->is_sequence || syntax != transfer_syntax::explicit_little) {
    throw base::Error(base::Fault::bad_input, "the encrypted attributes are damaged");
  }
  return std::as_bytes(std::span(value_of(*content, state.bytes())));
}

void write_restored(DicomFile& file, std::string_view originals,
                    const std::filesystem::path& destination) {
  const Bytes content = std::as_bytes(std::span(originals));
  const ParsedDataSet data = parse_originals(content);
  const Item& item = data.root.find(modified_attributes)->items.front();
  DicomFile::State& state = file.state();
  Item& root = state.data.root;
  std::erase_if(root.elements, [](const Element& e) {
    return e.tag == encrypted_attributes_tag ||
           std::find(std::begin(marks), std::end(marks), e.tag) != std::end(marks);
  });
  const Copier copier(content, [](Tag tag, Vr, std::string_view) { return is_pixel_tag(tag); });
  for (const Element& element : item.elements) {
    if (auto copied = copier.copy(element, state.encoding)) place(std::move(*copied), root);
  }
  if (root.find(identity_removed) == nullptr) {
    put_value(root, identity_removed, Vr::CS, "NO", state.encoding.is_big_endian);
  }
  write_edited(file, {}, destination, std::nullopt);
}

}  // namespace efface::dicom_dcmtk
