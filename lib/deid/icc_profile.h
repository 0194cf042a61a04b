// ICC profiles (ISO 15076-1) as DICOM carries them in (0028,2000): numbers that images need, and
// descriptions, dates and names that nobody does.
#pragma once

#include <optional>
#include <string>

namespace efface::deid {

/// The profile with its texts, dates and unknown data set to 0, every length and number as it was.
/// Nothing when it is no profile: too short, without its signature, or with data outside of it
/// or inside one another.
std::optional<std::string> without_texts(const std::string& icc_profile);

}  // namespace efface::deid
