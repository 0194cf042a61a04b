// What the attributes of a study say about its patient and the people and places around, gathered
// for the search in its free text. It reads values, in their character sets, and judges no text.
#pragma once

#include "dicom/dataset.h"
#include "text/subject_values.h"

namespace efface::descriptors {

/// Adds what one instance says, at every depth: names of persons, numbers and identifiers, dates,
/// institutions, addresses, telephones, by the classes of HIPAA's Safe Harbor (deid/table.h).
/// Values that cannot be read in their character set are left out: their bytes are still searched
/// for by the residue check.
void gather_subject(const dicom::DataSet& data_set, text::SubjectValues& subject);

}  // namespace efface::descriptors
