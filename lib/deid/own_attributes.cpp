#include "deid/internal_own_attributes.h"

#include <string>
#include <utility>

namespace efface::deid::internal {

namespace {

using dicom::Attribute;
using dicom::DataSet;
using dicom::Tag;
using dicom::Vr;

constexpr Tag identity_removed{0x0012, 0x0062};
constexpr Tag method{0x0012, 0x0063};
constexpr Tag method_code_sequence{0x0012, 0x0064};
constexpr Tag burned_in_annotation{0x0028, 0x0301};
constexpr Tag recognizable_features{0x0028, 0x0302};
constexpr Tag temporal_information{0x0028, 0x0303};

// Which options hold is said by codes.
constexpr const char* standard_method = "efface 0.1: PS3.15 2026d Basic Confidentiality Profile";
constexpr const char* changed_method = "efface 0.1: PS3.15 2026d Basic Profile, rows changed";

bool has_method(const DataSet& root, const std::string& text) {
  for (const std::string& value : dicom::split_values(root.text(method))) {
    if (value == text) return true;
  }
  return false;
}

void add_unless_there(const DataSet& root, Tag tag, Vr vr, const std::string& value,
                      EditList& edits) {
  if (root.text(tag) != value) edits.add(tag, vr, value);
}

/// What was removed or moved before stays so.
const char* temporal_state(const std::string& before, Dates dates) {
  if (dates == Dates::removed || before == "REMOVED") return "REMOVED";
  if (dates == Dates::modified || before == "MODIFIED") return "MODIFIED";
  return "UNMODIFIED";
}

}  // namespace

bool has_own_method(const DataSet& root) {
  return has_method(root, standard_method) || has_method(root, changed_method);
}

bool has_shifted_dates(const DataSet& root) {
  return has_own_method(root) && root.text(temporal_information) == "MODIFIED";
}

void add_own_attributes(const DataSet& root, const Profile& profile, const PlanContext& context,
                        EditList& edits) {
  add_unless_there(root, identity_removed, Vr::CS, "YES", edits);
  const std::string text = profile.changes.empty() ? standard_method : changed_method;
  if (!has_method(root, text)) {
    const std::string present = root.text(method);
    edits.add(method, Vr::LO, present.empty() ? text : present + '\\' + text);
  }
  if (context.text_cleaned) add_unless_there(root, burned_in_annotation, Vr::CS, "NO", edits);
  if (context.face_removed) add_unless_there(root, recognizable_features, Vr::CS, "NO", edits);
  add_unless_there(root, temporal_information, Vr::CS,
                   temporal_state(root.text(temporal_information), profile.dates), edits);
}

std::vector<dicom::EditPlan::Code> missing_method_codes(const DataSet& root, const Profile& profile,
                                                        const PlanContext& context,
                                                        bool has_content_tree) {
  std::vector<dicom::EditPlan::Code> missing;
  const Attribute* present = root.find(method_code_sequence);
  for (dicom::EditPlan::Code& code :
       method_codes(profile, context.face_removed, has_content_tree, context.text_cleaned)) {
    bool is_there = false;
    for (std::size_t i = 0; present != nullptr && i < present->items.size(); ++i) {
      const DataSet& item = present->items[i];
      is_there = is_there || (item.text({0x0008, 0x0100}) == code.value &&
                              item.text({0x0008, 0x0102}) == code.scheme);
    }
    if (!is_there) missing.push_back(std::move(code));
  }
  return missing;
}

}  // namespace efface::deid::internal
