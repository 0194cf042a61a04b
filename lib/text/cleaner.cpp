#include "text/cleaner.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "text/character_sets.h"
#include "text/name_context.h"
#include "text/word_list.h"

namespace efface::text {

namespace {

constexpr std::size_t hash_letters = 12;

/// What may stand between two findings of one kind.
bool is_gap(std::string_view between) {
  return between.size() <= 3 && between.find_first_not_of(" .,-'^=_/") == std::string_view::npos;
}

/// Overlapping ones become one, of the kind of the longest among them, of the first where several
/// are; so do neighbours of one
/// kind.
std::vector<Finding> united(std::string_view folded, std::vector<Finding> findings) {
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.begin < b.begin; });
  std::vector<Finding> result;
  std::size_t longest = 0;
  for (const Finding& finding : findings) {
    const std::size_t length = finding.end - finding.begin;
    if (length == 0) continue;
    if (!result.empty() && finding.begin < result.back().end) {
      result.back().end = std::max(result.back().end, finding.end);
      const bool is_better = length == longest && result.back().entity == Entity::number;
      if (length > longest || is_better) result.back().entity = finding.entity;
      longest = std::max(longest, length);
    } else {
      result.push_back(finding);
      longest = length;
    }
  }
  std::vector<Finding> joined;
  for (const Finding& finding : result) {
    if (!joined.empty() && joined.back().entity == finding.entity &&
        is_gap(folded.substr(joined.back().end, finding.begin - joined.back().end))) {
      joined.back().end = finding.end;
    } else {
      joined.push_back(finding);
    }
  }
  return joined;
}

/// Letters only, so that no recogniser takes them for a number.
std::string in_letters(const base::Digest& digest) {
  std::string letters;
  for (std::size_t i = 0; i < hash_letters; ++i) {
    const unsigned byte = digest.bytes[i / 2];
    letters += static_cast<char>('a' + (i % 2 == 0 ? byte >> 4 : byte & 0x0FU));
  }
  return letters;
}

}  // namespace

Cleaner::Cleaner(const Recognisers& recognisers, const SubjectValues& subject, Actions actions,
                 KeyedDigest keyed)
    : recognisers_(recognisers), subject_(subject), actions_(actions), keyed_(std::move(keyed)) {
  for (std::size_t i = 0; i < entity_count && !keyed_; ++i) {
    if (actions_.of(static_cast<Entity>(i)) == EntityAction::hash) {
      throw base::Error(base::Fault::internal, "text cannot be hashed without a key");
    }
  }
}

std::vector<Finding> Cleaner::findings_in(std::string_view utf8) const {
  if (utf8.size() > most_bytes || !is_utf8(utf8)) return {{0, utf8.size(), Entity::whole_text}};
  const FoldedText folded(utf8);
  const std::vector<Word> words = words_of(folded.text());
  std::vector<Finding> findings;
  subject_.find(folded, words, findings);
  recognisers_.find(folded, actions_, findings);
  find_names_by_context(utf8, folded, words, findings);
  std::erase_if(findings, [&](const Finding& finding) {
    return actions_.of(finding.entity) == EntityAction::keep;
  });
  findings = united(folded.text(), std::move(findings));
  std::size_t end = 0;
  for (Finding& finding : findings) {  // a character that became two letters belongs to one
    finding.begin = std::max(end, folded.source_of(finding.begin));
    finding.end = end = std::max(end, folded.source_end(finding.end));
  }
  return findings;
}

std::string Cleaner::written(std::string_view original, Entity entity, bool is_short) const {
  const std::string name(to_string(entity));
  EntityAction action = actions_.of(entity);
  // What could not be looked at is never left.
  if (entity == Entity::whole_text && action != EntityAction::replace)
    action = EntityAction::remove;
  if (is_short && action != EntityAction::mask) action = EntityAction::remove;
  switch (action) {
    case EntityAction::replace:
      return "[" + name + "]";
    case EntityAction::mask:
      return std::string(length_of(original), '*');
    case EntityAction::hash:
      return "[" + name + ":" + in_letters(keyed_("text " + name, fold(original))) + "]";
    case EntityAction::keep:
    case EntityAction::remove:
      break;
  }
  return {};
}

std::string Cleaner::rewritten(std::string_view utf8, const std::vector<Finding>& findings,
                               bool is_short) const {
  std::string text;
  std::size_t at = 0;
  for (const Finding& finding : findings) {
    text += utf8.substr(at, finding.begin - at);
    const std::string in_place =
        written(utf8.substr(finding.begin, finding.end - finding.begin), finding.entity, is_short);
    text += in_place;
    at = finding.end;
    if (!in_place.empty()) continue;
    // No two spaces where something went, nor two halves that become a word.
    if (text.empty() || text.back() == ' ') {
      while (at < utf8.size() && utf8[at] == ' ') ++at;
    } else if (at < utf8.size() && utf8[at] != ' ') {
      text += ' ';
    }
  }
  text += utf8.substr(at);
  return text;
}

Cleaned Cleaner::clean(std::string_view utf8, std::size_t most_characters) const {
  const std::vector<Finding> findings = findings_in(utf8);
  Cleaned cleaned;
  for (const Finding& finding : findings) ++cleaned.found[finding.entity];
  if (findings.empty()) {
    cleaned.text = base::Phi<std::string>(std::string(utf8));
    return cleaned;
  }
  std::string text = rewritten(utf8, findings, false);
  if (length_of(text) > most_characters) text = rewritten(utf8, findings, true);
  cleaned.is_changed = text != utf8;
  cleaned.text = base::Phi<std::string>(std::move(text));
  return cleaned;
}

}  // namespace efface::text
