// The signature beside a manifest: manifest.json.sig, 64 bytes, Ed25519 over the manifest's bytes.
// It proves who made the manifest, and through the digests in it every output.
#pragma once

#include <filesystem>

#include "crypto_openssl/signature.h"

namespace efface::batch {

std::filesystem::path signature_path(const std::filesystem::path& manifest);

/// Before a manifest is written: an old signature never stands beside a new manifest. Throws
/// Error{io}.
void remove_signature(const std::filesystem::path& manifest);

/// After it: writes the signature atomically. Throws Error{io | no_space | crypto}.
void sign_manifest(const std::filesystem::path& manifest, const crypto_openssl::SigningKey& key);

}  // namespace efface::batch
