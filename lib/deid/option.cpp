#include "deid/option.h"

#include <algorithm>
#include <iterator>

namespace efface::deid {

namespace {

constexpr Method all_methods[] = {
    {"basic", "113100", "Basic Application Confidentiality Profile", {}},
    {"clean-pixel-data", "113101", "Clean Pixel Data Option", {}},
    {"clean-visual-features", "113102", "Clean Recognizable Visual Features Option", {}},
    {"clean-graphics", "113103", "Clean Graphics Option", Option::clean_graphics},
    {"clean-structured-content", "113104", "Clean Structured Content Option",
     Option::clean_structured_content},
    {"clean-descriptors", "113105", "Clean Descriptors Option", Option::clean_descriptors},
    {"dates-kept", "113106", "Retain Longitudinal Temporal Information Full Dates Option",
     Option::retain_longitudinal_full_dates},
    {"dates-modified", "113107", "Retain Longitudinal Temporal Information Modified Dates Option",
     Option::retain_longitudinal_modified_dates},
    {"retain-patient-characteristics", "113108", "Retain Patient Characteristics Option",
     Option::retain_patient_characteristics},
    {"retain-device-identity", "113109", "Retain Device Identity Option",
     Option::retain_device_identity},
    {"retain-uids", "113110", "Retain UIDs Option", Option::retain_uids},
    {"retain-safe-private", "113111", "Retain Safe Private Option", Option::retain_safe_private},
    {"retain-institution-identity", "113112", "Retain Institution Identity Option",
     Option::retain_institution_identity},
};

}  // namespace

std::span<const Method> methods() {
  return all_methods;
}

const Method& method_of(Option option) {
  return *std::find_if(std::begin(all_methods), std::end(all_methods),
                       [option](const Method& method) { return method.option == option; });
}

const Method* find_method(std::string_view name) {
  const auto method = std::find_if(std::begin(all_methods), std::end(all_methods),
                                   [name](const Method& m) { return m.name == name; });
  return method == std::end(all_methods) ? nullptr : &*method;
}

}  // namespace efface::deid
