#include "check/free_text.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "check/pseudonym.h"
#include "deid/dummy.h"
#include "text/character_sets.h"
#include "text/folded_text.h"
#include "text/words.h"

namespace efface::check {

namespace {

using text::Entity;

std::string from_latin_1(std::string_view bytes) {
  std::string utf8;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xC0U | byte >> 6U);
      utf8 += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return utf8;
}

bool is_hexadecimal(char c) {
  return text::is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_digest(std::string_view word) {
  constexpr std::size_t least = 16;
  return word.size() >= least && std::all_of(word.begin(), word.end(), is_hexadecimal) &&
         !std::all_of(word.begin(), word.end(), text::is_digit);
}

/// "33606.5975", but no "2.3.2019" and no "1.2.840".
bool is_decimal(std::string_view word) {
  const std::size_t dot = word.find('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < word.size() &&
         std::count(word.begin(), word.end(), '.') == 1 &&
         std::all_of(word.begin(), word.end(),
                     [](char c) { return c == '.' || text::is_digit(c); });
}

/// "libre2.so.9.0.0", and what is left of "libstdc++.so.6.0.30": a library's release is no date.
bool is_library_file(std::string_view word) {
  const std::size_t ending = word.rfind("so");
  if (ending == std::string_view::npos || (ending > 0 && word[ending - 1] != '.')) return false;
  const std::string_view release = word.substr(ending + 2);
  return (ending > 0 || !release.empty()) && (release.empty() || release.front() == '.') &&
         std::all_of(release.begin(), release.end(),
                     [](char c) { return c == '.' || text::is_digit(c); });
}

/// The end of a subject's or session's label of BIDS ("sub-01", "ses-pre") that begins at `start`,
/// else `start`: a label is no number of a record, unless it is a long number or a frequent name.
std::size_t end_of_label(std::string_view text, std::size_t start) {
  constexpr std::size_t prefix = 4, longest_number = 6;
  const std::string_view begin = text.substr(start, prefix);
  if (begin != "sub-" && begin != "ses-") return start;
  std::size_t end = start + prefix;
  while (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end])) != 0) ++end;
  const std::string_view label = text.substr(start + prefix, end - start - prefix);
  const bool is_number = std::all_of(label.begin(), label.end(), text::is_digit);
  const bool may_tell = (is_number && label.size() > longest_number) ||
                        text::Words::built_in().is_name(text::fold(label));
  return may_tell ? start : end;
}

/// The text with spaces where labels, digests (16 hexadecimal digits or more, letters among them),
/// decimal numbers and files of libraries stand: their digits may spell any date or telephone
/// number.
std::string without_measurements(std::string text) {
  const auto is_part = [&](std::size_t i) {
    return i < text.size() &&
           (text[i] == '.' || std::isalnum(static_cast<unsigned char>(text[i])) != 0);
  };
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = end_of_label(text, start);
    const bool is_label = end > start;
    while (!is_label && is_part(end)) ++end;
    const std::string_view word = std::string_view(text).substr(start, end - start);
    if (is_label || is_digest(word) || is_decimal(word) || is_library_file(word)) {
      std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(start), end - start, ' ');
    }
    start = end + 1;
  }
  return text;
}

/// Times, UIDs, devices and numbers of which nobody says what they are stand in technical text
/// everywhere. They are looked for all the same: what is a UID is no telephone number.
bool is_technical(const std::string& kind) {
  return kind == to_string(Entity::time) || kind == to_string(Entity::uid) ||
         kind == to_string(Entity::device) || kind == to_string(Entity::number);
}

}  // namespace

findings::Finding text_finding(const std::map<std::string, std::uint64_t>& found,
                               std::string place) {
  findings::Finding finding;
  finding.place = std::move(place);
  std::string kinds;
  for (const auto& [kind, count] : found) {
    if (is_technical(kind)) continue;
    finding.rule = kind == to_string(Entity::name) || finding.rule == "text.name" ? "text.name"
                                                                                  : "text.pattern";
    kinds += (kinds.empty() ? "" : ", ") + kind;
  }
  if (!kinds.empty()) finding.reason = "the text holds: " + kinds;
  return finding;
}

findings::Finding find_in_text(std::string_view text, std::string place) {
  static const text::Cleaner cleaner(text::Recognisers::built_in(), {}, {});
  const text::Cleaned cleaned = cleaner.clean(
      without_measurements(text::is_utf8(text) ? std::string(text) : from_latin_1(text)));
  std::map<std::string, std::uint64_t> found;
  for (const auto& [entity, count] : cleaned.found) found[std::string(to_string(entity))] = count;
  return text_finding(found, std::move(place));
}

dicom::DataSet without_placeholders(const dicom::DataSet& data_set) {
  dicom::DataSet kept;
  for (const dicom::Attribute& attribute : data_set.attributes) {
    if (attribute.tag.is_private()) continue;
    dicom::Attribute& copy = kept.attributes.emplace_back();
    copy.tag = attribute.tag;
    copy.vr = attribute.vr;
    for (const dicom::DataSet& item : attribute.items) {
      copy.items.push_back(without_placeholders(item));
    }
    const bool names_somebody = attribute.vr == dicom::Vr::PN;
    std::string values;
    for (const std::string& value : dicom::split_values(attribute.value.reveal())) {
      const bool stays = names_somebody ? reads_as_name(value)
                                        : !is_placeholder(value) && !is_own_pseudonym(value);
      if (stays) values += (values.empty() ? "" : "\\") + value;
    }
    copy.value = base::Phi<std::string>(std::move(values));
  }
  return kept;
}

}  // namespace efface::check
