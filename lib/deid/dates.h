// DICOM's dates and times (VR DA, TM and DT, PS3.5 section 6.2): are they what they should be, and
// moving them by whole days. No time zones: a shift by days leaves time of day, fraction and zone
// as they stand.
#pragma once

#include <optional>
#include <string>

#include "dicom/vr.h"

namespace efface::deid {

/// Whether every value is a date (YYYYMMDD, or YYYY.MM.DD of ACR-NEMA), a time (HH[MM[SS[.F]]], or
/// HH:MM:SS of ACR-NEMA) or a date and time (YYYY[MM[DD[time]]] with an optional zone &ZZXX), of
/// the calendar; empty values are. False for another VR.
bool is_valid(dicom::Vr vr, const std::string& text);

/// Every value of a DA or DT moved by `days`; empty values stay empty. Nothing when one of them is
/// not valid, has no day (a DT of year and month) or would leave the years 1 to 9999.
std::optional<std::string> shifted_dates(dicom::Vr vr, const std::string& text, int days);

}  // namespace efface::deid
