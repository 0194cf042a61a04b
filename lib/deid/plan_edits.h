// From a data set and a profile to the edits that de-identify it (PS3.15 annex E). Pure: nothing is
// read or written, the same input gives the same plan.
#pragma once

#include <string>

#include "deid/free_text.h"
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
  /// Cleans free text under Clean Descriptors and Clean Structured Content; without it the Basic
  /// Profile's code holds for free text.
  const FreeText* free_text = nullptr;
  bool text_cleaned = false;  ///< burned-in text was looked for and blanked: claim 113101
};

/// Rules:
/// * they hold at the top level and in every sequence item at any depth, parsed UN included;
/// * private attributes but those that options keep, tags that the standard does not define,
///   groups 0000 to 0006, curves, overlays, variable pixel data, pixel data in items, digital
///   signatures and trailing padding are removed; group lengths are the writer's affair;
/// * compound codes take the mildest action that keeps any IOD valid: X/Z -> Z; X/D, Z/D, X/Z/D
///   -> D; X/Z/U*, and X/Z of (0008,1110), -> U inside the sequence. An absent attribute is never
///   added, an empty one stays empty unless it is removed. Where the table is silent:
///   beyond_table.h;
/// * Z is an empty value; patient's name and ID become the subject's pseudonym;
/// * D is a VR-valid dummy (dummy.h); D of a sequence keeps its items and cleans inside, codes
///   that stand in them included; what should be a sequence and cannot be read as one is removed;
/// * UIDs by code U, every other UI value that is neither registered nor names a kind, and UIDs
///   that stand as a value of text become Pseudonyms::uid. Retain UIDs keeps what is a valid UID,
///   but where the table names an attribute without that option;
/// * K keeps a value: of dates, times, numbers and ages only what is one (internal_retained.h),
///   ages over 89 years as 90, text only when nothing that was removed stands in it
///   (internal_edit_list.h); otherwise the Basic Profile's code holds. K of a sequence keeps its
///   items and cleans inside;
/// * C of dates: DA and DT move by the subject's weeks, TM and zones stay; what is no valid date
///   is treated by the Basic Profile, and so is free text. C of AE titles: a keyed word. C of
///   Acquisition Context, Specimen Preparation and Waveform Annotation: their items are treated
///   as content items. C of graphics: text becomes dummies, vector graphics stay, overlays and
///   curves go;
/// * safe private attributes (Table E.3.10-1) and their creators stay, but binary values of bytes
///   and words, which nobody looks into; their UIDs and dates are treated like others;
/// * content items of code X in Table E.3.4-1 are cut out with everything below them (X/D and D
///   items are what a template may require: they get dummies). They get dummies too in a report
///   where an item refers to another by its place (0040,DB73), which would shift, and when they
///   are all that stands directly below the root. A Content Sequence without items left goes;
/// * text values, names, dates and times of all other content items always go; of codes of
///   schemes that are not public the meaning goes; numbers stay unless the table lists their
///   concept. Options keep the values of listed concepts by the table's own columns, dates too;
/// * text that stays is cleaned (a dummy) when a removed value stands in it (technical.h:
///   exceptions);
/// * the texts of an ICC profile are set to 0; what is no profile goes;
/// * (0012,0062) YES, (0012,0063), (0012,0064) appended to what is there, (0028,0303), and
///   (0028,0302) NO when a face was removed, (0028,0301) NO when burned-in text was, are added,
///   each once: a second run finds nothing to add.
dicom::EditPlan plan_edits(const dicom::DataSet& data_set, const Profile& profile,
                           const PlanContext& context, const Pseudonyms& pseudonyms);

/// Counts the values of a file's meta information (group 0002, the preamble as (0000,0000)), which
/// the writer makes anew, among the removed ones. SOP class and transfer syntax stay, the
/// implementation names software and no one: they do not count.
void count_meta_as_removed(const dicom::DataSet& meta, dicom::EditPlan& plan);

/// The same for attributes that the reader leaves out, since their tag occurs twice at one level.
void count_dropped_as_removed(const dicom::DataSet& dropped, dicom::EditPlan& plan);

}  // namespace efface::deid
