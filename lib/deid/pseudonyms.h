// Everything that is derived from the project key: replacement UIDs, pseudonyms, date shifts, names
// of files. The HMAC itself is handed in (crypto_openssl::hmac_sha256), so that this stays pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "dicom/facts.h"

namespace efface::deid {

/// (domain, value) -> HMAC-SHA-256 under the project key. Must be thread-safe.
using KeyedDigest = std::function<base::Digest(std::string_view domain, std::string_view value)>;

class Pseudonyms {
 public:
  explicit Pseudonyms(KeyedDigest keyed) : keyed_(std::move(keyed)) {}

  base::Digest digest(std::string_view domain, std::string_view value) const {
    return keyed_(domain, value);
  }
  /// 2.25.… for an original UID (surrounding spaces and NULs ignored); registered UIDs unchanged.
  std::string uid(std::string_view original) const;
  /// `prefix` and 16 upper-case base-32 characters, e.g. "P-…"; fits LO, SH (16 characters less)
  /// and PN.
  std::string pseudonym(std::string_view domain, std::string_view original, std::string_view prefix,
                        std::size_t characters) const;
  /// Days (a multiple of 7, -10 to -1 years, never 0) that all dates of this patient move.
  int date_shift_days(std::string_view subject) const;
  /// 32 lower-case hex characters for a file or folder name, with a letter among the first 16:
  /// digits alone could read as the number of a payment card.
  std::string path_token(std::string_view domain, std::string_view original) const;
  std::uint64_t seed(std::string_view domain, std::string_view value) const;

 private:
  KeyedDigest keyed_;
};

/// Whether the instance has a patient ID.
bool names_a_patient(const dicom::InstanceFacts& facts);

/// The subject that pseudonyms and shifts belong to: patient ID and issuer, in capital letters and
/// with single spaces, so that one patient spelt in two ways is one; the study UID when the ID is
/// empty.
std::string subject_of(const dicom::InstanceFacts& facts);

}  // namespace efface::deid
