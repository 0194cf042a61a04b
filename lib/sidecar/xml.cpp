#include <algorithm>
#include <array>
#include <pugixml.hpp>
#include <vector>

#include "base/error.h"
#include "sidecar/internal_formats.h"
#include "sidecar/internal_values.h"

namespace efface::sidecar {

namespace {

constexpr int deepest = 64;
constexpr std::size_t largest = 16U << 20U;  // a tree takes up to twenty times its text

[[noreturn]] void refuse(const char* problem) {
  throw base::Error(base::Fault::bad_input, problem);
}

bool is_text(const pugi::xml_node& node) {
  return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// Before anything follows the tree down by recursion.
void require_shallow(const pugi::xml_document& document) {
  int depth = 0;
  for (pugi::xml_node node = document.first_child(); node;) {
    if (node.type() == pugi::node_doctype) refuse("the XML has a document type");
    if (node.first_child()) {
      if (++depth > deepest) refuse("the XML is nested too deeply");
      node = node.first_child();
      continue;
    }
    while (node && !node.next_sibling()) {
      node = node.parent();
      --depth;
    }
    if (node) node = node.next_sibling();
  }
}

void require_utf8(const pugi::xml_document& document, std::string_view content) {
  std::string_view encoding;
  for (const pugi::xml_node& node : document) {
    if (node.type() == pugi::node_declaration) encoding = node.attribute("encoding").value();
  }
  std::string upper;
  for (const char c : encoding) upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  const bool is_ascii =
      std::all_of(content.begin(), content.end(), [](char c) { return (c & 0x80) == 0; });
  if (!upper.empty() && upper != "UTF-8" && !is_ascii) refuse("the XML is not in UTF-8");
}

/// The tree holds pointers into nothing else: the text is copied.
void parse(std::string_view content, pugi::xml_document& document) {
  if (content.size() > largest) refuse("the XML is too large");
  constexpr unsigned options = pugi::parse_default | pugi::parse_ws_pcdata | pugi::parse_doctype |
                               pugi::parse_declaration | pugi::parse_comments | pugi::parse_pi;
  const pugi::xml_parse_result result =
      document.load_buffer(content.data(), content.size(), options, pugi::encoding_utf8);
  if (!result) refuse("the file is not valid XML");
  require_shallow(document);
  require_utf8(document, content);
}

/// Without the prefix of a name space.
std::string_view local_name(std::string_view name) {
  return name.substr(name.find(':') + 1);  // npos + 1 is 0
}

/// Attributes that say which field an element is.
bool names_a_field(std::string_view attribute) {
  constexpr std::array<std::string_view, 5> all{"keyword", "name", "key", "tag", "field"};
  return std::find(all.begin(), all.end(), local_name(attribute)) != all.end();
}

bool is_plain(const Field& field) {
  return field.treatment == Treatment::clean && field.name.empty() && field.row == nullptr;
}

/// The field that an element is: by its name, by what an attribute says, or its parent's.
Field field_of_element(const pugi::xml_node& element, const Field& parents,
                       const deid::Profile& profile) {
  Field field = field_of(local_name(element.name()), profile);
  for (const pugi::xml_attribute& attribute : element.attributes()) {
    if (!names_a_field(attribute.name())) continue;
    const Field told = field_of(attribute.value(), profile);
    if (!is_plain(told) && field.treatment != Treatment::remove) field = told;
  }
  // What is kept is kept for a value of its own, not for a tree of them.
  return is_plain(field) && parents.treatment != Treatment::keep ? parents : field;
}

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
    for (pugi::xml_node node = parent.first_child(); node;) {
      const pugi::xml_node next = node.next_sibling();
      if (!clean_node(node, field)) parent.remove_child(node);
      node = next;
    }
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

  /// False when the node goes.
  bool clean_node(pugi::xml_node node, const Field& field) {
    if (node.type() == pugi::node_declaration) return true;
    if (is_text(node)) return clean_text(node, field);
    return node.type() == pugi::node_element && clean_element(node, field);
  }

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
    const std::string_view name = local_name(attribute.name());
    const bool is_schema = std::string_view(attribute.name()).starts_with("xmlns");
    const bool tells = names_a_field(name);
    if (is_schema || (tells && !is_plain(field_of(attribute.value(), rules_.profile)))) return true;
    Field field = field_of(name, rules_.profile);
    if (name == "value" || name == "content") field = elements;
    const auto cleaned = values_.clean(field, attribute.value());
    if (!cleaned) return false;
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
  parse(content, document);
  text::SubjectValues subject;
  learn_from(document, {}, rules.profile, subject);
  Cleaned result;
  XmlCleaner cleaner(rules, subject, result);
  cleaner.clean(document, {});
  if (!document.document_element()) refuse("nothing of the XML may stay");
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
