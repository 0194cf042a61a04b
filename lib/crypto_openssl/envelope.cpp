#include "crypto_openssl/envelope.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <climits>
#include <cstring>
#include <exception>

#include "base/error.h"
#include "base/file.h"
#include "crypto_openssl/crypto.h"

namespace efface::crypto_openssl {

namespace {

constexpr int least_bits = 2048;
constexpr std::uint64_t most_pem_bytes = 1 << 20;

template <class T, void (*release)(T*)>
struct Release {
  void operator()(T* object) const { release(object); }
};
using Certificate = std::unique_ptr<X509, Release<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY, EVP_PKEY_free>>;
using Message = std::unique_ptr<CMS_ContentInfo, Release<CMS_ContentInfo, CMS_ContentInfo_free>>;
using Bio = std::unique_ptr<BIO, Release<BIO, BIO_free_all>>;

/// OpenSSL's queue of errors is emptied: it may name what it read.
[[noreturn]] void fail(const std::string& message, const std::string& hint = {}) {
  ERR_clear_error();
  throw base::Error(base::Fault::crypto, message, hint);
}

Bio reader(std::string_view bytes) {
  if (bytes.size() > INT_MAX) fail("more than 2 GiB cannot be put into an envelope");
  const char* data = bytes.empty() ? "" : bytes.data();  // OpenSSL takes no null pointer
  Bio bio(BIO_new_mem_buf(data, static_cast<int>(bytes.size())));
  if (!bio) fail("OpenSSL failed: no memory buffer");
  return bio;
}

Bio writer() {
  Bio bio(BIO_new(BIO_s_mem()));
  if (!bio) fail("OpenSSL failed: no memory buffer");
  return bio;
}

std::string written(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

void require_rsa(const EVP_PKEY* key, const std::string& whose) {
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
    fail(whose + " has no RSA key",
         "PS3.15 E.1.1 asks for RSA: openssl req -x509 -newkey rsa:3072");
  }
  if (EVP_PKEY_get_bits(key) < least_bits) {
    fail(whose + " has an RSA key of fewer than 2048 bits", "make a key of 3072 bits");
  }
}

base::Digest fingerprint_of(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) fail("OpenSSL failed: certificate cannot be encoded");
  const auto bytes = std::as_bytes(std::span(der, static_cast<std::size_t>(size)));
  const base::Digest digest = sha256(bytes);
  OPENSSL_free(der);
  return digest;
}

struct Asked {
  const PrivateKey::AskPassphrase& ask;
  bool was_asked = false;
  std::exception_ptr error;  ///< must not pass through OpenSSL
};

int give_passphrase(char* buffer, int size, int, void* data) {
  auto* asked = static_cast<Asked*>(data);
  asked->was_asked = true;
  try {
    std::string passphrase = asked->ask();
    const bool fits = passphrase.size() <= static_cast<std::size_t>(size);
    const int length = fits ? static_cast<int>(passphrase.size()) : -1;
    if (fits) std::memcpy(buffer, passphrase.data(), passphrase.size());
    wipe(passphrase);
    return length;
  } catch (...) {
    asked->error = std::current_exception();
    return -1;
  }
}

}  // namespace

struct Recipient::State {
  Certificate certificate;
  unsigned flags = CMS_BINARY;
};

Recipient::Recipient(const std::filesystem::path& pem_file) : state_(std::make_unique<State>()) {
  const std::string whose = "certificate '" + pem_file.string() + "'";
  const std::string pem = base::read_text_file(pem_file, most_pem_bytes);
  state_->certificate.reset(PEM_read_bio_X509(reader(pem).get(), nullptr, nullptr, nullptr));
  X509* certificate = state_->certificate.get();
  if (certificate == nullptr) fail("no certificate (PEM) in '" + pem_file.string() + "'");
  require_rsa(X509_get0_pubkey(certificate), whose);
  if ((X509_get_key_usage(certificate) & KU_KEY_ENCIPHERMENT) == 0) {
    fail(whose + " is not for key encipherment");  // without the extension all uses are allowed
  }
  const bool is_early = X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0;
  const bool is_late = X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0;
  if (is_early || is_late) fail(whose + (is_late ? " has expired" : " is not yet valid"));
  if (X509_get0_subject_key_id(certificate) != nullptr) state_->flags |= CMS_USE_KEYID;
  fingerprint_ = fingerprint_of(certificate);
}

Recipient::Recipient(Recipient&&) noexcept = default;
Recipient::~Recipient() = default;

std::string Recipient::seal(std::string_view content) const {
  const unsigned flags = state_->flags | CMS_PARTIAL;
  const Message message(CMS_encrypt(nullptr, nullptr, EVP_aes_256_cbc(), flags));
  if (!message) fail("OpenSSL failed: no envelope");
  if (CMS_add1_recipient_cert(message.get(), state_->certificate.get(), flags) == nullptr) {
    fail("OpenSSL failed: the certificate cannot be a recipient");
  }
  if (CMS_final(message.get(), reader(content).get(), nullptr, state_->flags) != 1) {
    fail("OpenSSL failed: encryption");
  }
  const Bio out = writer();
  if (i2d_CMS_bio(out.get(), message.get()) != 1) fail("OpenSSL failed: envelope not written");
  return written(out);
}

struct PrivateKey::State {
  Key key;
};

PrivateKey::PrivateKey(const std::filesystem::path& pem_file, const AskPassphrase& ask)
    : state_(std::make_unique<State>()) {
  const std::string name = "'" + pem_file.string() + "'";
  std::string pem = base::read_text_file(pem_file, most_pem_bytes);
  Asked asked{ask, false, nullptr};
  state_->key.reset(PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, give_passphrase, &asked));
  wipe(pem);
  if (asked.error) {
    ERR_clear_error();
    std::rethrow_exception(asked.error);
  }
  if (!state_->key && asked.was_asked) fail("wrong passphrase for the private key " + name);
  if (!state_->key) fail("no private key (PEM) in " + name);
  if (EVP_PKEY_get_base_id(state_->key.get()) != EVP_PKEY_RSA) {
    fail("the private key " + name + " is not an RSA key");
  }
}

PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

std::string PrivateKey::open(std::span<const std::byte> envelope) const {
  const Bio in = reader({reinterpret_cast<const char*>(envelope.data()), envelope.size()});
  const Message message(d2i_CMS_bio(in.get(), nullptr));
  if (!message || OBJ_obj2nid(CMS_get0_type(message.get())) != NID_pkcs7_enveloped) {
    fail("the envelope is damaged or truncated");
  }
  const Bio out = writer();
  if (CMS_decrypt(message.get(), state_->key.get(), nullptr, nullptr, out.get(), CMS_BINARY) != 1) {
    fail("the envelope cannot be opened", "it is sealed for another key, or damaged");
  }
  return written(out);
}

void wipe(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

}  // namespace efface::crypto_openssl
