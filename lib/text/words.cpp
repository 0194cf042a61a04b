#include "text/words.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"
#include "text/recognisers.h"

namespace efface::text {

namespace {

std::unordered_set<std::string> set_of(const nlohmann::json& lines) {
  std::unordered_set<std::string> words;
  for (const nlohmann::json& line : lines) {
    std::istringstream in(line.get<std::string>());
    for (std::string word; in >> word;) words.insert(word);
  }
  return words;
}

}  // namespace

Words::Words(std::string_view data) {
  try {
    const nlohmann::json json = nlohmann::json::parse(data);
    common_ = set_of(json.at("common"));
    given_names_ = set_of(json.at("given_names"));
    family_names_ = set_of(json.at("family_names"));
  } catch (const nlohmann::json::exception&) {
    throw base::Error(base::Fault::bad_input, "word data: not what data/README.md describes");
  }
}

const Words& Words::built_in() {
  static const Words words(word_data());
  return words;
}

}  // namespace efface::text
