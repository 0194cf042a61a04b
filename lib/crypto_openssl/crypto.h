// SHA-256, HMAC-SHA-256 and random bytes by OpenSSL. No key files here: see config.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/digest.h"

namespace efface::crypto_openssl {

/// Incremental SHA-256.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  ~Sha256();
  void update(std::span<const std::byte> bytes);
  /// The digest of everything so far; the object starts anew afterwards.
  base::Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

base::Digest sha256(std::span<const std::byte> bytes);

/// HMAC-SHA-256 (RFC 2104) of `domain`, one zero byte and `value`. Domains keep uses apart: the same
/// value as a UID and as a name gives unrelated results.
base::Digest hmac_sha256(const base::Digest& key, std::string_view domain, std::string_view value);

/// From the operating system's generator. Throws Error{crypto}.
base::Digest random_key();

/// OpenSSL's version line.
const char* library_version();

}  // namespace efface::crypto_openssl
