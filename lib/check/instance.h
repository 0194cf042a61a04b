// One DICOM instance against a profile: what PS3.15 would still remove or replace in it, what its
// free text gives away, and what it claims of itself and is not true. Pure. Knows nothing of pixels
// and of other files.
//
// What a value was before cannot be seen, so these rules say what counts as an original:
// * a patient's name: what reads as a name (pseudonym.h), whoever claims what;
// * a patient's ID: what reads as a name; any ID of a file that does not say (0012,0062) YES, or
//   that says so while a name or a birth date stands beside it;
// * UIDs: those below a manufacturer's root (vendor_roots.h);
// * dates: all, but those of a file whose (0028,0303) says MODIFIED, where the profile removes
//   dates: these are held to the profile of modified dates;
// * everything else: what the profile removes or changes and is no placeholder.
#pragma once

#include <cstdint>
#include <vector>

#include "deid/profile.h"
#include "deid/pseudonyms.h"
#include "dicom/dataset.h"
#include "dicom/facts.h"
#include "findings/finding.h"

namespace efface::check {

struct Instance {
  const dicom::DataSet& attributes;
  const dicom::DataSet& meta;     ///< group 0002, and the preamble as (0000,0000)
  const dicom::DataSet& dropped;  ///< second attributes of a tag
  const dicom::InstanceFacts& facts;
  std::uint64_t trailing_bytes = 0;
};

/// Sorted; the path is left empty. Findings of one rule in several items of a sequence are one.
std::vector<findings::Finding> check_instance(const Instance& instance,
                                              const deid::Profile& profile,
                                              const deid::Pseudonyms& pseudonyms);

}  // namespace efface::check
