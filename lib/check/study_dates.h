// Dates of one study that cannot all be right: some were moved and others were not. Says nothing of
// dates that agree, shifted or not.
#pragma once

#include <optional>
#include <string>

#include "dicom/dataset.h"
#include "findings/finding.h"

namespace efface::check {

/// The study's date as yyyymmdd, where it is one and no placeholder.
std::optional<std::string> study_date(const dicom::DataSet& root);

/// Of one instance: an original image was acquired within 31 days of its study's date, and the day
/// of (0008,002A) is that of (0008,0022), give or take one.
std::optional<findings::Finding> find_disagreeing_dates(const dicom::DataSet& root);

/// Whole days from one yyyymmdd to another, without sign.
long days_between(const std::string& a, const std::string& b);

}  // namespace efface::check
