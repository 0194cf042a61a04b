// Roots of UIDs that manufacturers of imaging devices and of their archives build instance UIDs
// under: such a UID was given by a device, and often holds its serial number and a time. Says
// nothing of other UIDs: 2.25 and the roots of toolkits and de-identifiers may be anything.
#pragma once

#include <string_view>

namespace efface::check {

/// The manufacturer whose root it is, or nothing. `uid` without padding.
std::string_view manufacturer_of(std::string_view uid);

}  // namespace efface::check
