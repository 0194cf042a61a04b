// efface restore: opens the private key, asks for its passphrase where it has one, and tells of
// every file that is not restored.
#pragma once

#include <atomic>

#include "cmd/options.h"

namespace efface::cmd {

/// An exit code. Everything it writes is readable by its user alone. Throws base::Error.
int restore_command(const RestoreArguments& arguments, const std::atomic<bool>& cancelled);

}  // namespace efface::cmd
