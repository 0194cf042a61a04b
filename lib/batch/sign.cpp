#include "batch/sign.h"

#include <unistd.h>

#include <cerrno>

#include "audit/new_file.h"
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
  audit::NewFile signature(signature_path(manifest));
  signature.write(key.sign(file.bytes()));
  signature.put_in_place();
}

}  // namespace efface::batch
