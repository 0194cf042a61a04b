#include "crypto_openssl/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/opensslv.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <array>
#include <cstring>

#include "base/error.h"

namespace efface::crypto_openssl {

namespace {

void require(bool success, const char* what) {
  if (!success) throw base::Error(base::Fault::crypto, std::string("OpenSSL failed: ") + what);
}

/// Fetched once: looking an algorithm up costs more than hashing a short input (OpenSSL 3). Never
/// freed, so that threads may use it until the very end.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  require(algorithm != nullptr, "no SHA-256");
  return algorithm;
}

EVP_MAC* hmac_algorithm() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  require(algorithm != nullptr, "no HMAC");
  return algorithm;
}

/// A thread's HMAC context, keyed once: starting again with the same key costs no key schedule, and
/// a run has one key. OpenSSL wipes the context when it frees it; the copy of the key is wiped
/// here.
class KeyedContext {
 public:
  KeyedContext() : context_(EVP_MAC_CTX_new(hmac_algorithm())) {
    require(context_ != nullptr, "no HMAC context");
  }
  KeyedContext(const KeyedContext&) = delete;
  KeyedContext& operator=(const KeyedContext&) = delete;
  ~KeyedContext() {
    EVP_MAC_CTX_free(context_);
    OPENSSL_cleanse(&key_, sizeof key_);
  }

  EVP_MAC_CTX* start(const base::Digest& key) {
    const bool is_same = is_keyed_ && CRYPTO_memcmp(&key, &key_, sizeof key) == 0;
    is_keyed_ = false;
    if (is_same) {
      require(EVP_MAC_init(context_, nullptr, 0, nullptr) == 1, "HMAC");
    } else {
      char digest_name[] = "SHA256";
      const std::array<OSSL_PARAM, 2> parameters{
          OSSL_PARAM_construct_utf8_string("digest", digest_name, 0), OSSL_PARAM_construct_end()};
      require(EVP_MAC_init(context_, key.bytes.data(), key.bytes.size(), parameters.data()) == 1,
              "HMAC");
      key_ = key;
    }
    is_keyed_ = true;
    return context_;
  }

 private:
  EVP_MAC_CTX* context_;
  base::Digest key_;
  bool is_keyed_ = false;
};

void feed(EVP_MAC_CTX* context, std::string_view text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  require(text.empty() || EVP_MAC_update(context, bytes, text.size()) == 1, "HMAC");
}

}  // namespace

struct Sha256::State {
  State() : context(EVP_MD_CTX_new()) { require(context != nullptr, "no digest context"); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }

  void start() {
    require(EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr) == 1, "SHA-256");
  }

  EVP_MD_CTX* context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  state_->start();
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  require(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1, "SHA-256");
}

base::Digest Sha256::finish() {
  base::Digest digest;
  require(EVP_DigestFinal_ex(state_->context, digest.bytes.data(), nullptr) == 1, "SHA-256");
  state_->start();
  return digest;
}

base::Digest sha256(std::span<const std::byte> bytes) {
  base::Digest digest;
  require(EVP_Digest(bytes.data(), bytes.size(), digest.bytes.data(), nullptr, sha256_algorithm(),
                     nullptr) == 1,
          "SHA-256");
  return digest;
}

base::Digest hmac_sha256(const base::Digest& key, std::string_view domain, std::string_view value) {
  thread_local KeyedContext keyed;
  EVP_MAC_CTX* const context = keyed.start(key);
  feed(context, domain);
  feed(context, std::string_view("\0", 1));
  feed(context, value);
  base::Digest digest;
  std::size_t length = 0;
  require(EVP_MAC_final(context, digest.bytes.data(), &length, digest.bytes.size()) == 1 &&
              length == digest.bytes.size(),
          "HMAC");
  return digest;
}

base::Digest random_key() {
  base::Digest key;
  require(RAND_priv_bytes(key.bytes.data(), static_cast<int>(key.bytes.size())) == 1,
          "no random bytes");
  return key;
}

const char* library_version() {
  return OpenSSL_version(OPENSSL_VERSION_STRING);
}

}  // namespace efface::crypto_openssl
