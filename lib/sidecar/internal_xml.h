// XML as a tree, parsed within bounds, and which field an element or attribute is.
#pragma once

#include <pugixml.hpp>
#include <string_view>

#include "sidecar/fields.h"

namespace efface::sidecar {

/// Throws bad_input for what is no XML, and for what clean() says it refuses. The tree holds no
/// pointers into `content`. Comments and processing instructions are in it.
void parse_xml(std::string_view content, pugi::xml_document& document);

/// Takes comments and processing instructions out of an element's children.
void drop_remarks(pugi::xml_node parent);
/// Texts that nothing stands between any more become one: together they may say a name.
void join_texts(pugi::xml_node parent);

bool is_text(const pugi::xml_node& node);
bool is_blank(std::string_view text);

/// Without the prefix of a name space.
std::string_view local_name(std::string_view name);

/// Attributes that say which field an element is.
bool names_a_field(std::string_view attribute);

/// The field that an element is: by its name, by what an attribute says, or its parent's.
Field field_of_element(const pugi::xml_node& element, const Field& parents,
                       const deid::Profile& profile);

/// Of an attribute of an element that is `elements`.
Field field_of_attribute(std::string_view name, const Field& elements,
                         const deid::Profile& profile);

/// Whether an attribute's value is the name of a field or a name space, which anybody may see.
bool is_structure(const pugi::xml_attribute& attribute, const deid::Profile& profile);

}  // namespace efface::sidecar
