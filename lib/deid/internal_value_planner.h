// What becomes of one value, once the code that governs it is known: the middle of plan_edits,
// which walks. For lib/deid only.
#pragma once

#include <optional>
#include <string>

#include "deid/internal_content.h"
#include "deid/internal_edit_list.h"
#include "deid/internal_uids.h"
#include "deid/plan_edits.h"

namespace efface::deid::internal {

/// An attribute with the VR of its value (never UN where the tag is known) and the one that it
/// should have.
struct Value {
  const dicom::Attribute& attribute;
  dicom::Vr vr;
  dicom::Vr known;
};

class ValuePlanner {
 public:
  /// Keeps references to all.
  ValuePlanner(const dicom::DataSet& root, const Profile& profile, const PlanContext& context,
               const Pseudonyms& pseudonyms, EditList& edits);

  /// A value of a UI attribute, or of one that the table wants replaced like one.
  void plan_uid(const Value& value, const Ruling& ruling);
  /// Any other value; no sequence.
  void plan_value(const Value& value, const Ruling& ruling, const Place& place);
  /// A value of a private attribute that stays; `known` may be Vr::none.
  void plan_private(const Value& value, Code code);

 private:
  const dicom::DataSet& root_;
  const Profile& profile_;
  const PlanContext& context_;
  const Pseudonyms& pseudonyms_;
  EditList& edits_;
  UidMap uids_;
  std::optional<int> shift_days_;
  std::optional<std::string> last_day_;  ///< the latest date of the object that is valid, or empty

  void carry_out(const Value& value, Code code, const Place& place);
  bool keep(const Value& value, const Place& place);
  bool keep_age(const Value& value);
  bool clean(const Value& value, const Ruling& ruling, const Place& place);
  void clean_profile(const Value& value);
  bool clean_text(const Value& value, const Place& place);
  bool shift(const Value& value);
  void keep_text(const Value& value);
  void put_dummy(const Value& value, const Place& place);
  std::string subject_pseudonym(const dicom::Attribute& attribute) const;
  int shift_days();
  const std::string& last_day();
  std::optional<int> age_at_last_day(int days);
  bool is_birth_date_of_the_old(const Value& value);
};

}  // namespace efface::deid::internal
