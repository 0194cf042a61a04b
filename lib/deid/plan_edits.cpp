#include "deid/plan_edits.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "deid/beyond_table.h"
#include "deid/dates.h"
#include "deid/dictionary.h"
#include "deid/dummy.h"
#include "deid/internal_content.h"
#include "deid/internal_edit_list.h"
#include "deid/internal_uids.h"
#include "deid/technical.h"

namespace efface::deid {

namespace {

using dicom::Action;
using dicom::Attribute;
using dicom::DataSet;
using dicom::Tag;
using dicom::Vr;
using internal::ContentItem;
using internal::Place;

constexpr Tag patient_name{0x0010, 0x0010};
constexpr Tag patient_id{0x0010, 0x0020};
/// X/Z in the table, but where it is allowed it must have items: like X/Z/U*, its UIDs are
/// replaced.
constexpr Tag referenced_study{0x0008, 0x1110};
constexpr Tag identity_removed{0x0012, 0x0062};
constexpr Tag method{0x0012, 0x0063};
constexpr Tag method_code_sequence{0x0012, 0x0064};
constexpr Tag recognizable_features{0x0028, 0x0302};
constexpr Tag temporal_information{0x0028, 0x0303};
constexpr Tag concept_code{0x0040, 0xA168};
constexpr Tag measured_value{0x0040, 0xA300};
constexpr const char* method_text = "efface 0.1: PS3.15 2026d Basic Confidentiality Profile";

bool is_empty(const Attribute& attribute) {
  if (!attribute.items.empty() || !attribute.is_loaded) return false;
  const std::string& value = attribute.value.reveal();
  return std::all_of(value.begin(), value.end(), [](char c) { return c == ' ' || c == '\0'; });
}

/// Never kept, whatever the table says: what nobody defined or nobody looks at.
bool is_outside(Tag tag, bool is_top_level) {
  if (tag.is_private() || tag.group <= 0x0006) return true;
  if (tag.group >= 0x5000 && tag.group <= 0x50FF) return true;  // curves
  if (tag.group >= 0x6000 && tag.group <= 0x60FF) return true;  // overlays, their planes included
  if (tag.group >= 0x7F00 && tag.group < 0x7FE0) return true;   // variable pixel data (retired)
  if (tag.group == 0x7FE0) return !is_top_level || tag.element > 0x0010;
  return false;
}

/// Identifiers that must stay distinct within an object: a keyed value instead of one word.
bool is_identifier(Tag tag) {
  return tag == Tag{0x0012, 0x0040} || tag == Tag{0x0012, 0x0042} || tag == Tag{0x0040, 0x0512} ||
         tag == Tag{0x0040, 0x0551};
}

bool may_hold_uid(Vr vr) {
  switch (vr) {
    case Vr::LO:
    case Vr::LT:
    case Vr::SH:
    case Vr::ST:
    case Vr::UC:
    case Vr::UR:
    case Vr::UT:
      return true;
    default:
      return false;
  }
}

class Planner {
 public:
  Planner(const DataSet& root, const Profile& profile, const PlanContext& context,
          const Pseudonyms& pseudonyms)
      : root_(root),
        profile_(profile),
        context_(context),
        pseudonyms_(pseudonyms),
        uids_(pseudonyms),
        dates_are_shifted_(has_own_method() && root.text(temporal_information) == "MODIFIED") {}

  dicom::EditPlan plan() {
    visit(root_, Place{});
    add_own_attributes();
    dicom::EditPlan plan = edits_.take();
    plan.method_codes = missing_method_codes();
    return plan;
  }

 private:
  const DataSet& root_;
  const Profile& profile_;
  const PlanContext& context_;
  const Pseudonyms& pseudonyms_;
  internal::UidMap uids_;
  internal::EditList edits_;
  const bool dates_are_shifted_;  ///< by an earlier run of efface: they are left alone
  bool has_content_tree_ = false;
  std::optional<int> shift_days_;
  std::optional<bool> refers_by_place_;

  void visit(const DataSet& data_set, const Place& place) {
    const ContentItem item = internal::content_item(data_set);
    for (const Attribute& attribute : data_set.attributes) {
      treat(attribute, data_set, place, item);
    }
  }

  void visit_items(const Attribute& sequence, const Place& inside) {
    has_content_tree_ = has_content_tree_ || (inside.in_content_tree && !sequence.items.empty());
    for (std::uint32_t i = 0; i < sequence.items.size(); ++i) {
      edits_.enter(sequence.tag, i);
      visit(sequence.items[i], inside);
      edits_.leave();
    }
  }

  /// The table's code, or the stricter one that the surroundings ask for.
  Code code_of(Tag tag, const DataSet& data_set, const Place& place,
               const ContentItem& item) const {
    const Code in_entry = internal::code_in_coded_entry(data_set, tag, place);
    if (in_entry != Code::none) return in_entry;
    const bool is_listed = item.code != Code::none;
    if (is_listed && tag == measured_value) return Code::Z;
    if (is_listed && tag == concept_code) return Code::D;
    Code code = code_for(tag, profile_);
    if (code == Code::C && item.is_item && tag.group == 0x0040 && !item.dates_may_shift) {
      const bool is_item_value = tag.element >= 0xA120 && tag.element <= 0xA122;
      if (is_item_value) code = find_row(tag)->basic;
    }
    return code == Code::none ? code_beyond_table(tag) : code;
  }

