// Moving DICOM dates (VR DA and DT, PS3.5 section 6.2) by whole days. No time zones: a shift by
// days leaves time of day, fraction and zone as they stand.
#pragma once

#include <optional>
#include <string>

#include "dicom/vr.h"

namespace efface::deid {

/// Every value of a DA (YYYYMMDD, or YYYY.MM.DD of ACR-NEMA) or DT moved by `days`; empty values
/// stay empty. Nothing when one of them is no date, has no day (a DT of year and month) or would
/// leave the years 1 to 9999.
std::optional<std::string> shifted_dates(dicom::Vr vr, const std::string& text, int days);

}  // namespace efface::deid
