#include "base/error.h"

#include <cerrno>
#include <cstring>

namespace efface::base {

Error system_error(const std::string& what, int error_number) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  return Error(full ? Fault::no_space : Fault::io, what + ": " + std::strerror(error_number),
               full ? "free some space and run the same command again: it resumes" : "");
}

}  // namespace efface::base
