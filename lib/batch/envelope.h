// The envelope of an instance (PS3.15 E.1.1): originals chosen, encoded, given a checksum, sealed;
// and the way back (E.1.2). The checksum binds them to the output's SOP Instance UID: damage shows,
// and an envelope that was moved to another file is not opened into it.
#pragma once

#include <string>

#include "crypto_openssl/envelope.h"
#include "deid/residue.h"
#include "dicom/dataset.h"
#include "dicom/edit.h"
#include "dicom_dcmtk/reader.h"

namespace efface::batch {

/// The originals that `plan` takes out of `file` (not yet edited), sealed: for EditPlan::envelope.
/// `scanner` has not been fed: an envelope in which by chance a removed value stands is sealed
/// anew.
std::string seal_originals(dicom_dcmtk::DicomFile& file, const dicom::DataSet& data_set,
                           const dicom::EditPlan& plan, const crypto_openssl::Recipient& recipient,
                           const deid::ResidueScanner& scanner);

/// The originals in a file's envelope, as dicom_dcmtk::write_restored() takes them. Throws
/// bad_input when there is none or it is damaged, crypto when the key does not open it.
std::string open_originals(dicom_dcmtk::DicomFile& file, const crypto_openssl::PrivateKey& key);

}  // namespace efface::batch
