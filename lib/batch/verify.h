// Whether a released directory is what its manifest says: every output present with its size and
// SHA-256, nothing extra, the manifest's totals those of its records, and, with a public key, the
// manifest signed. It changes nothing and reads no input of the run.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "crypto_openssl/signature.h"

namespace efface::batch {

struct VerifyFinding {
  /// "missing", "changed", "extra", "not-a-file", "unfinished", "doubled", "bad-path",
  /// "manifest-missing", "manifest-damaged", "totals-disagree", "signature-missing",
  /// "signature-wrong"
  std::string kind;
  std::string path;  ///< below the directory
};

struct VerifyResult {
  std::uint64_t outputs = 0, bytes = 0, findings = 0;
};

/// Calls back with every finding, those about outputs in the order of the manifest, extra files
/// last. Everything is looked at, whatever is found. `public_key` may be null: no signature is then
/// asked for. Throws Error{io} when the directory cannot be read, Error{cancelled}.
VerifyResult verify_outputs(const std::filesystem::path& directory,
                            const crypto_openssl::PublicKey* public_key,
                            const std::atomic<bool>& cancelled,
                            const std::function<void(const VerifyFinding&)>& found);

}  // namespace efface::batch
