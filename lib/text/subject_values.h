// What a file and its study say about the patient and the people and places around: gathered as
// values, then found again in free text in other spellings, orders and formats. It finds what it
// was told about, nothing else.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/phi.h"
#include "text/entity.h"
#include "text/folded_text.h"
#include "text/word_list.h"

namespace efface::text {

/// All values are well-formed UTF-8, as CharacterSets::decode gives them; empty ones and padding
/// are ignored. A value is kept once.
class SubjectValues {
 public:
  enum class Person {
    patient,  ///< every word of the name is looked for, everyday words too
    other     ///< everyday words only beside another word of the name
  };
  /// A value of VR PN: component groups separated by =, components by ^; or free text.
  void add_person_name(std::string_view name, Person person);
  /// Patient's ID, accession number and the like. What has fewer than 4 characters is looked for
  /// only behind "ID", "no." and such.
  void add_identifier(std::string_view identifier, Entity entity);
  /// DA or DT (yyyymmdd…); others are ignored.
  void add_date(std::string_view date);
  /// Names of institutions and departments, addresses: as a whole, and by words that are not
  /// everyday ones.
  void add_phrase(std::string_view phrase, Entity entity);
  void add_phone(std::string_view number);

  /// All values of another.
  void merge(const SubjectValues& other) {
    values_.insert(other.values_.begin(), other.values_.end());
  }
  bool empty() const { return values_.empty(); }
  std::size_t size() const { return values_.size(); }
  friend bool operator==(const SubjectValues&, const SubjectValues&) = default;

 private:
  friend class SubjectMatcher;
  enum class Kind { patient_name, other_name, identifier, date, phrase, phone };
  struct Value {
    Kind kind;
    Entity entity;
    std::string text;
    friend auto operator<=>(const Value&, const Value&) = default;
  };
  std::set<base::Phi<Value>> values_;

  void add(Kind kind, Entity entity, std::string_view text);
};

class SubjectMatcher {
 public:
  explicit SubjectMatcher(const SubjectValues& values);
  ~SubjectMatcher();
  SubjectMatcher(SubjectMatcher&&) noexcept;

  /// Appends places in the folded text; they may overlap. Letters and digits match whatever their
  /// case, diacritics, width (folded_text.h), umlauts also as ae, oe, ue. Thread-safe; linear in
  /// the text, times the number of values.
  void find(const FoldedText& text, const std::vector<Word>& words,
            std::vector<Finding>& findings) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace efface::text
