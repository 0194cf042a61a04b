#include "check/xml_text.h"

#include <map>
#include <string>
#include <utility>

#include "check/fields.h"
#include "sidecar/xml_values.h"

namespace efface::check {

namespace {

class XmlFindings {
 public:
  explicit XmlFindings(const deid::Profile& profile) : profile_(profile) {}

  void look_at(const sidecar::XmlValue& value) {
    std::string place;
    for (const std::string& name : value.path) place += "/" + shown(name, place);
    add(judge_value(value.field, value.value, place));
  }

  std::vector<findings::Finding> take() {
    std::vector<findings::Finding> all;
    for (auto& [key, finding] : found_) all.push_back(std::move(finding));
    return all;
  }

 private:
  const deid::Profile& profile_;
  std::map<std::pair<std::string, std::string>, findings::Finding> found_;
  std::map<std::string, std::string> shown_names_;

  const std::string& shown(const std::string& name, const std::string& parent) {
    const auto [known, is_new] = shown_names_.try_emplace(name, name);
    if (!is_new) return known->second;
    const bool is_attribute = name.starts_with('@');
    const std::string_view bare = std::string_view(name).substr(is_attribute ? 1 : 0);
    if (!sidecar::field_of(bare, profile_).name.empty()) return known->second;
    findings::Finding finding = find_in_field_name(bare, parent + "/*");
    if (finding.rule.empty()) return known->second;
    add(std::move(finding));
    return known->second = is_attribute ? "@*" : "*";
  }

  void add(findings::Finding finding) {
    if (finding.rule.empty()) return;
    const auto [known, is_new] = found_.try_emplace({finding.rule, finding.place}, finding);
    if (!is_new) ++known->second.count;
  }
};

}  // namespace

std::vector<findings::Finding> find_in_xml(std::string_view text, const deid::Profile& profile) {
  XmlFindings findings(profile);
  sidecar::visit_xml(text, profile,
                     [&findings](const sidecar::XmlValue& value) { findings.look_at(value); });
  return findings.take();
}

}  // namespace efface::check
