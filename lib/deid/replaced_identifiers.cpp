#include "deid/replaced_identifiers.h"

#include <algorithm>
#include <vector>

namespace efface::deid {

namespace {

constexpr dicom::Tag patient_id{0x0010, 0x0020};

/// The data set that an attribute's path leads to, or nullptr.
const dicom::DataSet* around(const dicom::DataSet& root, const dicom::TagPath& path) {
  const dicom::DataSet* data_set = &root;
  for (const dicom::TagPath::Step& step : path.parents) {
    const dicom::Attribute* sequence = data_set->find(step.tag);
    if (sequence == nullptr || step.item >= sequence->items.size()) return nullptr;
    data_set = &sequence->items[step.item];
  }
  return data_set;
}

void add_pairs(const std::string& before, const std::string& after,
               ReplacedIdentifiers::Pairs& pairs) {
  const std::vector<std::string> old_values = dicom::split_values(before);
  const std::vector<std::string> new_values = dicom::split_values(after);
  for (std::size_t i = 0; i < std::min(old_values.size(), new_values.size()); ++i) {
    const bool is_replaced = !old_values[i].empty() && old_values[i] != new_values[i];
    if (is_replaced) pairs.emplace(old_values[i], new_values[i]);
  }
}

}  // namespace

void ReplacedIdentifiers::add(ReplacedIdentifiers&& more) {
  uids.merge(more.uids);
  patient_ids.merge(more.patient_ids);
}

ReplacedIdentifiers replaced_identifiers(const dicom::DataSet& data_set,
                                         const dicom::EditPlan& plan) {
  ReplacedIdentifiers found;
  for (const dicom::Edit& edit : plan.edits) {
    const bool is_uid = edit.action == dicom::Action::replace_uid;
    const bool is_patient_id = edit.path.tag == patient_id && !edit.value.empty();
    if (!is_uid && !is_patient_id) continue;
    const dicom::DataSet* holder = around(data_set, edit.path);
    if (holder == nullptr) continue;
    add_pairs(holder->text(edit.path.tag), edit.value, is_uid ? found.uids : found.patient_ids);
  }
  return found;
}

}  // namespace efface::deid
