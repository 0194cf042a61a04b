// The values of an XML document one by one, each with the field that clean() takes it for: for
// those who only look at them. Changes nothing.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "deid/profile.h"
#include "sidecar/fields.h"

namespace efface::sidecar {

struct XmlValue {
  Field field;             ///< inside of what goes as a whole: the field that goes
  std::string_view value;  ///< trimmed, never empty
  /// Local names from the root; attributes as "@name", then "comment" and "instruction".
  const std::vector<std::string>& path;
};

/// Names of fields and name spaces are no values. Throws as clean() does for Kind::xml.
void visit_xml(std::string_view content, const deid::Profile& profile,
               const std::function<void(const XmlValue&)>& visit);

}  // namespace efface::sidecar
