// What deid asks of whoever can clean free text: bytes of a file in, bytes of the same file out.
// The rules for words live elsewhere (lib/text); deid decides which attributes are free text.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "dicom/vr.h"

namespace efface::deid {

class FreeText {
 public:
  virtual ~FreeText() = default;

  struct Cleaned {
    std::string value;                           ///< in the same character sets, valid for the VR
    std::map<std::string, std::uint64_t> found;  ///< kind -> how many went; no values
  };
  /// The value of an attribute of VR LO, SH, ST, LT, UT or UC, all its values, without what
  /// identifies. `character_set`: (0008,0005) that holds for it. Nothing when the bytes cannot be
  /// read in it or the result not be written in it. Thread-safe.
  virtual std::optional<Cleaned> clean(dicom::Vr vr, std::string_view value,
                                       std::string_view character_set) const = 0;
};

}  // namespace efface::deid
