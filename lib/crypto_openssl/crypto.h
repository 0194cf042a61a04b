// SHA-256, HMAC-SHA-256 and random bytes by OpenSSL. No key files here: see config. All functions
// may be called from any thread; one Sha256 object belongs to one thread at a time. Throws
// Error{crypto}, when OpenSSL itself fails, and nothing else.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/digest.h"

namespace efface::crypto_openssl {

/// Incremental SHA-256 (FIPS 180-4).
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();
  void update(std::span<const std::byte> bytes);
  /// The digest of everything so far; the object starts anew afterwards.
  base::Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

base::Digest sha256(std::span<const std::byte> bytes);

/// HMAC-SHA-256 (RFC 2104) of `domain`, one zero byte and `value`. Domains keep uses apart: the
/// same value as a UID and as a name gives unrelated results. A domain holds no zero byte.
base::Digest hmac_sha256(const base::Digest& key, std::string_view domain, std::string_view value);

/// From OpenSSL's private generator, which the operating system seeds.
base::Digest random_key();

/// OpenSSL's version, e.g. "3.0.17".
const char* library_version();

}  // namespace efface::crypto_openssl