  void treat(const Attribute& attribute, const DataSet& data_set, const Place& place,
             const ContentItem& item) {
    const Tag tag = attribute.tag;
    const Vr known = tag.is_group_length() ? Vr::UL : dictionary_vr(tag);
    if (tag.is_group_length() && is_length(attribute)) return;  // the writer drops it
    if (tag.is_group_length() || known == Vr::none || is_outside(tag, edits_.is_top_level())) {
      return edits_.remove(attribute);
    }
    const bool is_vague = attribute.vr == Vr::UN || attribute.vr == Vr::none;
    const Vr vr = is_vague ? known : attribute.vr;
    const Code code = code_of(tag, data_set, place, item);
    if (code == Code::X) return edits_.remove(attribute);
    if (is_empty(attribute)) return;
    if (known == Vr::SQ || !attribute.items.empty()) {
      treat_sequence(attribute, code, place, known);
    } else if (vr == Vr::UI || known == Vr::UI || code == Code::U) {
      treat_uid(attribute, code, vr);
    } else {
      treat_value(attribute, code, vr, place);
    }
  }

  static bool is_length(const Attribute& attribute) {
    return attribute.length == 4 && attribute.items.empty() &&
           (attribute.vr == Vr::UL || attribute.vr == Vr::UN || attribute.vr == Vr::none);
  }

  void treat_sequence(const Attribute& attribute, Code code, const Place& place, Vr known) {
    // Items where the standard has none, or a sequence that could not be read as items: nobody can
    // say what is inside.
    if (known != Vr::SQ || attribute.items.empty()) return edits_.remove(attribute);
    const bool is_emptied = code == Code::Z || code == Code::X_Z;
    if (is_emptied && attribute.tag != referenced_study) return edits_.empty(attribute, Vr::SQ);
    const Place inside = internal::place_inside(place, attribute.tag, code);
    if (attribute.tag == internal::content_sequence) return visit_content(attribute, inside);
    visit_items(attribute, inside);
  }

  /// Cuts out the content items that the table wants gone. The report itself never becomes empty.
  void visit_content(const Attribute& sequence, const Place& inside) {
    std::vector<char> is_cut(sequence.items.size(), 0);
    std::size_t count = 0;
    if (may_cut_content()) {
      for (std::size_t i = 0; i < sequence.items.size(); ++i) {
        is_cut[i] = internal::is_cut_out(sequence.items[i], profile_) ? 1 : 0;
        count += is_cut[i] != 0 ? 1 : 0;
      }
    }
    has_content_tree_ = true;
    if (count == sequence.items.size() && !edits_.is_top_level()) {
      return edits_.cut_all_out(sequence);
    }
    for (std::uint32_t i = 0; i < sequence.items.size(); ++i) {
      edits_.enter(sequence.tag, i);
      if (is_cut[i] != 0 && count < sequence.items.size()) {
        edits_.cut_out(sequence.items[i]);
      } else {
        visit(sequence.items[i], inside);
      }
      edits_.leave();
    }
  }

  bool may_cut_content() {
    if (!refers_by_place_) refers_by_place_ = internal::refers_by_place(root_);
    return !*refers_by_place_;
  }

  void treat_uid(const Attribute& attribute, Code code, Vr vr) {
    if (!attribute.is_loaded) return edits_.remove(attribute);
    if (code == Code::Z || code == Code::X_Z) return edits_.empty(attribute, vr);
    const bool is_kind = code == Code::none && internal::names_a_kind(attribute.tag);
    edits_.replace(attribute, Action::replace_uid, vr,
                   uids_.replaced(attribute.value.reveal(), is_kind));
  }

  void treat_value(const Attribute& attribute, Code code, Vr vr, const Place& place) {
    if (code == Code::C) {
      if (keep_shifted(attribute, vr)) return;
      code = find_row(attribute.tag)->basic;
    }
    if (attribute.tag == patient_name || attribute.tag == patient_id) {
      return edits_.replace(attribute, Action::pseudonym, vr, subject_pseudonym(attribute));
    }
    switch (code) {
      case Code::none:
      case Code::K:
        return keep_text(attribute, vr);
      case Code::X:
        return edits_.remove(attribute);
      case Code::Z:
      case Code::X_Z:
      case Code::X_Z_Ustar:
        return edits_.empty(attribute, vr);
      default:
        return put_dummy(attribute, vr, place);
    }
  }

