#include "crypto_openssl/signature.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <climits>

#include "base/error.h"
#include "base/file.h"

namespace efface::crypto_openssl {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t most_pem_bytes = 1 << 16;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

/// OpenSSL's queue of errors is emptied: it may name what it read.
[[noreturn]] void fail(const std::string& message, const std::string& hint = {}) {
  ERR_clear_error();
  throw base::Error(base::Fault::crypto, message, hint);
}

int give_no_passphrase(char*, int, int, void*) {
  return -1;
}

template <class Read>
Key read_pem(const fs::path& file, const Read& read) {
  std::string pem = base::read_text_file(file, most_pem_bytes);
  const std::unique_ptr<BIO, FreeBio> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(bio ? read(bio.get(), nullptr, give_no_passphrase, nullptr) : nullptr);
  OPENSSL_cleanse(pem.data(), pem.size());
  ERR_clear_error();
  return key;
}

void require_ed25519(const Key& key, const std::string& what, const fs::path& file) {
  if (key && EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_ED25519) return;
  fail("no " + what + " Ed25519 key without passphrase (PEM) in '" + file.string() + "'",
       "openssl genpkey -algorithm ed25519 -out sign.pem; "
       "openssl pkey -in sign.pem -pubout -out sign.pub.pem");
}

Context new_context() {
  Context context(EVP_MD_CTX_new());
  if (!context) fail("OpenSSL failed: no signature context");
  return context;
}

const unsigned char* bytes_of(const void* data) {
  return static_cast<const unsigned char*>(data);
}

}  // namespace

struct SigningKey::State {
  Key key;
};

SigningKey::SigningKey(const fs::path& pem_file) : state_(std::make_unique<State>()) {
  struct stat status {};
  if (::stat(pem_file.c_str(), &status) == 0 && (status.st_mode & 077) != 0) {
    fail("others may read the signing key '" + pem_file.string() + "'", "chmod 600 it");
  }
  state_->key = read_pem(pem_file, PEM_read_bio_PrivateKey);
  require_ed25519(state_->key, "private", pem_file);
}

SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

std::string SigningKey::sign(std::span<const std::byte> content) const {
  const Context context = new_context();
  std::string signature(signature_bytes, '\0');
  std::size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, state_->key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes_of(content.data()), content.size()) != 1 ||
      size != signature_bytes) {
    fail("OpenSSL failed: signature");
  }
  return signature;
}

struct PublicKey::State {
  Key key;
};

PublicKey::PublicKey(const fs::path& pem_file) : state_(std::make_unique<State>()) {
  state_->key = read_pem(pem_file, PEM_read_bio_PUBKEY);
  require_ed25519(state_->key, "public", pem_file);
}

PublicKey::PublicKey(PublicKey&&) noexcept = default;
PublicKey::~PublicKey() = default;

bool PublicKey::has_signed(std::span<const std::byte> content, std::string_view signature) const {
  if (signature.size() != signature_bytes) return false;
  const Context context = new_context();
  const bool is_right =
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, state_->key.get()) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of(signature.data()), signature.size(),
                       bytes_of(content.data()), content.size()) == 1;
  ERR_clear_error();
  return is_right;
}

}  // namespace efface::crypto_openssl
