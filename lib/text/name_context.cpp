#include "text/name_context.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <string>

#include "text/internal_converter.h"
#include "text/internal_names.h"
#include "text/words.h"

namespace efface::text {

namespace {

constexpr std::size_t most_name_words = 4;

template <std::size_t count>
bool holds(const std::array<std::string_view, count>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// What follows is a person, in any case of letters. Two-letter ones are words of other meanings
/// too (MR, DR, MS): they count with a full stop, or written as a title is.
constexpr auto titles = std::to_array<std::string_view>(
    {"dr",     "mr",      "ms",   "mrs",  "prof", "professor", "doctor",
     "miss",   "mister",  "herr", "frau", "mme",  "madame",    "monsieur",
     "signor", "signora", "sra",  "dott", "drs",  "doktor"});

/// What follows may be a person: it must look like a name.
constexpr auto introductions = std::to_array<std::string_view>(
    {"patient",  "pt",        "pat",       "name",      "for",       "by",          "ref",
     "referred", "referring", "attending", "attn",      "physician", "radiologist", "tech",
     "operator", "mother",    "father",    "husband",   "wife",      "son",         "daughter",
     "brother",  "sister",    "contact",   "cc",        "with",      "from",        "technologist",
     "signed",   "reported",  "dictated",  "requested", "ordered",   "approved",    "verified",
     "reviewed", "md",        "surgeon",   "nurse",     "subject",   "volunteer",   "patientin",
     "fur",      "von",       "durch",     "para",      "por",       "pour",        "par",
     "nom",      "nombre",    "nome",      "patiente",  "paciente",  "paziente",    "befundet",
     "arzt",     "arztin",    "medecin",   "medico",    "dictating", "rn"});

constexpr auto particles = std::to_array<std::string_view>(
    {"van", "von", "de",  "der", "den", "la", "le",  "di", "da", "del", "della", "al",  "el",
     "bin", "ben", "ibn", "dos", "das", "du", "ter", "zu", "o",  "d",   "mc",    "mac", "st"});

/// Behind a name these make it an eponym.
constexpr auto eponym_nouns = std::to_array<std::string_view>(
    {"s",         "cyst",        "disease", "syndrome", "fracture",       "neuroma",  "tumor",
     "tumour",    "lesion",      "sign",    "sarcoma",  "malformation",   "lymphoma", "hernia",
     "procedure", "operation",   "test",    "position", "projection",     "view",     "method",
     "deformity", "contracture", "score",   "scale",    "classification", "catheter", "stent",
     "line",      "node",        "body",    "ring",     "point",          "protocol", "maneuver",
     "sequence",  "prosthesis",  "filter",  "drain",    "tube",           "angle",    "palsy"});

constexpr auto institutions = std::to_array<std::string_view>(
    {"hospital", "hospitals",  "clinic",    "klinik",     "klinikum",    "krankenhaus",
     "spital",   "infirmary",  "hospice",   "university", "ziekenhuis",  "hopital",
     "clinique", "ospedale",   "sjukhus",   "szpital",    "universitat", "institute",
     "college",  "healthcare", "sanatorium"});

class Search {
 public:
  Search(std::string_view utf8, const FoldedText& text, const std::vector<Word>& words,
         std::vector<Finding>& findings)
      : utf8_(utf8), text_(text), folded_(text.text()), words_(words), findings_(findings) {
    for (const Word& word : words_) {
      capital_.push_back(is_upper(word.begin));
      has_lower_.push_back(holds_lower(word));
      is_mixed_ = is_mixed_ || has_lower_.back();
    }
  }

  void run() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (is_title(i)) {
        take_from(i + 1, true);
      } else if (holds(introductions, word(i))) {
        take_introduced(i);
      } else if (holds(institutions, word(i))) {
        take_institution(i);
      }
      if (i + 1 < words_.size()) {
        take_pair(i);
        take_caret(i);
        take_investigator(i);
      }
    }
  }

