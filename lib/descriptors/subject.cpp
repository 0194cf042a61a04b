#include "descriptors/subject.h"

#include <string>
#include <variant>

#include "deid/table.h"
#include "text/character_sets.h"

namespace efface::descriptors {

namespace {

using deid::SafeHarbor;
using dicom::Tag;
using dicom::Vr;
using text::Entity;
using Person = text::SubjectValues::Person;

constexpr Tag character_set_tag{0x0008, 0x0005};
constexpr Tag institution_name{0x0008, 0x0080}, department{0x0008, 0x1040};

/// Group 0010 speaks of the patient, but for those who are responsible for him.
Person person_of(Tag tag) {
  constexpr Tag responsible{0x0010, 0x2297};
  return tag.group == 0x0010 && tag != responsible ? Person::patient : Person::other;
}

void add_value(Tag tag, Vr vr, const std::string& value, text::SubjectValues& subject) {
  if (vr == Vr::PN) return subject.add_person_name(value, person_of(tag));
  switch (deid::safe_harbor_class(tag, vr)) {
    case SafeHarbor::dates:
      return subject.add_date(value);
    case SafeHarbor::names:
      return subject.add_person_name(value, person_of(tag));
    case SafeHarbor::geographic:
      return subject.add_phrase(value, tag == institution_name || tag == department
                                           ? Entity::institution
                                           : Entity::address);
    case SafeHarbor::telephone:
    case SafeHarbor::fax:
      return subject.add_phone(value);
    case SafeHarbor::email:
      return subject.add_identifier(value, Entity::email);
    case SafeHarbor::ssn:
      return subject.add_identifier(value, Entity::national_id);
    case SafeHarbor::mrn:
      return subject.add_identifier(value, Entity::medical_record);
    case SafeHarbor::health_plan:
      return subject.add_identifier(value, Entity::health_plan);
    case SafeHarbor::account:
      return subject.add_identifier(value, Entity::accession);
    case SafeHarbor::certificate:
      return subject.add_identifier(value, Entity::licence);
    case SafeHarbor::device:
      return subject.add_identifier(value, Entity::device);
    case SafeHarbor::other:
      return subject.add_identifier(value, Entity::number);
    default:
      return;
  }
}

class Gatherer {
 public:
  explicit Gatherer(text::SubjectValues& subject) : subject_(subject) {}

  void visit(const dicom::DataSet& data_set, const std::string& inherited) {
    const dicom::Attribute* own = data_set.find(character_set_tag);
    const std::string& sets_text = own == nullptr ? inherited : own->value.reveal();
    const text::CharacterSets sets(sets_text);
    for (const dicom::Attribute& attribute : data_set.attributes) {
      for (const dicom::DataSet& item : attribute.items) visit(item, sets_text);
      if (!attribute.tag.is_private()) add(attribute, sets);
    }
  }

 private:
  text::SubjectValues& subject_;

  void add(const dicom::Attribute& attribute, const text::CharacterSets& sets) {
    const Vr vr = attribute.vr;
    if (!dicom::is_text(vr) || vr == Vr::UI || attribute.value.reveal().empty()) return;
    const bool is_one = vr == Vr::ST || vr == Vr::LT || vr == Vr::UT;
    const text::Shape shape = vr == Vr::PN ? text::Shape::person_name
                              : is_one     ? text::Shape::text
                                           : text::Shape::values;
    const text::Decoded decoded = sets.decode(attribute.value.reveal(), shape);
    const auto* value = std::get_if<base::Phi<std::string>>(&decoded);
    if (value == nullptr) return;
    if (is_one) return add_value(attribute.tag, vr, value->reveal(), subject_);
    for (const std::string& part : dicom::split_values(value->reveal())) {
      add_value(attribute.tag, vr, part, subject_);
    }
  }
};

}  // namespace

void gather_subject(const dicom::DataSet& data_set, text::SubjectValues& subject) {
  Gatherer(subject).visit(data_set, {});
}

}  // namespace efface::descriptors
