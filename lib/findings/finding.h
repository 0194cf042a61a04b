// What `efface check` says of a data set, as values: the rules there are, a finding, the choice of
// findings that fail a check. Holds no value of a patient: a finding names where, never what.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::findings {

enum class Severity : std::uint8_t {
  note,     ///< for people to look at; fails no check unless asked for
  warning,  ///< the profile would remove it, or nobody could look into it
  error     ///< it identifies, or says something untrue
};
const char* to_string(Severity severity);

/// A kind of finding. The id is stable: baselines and `--fail-on` name it.
struct Rule {
  std::string_view id;
  Severity severity;
  std::string_view summary;
};
/// Sorted by id.
std::span<const Rule> rules();
/// Throws base::Error of Fault::internal for an id that is none.
const Rule& rule(std::string_view id);

struct Finding {
  std::string rule;
  std::string path;         ///< of the file, as the user would name it
  std::string place;        ///< in the file: "(0010,0010)", "/PatientName", "frame 1"; may be empty
  std::string reason;       ///< one sentence, no values
  std::uint64_t count = 1;  ///< how many of this kind stand at this place (items of a sequence)

  Severity severity() const { return findings::rule(rule).severity; }
  friend auto operator<=>(const Finding&, const Finding&) = default;
};

/// Which findings fail a check: severities, rules, and groups of rules ("face" for all face.…).
class FailOn {
 public:
  /// Errors and warnings.
  FailOn();
  /// "none" alone is nothing. Throws base::Error of Fault::usage for a word that is none of these.
  explicit FailOn(const std::vector<std::string>& kinds);
  bool includes(const Finding& finding) const;

 private:
  std::set<std::string> kinds_;
};

}  // namespace efface::findings
