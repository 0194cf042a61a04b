// Cryptographic Message Syntax (RFC 5652) by OpenSSL: EnvelopedData for the holder of one private
// key, as PS3.15 E.1.1 asks of the Encrypted Attributes Sequence: AES-256-CBC for the content, RSA
// (PKCS #1 v1.5, RFC 3370) for its key. It knows nothing of DICOM. An envelope alone does not prove
// its content whole (CBC): the caller puts a checksum inside. Every failure is Error{crypto}.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/digest.h"

namespace efface::crypto_openssl {

/// The certificate of the one who may open envelopes.
class Recipient {
 public:
  /// Reads the first certificate of a PEM file. Refuses one without an RSA key of 2048 bits or
  /// more, one whose key usage is not key encipherment, and one that is expired or not yet valid.
  explicit Recipient(const std::filesystem::path& pem_file);
  Recipient(Recipient&&) noexcept;
  ~Recipient();

  /// SHA-256 of the certificate (its DER form), by which it is known everywhere.
  const base::Digest& fingerprint() const { return fingerprint_; }

  /// A new envelope around `content`, DER. Two calls never give the same bytes. The recipient is
  /// named by the key identifier, so that no name of the certificate stands in clear; certificates
  /// without one are named by issuer and serial number. Thread-safe.
  std::string seal(std::string_view content) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  base::Digest fingerprint_;
};

/// The key that opens them.
class PrivateKey {
 public:
  /// Asked for when the file is protected, once.
  using AskPassphrase = std::function<std::string()>;
  /// Reads a private RSA key in PEM. OpenSSL's own prompt is never used.
  PrivateKey(const std::filesystem::path& pem_file, const AskPassphrase& ask);
  PrivateKey(PrivateKey&&) noexcept;
  ~PrivateKey();

  /// The content of an envelope (DER, padding behind it is ignored). Throws when it is damaged, or
  /// sealed for another key; the two cannot always be told apart. Damage that OpenSSL cannot see
  /// gives wrong content. Thread-safe.
  std::string open(std::span<const std::byte> envelope) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Overwrites a secret and empties it.
void wipe(std::string& secret);

}  // namespace efface::crypto_openssl
