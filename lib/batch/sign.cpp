#include "batch/sign.h"

#include <unistd.h>

#include <cerrno>

#include "base/error.h"
#include "base/file.h"

namespace efface::batch {

namespace fs = std::filesystem;

fs::path signature_path(const fs::path& manifest) {
  return fs::path(manifest) += ".sig";
}

void remove_signature(const fs::path& manifest) {
  const fs::path path = signature_path(manifest);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    throw base::system_error("cannot delete '" + path.string() + "'", errno);
  }
}

void sign_manifest(const fs::path& manifest, const crypto_openssl::SigningKey& key) {
  const base::MappedFile file(manifest);
  base::write_atomically(signature_path(manifest), key.sign(file.bytes()));
}

}  // namespace efface::batch
