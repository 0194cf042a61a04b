// The inputs of one DICOM study and what has become of each: facts and classification, the name of
// its output, its record; open until it has an outcome. Decides nothing about faces and writes no
// output.
#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "audit/record.h"
#include "batch/context.h"
#include "batch/index.h"
#include "dicom/facts.h"
#include "dicom_dcmtk/reader.h"
#include "study/classify.h"
#include "text/subject_values.h"

namespace efface::batch {

/// Inputs are named by their index in StudyFiles::files. Members that change one input may be
/// called from several threads for distinct inputs.
class StudyInputs {
 public:
  StudyInputs(const StudyFiles& study, const Context& context);

  /// Reads and classifies every file; closes what is withheld by its kind or cannot be read. Throws
  /// Error{cancelled}, and what record_failure() rethrows.
  void read();
  /// Whose study it is: the patient that its files name. Files that name none belong to it, too;
  /// where files name different ones, none is written.
  void find_patient();
  /// PATIENT/STUDY/SERIES/INSTANCE.dcm, or the input's own path. Of files with the same SOP
  /// instance UID or output name one is written: that with the lowest digest.
  void name_outputs();

  /// As deid::subject_of().
  const std::string& patient() const { return patient_; }

  std::size_t size() const { return files_.size(); }
  const std::vector<IndexedFile>& files() const { return files_; }
  const std::vector<dicom::InstanceFacts>& facts() const { return facts_; }
  const study::Classification& classification(std::size_t i) const { return classes_[i]; }
  const std::string& output(std::size_t i) const { return outputs_[i]; }
  bool is_open(std::size_t i) const { return is_open_[i] != 0; }
  /// Ascending.
  std::vector<std::size_t> open() const;
  /// Those of them that are shown to the model.
  std::vector<std::size_t> open_volumes() const;

  /// What all files say of the patient; gathered only for profiles that clean free text.
  const text::SubjectValues& subject() const { return subject_; }

  /// The file as read() parsed it, where it is so small that it was kept; else null. Once.
  std::unique_ptr<dicom_dcmtk::DicomFile> take_file(std::size_t i) { return std::move(kept_[i]); }

  audit::StudyRecord& record() { return record_; }
  audit::InputRecord& record(std::size_t i) { return record_.inputs[i]; }

  /// Withheld for a reason, unless it has an outcome already.
  void withhold(std::size_t i, const std::string& reason, const std::string& detail);
  /// Only while handling an exception: record_failure() says what it means.
  void fail(std::size_t i);
  /// Its record is complete.
  void finish(std::size_t i) { is_open_[i] = 0; }
  /// Takes back an output that was staged, if it was, and withholds the input.
  void take_back(std::size_t i, const std::filesystem::path& staging, const std::string& reason,
                 const std::string& detail);

 private:
  void withhold_possible_text(std::size_t i);
  void digest(std::size_t i);
  void keep(std::size_t i, std::unique_ptr<dicom_dcmtk::DicomFile> file);
  void keep_one(std::vector<std::size_t> members, bool are_copies_withheld);
  std::string token(const char* domain, const std::string& value) const;
  std::string keyed_name(std::size_t i, const std::string& patient) const;

  const std::vector<IndexedFile>& files_;
  const Context& context_;
  audit::StudyRecord record_;
  std::vector<dicom::InstanceFacts> facts_;
  std::vector<std::unique_ptr<dicom_dcmtk::DicomFile>> kept_;
  std::atomic<std::size_t> kept_count_ = 0;
  text::SubjectValues subject_;
  std::string patient_;
  std::vector<study::Classification> classes_;
  std::vector<std::string> outputs_;
  std::vector<char> is_open_;  ///< char, not bool: written from several threads
};

}  // namespace efface::batch
