#include "deid/plan_edits.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "deid/beyond_table.h"
#include "deid/dictionary.h"
#include "deid/internal_content.h"
#include "deid/internal_edit_list.h"
#include "deid/internal_outside.h"
#include "deid/internal_own_attributes.h"
#include "deid/internal_private_blocks.h"
#include "deid/internal_value_planner.h"

namespace efface::deid {

namespace {

using dicom::Attribute;
using dicom::DataSet;
using dicom::Tag;
using dicom::Vr;
using internal::ContentItem;
using internal::Place;
using internal::PrivateBlocks;

/// X/Z in the table, but where it is allowed it must have items: like X/Z/U*, its UIDs are
/// replaced.
constexpr Tag referenced_study{0x0008, 0x1110};
constexpr Tag character_sets{0x0008, 0x0005};
constexpr Tag text_value{0x0040, 0xA160};

bool is_empty(const Attribute& attribute) {
  if (!attribute.items.empty() || !attribute.is_loaded) return false;
  const std::string& value = attribute.value.reveal();
  return std::all_of(value.begin(), value.end(), [](char c) { return c == ' ' || c == '\0'; });
}

bool is_length(const Attribute& attribute) {
  return attribute.length == 4 && attribute.items.empty() &&
         (attribute.vr == Vr::UL || attribute.vr == Vr::UN || attribute.vr == Vr::none);
}

bool may_retain(const Profile& profile) {
  return profile.options.any() || profile.dates != Dates::removed || !profile.changes.empty();
}

/// A data set on the way, and all that its attributes' treatment depends on.
struct Level {
  const DataSet& data_set;
  const Place& place;
  ContentItem item;
  PrivateBlocks blocks;
};

class Planner {
 public:
  Planner(const DataSet& root, const Profile& profile, const PlanContext& context,
          const Pseudonyms& pseudonyms)
      : root_(root),
        profile_(profile),
        context_(context),
        edits_(may_retain(profile)),
        values_(root, profile, context, pseudonyms, edits_) {}

  dicom::EditPlan plan() {
    visit(root_, Place{});
    internal::add_own_attributes(root_, profile_, context_, edits_);
    dicom::EditPlan plan = edits_.take();
    plan.method_codes =
        internal::missing_method_codes(root_, profile_, context_, has_content_tree_);
    return plan;
  }

 private:
  const DataSet& root_;
  const Profile& profile_;
  const PlanContext& context_;
  internal::EditList edits_;
  internal::ValuePlanner values_;
  bool has_content_tree_ = false;
  std::optional<bool> refers_by_place_;

