// Patterns that tell what identifies in free text, read from data files (lib/text/data): name,
// kind, regular expressions (RE2), checksum, context words, and examples that a test runs. What
// they find does not depend on the patient.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/entity.h"
#include "text/folded_text.h"

namespace efface::text {

class Recognisers {
 public:
  /// From data files' text (JSON; format in data/README.md). Throws base::Error of Fault::bad_input
  /// where one is malformed, names an unknown kind or check, or has a pattern whose matches are not
  /// bounded in length: time stays linear in the text that way.
  explicit Recognisers(const std::vector<std::string_view>& data_files);
  ~Recognisers();
  Recognisers(const Recognisers&) = delete;
  Recognisers& operator=(const Recognisers&) = delete;

  /// Those that are compiled in; made once, at the first call.
  static const Recognisers& built_in();

  /// Appends what was found, as places in the folded text; they may overlap. Kinds whose action is
  /// keep are not looked for. Thread-safe.
  void find(const FoldedText& text, const Actions& actions, std::vector<Finding>& findings) const;

  /// What one recogniser alone finds.
  std::vector<Finding> find_with(std::string_view name, const FoldedText& text) const;

  struct Example {
    std::string recogniser;
    std::string text;                ///< UTF-8
    std::vector<std::string> found;  ///< what the recogniser finds in it, in order; none: nothing
  };
  std::vector<Example> examples() const;
  std::vector<std::string> names() const;

 private:
  struct Recogniser;
  struct Prefilter;
  std::vector<Recogniser> recognisers_;
  std::unique_ptr<Prefilter> prefilter_;
};

/// The data files that are compiled in: recognisers, and words (words.h).
std::vector<std::string_view> recogniser_data();
std::string_view word_data();

}  // namespace efface::text
