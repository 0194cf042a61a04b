// The part of a DICOM conformance statement on de-identification (PS3.2 sections N.8.4.4 and
// N.11.2.6), as Markdown.
#pragma once

#include <string>

#include "cmd/profile_options.h"

namespace efface::cmd {

std::string conformance_statement(const ChosenProfile& chosen);

}  // namespace efface::cmd