  void visit(const DataSet& data_set, Place place) {
    const Attribute* own_sets = data_set.find(character_sets);
    if (own_sets != nullptr) place.character_set = own_sets->value.reveal();
    const Level level{data_set, place, internal::content_item(data_set, profile_),
                      PrivateBlocks(data_set, profile_)};
    for (const Attribute& attribute : data_set.attributes) treat(attribute, level);
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
  Ruling ruling_of(Tag tag, const Level& level) const {
    const Code in_entry = internal::code_in_coded_entry(level.data_set, tag, level.place);
    if (in_entry != Code::none) return {in_entry, in_entry, Source::basic, {}, nullptr};
    if (level.item.is_item) {
      const Ruling of_item = internal::ruling_in_item(tag, level.item);
      if (of_item.code != Code::none) return of_item;
      if (tag == text_value && profile_.has(Option::clean_structured_content)) {
        return {Code::C, Code::D, Source::option, Option::clean_structured_content, nullptr};
      }
    }
    Ruling ruling = ruling_for(tag, profile_);
    const bool may_stay = ruling.code == Code::C || ruling.code == Code::K;
    if (may_stay && level.item.is_item && !level.item.dates_stay &&
        internal::is_date_of_item(tag)) {
      ruling.code = ruling.strict;
    }
    if (ruling.code == Code::none) ruling = ruling_beyond_table(tag);
    return ruling;
  }

  Ruling ruling_beyond_table(Tag tag) const {
    const Code code = code_beyond_table(tag);
    if (is_prose_beyond_table(tag) && profile_.has(Option::clean_descriptors)) {
      return {Code::C, code, Source::option, Option::clean_descriptors, nullptr};
    }
    return {code, code, Source::silent, {}, nullptr};
  }

  void treat(const Attribute& attribute, const Level& level) {
    const Tag tag = attribute.tag;
    if (tag.is_group_length()) {
      if (!is_length(attribute)) edits_.remove(attribute);  // lengths: the writer drops them
      return;
    }
    if (tag.is_private()) return treat_private(attribute, level);
    const Vr known = dictionary_vr(tag);
    if (known == Vr::none || internal::is_outside(tag, edits_.is_top_level())) {
      return edits_.remove(attribute);
    }
    const bool is_vague = attribute.vr == Vr::UN || attribute.vr == Vr::none;
    const Vr vr = is_vague ? known : attribute.vr;
    const Ruling ruling = ruling_of(tag, level);
    if (ruling.code == Code::X) return edits_.remove(attribute);
    if (is_empty(attribute)) return;
    if (known == Vr::SQ || !attribute.items.empty()) {
      treat_sequence(attribute, ruling, level.place, known);
    } else if (vr == Vr::UI || known == Vr::UI || ruling.code == Code::U) {
      values_.plan_uid({attribute, vr, known}, ruling);
    } else {
      values_.plan_value({attribute, vr, known}, ruling, level.place);
    }
  }

  void treat_private(const Attribute& attribute, const Level& level) {
    const PrivateBlocks::PrivateRuling ruling = level.blocks.ruling(attribute.tag);
    if (ruling.code == Code::X) return edits_.remove(attribute);
    if (is_empty(attribute)) return;
    if (attribute.tag.element < 0x1000) return edits_.retain(attribute);  // the creator of a block
    const bool is_vague = attribute.vr == Vr::UN || attribute.vr == Vr::none;
    const Vr vr = is_vague ? ruling.vr : attribute.vr;
    if (!attribute.items.empty() || vr == Vr::SQ) {
      const bool is_readable = !attribute.items.empty() && (vr == Vr::SQ || vr == Vr::none);
      if (!is_readable) return edits_.remove(attribute);
      if (ruling.code == Code::Z) return edits_.empty(attribute, Vr::SQ);
      Place inside = level.place;
      inside.coded_entry = internal::CodedEntry::keep;
      return visit_items(attribute, inside);
    }
    if (vr == Vr::none) return edits_.remove(attribute);
    values_.plan_private({attribute, vr, ruling.vr}, ruling.code);
  }

  void treat_sequence(const Attribute& attribute, const Ruling& ruling, const Place& place,
                      Vr known) {
    // Items where the standard has none, or a sequence that could not be read as items: nobody can
    // say what is inside.
    if (known != Vr::SQ || attribute.items.empty()) return edits_.remove(attribute);
    const bool is_emptied = ruling.code == Code::Z || ruling.code == Code::X_Z;
    if (is_emptied && attribute.tag != referenced_study) return edits_.empty(attribute, Vr::SQ);
    const Place inside = internal::place_inside(place, attribute.tag, ruling);
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
};

}  // namespace

dicom::EditPlan plan_edits(const DataSet& data_set, const Profile& profile,
                           const PlanContext& context, const Pseudonyms& pseudonyms) {
  return Planner(data_set, profile, context, pseudonyms).plan();
}

namespace {

template <class Predicate>
void count_as_removed(const DataSet& data_set, dicom::EditPlan& plan, const Predicate& counts) {
  internal::RemovedValues removed;
  removed.lists_persons = true;
  for (const Attribute& attribute : data_set.attributes) {
    if (counts(attribute)) removed.add(attribute);
  }
  // What stays on purpose is not removed, except who somebody is.
  std::sort(removed.of_persons.begin(), removed.of_persons.end());
  for (std::string& value : removed.all) {
    const bool is_retained =
        std::any_of(plan.retained_values.begin(), plan.retained_values.end(),
                    [&](const base::Phi<std::string>& kept) { return kept.reveal() == value; });
    const bool is_of_person =
        std::binary_search(removed.of_persons.begin(), removed.of_persons.end(), value);
    if (!is_retained || is_of_person) plan.removed_values.emplace_back(std::move(value));
  }
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
