#include "sidecar/fields.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "sidecar/clean.h"
#include "sidecar/field_data.h"

namespace efface::sidecar {

namespace {

using deid::Code;

/// Letters and digits in lower case.
std::string folded(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') plain += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) plain += c;
  }
  return plain;
}

/// The words of a name: apart by what is no letter or digit, or begun by a capital.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  bool was_lower = false;
  for (const char c : name) {
    const std::string letter = folded(std::string_view(&c, 1));
    const bool is_capital = c >= 'A' && c <= 'Z';
    if ((letter.empty() || (is_capital && was_lower)) && !words.back().empty())
      words.emplace_back();
    words.back() += letter;
    was_lower = !letter.empty() && !is_capital;
  }
  return words;
}

struct Known {
  const deid::TableRow* row = nullptr;
  Treatment treatment = Treatment::clean;  ///< where there is no row
  bool is_publication = false;
  std::string name;
};

class Names {
 public:
  Names() {
    for (const deid::TableRow& row : deid::table()) {
      if (!row.keyword.empty()) {
        known_[folded(row.keyword)] = {&row, Treatment::clean, false, std::string(row.keyword)};
      }
    }
    const auto data = nlohmann::json::parse(field_data());
    for (const auto& [keyword, names] : data.at("as_attribute").items()) {
      const deid::TableRow* row = known_.at(folded(keyword)).row;
      for (const std::string name : names) known_[name] = {row, Treatment::clean, false, name};
    }
    for (const std::string name : data.at("publication"))
      known_[folded(name)].is_publication = true;
    for (const std::string word : data.at("telling_words")) telling_.insert(word);
    add(data.at("paths"), Treatment::path);
    add(data.at("versions"), Treatment::version);
    add(data.at("labels"), Treatment::label);
    known_["age"] = {nullptr, Treatment::age, false, "age"};
    known_["sex"] = {nullptr, Treatment::clean, false, "sex"};
  }

  const Known* find(std::string_view name) const {
    const auto found = known_.find(folded(name));
    return found == known_.end() ? nullptr : &found->second;
  }

  std::vector<std::string> all() const {
    std::vector<std::string> names;
    for (const auto& [folded_name, known] : known_) names.push_back(known.name);
    std::sort(names.begin(), names.end());
    return names;
  }

  /// For names that find() does not know.
  bool is_telling(std::string_view name) const {
    const std::vector<std::string> words = words_of(name);
    return std::any_of(words.begin(), words.end(),
                       [this](const std::string& word) { return telling_.contains(word); });
  }

 private:
  std::map<std::string, Known> known_;
  std::set<std::string> telling_;

  void add(const nlohmann::json& names, Treatment treatment) {
    for (const std::string name : names) {
      Known& known = known_[folded(name)];
      known = {nullptr, treatment, known.is_publication, name};
    }
  }
};

const Names& names() {
  static const Names instance;
  return instance;
}

Treatment treatment_by(const deid::TableRow& row, const deid::Profile& profile) {
  switch (deid::code_for(row.tag, profile)) {
    case Code::K:
      return Treatment::keep;
    case Code::U:
      return Treatment::replace_uid;
    case Code::C:
      if (row.vr == dicom::Vr::DA || row.vr == dicom::Vr::DT) return Treatment::shift_date;
      return row.vr == dicom::Vr::TM ? Treatment::keep : Treatment::clean;
    case Code::none:
      return Treatment::clean;
    default:
      return Treatment::remove;
  }
}

/// The row of an attribute that is named by its tag, as the DICOM JSON model does.
const deid::TableRow* row_of_tag(std::string_view name) {
  std::uint32_t tag = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), tag, 16);
  if (name.size() != 8 || error != std::errc() || end != name.data() + name.size()) return nullptr;
  return deid::find_row(
      {static_cast<std::uint16_t>(tag >> 16U), static_cast<std::uint16_t>(tag & 0xFFFFU)});
}

Field field_of_row(const deid::TableRow& row, const deid::Profile& profile, std::string_view name) {
  return {treatment_by(row, profile), &row, name};
}

}  // namespace

Field field_of(std::string_view name, const deid::Profile& profile, bool is_publication) {
  if (const deid::TableRow* row = row_of_tag(name))
    return field_of_row(*row, profile, row->keyword);
  const Known* known = names().find(name);
  if (known == nullptr) {
    // A date, or an address, that nobody has listed is one all the same.
    const std::string plain = folded(name);
    const bool is_date = plain.ends_with("date") || plain.ends_with("datetime");
    if (!is_date && !names().is_telling(name)) return {};
    known = names().find(is_date ? "AcquisitionDateTime" : "PatientAddress");
    return field_of_row(*known->row, profile, {});
  }
  if (is_publication && known->is_publication) return {Treatment::keep, nullptr, known->name};
  if (known->row == nullptr) return {known->treatment, nullptr, known->name};
  return field_of_row(*known->row, profile, known->name);
}

bool is_plain(const Field& field) {
  return field.treatment == Treatment::clean && field.name.empty() && field.row == nullptr;
}

std::vector<std::string> known_names() {
  return names().all();
}

std::string field_name(std::string_view field) {
  const Known* known = names().find(field);
  return known == nullptr ? "other field" : known->name;
}

}  // namespace efface::sidecar
