// What efface says in the file of what it did: (0012,0062), (0012,0063), (0012,0064), (0028,0302),
// (0028,0303). For lib/deid only.
#pragma once

#include <vector>

#include "deid/internal_edit_list.h"
#include "deid/plan_edits.h"

namespace efface::deid::internal {

/// Whether an earlier run of efface left its method in (0012,0063).
bool has_own_method(const dicom::DataSet& root);

/// Whether an earlier run of efface moved the dates.
bool has_shifted_dates(const dicom::DataSet& root);

/// Adds what is not there yet.
void add_own_attributes(const dicom::DataSet& root, const Profile& profile,
                        const PlanContext& context, EditList& edits);

/// The codes for (0012,0064) that are not there yet.
std::vector<dicom::EditPlan::Code> missing_method_codes(const dicom::DataSet& root,
                                                        const Profile& profile,
                                                        const PlanContext& context,
                                                        bool has_content_tree);

}  // namespace efface::deid::internal
