#include "config/profile_file.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <tuple>

#include "base/error.h"
#include "base/file.h"
#include "deid/dictionary.h"
#include "deid/table.h"

namespace efface::config {
namespace {

using base::Error;
using base::Fault;
using deid::Code;
using deid::RowChange;
using dicom::Tag;
using dicom::Vr;
using nlohmann::json;

constexpr std::uint64_t file_limit_bytes = 1 << 20;
constexpr const char* help = "see 'efface profile --help' and efface(1), PROFILE FILE";

[[noreturn]] void fail(const std::string& what) {
  throw Error(Fault::usage, "profile file: " + what, help);
}

/// The place of a row in messages.
std::string place(std::size_t index) {
  return fmt::format("rows[{}]", index);
}

void check_members(const json& object, std::initializer_list<std::string_view> known,
                   const std::string& where) {
  for (const auto& [name, value] : object.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      fail(where + "unknown member '" + name + "'");
    }
  }
}

std::string text_member(const json& object, const std::string& name, const std::string& where,
                        std::size_t most_characters) {
  const auto found = object.find(name);
  if (found == object.end()) fail(where + "'" + name + "' is missing");
  if (!found->is_string()) fail(where + "'" + name + "' must be text");
  const auto text = found->get<std::string>();
  if (text.empty() || text.size() > most_characters) {
    fail(fmt::format("{}'{}' must have 1 to {} bytes", where, name, most_characters));
  }
  return text;
}

std::optional<std::uint16_t> hexadecimal(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits) {
    const std::string_view all = "0123456789abcdef0123456789ABCDEF";
    const std::size_t at = all.find(c);
    if (at == std::string_view::npos) return std::nullopt;
    value = 16 * value + static_cast<std::uint32_t>(at % 16);
  }
  return static_cast<std::uint16_t>(value);
}

/// "(gggg,eeee)", or "(gggg,xxee)" of a private attribute.
std::optional<Tag> parsed_tag(const std::string& text, bool is_private) {
  if (text.size() != 11 || text[0] != '(' || text[5] != ',' || text[10] != ')') return std::nullopt;
  const bool has_block = text[6] == 'x' && text[7] == 'x';
  if (has_block != is_private) return std::nullopt;
  const auto group = hexadecimal(std::string_view(text).substr(1, 4));
  const auto element =
      hexadecimal(std::string_view(text).substr(is_private ? 8 : 6, is_private ? 2 : 4));
  if (!group || !element) return std::nullopt;
  return Tag{*group, *element};
}

std::optional<Tag> tag_of_keyword(const std::string& keyword) {
  for (const deid::TableRow& row : deid::table()) {
    if (row.keyword == keyword && row.mask == Tag{0xFFFF, 0xFFFF}) return row.tag;
  }
  return std::nullopt;
}

Code action_of(const std::string& action, const std::string& where) {
  constexpr std::array codes{Code::X, Code::Z, Code::D, Code::U, Code::K, Code::C};
  for (const Code code : codes) {
    if (action == deid::to_string(code)) return code;
  }
  fail(where + "unknown action '" + action + "': X, Z, D, U, K or C");
}

/// What efface removes or writes itself, whatever a profile says.
bool is_out_of_reach(Tag tag) {
  const bool is_overlay_or_curve =
      (tag.group >= 0x5000 && tag.group <= 0x50FF) || (tag.group >= 0x6000 && tag.group <= 0x60FF);
  const bool is_own = tag == Tag{0x0012, 0x0062} || tag == Tag{0x0012, 0x0063} ||
                      tag == Tag{0x0012, 0x0064} || tag == Tag{0x0028, 0x0302} ||
                      tag == Tag{0x0028, 0x0303};
  const bool is_signature =
      tag == Tag{0xFFFA, 0xFFFA} || tag == Tag{0xFFFC, 0xFFFC} || tag == Tag{0x0400, 0x0500};
  return tag.group <= 0x0006 || is_overlay_or_curve || tag.group >= 0x7F00 || is_own ||
         is_signature;
}

/// Says who the patient or another person is.
bool is_direct_identifier(Tag tag, Vr vr) {
  switch (deid::safe_harbor_class(tag, vr)) {
    case deid::SafeHarbor::names:
    case deid::SafeHarbor::telephone:
    case deid::SafeHarbor::fax:
    case deid::SafeHarbor::email:
    case deid::SafeHarbor::ssn:
    case deid::SafeHarbor::mrn:
    case deid::SafeHarbor::health_plan:
    case deid::SafeHarbor::photograph:
      return true;
    default:
      return vr == Vr::PN;
  }
}

/// Without which no reader can make sense of the object.
bool is_structural(Tag tag) {
  return tag == Tag{0x0008, 0x0005} || tag == Tag{0x0008, 0x0016} || tag == Tag{0x0008, 0x0018} ||
         tag == Tag{0x0020, 0x000D} || tag == Tag{0x0020, 0x000E} || tag.group == 0x0028;
}

