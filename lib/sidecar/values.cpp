#include <algorithm>

#include "base/error.h"
#include "deid/dates.h"
#include "sidecar/internal_values.h"
#include "sidecar/value_shapes.h"
#include "text/character_sets.h"

namespace efface::sidecar {

namespace {

constexpr std::size_t shortest_residue = 6;  // shorter values stand in many places by chance
constexpr std::size_t most_comparisons = 100'000'000'000;  // of bytes

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

bool is_well_formed_utf8(std::string_view text) {
  return text::is_utf8(text);
}

void learn(text::SubjectValues& subject, const Field& field, std::string_view value) {
  if (field.row == nullptr || is_absent(value) || !is_well_formed_utf8(value)) return;
  using Person = text::SubjectValues::Person;
  if (field.row->vr == dicom::Vr::PN) {
    const bool is_patient = field.row->keyword == "PatientName";
    subject.add_person_name(value, is_patient ? Person::patient : Person::other);
  } else if (field.row->keyword == "PatientID") {
    subject.add_identifier(value, text::Entity::medical_record);
  } else if (field.row->keyword == "AccessionNumber") {
    subject.add_identifier(value, text::Entity::accession);
  } else if (field.row->keyword == "InstitutionName") {
    subject.add_phrase(value, text::Entity::institution);
  }
}

Values::Values(const Rules& rules, const text::SubjectValues& subject, Counts& counts)
    : rules_(rules),
      counts_(&counts),
      cleaner_(text::Recognisers::built_in(), subject, rules.actions,
               [&rules](std::string_view domain, std::string_view value) {
                 return rules.pseudonyms.digest(domain, value);
               }) {}

void Values::count(const Field& field, dicom::Action action) {
  const std::string name(field.name.empty() ? "other field" : field.name);
  ++counts_->fields[name][static_cast<std::size_t>(action)];
}

void Values::remember(std::string_view value) {
  // Numbers and words that anybody may write are found elsewhere without being the same thing.
  if (value.size() >= shortest_residue && !is_number(value)) removed_.emplace(std::string(value));
}

void Values::require_gone(std::string_view content) const {
  if (removed_.size() > most_comparisons / (content.size() + 1)) {
    throw base::Error(base::Fault::bad_input,
                      "the file has too many values that are to be removed");
  }
  for (const base::Phi<std::string>& value : removed_) {
    if (content.find(value.reveal()) == std::string_view::npos) continue;
    throw base::Error(base::Fault::bad_input, "a removed value still stood in the output");
  }
}

std::string Values::clean_text(std::string_view utf8) {
  text::Cleaned cleaned = cleaner_.clean(utf8);
  for (const auto& [entity, count] : cleaned.found) {
    counts_->text[std::string(to_string(entity))] += count;
  }
  return cleaned.text.reveal();
}

/// YYYY-MM-DD or YYYYMMDD, and whatever follows a T, a space or nothing: the day is moved.
std::optional<std::string> Values::shifted(std::string_view value) const {
  const bool is_long = value.size() >= 10 && value[4] == '-' && value[7] == '-';
  const std::size_t length = is_long ? 10 : 8;
  if (value.size() < length) return std::nullopt;
  if (value.size() > length && value[length] != 'T' && value[length] != ' ') return std::nullopt;
  std::string day(value.substr(0, length));
  std::erase(day, '-');
  const std::string_view rest = value.substr(length);
  const bool is_time = std::all_of(rest.begin(), rest.end(), [](char c) {
    return is_digit(c) || c == ':' || c == '.' || c == 'T' || c == ' ' || c == 'Z' || c == '+' ||
           c == '-';
  });
  const auto moved =
      deid::shifted_dates(dicom::Vr::DA, day, rules_.pseudonyms.date_shift_days(rules_.subject));
  if (!is_time || !moved) return std::nullopt;
  std::string text = *moved;
  if (is_long) text = text.substr(0, 4) + '-' + text.substr(4, 2) + '-' + text.substr(6, 2);
  return text + std::string(rest);
}

std::optional<std::string> Values::clean(const Field& field, std::string_view value) {
  const auto renamed = [&](std::string_view path) {
    return rules_.renamed ? rules_.renamed(path) : std::string(path);
  };
  if (is_absent(value)) return std::string(value);
  switch (field.treatment) {
    case Treatment::keep:
      return std::string(value);
    case Treatment::remove:
      count(field, dicom::Action::remove);
      remember(value);
      return std::nullopt;
    case Treatment::replace_uid:
      count(field, dicom::Action::replace_uid);
      remember(value);
      return rules_.pseudonyms.uid(value);
    case Treatment::shift_date: {
      auto moved = shifted(value);
      count(field, moved ? dicom::Action::shift_date : dicom::Action::remove);
      return moved;
    }
    case Treatment::path:
    case Treatment::label:
      if (stays(field, value)) return renamed(value);
      break;
    case Treatment::age:
      if (!is_high_age(value)) break;
      count(field, dicom::Action::dummy);
      return "89+";
    case Treatment::version:
    case Treatment::clean:
      break;
  }
  if (stays(field, value)) return std::string(value);
  std::string text = clean_text(value);
  if (text != value) count(field, dicom::Action::clean);
  return text;
}

}  // namespace efface::sidecar
