#include "check/instance.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "check/free_text.h"
#include "check/pseudonym.h"
#include "check/vendor_roots.h"
#include "deid/dummy.h"
#include "deid/plan_edits.h"
#include "deid/table.h"
#include "deid/technical.h"
#include "descriptors/study_text.h"
#include "descriptors/subject.h"
#include "text/character_sets.h"

namespace efface::check {

namespace {

using deid::SafeHarbor;
using dicom::Action;
using dicom::Attribute;
using dicom::DataSet;
using dicom::Tag;
using dicom::TagPath;
using dicom::Vr;
using findings::Finding;

constexpr Tag character_set{0x0008, 0x0005};
constexpr Tag patient_name{0x0010, 0x0010}, patient_id{0x0010, 0x0020};
constexpr Tag accession_number{0x0008, 0x0050}, birth_date{0x0010, 0x0030};
constexpr Tag identity_removed{0x0012, 0x0062}, temporal_information{0x0028, 0x0303};
constexpr Tag icon_image{0x0088, 0x0200}, icc_profile{0x0028, 0x2000};

const Attribute* find_at(const DataSet& root, const TagPath& path) {
  const DataSet* level = &root;
  for (const TagPath::Step& step : path.parents) {
    const Attribute* sequence = level->find(step.tag);
    if (sequence == nullptr || step.item >= sequence->items.size()) return nullptr;
    level = &sequence->items[step.item];
  }
  return level->find(path.tag);
}

bool is_date_or_time(Vr vr) {
  return vr == Vr::DA || vr == Vr::TM || vr == Vr::DT;
}

bool is_free_text(Vr vr) {
  return vr == Vr::LO || vr == Vr::SH || vr == Vr::ST || vr == Vr::LT || vr == Vr::UT ||
         vr == Vr::UC;
}

/// Classes whose values say who somebody is or which case it is.
bool says_who(SafeHarbor kind) {
  switch (kind) {
    case SafeHarbor::names:
    case SafeHarbor::telephone:
    case SafeHarbor::fax:
    case SafeHarbor::email:
    case SafeHarbor::ssn:
    case SafeHarbor::mrn:
    case SafeHarbor::health_plan:
    case SafeHarbor::account:
      return true;
    default:
      return false;
  }
}

/// Nothing, or what stands in the place of something, in every value.
bool is_empty(const Attribute& attribute) {
  if (!attribute.items.empty()) {
    return std::all_of(attribute.items.begin(), attribute.items.end(), [](const DataSet& item) {
      return std::all_of(item.attributes.begin(), item.attributes.end(), is_empty);
    });
  }
  if (!attribute.is_loaded) return attribute.length == 0;
  const std::string& value = attribute.value.reveal();
  if (!dicom::is_text(attribute.vr)) {
    return std::all_of(value.begin(), value.end(), [](char c) { return c == '\0'; });
  }
  const std::vector<std::string> values = dicom::split_values(value);
  return std::all_of(values.begin(), values.end(), [](const std::string& one) {
    return is_placeholder(one) || is_own_pseudonym(one) || deid::is_dummy(one);
  });
}

/// The profile that a file is held to: a claim of moved dates is believed.
deid::Profile adapted(deid::Profile profile, const DataSet& root) {
  const bool says_modified = root.text(temporal_information) == "MODIFIED";
  if (says_modified && profile.dates == deid::Dates::removed) {
    profile.dates = deid::Dates::modified;
  }
  return profile;
}

class InstanceCheck {
 public:
  InstanceCheck(const Instance& instance, const deid::Profile& profile)
      : instance_(instance),
        root_(instance.attributes),
        profile_(adapted(profile, root_)),
        text_(subject_of_text(), {}, {}) {}

  std::vector<Finding> run(const deid::Pseudonyms& pseudonyms) {
    check_edits(pseudonyms);
    check_patient_id();
    TagPath top;
    check_texts(root_, root_.text(character_set), top);
    check_surroundings();
    check_claims();
    std::vector<Finding> sorted;
    for (auto& [key, finding] : found_) sorted.push_back(std::move(finding));
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }

 private:
  text::SubjectValues subject_of_text() const {
    text::SubjectValues subject;
    descriptors::gather_subject(without_placeholders(root_), subject);
    return subject;
  }

  /// Findings of one rule at the same tags are one, whatever the items.
  void add(std::string_view rule, const TagPath& path, std::string reason) {
    std::string tags;
    for (const TagPath::Step& step : path.parents) tags += dicom::to_string(step.tag);
    const bool is_private = path.tag.is_private();
    std::string place = dicom::to_string(path);
    if (is_private) place.replace(place.size() - 3, 2, "xx");  // all of one block
    tags += is_private ? place.substr(place.size() - 11) : dicom::to_string(path.tag);
    Finding& finding = found_[{std::string(rule), tags}];
    if (!finding.rule.empty()) {
      ++finding.count;
      return;
    }
    finding.rule = rule;
    finding.place = std::move(place);
    finding.reason = std::move(reason);
  }

