#include "deid/pseudonyms.h"

#include "dicom/uid.h"

namespace efface::deid {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view padding("\0 ", 2);
  const std::size_t first = text.find_first_not_of(padding);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(padding) - first + 1);
}

std::uint64_t first_eight(const base::Digest& digest) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = (number << 8) | digest.bytes[i];
  return number;
}

std::string domain_of(std::string_view use, std::string_view domain) {
  std::string text(use);
  text += '/';
  text += domain;
  return text;
}

/// ASCII letters as capitals, runs of spaces as one.
std::string spelt_alike(std::string_view text) {
  std::string alike;
  for (const char c : text) {
    if (c == ' ' && alike.ends_with(' ')) continue;
    alike += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return alike;
}

}  // namespace

std::string Pseudonyms::uid(std::string_view original) const {
  const std::string_view value = trimmed(original);
  if (dicom::is_registered_uid(value)) return std::string(value);
  return dicom::uid_from_digest(keyed_("uid", value));
}

std::string Pseudonyms::pseudonym(std::string_view domain, std::string_view original,
                                  std::string_view prefix, std::size_t characters) const {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";  // RFC 4648
  const base::Digest digest = keyed_(domain_of("pseudonym", domain), trimmed(original));
  std::string text(prefix);
  for (std::size_t i = 0; i < characters; ++i) {
    std::size_t value = 0;
    for (std::size_t bit = 5 * i; bit < 5 * i + 5; ++bit) {
      const unsigned byte = digest.bytes[(bit / 8) % digest.bytes.size()];
      value = (value << 1) | ((byte >> (7 - bit % 8)) & 1U);
    }
    text += alphabet[value];
  }
  return text;
}

int Pseudonyms::date_shift_days(std::string_view subject) const {
  constexpr std::uint64_t least_weeks = 53, most_weeks = 521;  // 371 to 3647 days
  const std::uint64_t drawn = first_eight(keyed_("date-shift", subject));
  return -7 * static_cast<int>(least_weeks + drawn % (most_weeks - least_weeks + 1));
}

std::string Pseudonyms::path_token(std::string_view domain, std::string_view original) const {
  std::string token = base::to_hex(keyed_(domain_of("path", domain), original), 16);
  constexpr std::size_t shortest = 16;  // what names take of a token
  if (token.find_first_not_of("0123456789") >= shortest) {
    token[0] = static_cast<char>('a' + (token[0] - '0') % 6);
  }
  return token;
}

std::uint64_t Pseudonyms::seed(std::string_view domain, std::string_view value) const {
  return first_eight(keyed_(domain_of("seed", domain), value));
}

bool names_a_patient(const dicom::InstanceFacts& facts) {
  return !trimmed(facts.patient_id.reveal()).empty();
}

std::string subject_of(const dicom::InstanceFacts& facts) {
  if (!names_a_patient(facts)) {
    return "study " + std::string(trimmed(facts.study_uid.reveal()));
  }
  return "patient " + spelt_alike(trimmed(facts.patient_id.reveal())) + '\n' +
         spelt_alike(trimmed(facts.issuer_of_patient_id.reveal()));
}

}  // namespace efface::deid
