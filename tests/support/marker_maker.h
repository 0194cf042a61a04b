// Values that are valid for their VR and hold a string that occurs once in the world.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "deid/table.h"
#include "tests/support/canary.h"
#include "tests/support/instance.h"

namespace efface::support {

class MarkerMaker {
 public:
  /// Markers made from now on lie in this file.
  void start_file(std::string name) { file_ = std::move(name); }
  /// A new marker of letters and digits, recorded for `place`.
  std::string text(const std::string& place);
  /// The same, for a VR; nothing when the VR cannot hold one.
  std::optional<std::string> value(DcmEVR vr, const std::string& place);

  const std::vector<Marker>& markers() const { return markers_; }

 private:
  std::string record(std::string marker, const std::string& place);

  std::string file_;
  std::vector<Marker> markers_;
  unsigned count_ = 0;
};

/// Every row of Table E.1-1 that the Basic Profile does not keep, as an attribute with a marker.
/// Groups below 0008, pixel data and private patterns are left to the hiding places of their own.
void put_table_rows(DcmItem& item, MarkerMaker& maker, const std::string& place);

}  // namespace efface::support
