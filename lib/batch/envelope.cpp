#include "batch/envelope.h"

#include "base/error.h"
#include "crypto_openssl/crypto.h"
#include "deid/originals.h"
#include "dicom_dcmtk/originals.h"

namespace efface::batch {

namespace {

constexpr dicom::Tag sop_instance_uid{0x0008, 0x0018};
constexpr int most_attempts = 8;  // one fails by chance in less than one of 10,000 files

/// As restoring reads it from the output.
std::string output_uid(const dicom_dcmtk::DicomFile& file, const dicom::EditPlan& plan) {
  for (const dicom::Edit& edit : plan.edits) {
    if (edit.path.parents.empty() && edit.path.tag == sop_instance_uid) return edit.value;
  }
  return file.facts().sop_instance_uid.reveal();
}

base::Digest checksum(const std::string& uid, std::string_view originals) {
  crypto_openssl::Sha256 sha;
  sha.update(std::as_bytes(std::span(uid.c_str(), uid.size() + 1)));
  sha.update(std::as_bytes(std::span(originals)));
  return sha.finish();
}

}  // namespace

std::string seal_originals(dicom_dcmtk::DicomFile& file, const dicom::DataSet& data_set,
                           const dicom::EditPlan& plan, const crypto_openssl::Recipient& recipient,
                           const deid::ResidueScanner& scanner) {
  std::string originals = dicom_dcmtk::encode_originals(
      file, {deid::original_tags(data_set, plan), deid::may_be_picture});
  const base::Digest sum = checksum(output_uid(file, plan), originals);
  std::string content = dicom_dcmtk::with_checksum(std::move(originals), sum);
  std::string envelope;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    envelope = recipient.seal(content);
    deid::ResidueScanner trial = scanner;
    trial.feed(std::as_bytes(std::span(envelope)));
    if (trial.findings().empty()) break;
  }
  crypto_openssl::wipe(content);
  return envelope;  // if not clean even now, the check of the whole file withholds it
}

std::string open_originals(dicom_dcmtk::DicomFile& file, const crypto_openssl::PrivateKey& key) {
  std::string content = key.open(dicom_dcmtk::find_envelope(file));
  const auto checked = dicom_dcmtk::without_checksum(content);
  if (!checked) {
    throw base::Error(base::Fault::bad_input, "the envelope cannot be opened",
                      "it is damaged, sealed for another key, or not by efface");
  }
  const std::string uid = file.facts().sop_instance_uid.reveal();
  if (checked->checksum != checksum(uid, checked->originals)) {
    throw base::Error(base::Fault::bad_input,
                      "the envelope is damaged, or its file's SOP Instance UID was changed",
                      "gdcmanon -d opens envelopes without this check");
  }
  std::string originals(checked->originals);
  crypto_openssl::wipe(content);
  return originals;
}

}  // namespace efface::batch