 private:
  std::string_view utf8_;
  const FoldedText& text_;
  std::string_view folded_;
  const std::vector<Word>& words_;
  std::vector<Finding>& findings_;
  const Words& known_ = Words::built_in();
  std::vector<bool> capital_, has_lower_;
  bool is_mixed_ = false;  ///< the text has small letters: capital ones mean something

  std::string_view word(std::size_t i) const {
    return folded_.substr(words_[i].begin, words_[i].end - words_[i].begin);
  }
  std::string_view between(std::size_t left, std::size_t right) const {
    return folded_.substr(words_[left].end, words_[right].begin - words_[left].end);
  }

  bool is_upper(std::size_t folded) const {
    std::size_t at = text_.source_of(folded);
    const auto c = static_cast<UChar32>(internal::next_point(utf8_, at));
    return u_isupper(c) || u_istitle(c);
  }

  bool holds_lower(const Word& word) const {
    std::size_t at = text_.source_of(word.begin);
    const std::size_t end = text_.source_end(word.end);
    while (at < end) {
      if (u_islower(static_cast<UChar32>(internal::next_point(utf8_, at)))) return true;
    }
    return false;
  }

  bool is_unknown(std::size_t i) const {
    return !words_[i].is_east_asian && length_of(word(i)) >= 2 && !known_.is_common(word(i));
  }

  /// Written as a name is: a capital letter and small ones where the text has both.
  bool looks_like_name(std::size_t i) const {
    return is_unknown(i) && capital_[i] && (!is_mixed_ || has_lower_[i] || word(i).size() > 4);
  }

  bool is_title(std::size_t i) const {
    if (!holds(titles, word(i)) || i + 1 >= words_.size()) return false;
    const std::string_view gap = between(i, i + 1);
    if (gap != " " && gap != "." && gap != ". ") return false;
    if (word(i).size() > 2 || gap[0] == '.') return true;
    return (capital_[i] && has_lower_[i]) || (word(i) == "dr" && !known_.is_common(word(i + 1)));
  }

  bool follows(std::size_t i) const {
    const std::string_view gap = between(i - 1, i);
    return gap == " " || gap == "-" || gap == "'" || gap == ". " || gap == "." || gap == ", ";
  }

  /// Words from `first` on that belong to one name. Behind a title an everyday word may be one.
  void take_from(std::size_t first, bool is_titled) {
    std::size_t end = first;
    bool is_any = false;
    for (std::size_t i = first; i < words_.size() && i < first + most_name_words; ++i) {
      if (i > first && !follows(i)) break;
      const bool is_initial = word(i).size() == 1 && capital_[i] && is_mixed_;
      const bool is_hidden = is_titled && i == first && is_mixed_ && capital_[i] && has_lower_[i] &&
                             !holds(introductions, word(i));
      const bool is_name = is_titled && i == first
                               ? is_unknown(i)
                               : looks_like_name(i) || (i == first && known_.is_name(word(i)));
      if (is_name || is_hidden) {
        is_any = true;
        end = i + 1;
      } else if (!is_initial && !holds(particles, word(i)) && !holds(titles, word(i))) {
        break;
      }
    }
    if (!is_any) return;
    findings_.push_back({words_[first].begin, words_[end - 1].end, Entity::name});
  }

