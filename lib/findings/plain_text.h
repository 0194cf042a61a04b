// Paths are bytes; reports are UTF-8, lines, URIs and XML. These make one of the other.
#pragma once

#include <string>
#include <string_view>

namespace efface::findings {

/// A relative or absolute path as a URI reference (RFC 3986): "/" stays, bytes that are not
/// unreserved become %XX.
std::string uri_of(std::string_view path);
/// The path that such a URI reference stands for.
std::string bytes_of(std::string_view uri);
/// One line of UTF-8: control characters and malformed bytes as "?".
std::string on_one_line(std::string_view text);
/// The same for XML 1.0, markup escaped, for text and attributes.
std::string xml_of(std::string_view text);

}  // namespace efface::findings
