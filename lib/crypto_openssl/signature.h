// Signatures by Ed25519 (RFC 8032, pure: over the bytes themselves), with keys as openssl makes
// them: `openssl genpkey -algorithm ed25519`. What is signed is the caller's affair. Every failure
// is Error{crypto}. Anyone can check a signature without efface:
// openssl pkeyutl -verify -pubin -inkey PUBLIC.pem -rawin -in FILE -sigfile FILE.sig
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace efface::crypto_openssl {

inline constexpr std::size_t signature_bytes = 64;

class SigningKey {
 public:
  /// Reads a private Ed25519 key in PEM. A file that others may read, or that is protected by a
  /// passphrase (nobody is there to type it), is refused.
  explicit SigningKey(const std::filesystem::path& pem_file);
  SigningKey(SigningKey&&) noexcept;
  ~SigningKey();

  /// 64 bytes, the same for the same content. Thread-safe.
  std::string sign(std::span<const std::byte> content) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class PublicKey {
 public:
  /// Reads a public Ed25519 key in PEM.
  explicit PublicKey(const std::filesystem::path& pem_file);
  PublicKey(PublicKey&&) noexcept;
  ~PublicKey();

  /// False for anything but a signature of just this content by this key. Thread-safe.
  bool has_signed(std::span<const std::byte> content, std::string_view signature) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace efface::crypto_openssl
