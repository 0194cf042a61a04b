// Which identifiers an edit plan replaces, old and new: for those who compare a release with its
// originals. They identify: nothing of them belongs into a manifest, a message or an output.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "dicom/dataset.h"
#include "dicom/edit.h"

namespace efface::deid {

struct ReplacedIdentifiers {
  using Pairs = std::set<std::pair<std::string, std::string>>;  ///< old, new
  Pairs uids;         ///< every UID that was replaced, of whatever it is
  Pairs patient_ids;  ///< (0010,0020) at any depth, bytes of (0008,0005)'s character sets

  void add(ReplacedIdentifiers&& more);
};

/// Of `data_set` as read. Values that stay what they are, are emptied or removed do not count.
ReplacedIdentifiers replaced_identifiers(const dicom::DataSet& data_set,
                                         const dicom::EditPlan& plan);

}  // namespace efface::deid