  void check_edits(const deid::Pseudonyms& pseudonyms) {
    deid::PlanContext context;
    context.subject = "patient";
    context.sop_class_uid = instance_.facts.sop_class_uid;
    if (deid::cleans_free_text(profile_)) context.free_text = &text_;
    const dicom::EditPlan plan = deid::plan_edits(root_, profile_, context, pseudonyms);
    for (const dicom::Edit& edit : plan.edits) {
      if (edit.action == Action::add) continue;
      TagPath path = edit.path;
      const bool is_item = path.tag == dicom::item_tag;
      if (is_item) {  // a content item that goes as a whole
        add("attribute.other", path, "a content item that the profile removes");
        edited_.insert(path);
        continue;
      }
      edited_.insert(path);
      const Attribute* attribute = find_at(root_, path);
      if (attribute != nullptr) judge(*attribute, edit);
    }
  }

  void judge(const Attribute& attribute, const dicom::Edit& edit) {
    const TagPath& path = edit.path;
    const bool is_pseudonym = path.parents.empty() && attribute.tag == patient_id;
    if (is_pseudonym || is_empty(attribute)) return;
    if (attribute.tag.is_private()) return judge_private(path);
    if (edit.action == Action::replace_uid || attribute.vr == Vr::UI)
      return judge_uid(attribute, path);
    if (attribute.tag == icon_image) {
      return add("thumbnail", path, "a small copy of the image");
    }
    if (attribute.tag == icc_profile) {
      return add("header.text", path, "texts of a colour profile");
    }
    if (is_date_or_time(attribute.vr)) return judge_date(path, edit);
    if (attribute.vr == Vr::PN) return judge_name(attribute, path);
    const bool is_prose = is_free_text(attribute.vr) &&
                          deid::safe_harbor_class(attribute.tag, attribute.vr) == SafeHarbor::none;
    if (is_prose && judge_text(attribute, path)) return;
    if (edit.action == Action::clean) {
      return add("text.repeated", path, "a value that the profile removes elsewhere stands in it");
    }
    judge_other(attribute, path);
  }

  void judge_private(const TagPath& path) {
    const bool is_creator = path.tag.element >= 0x0010 && path.tag.element <= 0x00FF;
    if (!is_creator)
      add("attribute.private", path, "private attributes, of which nothing is known");
  }

  void judge_uid(const Attribute& attribute, const TagPath& path) {
    for (const std::string& uid : dicom::split_values(attribute.value.reveal())) {
      const std::string_view manufacturer = manufacturer_of(uid);
      if (manufacturer.empty()) continue;
      return add("uid.vendor-root", path,
                 "a UID below the root of " + std::string(manufacturer) + ": it was not replaced");
    }
  }

  void judge_date(const TagPath& path, const dicom::Edit& edit) {
    const bool says_modified = root_.text(temporal_information) == "MODIFIED";
    if (edit.action == Action::shift_date && says_modified) return;
    has_dates_ = true;
    add("attribute.date", path,
        edit.action == Action::shift_date
            ? "a date, and (0028,0303) does not say that dates were modified"
            : "a date or time that the profile removes");
  }

  void judge_name(const Attribute& attribute, const TagPath& path) {
    for (const std::string& name : dicom::split_values(utf8_of(attribute))) {
      if (!reads_as_name(name)) continue;
      says_who_ = true;
      return add("attribute.identifying", path, "it reads as a person's name");
    }
  }

  std::string utf8_of(const Attribute& attribute) const {
    const text::CharacterSets sets(root_.text(character_set));
    const text::Decoded decoded = sets.decode(attribute.value.reveal(), text::Shape::person_name);
    const auto* text = std::get_if<base::Phi<std::string>>(&decoded);
    return text != nullptr ? text->reveal() : "undecodable";
  }

  /// True when the text itself gives something away.
  bool judge_text(const Attribute& attribute, const TagPath& path) {
    const auto cleaned =
        text_.clean(attribute.vr, attribute.value.reveal(), root_.text(character_set));
    if (!cleaned) return false;
    const Finding finding = text_finding(cleaned->found, {});
    if (finding.rule.empty()) return false;
    if (finding.rule == "text.name") says_who_ = true;
    add(finding.rule, path, finding.reason);
    return true;
  }

