// Private attributes of one data set: which blocks belong to whom, and what becomes of each
// attribute under Retain Safe Private (PS3.15 E.3.10) and the rows that the user changed. For
// lib/deid only. What files themselves say of their private attributes, (0008,0300), is not
// believed.
#pragma once

#include "deid/profile.h"
#include "dicom/dataset.h"

namespace efface::deid::internal {

class PrivateBlocks {
 public:
  /// Keeps references to both.
  PrivateBlocks(const dicom::DataSet& data_set, const Profile& profile);

  struct PrivateRuling {
    Code code = Code::X;             ///< K for what is safe, or as the user changed it
    dicom::Vr vr = dicom::Vr::none;  ///< of Table E.3.10-1; none where it gives none
  };
  /// For a private tag. The creator of a block stays as long as one of its attributes does.
  PrivateRuling ruling(dicom::Tag tag) const;

 private:
  const dicom::DataSet& data_set_;
  const Profile& profile_;
  bool may_keep_;

  PrivateRuling ruling_of_element(dicom::Tag tag) const;
  bool has_kept_element(dicom::Tag creator) const;
};

}  // namespace efface::deid::internal