void check_action(Tag tag, Vr vr, Code code, const std::string& where) {
  if (is_out_of_reach(tag)) fail(where + "efface itself decides on this attribute");
  const bool is_date = vr == Vr::DA || vr == Vr::DT || vr == Vr::TM;
  if (code == Code::U && vr != Vr::UI) fail(where + "U is for UIDs alone");
  if (code == Code::C && !is_date) fail(where + "C is for dates and times alone");
  if (vr == Vr::UI && code == Code::D) fail(where + "D is not for UIDs: use U");
  if (code == Code::K && is_direct_identifier(tag, vr)) {
    fail(where + "a direct identifier cannot be kept");
  }
  if (is_structural(tag) && code != Code::K && code != Code::U) {
    fail(where + "the object cannot be read without this attribute");
  }
}

RowChange read_private_row(const json& row, const std::string& where) {
  RowChange change;
  change.private_creator = text_member(row, "private_creator", where, 64);
  if (change.private_creator.find('\\') != std::string::npos ||
      change.private_creator.front() == ' ' || change.private_creator.back() == ' ') {
    fail(where + "'private_creator' is no name of a block");
  }
  const auto tag = parsed_tag(text_member(row, "tag", where, 64), true);
  if (!tag || !tag->is_private() || tag->group <= 0x0008) {
    fail(where + "'tag' of a private attribute must be (gggg,xxee) with an odd group");
  }
  change.tag = *tag;
  change.code = action_of(text_member(row, "action", where, 64), where);
  if (change.code == Code::U || change.code == Code::C) {
    fail(where + "private attributes: X, Z, D or K");
  }
  return change;
}

RowChange read_row(const json& row, std::size_t index) {
  std::string where = place(index) + ": ";
  if (!row.is_object()) fail(where + "must be an object");
  check_members(row, {"tag", "private_creator", "action", "reason"}, where);
  RowChange change;
  if (row.contains("private_creator")) {
    change = read_private_row(row, where);
  } else {
    const std::string text = text_member(row, "tag", where, 64);
    const auto tag = text[0] == '(' ? parsed_tag(text, false) : tag_of_keyword(text);
    if (!tag) fail(where + "'tag' is neither (gggg,eeee) nor a keyword of Table E.1-1");
    where = place(index) + " " + dicom::to_string(*tag) + ": ";
    if (tag->is_private()) fail(where + "a private attribute needs its 'private_creator'");
    const Vr vr = deid::dictionary_vr(*tag);
    const bool is_pattern = tag->group >= 0x5000 && tag->group <= 0x60FF;
    if (vr == Vr::none && !is_pattern) fail(where + "the DICOM Standard does not define this tag");
    change.tag = *tag;
    change.code = action_of(text_member(row, "action", where, 64), where);
    check_action(*tag, vr, change.code, where);
  }
  change.reason = text_member(row, "reason", where, 1024);
  return change;
}

auto key_of(const RowChange& change) {
  return std::tuple(std::string_view(change.private_creator), change.tag);
}

}  // namespace

ProfileFile parse_profile(const std::string& text) {
  const json root = json::parse(text, nullptr, false);
  if (!root.is_object()) fail("is not a valid JSON object");
  check_members(root, {"efface_profile", "name", "rows"}, "");
  if (root.value("efface_profile", json()) != 1) fail("'efface_profile' must be 1");
  ProfileFile file;
  file.name = text_member(root, "name", "", 64);
  const auto rows = root.find("rows");
  if (rows == root.end() || !rows->is_array()) fail("'rows' must be a list");
  for (std::size_t i = 0; i < rows->size(); ++i) file.changes.push_back(read_row((*rows)[i], i));
  std::sort(file.changes.begin(), file.changes.end(),
            [](const RowChange& a, const RowChange& b) { return key_of(a) < key_of(b); });
  const auto twice = std::adjacent_find(
      file.changes.begin(), file.changes.end(),
      [](const RowChange& a, const RowChange& b) { return key_of(a) == key_of(b); });
  if (twice != file.changes.end()) fail(dicom::to_string(twice->tag) + " is changed twice");
  return file;
}

ProfileFile read_profile_file(const std::filesystem::path& path) {
  return parse_profile(base::read_text_file(path, file_limit_bytes));
}

void check_dates(const deid::Profile& profile) {
  for (const RowChange& change : profile.changes) {
    const Vr vr = change.private_creator.empty() ? deid::dictionary_vr(change.tag) : Vr::none;
    if (vr != Vr::DA && vr != Vr::DT && vr != Vr::TM) continue;
    const bool is_kept = change.code == Code::K && profile.dates != deid::Dates::kept;
    const bool is_moved = change.code == Code::C && profile.dates != deid::Dates::modified;
    if (!is_kept && !is_moved) continue;
    throw Error(
        Fault::usage,
        fmt::format("profile file: {}: {} of a date does not go with what the run does to dates",
                    dicom::to_string(change.tag), deid::to_string(change.code)),
        is_kept ? "add --dates kept, or leave the row out"
                : "add --dates modified, or leave the row out");
  }
}

}  // namespace efface::config
