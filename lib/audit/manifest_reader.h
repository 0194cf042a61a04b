// Reads manifest.json back, in one pass and line by line as efface writes it: the members of its
// head, then every volume, then every input. Bounded by the longest line, so that manifests of a
// million files can be read. A manifest that another program has laid out anew is not read; what
// the records mean is told by the schema and manifest_text.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "audit/record.h"

namespace efface::audit {

/// A member of the head: its name and its value as JSON text.
using ManifestMember = std::pair<std::string, std::string>;

class ManifestReader {
 public:
  /// Reads the head. `text` must outlive this; `name` is for messages. All members throw Error
  /// {bad_input} for what is not a whole manifest of this version.
  ManifestReader(std::string_view text, std::string name);

  /// All members before "totals", in their order.
  const std::vector<ManifestMember>& head() const { return head_; }
  /// The value of one of them; empty when it is absent.
  std::string_view member(std::string_view key) const;
  std::string_view totals() const { return totals_; }

  /// The next volume, then (when all volumes are read) the next input; false behind the last.
  bool next_volume(std::string_view& line);
  bool next_input(std::string_view& line);

 private:
  std::string_view next_line();
  bool next_item(std::string_view& line, std::string_view end);
  [[noreturn]] void fail() const;

  std::string_view rest_;
  std::string name_;
  std::uint64_t line_number_ = 0;
  std::vector<ManifestMember> head_;
  std::string totals_;
  enum class Part : std::uint8_t { volumes, inputs, end } part_ = Part::volumes;
  bool needs_item_ = false;  ///< the line before ended with a comma
  bool is_first_ = true;     ///< of its array
};

/// The order of records: by study, then by their own token.
using RecordOrder = std::pair<std::string, std::string>;

/// What totals, verify, diff and merge need of a line: all that sidecars have. Members that they do
/// not know are passed over. Throws Error{bad_input}.
InputRecord read_input(std::string_view line);
VolumeRecord read_volume(std::string_view line);
RecordOrder order_of(std::string_view line);

}  // namespace efface::audit
