// One DICOM instance: attributes planned, written to staging, read back, checked. Shared by images
// whose voxels changed and by everything else.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "audit/record.h"
#include "batch/context.h"
#include "batch/index.h"
#include "deid/free_text.h"
#include "deid/replaced_identifiers.h"
#include "dicom/facts.h"
#include "dicom_dcmtk/reader.h"
#include "dicom_dcmtk/rewriter.h"
#include "study/classify.h"

namespace efface::batch {

struct InstanceJob {
  const IndexedFile* file = nullptr;
  const dicom::InstanceFacts* facts = nullptr;
  std::unique_ptr<dicom_dcmtk::DicomFile> opened;  ///< that file, where it is open already
  std::filesystem::path staging;                   ///< of the study; the output's folder exists
  std::string patient;                             ///< deid::subject_of() of the study
  std::string output;                              ///< relative path of the output
  const deid::FreeText* free_text = nullptr;       ///< of the study, where the profile wants one
  bool face_checked = false;  ///< the model saw it: 113102 and (0028,0302) NO hold
  study::BurnedIn text = study::BurnedIn::unlikely;  ///< whether the pixels may hold text
  std::optional<dicom_dcmtk::NewPixels> pixels;      ///< when voxels changed
  deid::ReplacedIdentifiers* identifiers = nullptr;  ///< filled where maps are asked for
};

/// Fills outcome, output, digests and counts of `record`. A residue deletes the staged file and
/// withholds, and so does burned-in text that cannot be looked for. Bad input becomes
/// Outcome::failed; errors of the disk and cancellation are thrown.
void process_instance(InstanceJob& job, const Context& context, audit::InputRecord& record);

/// A record with what is known before anything is decided.
audit::InputRecord new_record(const IndexedFile& file, const std::string& study,
                              const Context& context);

/// Error messages quote paths, and paths carry names: everything from the first quotation mark to
/// the last (a path may hold some too) stays out of the manifest.
std::string without_quotes(const std::string& message);

void withhold(audit::InputRecord& record, const std::string& reason, const std::string& detail);
/// For an input whose output's name is not its own, see taken_names.h.
void withhold_taken_name(audit::InputRecord& record);

/// Turns an exception into the record's outcome, or rethrows what concerns the whole run (a full
/// disk, a failed write, cancellation, a device that was asked for).
void record_failure(audit::InputRecord& record);

}  // namespace efface::batch
