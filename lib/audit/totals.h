// The sums at the head of the manifest, gathered study by study. Counts only.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "audit/json_text.h"
#include "audit/record.h"

namespace efface::audit {

class Totals {
 public:
  Totals();
  void add(const StudyRecord& study);
  /// The parts of a study, one by one.
  void add_study() { ++studies_; }
  void add(const InputRecord& input);
  void add(const VolumeRecord& volume);
  /// Those of other studies.
  void add(const Totals& others);

  std::uint64_t inputs() const { return inputs_; }
  std::uint64_t count(Outcome outcome) const {
    return outcomes_[static_cast<std::size_t>(outcome)];
  }

  /// The members of "totals", without braces. Every identifier class of HIPAA's Safe Harbor has a
  /// number, zeros included.
  void write(JsonText& json) const;
  /// The same as a JSON object.
  std::string text() const;

 private:
  std::uint64_t studies_ = 0, inputs_ = 0, volumes_ = 0, input_bytes_ = 0, output_bytes_ = 0;
  std::array<std::uint64_t, 3> outcomes_{};
  std::map<std::string, std::uint64_t> withheld_reasons_, failed_reasons_;
  std::map<std::string, ActionCounts> actions_;
  std::map<std::string, std::uint64_t> safe_harbor_, text_;
  std::array<std::uint64_t, 4> verdicts_{};
  std::array<std::uint64_t, face::feature_count> voxels_removed_{};
  std::uint64_t brain_overlap_voxels_ = 0;
};

}  // namespace efface::audit
