#include "descriptors/study_text.h"

#include <limits>
#include <utility>
#include <variant>

#include "text/character_sets.h"

namespace efface::descriptors {

namespace {

using dicom::Vr;

/// PS3.5 section 6.2.
std::size_t most_characters(Vr vr) {
  switch (vr) {
    case Vr::SH:
      return 16;
    case Vr::LO:
      return 64;
    case Vr::ST:
      return 1024;
    case Vr::LT:
      return 10240;
    default:
      return std::numeric_limits<std::size_t>::max();
  }
}

bool is_one_value(Vr vr) {
  return vr == Vr::ST || vr == Vr::LT || vr == Vr::UT;
}

}  // namespace

StudyText::StudyText(const text::SubjectValues& subject, const text::Actions& actions,
                     text::KeyedDigest keyed)
    : cleaner_(text::Recognisers::built_in(), subject, actions, std::move(keyed)) {}

std::optional<deid::FreeText::Cleaned> StudyText::clean(Vr vr, std::string_view value,
                                                        std::string_view character_set) const {
  const text::CharacterSets sets(character_set);
  const text::Shape shape = is_one_value(vr) ? text::Shape::text : text::Shape::values;
  const text::Decoded decoded = sets.decode(value, shape);
  const auto* readable = std::get_if<base::Phi<std::string>>(&decoded);
  if (readable == nullptr) return std::nullopt;
  Cleaned cleaned;
  std::string result;
  bool is_changed = false;
  const std::string_view all = readable->reveal();
  for (std::size_t start = 0; start <= all.size();) {
    const std::size_t end =
        is_one_value(vr) ? all.size() : std::min(all.find('\\', start), all.size());
    text::Cleaned part = cleaner_.clean(all.substr(start, end - start), most_characters(vr));
    if (start > 0) result += '\\';
    result += part.text.reveal();
    is_changed = is_changed || part.is_changed;
    for (const auto& [entity, count] : part.found) {
      cleaned.found[std::string(to_string(entity))] += count;
    }
    start = end + 1;
  }
  if (!is_changed) {
    cleaned.value = value;
    return cleaned;
  }
  std::optional<std::string> encoded = sets.encode(result, shape);
  if (!encoded) return std::nullopt;
  cleaned.value = std::move(*encoded);
  return cleaned;
}

}  // namespace efface::descriptors