  void put_dummy(const Attribute& attribute, Vr vr, const Place& place) {
    const std::string& value = attribute.value.reveal();
    const Tag tag = attribute.tag;
    if (is_identifier(tag)) {
      return edits_.replace(attribute, Action::pseudonym, vr,
                            pseudonyms_.pseudonym("identifier", value, "ID-", 12));
    }
    const bool is_entry = place.coded_entry != internal::CodedEntry::keep && tag.group == 0x0008 &&
                          code_for(tag, profile_) == Code::none;
    edits_.replace(attribute, Action::dummy, vr,
                   is_entry ? internal::coded_entry_dummy(tag) : dummy_value(tag, vr, value));
  }

  /// Text stays, except that a UID in it is replaced like everywhere else, and that it goes when a
  /// removed value is in it.
  void keep_text(const Attribute& attribute, Vr vr) {
    if (!may_hold_uid(vr)) return;
    std::optional<std::string> value = uids_.replaced_in_text(attribute.value.reveal());
    if (value) return edits_.replace(attribute, Action::replace_uid, vr, std::move(*value));
    if (!internal::is_part_of_code(attribute.tag) && !names_a_technique(attribute.tag)) {
      edits_.keep_text(attribute, vr);
    }
  }

  /// Code C of dates and times. False when the value cannot be moved: the Basic Profile's code
  /// holds.
  bool keep_shifted(const Attribute& attribute, Vr vr) {
    if (vr == Vr::TM || attribute.tag == Tag{0x0008, 0x0201}) return true;  // time of day, zone
    if (vr != Vr::DA && vr != Vr::DT) return false;
    if (!shift_days_) shift_days_ = pseudonyms_.date_shift_days(context_.subject);
    std::optional<std::string> moved =
        shifted_dates(vr, attribute.value.reveal(), dates_are_shifted_ ? 0 : *shift_days_);
    if (!moved) return false;
    edits_.replace(attribute, Action::shift_date, vr, std::move(*moved));
    return true;
  }

  /// The subject's own pseudonym, for name and ID alike; somebody else's for another value in a
  /// nested item.
  std::string subject_pseudonym(const Attribute& attribute) const {
    const std::string value = dicom::split_values(attribute.value.reveal()).front();
    const bool is_subject = edits_.is_top_level() || value == root_.text(attribute.tag);
    std::string pseudonym =
        pseudonyms_.pseudonym("patient", is_subject ? context_.subject : value, "P-", 12);
    // A name without a caret would be of a form that PS3.5 has retired.
    if (attribute.tag == patient_name) pseudonym += '^';
    return pseudonym;
  }

  bool has_own_method() const {
    for (const std::string& value : dicom::split_values(root_.text(method))) {
      if (value == method_text) return true;
    }
    return false;
  }

  void add_unless_there(Tag tag, Vr vr, const std::string& value) {
    if (root_.text(tag) != value) edits_.add(tag, vr, value);
  }

  void add_own_attributes() {
    add_unless_there(identity_removed, Vr::CS, "YES");
    if (!has_own_method()) {
      const std::string present = root_.text(method);
      edits_.add(method, Vr::LO, present.empty() ? method_text : present + '\\' + method_text);
    }
    if (context_.face_removed) add_unless_there(recognizable_features, Vr::CS, "NO");
    const bool is_removed = root_.text(temporal_information) == "REMOVED";
    const bool is_modified = profile_.dates == Dates::modified && !is_removed;
    add_unless_there(temporal_information, Vr::CS, is_modified ? "MODIFIED" : "REMOVED");
  }

  std::vector<dicom::EditPlan::Code> missing_method_codes() const {
    std::vector<dicom::EditPlan::Code> missing;
    const Attribute* present = root_.find(method_code_sequence);
    for (dicom::EditPlan::Code& code :
         method_codes(profile_, context_.face_removed, has_content_tree_)) {
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
};

}  // namespace

dicom::EditPlan plan_edits(const DataSet& data_set, const Profile& profile,
                           const PlanContext& context, const Pseudonyms& pseudonyms) {
  return Planner(data_set, profile, context, pseudonyms).plan();
}

namespace {

template <class Predicate>
void count_as_removed(const DataSet& data_set, dicom::EditPlan& plan, const Predicate& counts) {
  std::vector<std::string> values;
  for (const Attribute& attribute : data_set.attributes) {
    if (counts(attribute)) internal::append_removed_values(attribute, values);
  }
  for (std::string& value : values) plan.removed_values.emplace_back(std::move(value));
}

}  // namespace

void count_meta_as_removed(const DataSet& meta, dicom::EditPlan& plan) {
  count_as_removed(meta, plan, [](const Attribute& attribute) {
    const bool is_of_the_software =
        attribute.tag.element == 0x0012 || attribute.tag.element == 0x0013;
    const bool is_of_the_object =
        attribute.tag.element == 0x0002 || attribute.tag.element == 0x0010;
    return attribute.tag.group != 0x0002 || !(is_of_the_software || is_of_the_object);
  });
}

void count_dropped_as_removed(const DataSet& dropped, dicom::EditPlan& plan) {
  count_as_removed(dropped, plan, [](const Attribute&) { return true; });
}

}  // namespace efface::deid
