#include "deid/profile_rows.h"

#include "deid/beyond_table.h"
#include "deid/option.h"
#include "deid/safe_private.h"

namespace efface::deid {

namespace {

constexpr char hex_digits[] = "0123456789ABCDEF";

/// Four digits of a group or element; x where the mask leaves the digit open.
std::string digits(std::uint16_t value, std::uint16_t mask) {
  std::string text;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const bool is_open = ((mask >> shift) & 15) != 15;
    text += is_open ? 'x' : hex_digits[(value >> shift) & 15];
  }
  return text;
}

std::string tag_text(dicom::Tag tag, dicom::Tag mask) {
  return "(" + digits(tag.group, mask.group) + "," + digits(tag.element, mask.element) + ")";
}

std::string meaning_of(Option option) {
  return std::string(method_of(option).meaning);
}

std::string reason_of_change(const RowChange& change) {
  return "profile file: " + change.reason;
}

/// Options that have another cell in the row than the one that decided.
std::string overruled(const std::array<Code, option_count>& options, const Ruling& ruling,
                      const Profile& profile) {
  std::string text;
  for (const Method& method : methods()) {
    if (!method.option || *method.option == ruling.option || !profile.has(*method.option)) continue;
    const Code other = options[static_cast<std::size_t>(*method.option)];
    if (other == Code::none || other == ruling.code) continue;
    text += std::string(text.empty() ? ", before " : " and ") + to_string(other) + " of " +
            std::string(method.meaning);
  }
  return text;
}

std::string reason_of(const std::array<Code, option_count>& options, const Ruling& ruling,
                      const Profile& profile) {
  switch (ruling.source) {
    case Source::change:
      return reason_of_change(*ruling.change);
    case Source::option:
      return meaning_of(ruling.option) + overruled(options, ruling, profile);
    default:
      return "Basic Profile";
  }
}

bool is_exact(const TableRow& row) {
  return row.mask == dicom::Tag{0xFFFF, 0xFFFF};
}

void append_table(const Profile& profile, std::vector<ProfileRow>& rows) {
  for (const TableRow& row : table()) {
    const Ruling ruling =
        is_exact(row) ? ruling_for(row.tag, profile) : ruling_of(row.options, row.basic, profile);
    rows.push_back({tag_text(row.tag, row.mask), "", std::string(row.keyword), row.basic,
                    ruling.code, reason_of(row.options, ruling, profile)});
  }
}

/// Rows of the profile on which no exact row of the table speaks.
void append_changes(const Profile& profile, std::vector<ProfileRow>& rows) {
  for (const RowChange& change : profile.changes) {
    const TableRow* row = find_row(change.tag);
    if (!change.private_creator.empty() || (row != nullptr && is_exact(*row))) continue;
    const Code basic = row == nullptr ? code_beyond_table(change.tag) : row->basic;
    rows.push_back(
        {dicom::to_string(change.tag), "", "", basic, change.code, reason_of_change(change)});
  }
}

std::string private_tag_text(std::uint16_t group, std::uint16_t element) {
  return tag_text({group, element}, {0xFFFF, 0x00FF});
}

void append_private(const Profile& profile, std::vector<ProfileRow>& rows) {
  if (profile.has(Option::retain_safe_private)) {
    for (const SafePrivateRow& row : safe_private_rows()) {
      const std::string creator(row.creator);
      if (find_private_change(creator, {row.group, row.element}, profile) != nullptr) continue;
      rows.push_back({private_tag_text(row.group, row.element), creator, std::string(row.meaning),
                      Code::X, Code::K, meaning_of(Option::retain_safe_private)});
    }
  }
  for (const RowChange& change : profile.changes) {
    if (change.private_creator.empty()) continue;
    rows.push_back({private_tag_text(change.tag.group, change.tag.element), change.private_creator,
                    "", Code::X, change.code, reason_of_change(change)});
  }
}

}  // namespace

std::vector<ProfileRow> profile_rows(const Profile& profile) {
  std::vector<ProfileRow> rows;
  append_table(profile, rows);
  append_changes(profile, rows);
  append_private(profile, rows);
  return rows;
}

std::string_view in_words(Code code) {
  switch (code) {
    case Code::none:
      return "not in the table";
    case Code::X:
      return "removed";
    case Code::Z:
    case Code::X_Z:
      return "emptied";
    case Code::D:
    case Code::Z_D:
    case Code::X_D:
    case Code::X_Z_D:
      return "a dummy";
    case Code::U:
      return "UIDs replaced";
    case Code::X_Z_Ustar:
      return "kept, UIDs inside replaced";
    case Code::K:
      return "kept";
    case Code::C:
      return "cleaned";
  }
  return "";
}

}  // namespace efface::deid
