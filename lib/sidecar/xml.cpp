#include "base/error.h"
#include "sidecar/internal_formats.h"
#include "sidecar/internal_values.h"
#include "sidecar/internal_xml.h"

namespace efface::sidecar {

namespace {

void learn_from(const pugi::xml_node& element, const Field& parents, const deid::Profile& profile,
                text::SubjectValues& subject) {
  for (const pugi::xml_attribute& attribute : element.attributes()) {
    learn(subject, field_of(local_name(attribute.name()), profile), attribute.value());
    if (local_name(attribute.name()) == "value") learn(subject, parents, attribute.value());
  }
  for (const pugi::xml_node& node : element) {
    if (is_text(node)) learn(subject, parents, node.value());
    if (node.type() == pugi::node_element) {
      learn_from(node, field_of_element(node, parents, profile), profile, subject);
    }
  }
}

class XmlCleaner {
 public:
  XmlCleaner(const Rules& rules, const text::SubjectValues& subject, Cleaned& result)
      : rules_(rules), values_(rules, subject, result) {}

  void clean(pugi::xml_node parent, const Field& field) {
    drop_remarks(parent);
    for_children(parent, [&](pugi::xml_node node) {
      return node.type() != pugi::node_element || clean_element(node, field);
    });
    join_texts(parent);
    for_children(parent,
                 [&](pugi::xml_node node) { return !is_text(node) || clean_text(node, field); });
  }

  /// `content`: the file as written. What is escaped in it stands in the values as it is.
  void finish(std::string_view content) const {
    values_.require_gone(content);
    values_.require_gone(kept_);
  }

 private:
  const Rules& rules_;
  Values values_;
  std::string kept_;  ///< all values that stay, one a line

  /// Children of which `stays` says no go.
  template <class Stays>
  static void for_children(pugi::xml_node parent, const Stays& stays) {
    for (pugi::xml_node node = parent.first_child(); node;) {
      const pugi::xml_node next = node.next_sibling();
      if (!stays(node)) parent.remove_child(node);
      node = next;
    }
  }

  /// False when the element goes.
  bool clean_element(pugi::xml_node element, const Field& parents) {
    const std::string_view name = local_name(element.name());
    const Field field = field_of_element(element, parents, rules_.profile);
    if (field.treatment == Treatment::remove) return take_out(element, field);
    const bool is_known = !field_of(name, rules_.profile).name.empty();
    if (!is_known && values_.clean_text(name) != name) return take_out(element, field);
    for (pugi::xml_attribute attribute = element.first_attribute(); attribute;) {
      const pugi::xml_attribute next = attribute.next_attribute();
      if (!clean_attribute(attribute, field)) element.remove_attribute(attribute);
      attribute = next;
    }
    clean(element, field);
    return true;
  }

  bool clean_attribute(pugi::xml_attribute attribute, const Field& elements) {
    if (is_structure(attribute, rules_.profile)) return true;
    const Field field = field_of_attribute(attribute.name(), elements, rules_.profile);
    const auto cleaned = values_.clean(field, attribute.value());
    // What would be left of a field's name ("[name]") is that of another field.
    const bool was_field =
        cleaned && names_a_field(attribute.name()) && *cleaned != attribute.value();
    if (!cleaned || was_field) return false;
    attribute.set_value(cleaned->c_str());
    kept_ += *cleaned + '\n';
    return true;
  }

  bool clean_text(pugi::xml_node node, const Field& field) {
    const std::string_view whole = node.value();
    if (is_blank(whole)) return true;
    const std::size_t begin = whole.find_first_not_of(" \t\r\n");
    const std::size_t end = whole.find_last_not_of(" \t\r\n") + 1;
    const auto cleaned = values_.clean(field, whole.substr(begin, end - begin));
    if (!cleaned) return false;
    const std::string text =
        std::string(whole.substr(0, begin)) + *cleaned + std::string(whole.substr(end));
    node.set_value(text.c_str());
    kept_ += *cleaned + '\n';
    return true;
  }

  /// An element goes with everything in it, whose values must stand nowhere else.
  bool take_out(const pugi::xml_node& element, const Field& field) {
    if (!remember_all(element, {Treatment::remove, field.row, field.name})) {
      values_.count(field, dicom::Action::remove);
    }
    return false;
  }

  /// Whether there was any value.
  bool remember_all(const pugi::xml_node& element, const Field& gone) {
    bool had_value = false;
    const auto remember = [&](std::string_view value) {
      if (is_blank(value)) return;
      values_.clean(gone, value);
      had_value = true;
    };
    for (const pugi::xml_attribute& attribute : element.attributes()) {
      if (!names_a_field(attribute.name())) remember(attribute.value());
    }
    for (const pugi::xml_node& node : element) {
      if (is_text(node)) remember(node.value());
      if (node.type() == pugi::node_element) had_value |= remember_all(node, gone);
    }
    return had_value;
  }
};

struct StringWriter : pugi::xml_writer {
  std::string text;
  void write(const void* data, std::size_t size) override {
    text.append(static_cast<const char*>(data), size);
  }
};

}  // namespace

Cleaned clean_xml(std::string_view content, const Rules& rules) {
  pugi::xml_document document;
  parse_xml(content, document);
  text::SubjectValues subject;
  learn_from(document, {}, rules.profile, subject);
  Cleaned result;
  XmlCleaner cleaner(rules, subject, result);
  cleaner.clean(document, {});
  if (!document.document_element()) {
    throw base::Error(base::Fault::bad_input, "nothing of the XML may stay");
  }
  for (pugi::xml_node& node : document) {
    if (node.type() == pugi::node_declaration && node.attribute("encoding"))
      node.attribute("encoding").set_value("UTF-8");
  }
  StringWriter writer;
  document.save(writer, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  result.content = std::move(writer.text) + "\n";
  cleaner.finish(result.content);
  return result;
}

}  // namespace efface::sidecar
