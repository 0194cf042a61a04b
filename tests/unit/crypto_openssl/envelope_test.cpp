#include "crypto_openssl/envelope.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <stdexcept>

#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace efface::crypto_openssl {
namespace {

using support::error_of;
using support::fault_of;
using support::Folder;

struct Wanted {
  const char* usage = nullptr;  ///< keyUsage
  long days_from = -1, days_until = 1;
  bool has_key_id = true;
};

std::string pem_of(const std::function<int(BIO*)>& write) {
  BIO* bio = BIO_new(BIO_s_mem());
  EXPECT_EQ(write(bio), 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  const std::string pem(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return pem;
}

std::string key_pem(EVP_PKEY* key, const std::string& passphrase = {}) {
  return pem_of([&](BIO* bio) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(passphrase.data());
    return PEM_write_bio_PrivateKey(bio, key, passphrase.empty() ? nullptr : EVP_aes_128_cbc(),
                                    bytes, static_cast<int>(passphrase.size()), nullptr, nullptr);
  });
}

void extend(X509* certificate, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string certificate_pem(EVP_PKEY* key, const Wanted& wanted = {}) {
  constexpr long day = 24 * 3600;
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7);
  X509_gmtime_adj(X509_getm_notBefore(certificate), wanted.days_from * day);
  X509_gmtime_adj(X509_getm_notAfter(certificate), wanted.days_until * day);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>("Saint Elsewhere");
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  if (wanted.has_key_id) extend(certificate, NID_subject_key_identifier, "hash");
  if (wanted.usage != nullptr) extend(certificate, NID_key_usage, wanted.usage);
  X509_sign(certificate, key, EVP_sha256());
  const std::string pem = pem_of([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
  X509_free(certificate);
  return pem;
}

/// Made once: an RSA key takes a tenth of a second.
EVP_PKEY* rsa(unsigned bits = 2048) {
  static EVP_PKEY* const good = EVP_RSA_gen(2048);
  static EVP_PKEY* const other = EVP_RSA_gen(2049);
  static EVP_PKEY* const weak = EVP_RSA_gen(1024);
  return bits == 2048 ? good : bits == 2049 ? other : weak;
}

std::string no_passphrase() {
  ADD_FAILURE() << "asked for a passphrase";
  return {};
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

class Envelope : public ::testing::Test {
 protected:
  Recipient recipient(const Wanted& wanted = {}) const {
    return Recipient(folder.write("cert.pem", certificate_pem(rsa(), wanted)));
  }
  PrivateKey key(EVP_PKEY* key = rsa()) const {
    return PrivateKey(folder.write("key.pem", key_pem(key)), no_passphrase);
  }
  base::Error refusal(const std::string& pem) const {
    return error_of([&] { Recipient refused(folder.write("bad.pem", pem)); });
  }

  Folder folder;
  std::string content = "what was in the file" + std::string(100000, 'x') + std::string(1, '\0');
};

TEST_F(Envelope, GivesTheContentToTheHolderOfTheKey) {
  for (const bool has_key_id : {true, false}) {
    const std::string sealed = recipient({.has_key_id = has_key_id}).seal(content);
    EXPECT_EQ(sealed.find("what was"), std::string::npos);
    EXPECT_EQ(key().open(bytes_of(sealed)), content);
    EXPECT_EQ(key().open(bytes_of(sealed + '\0')), content) << "padding of DICOM";
    EXPECT_NE(sealed.find("\x60\x86\x48\x01\x65\x03\x04\x01\x2A"), std::string::npos) << "AES-256";
    // Names of the certificate stand in clear only where nothing else tells the recipient.
    EXPECT_EQ(sealed.find("Saint Elsewhere") == std::string::npos, has_key_id);
  }
}

TEST_F(Envelope, IsNeverTheSameTwice) {
  const Recipient sealer = recipient();
  EXPECT_NE(sealer.seal(content), sealer.seal(content));
}

TEST_F(Envelope, StaysClosedToAnotherKey) {
  const std::string sealed = recipient().seal(content);
  const PrivateKey other = key(rsa(2049));
  try {  // wrong padding shows but once in 256 times
    EXPECT_NE(other.open(bytes_of(sealed)), content);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.fault(), base::Fault::crypto);
  }
}

TEST_F(Envelope, CutShortIsAnError) {
  const std::string sealed = recipient().seal("short");
  const PrivateKey opener = key();
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_EQ(fault_of([&] { opener.open(bytes_of(sealed.substr(0, size))); }), base::Fault::crypto)
        << size;
  }
}

TEST_F(Envelope, DamagedGivesAnErrorOrOtherContent) {
  const std::string sealed = recipient().seal("short");
  const PrivateKey opener = key();
  std::size_t errors = 0;
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string damaged = sealed;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    try {
      opener.open(bytes_of(damaged));
    } catch (const base::Error& error) {
      EXPECT_EQ(error.fault(), base::Fault::crypto);
      ++errors;
    }
  }
  EXPECT_GT(errors, sealed.size() / 2);
}

TEST_F(Envelope, OtherMessagesAreNotOpened) {
  for (const std::span<const std::byte> none : {bytes_of("no message"), {}}) {
    const base::Error error = error_of([&] { key().open(none); });
    EXPECT_NE(std::string(error.what()).find("damaged"), std::string::npos);
  }
}

TEST_F(Envelope, CertificatesThatDoNotServeAreRefused) {
  EVP_PKEY* curve = EVP_EC_gen("P-256");
  EXPECT_NE(std::string(refusal(certificate_pem(curve)).what()).find("no RSA"), std::string::npos);
  EVP_PKEY_free(curve);
  EXPECT_NE(std::string(refusal(certificate_pem(rsa(1024))).what()).find("2048"),
            std::string::npos);
  for (const Wanted& wanted : {Wanted{.usage = "digitalSignature"}, Wanted{.days_until = 0},
                               Wanted{.days_from = 1, .days_until = 2}}) {
    EXPECT_EQ(refusal(certificate_pem(rsa(), wanted)).fault(), base::Fault::crypto);
  }
  EXPECT_EQ(refusal("nothing").fault(), base::Fault::crypto);
  EXPECT_EQ(refusal(key_pem(rsa())).fault(), base::Fault::crypto) << "a key is no certificate";
  EXPECT_EQ(fault_of([&] { Recipient absent(folder / "absent.pem"); }), base::Fault::io);
  EXPECT_NO_THROW(recipient({.usage = "keyEncipherment"}));
}

TEST_F(Envelope, FingerprintIsThatOfTheCertificate) {
  const base::Digest fingerprint = recipient().fingerprint();
  EXPECT_EQ(fingerprint, Recipient(folder / "cert.pem").fingerprint());
  EXPECT_NE(fingerprint, recipient({.days_until = 9}).fingerprint());
}

TEST_F(Envelope, ProtectedKeyAsksOnceForItsPassphrase) {
  const auto file = folder.write("locked.pem", key_pem(rsa(), "open sesame"));
  const std::string sealed = recipient().seal(content);
  int asked = 0;
  const PrivateKey opener(file, [&] {
    ++asked;
    return std::string("open sesame");
  });
  EXPECT_EQ(opener.open(bytes_of(sealed)), content);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(fault_of([&] { PrivateKey(file, [] { return std::string("guess"); }); }),
            base::Fault::crypto);
  EXPECT_THROW(PrivateKey(file, []() -> std::string { throw std::logic_error("no terminal"); }),
               std::logic_error);
}

TEST_F(Envelope, OnlyPrivateRsaKeysOpen) {
  EVP_PKEY* curve = EVP_EC_gen("P-256");
  const std::string pem = key_pem(curve);
  EVP_PKEY_free(curve);
  for (const std::string& bad : {pem, certificate_pem(rsa()), std::string("nothing")}) {
    EXPECT_EQ(fault_of([&] { PrivateKey(folder.write("bad.pem", bad), no_passphrase); }),
              base::Fault::crypto);
  }
}

TEST(Wipe, LeavesNothing) {
  std::string secret = "open sesame";
  wipe(secret);
  EXPECT_TRUE(secret.empty());
}

}  // namespace
}  // namespace efface::crypto_openssl
