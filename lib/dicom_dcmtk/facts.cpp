#include <algorithm>
#include <cctype>
#include <charconv>

#include "dicom/uid.h"
#include "dicom_dcmtk/internal_state.h"

namespace efface::dicom_dcmtk {

namespace {

using dicom::InstanceFacts;
using dicom::Tag;

base::Phi<std::string> phi(std::string text) {
  return base::Phi<std::string>(std::move(text));
}

/// A code string without what no code string may hold (PS3.5 section 6.2): what remains is a term.
std::string code_string(std::string text, std::size_t limit = 16) {
  std::erase_if(text, [](unsigned char c) {
    return std::isupper(c) == 0 && std::isdigit(c) == 0 && c != '_' && c != ' ';
  });
  return text.substr(0, limit);
}

std::string upper_alphanumeric(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::erase_if(text, [](unsigned char c) { return std::isalnum(c) == 0; });
  return text.substr(0, 16);
}

std::string yes_or_no(const std::string& text) {
  return text == "YES" || text == "NO" ? text : std::string();
}

std::uint32_t frame_count(const std::string& text) {
  std::uint32_t count = 1;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return std::max(count, 1U);
}

bool has_icon(const Item& item) {
  return std::any_of(item.elements.begin(), item.elements.end(), [](const Element& element) {
    return element.tag == Tag{0x0088, 0x0200} ||
           std::any_of(element.items.begin(), element.items.end(), has_icon);
  });
}

/// Overlay planes whose bits lie in unused bits of the pixels (retired; PS3.3 2004 section C.9.2).
bool has_embedded_overlay(const Item& root, const Values& values) {
  return std::any_of(root.elements.begin(), root.elements.end(), [&](const Element& element) {
    const Tag tag = element.tag;
    if (tag.group < 0x6000 || tag.group > 0x60FE || tag.is_private()) return false;
    if (tag.element == 0x0100) return values.us(tag).value_or(1) != 1;
    return tag.element == 0x0010 && root.find({tag.group, 0x3000}) == nullptr;
  });
}

std::optional<std::int64_t> stored_value(const Values& values, Tag tag, bool is_signed) {
  const std::optional<std::uint16_t> bits = values.us(tag);
  if (!bits) return std::nullopt;
  return is_signed ? static_cast<std::int16_t>(*bits) : static_cast<std::int64_t>(*bits);
}

void read_identity(const Values& values, InstanceFacts& facts) {
  facts.study_uid = phi(values.text({0x0020, 0x000D}));
  facts.series_uid = phi(values.text({0x0020, 0x000E}));
  facts.sop_instance_uid = phi(values.text({0x0008, 0x0018}));
  facts.frame_of_reference_uid = phi(values.text({0x0020, 0x0052}));
  facts.patient_id = phi(values.text({0x0010, 0x0020}));
  facts.issuer_of_patient_id = phi(values.text({0x0010, 0x0021}));
  const std::string sop_class = values.text({0x0008, 0x0016});
  if (dicom::is_registered_uid(sop_class)) facts.sop_class_uid = sop_class;
}

void read_descriptions(const Values& values, InstanceFacts& facts) {
  facts.modality = upper_alphanumeric(values.text({0x0008, 0x0060}));
  const std::string image_type = values.text({0x0008, 0x0008});
  if (!image_type.empty()) {
    for (const std::string& value : dicom::split_values(image_type)) {
      facts.image_type.push_back(code_string(value));
    }
  }
  facts.body_part = code_string(values.text({0x0018, 0x0015}));
  facts.photometric_interpretation = code_string(values.text({0x0028, 0x0004}));
  facts.burned_in_annotation = yes_or_no(values.text({0x0028, 0x0301}));
  facts.recognizable_features = yes_or_no(values.text({0x0028, 0x0302}));
}

void read_pixel_layout(const Values& values, InstanceFacts& facts) {
  facts.rows = values.us({0x0028, 0x0010}).value_or(0);
  facts.columns = values.us({0x0028, 0x0011}).value_or(0);
  facts.frames = frame_count(values.text({0x0028, 0x0008}));
  facts.samples_per_pixel = values.us({0x0028, 0x0002}).value_or(1);
  facts.bits_allocated = values.us({0x0028, 0x0100}).value_or(0);
  facts.bits_stored = values.us({0x0028, 0x0101}).value_or(0);
  facts.high_bit = values.us({0x0028, 0x0102}).value_or(0);
  facts.is_signed = values.us({0x0028, 0x0103}).value_or(0) == 1;
  facts.padding_value = stored_value(values, {0x0028, 0x0120}, facts.is_signed);
  facts.padding_range_limit = stored_value(values, {0x0028, 0x0121}, facts.is_signed);
}

}  // namespace

InstanceFacts DicomFile::facts() const {
  const State& state = *state_;
  const Item& root = state.data.root;
  const Values values(root, state.bytes());
  InstanceFacts facts;
  read_identity(values, facts);
  read_descriptions(values, facts);
  read_pixel_layout(values, facts);
  if (facts.sop_class_uid.empty()) {
    // A DICOMDIR names its class in the meta information only.
    const std::string stored = Values(state.meta, state.bytes()).text({0x0002, 0x0002});
    if (dicom::is_registered_uid(stored)) facts.sop_class_uid = stored;
  }
  facts.transfer_syntax_uid = state.transfer_syntax_uid;
  facts.has_pixel_data = state.data.pixels.present && state.data.pixels.value_length > 0;
  facts.has_icon_image = has_icon(root);
  facts.has_embedded_overlay = has_embedded_overlay(root, values);
  facts.has_encapsulated_document = root.find({0x0042, 0x0011}) != nullptr;
  facts.is_truncated = state.data.is_truncated;
  facts.planes = frame_planes(root, state.bytes(), facts);
  return facts;
}

}  // namespace efface::dicom_dcmtk
