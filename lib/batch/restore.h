// efface restore: puts the originals of de-identified DICOM files back from their envelopes (PS3.15
// E.1.2). Faces that were removed stay removed. File by file; each appears whole or not at all.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "crypto_openssl/envelope.h"

namespace efface::batch {

struct RestoreOptions {
  std::vector<std::filesystem::path> inputs;
  std::filesystem::path output;  ///< apart from every input; paths below an input are kept
  const std::atomic<bool>* cancelled = nullptr;
};

struct RestoreResult {
  std::uint64_t restored = 0, failed = 0;
  std::uint64_t skipped = 0;  ///< in directories: what is not DICOM, such as the manifest
};

/// `failed` hears of every file that is not restored: without envelope, sealed for another key,
/// damaged, already in the output. Files are private to the caller by the process's umask. Throws
/// Error{usage} for inputs that do not exist or overlap with the output, {no_space}, {cancelled}.
RestoreResult restore(
    const RestoreOptions& options, const crypto_openssl::PrivateKey& key,
    const std::function<void(const std::string& path, const base::Error&)>& failed);

}  // namespace efface::batch
