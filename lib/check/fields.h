// Fields of data that go with images, by their names: keys of JSON sidecars (as dcm2niix and the
// DICOM JSON model spell them), columns of TSV and CSV files (BIDS). The names are DICOM's keywords
// and tags, so the table of PS3.15 says what a field means.
#pragma once

#include <string>
#include <string_view>

#include "deid/profile.h"
#include "findings/finding.h"

namespace efface::check {

/// What a field of this name and value is, or a finding without a rule. `value`: as text.
///  * a field named like an attribute that the profile removes or replaces: sidecar.field, or
///    sidecar.other for times of day, descriptions and what is of no class of HIPAA;
///  * UIDs of any name: uid.vendor-root;
///  * acq_time and other dates of BIDS: those from 1925 on, since earlier ones say that they were
///    shifted (BIDS, common principles, units);
///  * ages over 89; fields named like what identifies (surname, dob, address, phone, e-mail, mrn),
///    but numbers that may be counts.
findings::Finding judge_field(std::string_view name, std::string_view value, std::string place,
                              const deid::Profile& profile, bool is_count = false);

}  // namespace efface::check
