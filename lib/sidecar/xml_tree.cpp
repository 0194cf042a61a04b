#include <algorithm>
#include <array>
#include <string>

#include "base/error.h"
#include "sidecar/internal_xml.h"

namespace efface::sidecar {

namespace {

constexpr int deepest = 64;
constexpr std::size_t largest = 16U << 20U;  // a tree takes up to twenty times its text

[[noreturn]] void refuse(const char* problem) {
  throw base::Error(base::Fault::bad_input, problem);
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

}  // namespace

bool is_text(const pugi::xml_node& node) {
  return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

void parse_xml(std::string_view content, pugi::xml_document& document) {
  if (content.size() > largest) refuse("the XML is too large");
  constexpr unsigned options = pugi::parse_default | pugi::parse_ws_pcdata | pugi::parse_doctype |
                               pugi::parse_declaration | pugi::parse_comments | pugi::parse_pi;
  const pugi::xml_parse_result result =
      document.load_buffer(content.data(), content.size(), options, pugi::encoding_utf8);
  if (!result) refuse("the file is not valid XML");
  require_shallow(document);
  require_utf8(document, content);
}

void drop_remarks(pugi::xml_node parent) {
  for (pugi::xml_node node = parent.first_child(); node;) {
    const pugi::xml_node next = node.next_sibling();
    const bool is_remark = node.type() == pugi::node_comment || node.type() == pugi::node_pi;
    if (is_remark) parent.remove_child(node);
    node = next;
  }
}

void join_texts(pugi::xml_node parent) {
  for (pugi::xml_node node = parent.first_child(); node; node = node.next_sibling()) {
    if (!is_text(node) || !is_text(node.next_sibling())) continue;
    std::string whole = node.value();
    while (is_text(node.next_sibling())) {
      whole += node.next_sibling().value();
      parent.remove_child(node.next_sibling());
    }
    node.set_value(whole.c_str());
  }
}

std::string_view local_name(std::string_view name) {
  return name.substr(name.find(':') + 1);  // npos + 1 is 0
}

bool names_a_field(std::string_view attribute) {
  constexpr std::array<std::string_view, 5> all{"keyword", "name", "key", "tag", "field"};
  return std::find(all.begin(), all.end(), local_name(attribute)) != all.end();
}

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

Field field_of_attribute(std::string_view name, const Field& elements,
                         const deid::Profile& profile) {
  const std::string_view local = local_name(name);
  return local == "value" || local == "content" ? elements : field_of(local, profile);
}

bool is_structure(const pugi::xml_attribute& attribute, const deid::Profile& profile) {
  const std::string_view name = attribute.name();
  if (name.starts_with("xmlns")) return true;
  return names_a_field(name) && !is_plain(field_of(attribute.value(), profile));
}

}  // namespace efface::sidecar