  /// "for X": one word that looks like a name where small letters are about, else two or a given
  /// name; never an eponym of something.
  void take_introduced(std::size_t i) {
    std::size_t first = i + 1;
    while (first < words_.size() && first < i + 3 &&
           (word(first) == "by" || word(first) == "name" || word(first) == "is" ||
            word(first) == "md")) {
      ++first;
    }
    if (first >= words_.size()) return;
    const std::string_view gap = between(first - 1, first);
    const bool is_label =
        gap.find(':') != std::string_view::npos || gap.find('=') != std::string_view::npos;
    if (gap.size() > 3 || gap.find_first_not_of(" .:=-_,") != std::string_view::npos) return;
    if (is_label && is_unknown(first)) return take_from(first, true);
    if (!looks_like_name(first) && !known_.is_name(word(first))) return;
    const bool has_next = first + 1 < words_.size() && follows(first + 1);
    if (has_next && holds(eponym_nouns, word(first + 1))) return;
    if (has_next && first + 2 < words_.size() && word(first + 1) == "s") return;
    const bool is_sure = (is_mixed_ && has_lower_[first]) || known_.is_name(word(first)) ||
                         (has_next && looks_like_name(first + 1));
    if (is_sure) take_from(first, false);
  }

  /// Two words of which one is a frequent name and the other looks like one; an initial behind.
  void take_pair(std::size_t i) {
    const std::string_view gap = between(i, i + 1);
    if (gap != " " && gap != ", " && gap != "," && gap != "-") return;
    const bool is_list = gap != " " && gap != "-";
    const auto starts = [&](std::size_t n) {
      return known_.is_given_name(word(n)) || (is_list && known_.is_name(word(n)));
    };
    const bool is_pair = (starts(i) && looks_like_name(i + 1)) ||
                         (known_.is_given_name(word(i + 1)) && looks_like_name(i)) ||
                         (known_.is_name(word(i)) && known_.is_name(word(i + 1)));
    const bool is_written_so = capital_[i] == capital_[i + 1];
    if (!is_pair || !is_written_so) return;
    std::size_t first = i, last = i + 1;
    const auto adjoins = [&](std::size_t n) { return internal::is_name_gap(between(n, n + 1)); };
    while (first > 0 && first + most_name_words > i && adjoins(first - 1) &&
           known_.is_name(word(first - 1))) {
      --first;
    }
    if (last + 1 < words_.size() && adjoins(last) && word(last + 1).size() == 1 &&
        capital_[last + 1]) {
      ++last;
    }
    findings_.push_back({words_[first].begin, words_[last].end, Entity::name});
  }

  /// Up to three words before "hospital" and the like, from the first that is no everyday one.
  void take_institution(std::size_t i) {
    std::size_t first = i;
    for (std::size_t n = i; n > 0 && n + 3 > i; --n) {
      const std::string_view gap = between(n - 1, n);
      if (gap != " " && gap != "-" && gap != "'" && gap != ". ") break;
      if (is_unknown(n - 1) || (word(n - 1) == "s" && gap == " ")) {
        if (word(n - 1) != "s" && (capital_[n - 1] || !is_mixed_)) first = n - 1;
      } else if (!known_.is_common(word(n - 1))) {
        break;
      }
    }
    if (first == i) return;
    findings_.push_back({words_[first].begin, words_[i].end, Entity::institution});
  }

  /// As DICOM writes names.
  void take_caret(std::size_t i) {
    const std::string_view gap = between(i, i + 1);
    if (gap != "^") return;
    if (known_.is_common(word(i)) && known_.is_common(word(i + 1))) return;
    findings_.push_back({words_[i].begin, words_[i + 1].end, Entity::name});
  }

  /// Two names before a caret, as scanners name a protocol by whose it is: "Doe_Jane^950_fmri".
  void take_investigator(std::size_t i) {
    const std::string_view gap = between(i, i + 1);
    if (gap != "_" && gap != " ") return;
    const std::size_t end = words_[i + 1].end;
    if (end >= folded_.size() || folded_[end] != '^') return;
    if (!looks_like_name(i) || !looks_like_name(i + 1)) return;
    findings_.push_back({words_[i].begin, end, Entity::name});
  }
};

}  // namespace

void find_names_by_context(std::string_view utf8, const FoldedText& text,
                           const std::vector<Word>& words, std::vector<Finding>& findings) {
  Search(utf8, text, words, findings).run();
}

}  // namespace efface::text
