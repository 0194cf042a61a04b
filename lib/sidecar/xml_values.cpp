#include "sidecar/xml_values.h"

#include "sidecar/internal_xml.h"

namespace efface::sidecar {

namespace {

class Visitor {
 public:
  Visitor(const deid::Profile& profile, const std::function<void(const XmlValue&)>& visit)
      : profile_(profile), visit_(visit) {}

  void look_below(pugi::xml_node parent, const Field& field) {
    for (const pugi::xml_node& node : parent) {
      if (node.type() == pugi::node_comment) show({}, node.value(), "comment");
      if (node.type() == pugi::node_pi) show({}, node.value(), "instruction");
    }
    drop_remarks(parent);
    join_texts(parent);
    for (const pugi::xml_node& node : parent) {
      if (is_text(node)) show(field, node.value(), {});
      if (node.type() == pugi::node_element) look_at(node, field);
    }
  }

 private:
  const deid::Profile& profile_;
  const std::function<void(const XmlValue&)>& visit_;
  std::vector<std::string> path_;

  void look_at(const pugi::xml_node& element, const Field& parents) {
    const bool goes = parents.treatment == Treatment::remove;
    const Field field = goes ? parents : field_of_element(element, parents, profile_);
    path_.emplace_back(local_name(element.name()));
    for (const pugi::xml_attribute& attribute : element.attributes()) {
      if (is_structure(attribute, profile_)) continue;
      const bool is_gone = field.treatment == Treatment::remove;
      show(is_gone ? field : field_of_attribute(attribute.name(), field, profile_),
           attribute.value(), '@' + std::string(local_name(attribute.name())));
    }
    look_below(element, field);
    path_.pop_back();
  }

  void show(const Field& field, std::string_view value, const std::string& last_step) {
    if (is_blank(value)) return;
    const std::size_t begin = value.find_first_not_of(" \t\r\n");
    const std::size_t end = value.find_last_not_of(" \t\r\n") + 1;
    if (!last_step.empty()) path_.push_back(last_step);
    visit_({field, value.substr(begin, end - begin), path_});
    if (!last_step.empty()) path_.pop_back();
  }
};

}  // namespace

void visit_xml(std::string_view content, const deid::Profile& profile,
               const std::function<void(const XmlValue&)>& visit) {
  pugi::xml_document document;
  parse_xml(content, document);
  Visitor(profile, visit).look_below(document, {});
}

}  // namespace efface::sidecar
