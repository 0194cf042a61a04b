// The one exception type of efface. Expected outcomes (a file withheld, no face in view) are
// values, not errors; this is for what stops a study or the run. Messages name paths, tags and
// options, never a value read from a patient's data. It does not log and does not decide on exit
// codes.
#pragma once

#include <stdexcept>
#include <string>

namespace efface::base {

enum class Fault {
  usage,        ///< the caller asked for something impossible or contradictory
  bad_input,    ///< the input is damaged, truncated, or lies about itself
  unsupported,  ///< well-formed, but nothing here can handle it
  io,           ///< reading or writing failed
  no_space,     ///< ENOSPC or EDQUOT while writing
  resource,     ///< out of memory (host or device)
  device,       ///< the compute device asked for cannot be used
  crypto,       ///< key files, digests, OpenSSL
  model,        ///< model card or weights
  cancelled,    ///< SIGINT or SIGTERM
  internal      ///< a broken promise inside efface
};

class Error : public std::runtime_error {
 public:
  /// `message`: lower case, no full stop. `hint`: what the user can do, or empty.
  Error(Fault fault, const std::string& message, std::string hint = {})
      : std::runtime_error(message), fault_(fault), hint_(std::move(hint)) {}

  Fault fault() const { return fault_; }
  const std::string& hint() const { return hint_; }

 private:
  Fault fault_;
  std::string hint_;
};

/// Error for a failed system call: picks Fault::no_space for ENOSPC and EDQUOT, else Fault::io.
/// `what` names the operation and the quoted path; the text of `error_number` is appended.
Error system_error(const std::string& what, int error_number);

}  // namespace efface::base
