// The last gate: does any removed value still stand in the bytes that are about to be released?
// Values of five or more characters, in every encoding they may have (as stored, UTF-8, UTF-16, ISO
// 8859-1). Pure; one pass over the bytes at memory speed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/phi.h"
#include "deid/pattern_matcher.h"
#include "dicom/edit.h"

namespace efface::deid {

/// Whether finding `value` somewhere would mean anything. It would not for values of fewer than 5
/// bytes, numbers of fewer than 6 digits or of zeros alone, one character repeated, efface's own
/// dummies, and DICOM's defined terms and everyday words (common_words in residue.cpp), in any case
/// of letters.
bool is_telling(const std::string& value);

class ResidueScanner {
 public:
  /// `kept`: values the plan keeps or writes on purpose (code meanings, registered UIDs, dummies):
  /// a removed value that equals or is contained in one of them proves nothing and is not searched
  /// for, nor is one that is not telling. In UTF-16 only what noise in 16-bit samples cannot spell
  /// (40 bits) is searched for.
  ResidueScanner(const std::vector<base::Phi<std::string>>& removed,
                 const std::vector<std::string>& kept);

  /// Says that the bytes from `begin` to before `end`, counted from the first one fed, are samples
  /// of an image: there, values that noise in 8-bit samples can spell (below 40 bits) are not
  /// looked for. Without it the samples are searched like all else. To be called before feed().
  void expect_samples(std::uint64_t begin, std::uint64_t end);

  /// Feeds the next piece of the file; values that straddle two pieces are found.
  void feed(std::span<const std::byte> bytes);
  /// Offsets at which a removed value was found so far (the first 1024).
  const std::vector<std::uint64_t>& findings() const { return findings_; }
  /// Whether every finding lies inside an occurrence of a value that stays on purpose
  /// (EditPlan::retained_values): a study date, say, inside a UID that Retain UIDs keeps. `bytes`:
  /// all that was fed. False when there are 1024 findings, since there may be more.
  bool is_explained_by(const std::vector<base::Phi<std::string>>& retained,
                       std::span<const std::byte> bytes) const;
  /// Byte strings searched for: values, each in its encodings.
  std::size_t pattern_count() const { return all_.size(); }

 private:
  PatternMatcher all_;
  PatternMatcher strong_;  ///< what noise cannot spell: all that is looked for among samples
  std::vector<std::uint64_t> findings_;
  std::vector<std::size_t> lengths_;  ///< of what was found there
  std::vector<std::byte> carry_;      ///< the last bytes fed, one less than the longest pattern
  std::uint64_t position_ = 0;        ///< of the next byte to be fed
  std::uint64_t samples_begin_ = 0, samples_end_ = 0;

  explicit ResidueScanner(std::vector<std::string> patterns);
  void scan_seam(std::span<const std::byte> bytes);
  void search(std::span<const std::byte> bytes, std::uint64_t position, std::size_t starts_before,
              std::size_t ends_behind);
};

}  // namespace efface::deid
