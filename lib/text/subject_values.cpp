#include "text/subject_values.h"

#include <algorithm>

namespace efface::text {

namespace {

constexpr std::size_t most_bytes = 1024;

bool is_padding(char c) {
  return c == ' ' || c == '\0' || c == '\t' || c == '\r' || c == '\n';
}

/// Cut where a character begins.
std::string_view clipped(std::string_view text) {
  while (!text.empty() && is_padding(text.back())) text.remove_suffix(1);
  while (!text.empty() && is_padding(text.front())) text.remove_prefix(1);
  if (text.size() <= most_bytes) return text;
  std::size_t end = most_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

void SubjectValues::add(Kind kind, Entity entity, std::string_view text) {
  text = clipped(text);
  if (!text.empty()) values_.emplace(Value{kind, entity, std::string(text)});
}

void SubjectValues::add_person_name(std::string_view name, Person person) {
  add(person == Person::patient ? Kind::patient_name : Kind::other_name, Entity::name, name);
}

void SubjectValues::add_identifier(std::string_view identifier, Entity entity) {
  add(Kind::identifier, entity, identifier);
}

void SubjectValues::add_date(std::string_view date) {
  date = clipped(date).substr(0, 8);
  if (date.size() == 8 && std::all_of(date.begin(), date.end(), is_digit)) {
    add(Kind::date, Entity::date, date);
  }
}

void SubjectValues::add_phrase(std::string_view phrase, Entity entity) {
  add(Kind::phrase, entity, phrase);
}

void SubjectValues::add_phone(std::string_view number) {
  add(Kind::phone, Entity::phone, number);
}

}  // namespace efface::text
