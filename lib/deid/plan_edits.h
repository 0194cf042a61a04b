// From a data set and a profile to the edits that de-identify it (PS3.15 annex E). Pure: nothing is
// read or written, the same input gives the same plan.
#pragma once

#include <string>

#include "deid/profile.h"
#include "deid/pseudonyms.h"
#include "dicom/dataset.h"
#include "dicom/edit.h"

namespace efface::deid {

struct PlanContext {
  std::string subject;  ///< subject_of(facts)
  std::string sop_class_uid;
  bool has_head = false;  ///< the study holds a head: icons and graphics must go (they do anyhow)
  bool face_removed = false;  ///< this instance went through the model: claim 113102
  bool pixels_changed = false;
};

/// Rules, in this order:
/// * top level and every sequence item at any depth, private sequences and parsed UN included;
/// * private attributes and their creators, group lengths, groups 0002-0006, curves, overlays,
/// digital
///   signatures, trailing padding are removed;
/// * compound codes take the mildest action that keeps any IOD valid: X/Z -> Z, X/D, Z/D and X/Z/D
/// -> D,
///   X/Z/U* -> U inside the sequence; an absent attribute is never added;
/// * D gives a VR-valid dummy (dummy_value); D of a sequence keeps its items and cleans inside;
/// * UIDs by code U, and every other UI value that is not registered and not a coding scheme or
///   template identifier, become Pseudonyms::uid;
/// * SR content items by Table E.3.4-1 (sr_content.h);
/// * (0012,0062) YES, (0012,0063), (0012,0064) appended to what is there, (0028,0303), and
/// (0028,0302) NO
///   when a face was removed, are added.
dicom::EditPlan plan_edits(const dicom::DataSet& data_set, const Profile& profile,
                           const PlanContext& context, const Pseudonyms& pseudonyms);

}  // namespace efface::deid
