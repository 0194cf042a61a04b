#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "volume_itk/internal_text_header.h"

namespace efface::volume_itk {

namespace {

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string lower(std::string_view text, bool with_blanks) {
  std::string result;
  for (const char c : text) {
    if (with_blanks || (c != ' ' && c != '\t')) {
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return result;
}

/// Takes the next line off `rest`; nullopt when no line end is left.
std::optional<std::string_view> next_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

template <std::size_t n>
bool is_one_of(const std::string& name, const std::array<const char*, n>& names) {
  return std::any_of(names.begin(), names.end(), [&](const char* one) { return name == one; });
}

// Fields that hold numbers or words of the format. Everything else can hold a name.
constexpr std::array nrrd_fields{
    "type",      "dimension", "space",     "spacedimension", "sizes",    "spacedirections",
    "kinds",     "endian",    "encoding",  "spaceorigin",    "spacings", "thicknesses",
    "axismins",  "axismaxs",  "centers",   "centerings",     "min",      "max",
    "oldmin",    "oldmax",    "blocksize", "byteskip",       "lineskip", "measurementframe",
    "axis mins", "axis maxs", "number",    "datafile"};
constexpr std::array metaimage_fields{"objecttype",
                                      "ndims",
                                      "binarydata",
                                      "binarydatabyteordermsb",
                                      "elementbyteordermsb",
                                      "compresseddata",
                                      "compresseddatasize",
                                      "compressionlevel",
                                      "transformmatrix",
                                      "offset",
                                      "position",
                                      "origin",
                                      "orientation",
                                      "rotation",
                                      "centerofrotation",
                                      "anatomicalorientation",
                                      "elementspacing",
                                      "elementsize",
                                      "dimsize",
                                      "headersize",
                                      "elementmin",
                                      "elementmax",
                                      "elementnumberofchannels",
                                      "elementnbits",
                                      "elementtype",
                                      "elementdatafile"};

/// What every writer of NRRD files puts under the magic.
bool is_standing_comment(std::string_view comment) {
  return comment == "# Complete NRRD file format specification at:" ||
         comment == "# http://teem.sourceforge.net/nrrd/format.html";
}

void add_text(TextHeader& header, std::string_view name, std::string_view value) {
  value = trimmed(value);
  if (value.empty()) return;
  header.texts.emplace_back(name, base::Phi<std::string>(std::string(value)));
}

void add_nrrd_line(TextHeader& header, std::string_view line) {
  if (line.starts_with('#')) {
    if (!is_standing_comment(line)) add_text(header, "comment", line.substr(1));
    return;
  }
  const auto field = line.find(": "), pair = line.find(":=");
  if (pair != std::string_view::npos && (field == std::string_view::npos || pair < field)) {
    return add_text(header, "key/value", line);  // the key can hold a name as well
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return add_text(header, "line", line);
  const std::string name = lower(line.substr(0, colon), false);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (name == "datafile") header.is_detached = true;
  header.fields.emplace(name, value);
  if (!is_one_of(name, nrrd_fields)) {
    add_text(header, name == "content" ? "content" : "other field", value);
  }
}

}  // namespace

std::string TextHeader::value(const std::string& name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : lower(found->second, true);
}

bool is_nrrd(std::span<const std::byte> head) {
  return text_of(head).starts_with("NRRD000");
}

bool is_metaimage(std::span<const std::byte> head) {
  std::string_view rest = text_of(head);
  const auto first = next_line(rest);
  if (!first) return false;
  const auto equals = first->find('=');
  if (equals == std::string_view::npos) return false;
  const std::string name = lower(trimmed(first->substr(0, equals)), false);
  const bool is_usual = name == "objecttype" || name == "comment" || name == "ndims" ||
                        name == "objectsubtype" || name == "name" || name == "id";
  return is_usual && text_of(head).find("ElementDataFile") != std::string_view::npos;
}

std::optional<TextHeader> parse_nrrd(std::span<const std::byte> head) {
  TextHeader header;
  std::string_view rest = text_of(head);
  next_line(rest);  // the magic
  while (const auto line = next_line(rest)) {
    if (line->empty()) {
      header.data_offset = head.size() - rest.size();
      return header;
    }
    add_nrrd_line(header, *line);
  }
  if (head.size() >= most_header_bytes) return std::nullopt;
  if (!rest.empty()) add_nrrd_line(header, rest);
  header.data_offset = head.size();
  header.is_detached = true;  // a header alone
  return header;
}

std::optional<TextHeader> parse_metaimage(std::span<const std::byte> head) {
  TextHeader header;
  std::string_view rest = text_of(head);
  while (const auto line = next_line(rest)) {
    const auto equals = line->find('=');
    if (equals == std::string_view::npos) {
      add_text(header, "line", *line);
      continue;
    }
    const std::string name = lower(trimmed(line->substr(0, equals)), false);
    const std::string_view value = trimmed(line->substr(equals + 1));
    header.fields.emplace(name, value);
    if (!is_one_of(name, metaimage_fields)) {
      constexpr std::array known{"comment",  "name",     "id",
                                 "parentid", "modality", "acquisitiondate"};
      add_text(header, is_one_of(name, known) ? std::string_view(name) : "other field", value);
    }
    if (name != "elementdatafile") continue;
    header.is_detached = lower(value, false) != "local";
    header.data_offset = head.size() - rest.size();
    return header;
  }
  return std::nullopt;
}

}  // namespace efface::volume_itk
