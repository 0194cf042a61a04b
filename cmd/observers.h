// What a person or a script sees of a run on standard error: a status line on a terminal, plain
// lines in a log, JSON lines for programs, or nothing. Tokens and counts only.
#pragma once

#include <memory>

#include "batch/observer.h"
#include "cmd/options.h"

namespace efface::cmd {

/// In a dry run every study's plan goes to standard output.
std::unique_ptr<batch::Observer> make_observer(const RunArguments& arguments);

}  // namespace efface::cmd
