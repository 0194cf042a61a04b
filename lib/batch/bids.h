// What BIDS writes into names: subject labels, and how they are replaced. Knows names alone, no
// content of files.
#pragma once

#include <string>
#include <string_view>

#include "deid/pseudonyms.h"

namespace efface::batch {

/// "01" of the first folder or file name that is "sub-01" or begins with "sub-01_"; empty when none
/// is.
std::string_view bids_label(std::string_view path);

/// The folder of the session that an image lies in, with what stands before it: "d/sub-01/ses-2" of
/// "d/sub-01/ses-2/anat/sub-01_ses-2_T1w.nii.gz", or that of the subject where there are no
/// sessions; empty when the folder of its data type ("anat") lies in neither.
std::string_view bids_session(std::string_view path);

/// Whether an image lies in the folder of structural images.
bool is_bids_anat(std::string_view path);

/// The path with every label of a subject, in folders and names, replaced by one that the project's
/// key gives: letters and digits alone, as BIDS demands.
std::string relabelled(std::string_view path, const deid::Pseudonyms& pseudonyms);

}  // namespace efface::batch
