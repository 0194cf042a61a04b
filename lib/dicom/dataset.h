// A data set as plain values: what an adapter read, what deid plans upon. It holds bytes as they
// stand in the file (text still in the file's character sets, numbers little endian); it interprets
// nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/phi.h"
#include "dicom/tag.h"
#include "dicom/vr.h"

namespace efface::dicom {

struct DataSet;

struct Attribute {
  Tag tag;
  Vr vr = Vr::none;              ///< as read; from the dictionary for implicit VR; UN stays UN
  std::uint64_t length = 0;      ///< bytes of the value in the file
  base::Phi<std::string> value;  ///< raw bytes, trailing padding included; empty when not loaded
  bool is_loaded = true;       ///< false for values too large to be worth reading (see the reader)
  std::vector<DataSet> items;  ///< of a sequence (VR SQ, or UN parsed as implicit-VR items)
};

struct DataSet {
  std::vector<Attribute> attributes;  ///< in file order, which is ascending by tag

  /// The attribute at this level, or nullptr.
  const Attribute* find(Tag tag) const;
  /// Its text without trailing spaces and NULs, or empty when absent.
  std::string text(Tag tag) const;
};

/// One value of a multi-valued text (separated by backslashes), leading and trailing spaces and
/// trailing NUL removed.
std::vector<std::string> split_values(const std::string& text);

}  // namespace efface::dicom
