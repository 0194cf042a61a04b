// Ages (VR AS, PS3.5 section 6.2) and what dates say of them. HIPAA's Safe Harbor (45 CFR
// 164.514(b)(2)(i)(C)) puts all ages over 89 into one category, 90 or older.
#pragma once

#include <optional>
#include <string>

namespace efface::deid {

/// The ages of an AS, those over 89 years as "090Y". Nothing when a value is no age ("nnnD", W, M
/// or Y); empty values stay.
std::optional<std::string> ages_to_keep(const std::string& text);

/// Full years from one DA (YYYYMMDD) to a later one; nothing when one is no date or the order is
/// wrong.
std::optional<int> years_between(const std::string& birth, const std::string& day);

/// An age of `years` as AS, those over 89 as "090Y".
std::string age_in_years(int years);

}  // namespace efface::deid
