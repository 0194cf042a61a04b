// The values of an XML document: elements and attributes as fields, comments and everything else as
// text.
#pragma once

#include <string_view>
#include <vector>

#include "deid/profile.h"
#include "findings/finding.h"

namespace efface::check {

/// Findings at "/report/patient/@id", those of one rule at one such path counted. Names of elements
/// that give somebody away are findings and shown as "*". Throws base::Error of Fault::bad_input
/// for what sidecar::visit_xml() refuses.
std::vector<findings::Finding> find_in_xml(std::string_view text, const deid::Profile& profile);

}  // namespace efface::check