  void judge_other(const Attribute& attribute, const TagPath& path) {
    const SafeHarbor kind = deid::safe_harbor_class(attribute.tag, attribute.vr);
    const deid::TableRow* row = deid::find_row(attribute.tag);
    constexpr auto descriptors = static_cast<std::size_t>(deid::Option::clean_descriptors);
    if (kind != SafeHarbor::none) {
      if (says_who(kind) || attribute.tag == accession_number) says_who_ = true;
      add("attribute.identifying", path,
          std::string("the profile removes or replaces it: ") + deid::to_string(kind));
    } else if (row != nullptr && row->options[descriptors] == deid::Code::C) {
      add("attribute.description", path, "free text that the profile removes");
    } else {
      add("attribute.other", path, "the profile removes or replaces it");
    }
  }

  void check_patient_id() {
    const Attribute* id = root_.find(patient_id);
    if (id == nullptr || is_empty(*id)) return;
    const TagPath path{{}, patient_id};
    const Attribute* birth = root_.find(birth_date);
    const bool is_contradicted = says_who_ || (birth != nullptr && !is_empty(*birth));
    if (reads_as_name(utf8_of(*id))) {
      says_who_ = true;
      add("attribute.identifying", path, "it reads as a person's name");
    } else if (root_.text(identity_removed) != "YES") {
      add("attribute.identifying", path,
          "nothing says that it is a pseudonym: (0012,0062) is not YES");
    } else if (is_contradicted) {
      says_who_ = true;
      add("attribute.identifying", path,
          "it stands beside a name or a birth date that were not removed");
    }
  }

  /// Free text that the profile leaves alone.
  void check_texts(const DataSet& level, const std::string& inherited, TagPath& path) {
    const std::string own = level.text(character_set);
    const std::string& sets = own.empty() ? inherited : own;
    for (const Attribute& attribute : level.attributes) {
      path.tag = attribute.tag;
      if (edited_.contains(path)) continue;
      for (std::size_t i = 0; i < attribute.items.size(); ++i) {
        path.parents.push_back({attribute.tag, static_cast<std::uint32_t>(i)});
        check_texts(attribute.items[i], sets, path);
        path.parents.pop_back();
        path.tag = attribute.tag;
      }
      const bool is_prose = is_free_text(attribute.vr) && !attribute.tag.is_private() &&
                            !deid::names_a_technique(attribute.tag) &&
                            !is_public_code(attribute.tag);
      if (!is_prose || is_empty(attribute)) continue;
      const auto cleaned = text_.clean(attribute.vr, attribute.value.reveal(), sets);
      if (!cleaned) continue;
      const Finding finding = text_finding(cleaned->found, {});
      if (finding.rule.empty()) continue;
      if (finding.rule == "text.name") says_who_ = true;
      add(finding.rule, path, finding.reason);
    }
  }

  /// Code value, scheme and meaning of a coded entry: words of a dictionary.
  static bool is_public_code(Tag tag) {
    return tag.group == 0x0008 && tag.element >= 0x0100 && tag.element <= 0x0122;
  }

  void check_surroundings() {
    for (const Attribute& attribute : instance_.meta.attributes) {
      if (attribute.tag.group == 0) {
        add("file.preamble", {{}, {}}, "the preamble is not empty");
      } else if (attribute.tag.element >= 0x0016 && !is_empty(attribute)) {
        const bool is_private = attribute.tag.element >= 0x0100;
        add(is_private ? "attribute.private" : "attribute.identifying", {{}, attribute.tag},
            is_private ? "private information of a sender"
                       : "the name of a system that sent the file");
      }
    }
    for (const Attribute& attribute : instance_.dropped.attributes) {
      if (!is_empty(attribute)) {
        add("attribute.duplicate", {{}, attribute.tag}, "the tag stands twice at one level");
      }
    }
    if (instance_.trailing_bytes > 0) {
      add("file.trailing", {{}, {0x7FE0, 0x0010}}, "there are bytes behind the pixel data");
    }
  }

  void check_claims() {
    if (says_who_ && root_.text(identity_removed) == "YES") {
      add("claim.identity-removed", {{}, identity_removed},
          "it says YES, and the file says who somebody is");
    }
    if (has_dates_ && root_.text(temporal_information) == "REMOVED") {
      add("claim.dates-removed", {{}, temporal_information},
          "it says REMOVED, and dates are there");
    }
  }

  const Instance& instance_;
  const DataSet& root_;
  deid::Profile profile_;
  descriptors::StudyText text_;
  std::map<std::pair<std::string, std::string>, Finding> found_;  ///< by rule and tags
  std::set<TagPath> edited_;
  bool says_who_ = false, has_dates_ = false;
};

}  // namespace

std::vector<Finding> check_instance(const Instance& instance, const deid::Profile& profile,
                                    const deid::Pseudonyms& pseudonyms) {
  return InstanceCheck(instance, profile).run(pseudonyms);
}

}  // namespace efface::check
