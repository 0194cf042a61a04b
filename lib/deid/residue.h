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
#include "dicom/edit.h"

namespace efface::deid {

class ResidueScanner {
 public:
  /// `kept`: values the plan keeps or writes on purpose (code meanings, registered UIDs, dummies): a
  /// removed value that equals or is contained in one of them proves nothing and is not searched for.
  /// Also not searched: fewer than 5 characters, numbers of fewer than 6 digits, words on the
  /// documented list of DICOM defined terms.
  ResidueScanner(const std::vector<base::Phi<std::string>>& removed,
                 const std::vector<std::string>& kept);

  /// Feeds the next piece of the file; values that straddle two pieces are found.
  void feed(std::span<const std::byte> bytes);
  /// Offsets at which a removed value was found so far.
  const std::vector<std::uint64_t>& findings() const { return findings_; }
  std::size_t pattern_count() const { return patterns_.size(); }

 private:
  std::vector<std::string> patterns_;
  std::vector<std::uint64_t> findings_;
  std::vector<std::byte> carry_;
  std::uint64_t position_ = 0;
  std::vector<std::uint64_t> filter_;
};

}  // namespace efface::deid
