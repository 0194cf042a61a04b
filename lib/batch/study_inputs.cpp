#include "batch/study_inputs.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <string_view>

#include "base/error.h"
#include "batch/instance.h"
#include "batch/staging.h"
#include "batch/taken_names.h"
#include "descriptors/subject.h"

namespace efface::batch {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t token_length = 16;  // hex characters in names: 64 bits

}  // namespace

StudyInputs::StudyInputs(const StudyFiles& study, const Context& context)
    : files_(study.files),
      context_(context),
      facts_(files_.size()),
      kept_(files_.size()),
      classes_(files_.size()),
      outputs_(files_.size()),
      is_open_(files_.size(), 1) {
  record_.token = study.token;
  for (const IndexedFile& file : files_) {
    record_.inputs.push_back(new_record(file, study.token, context));
  }
}

void StudyInputs::read() {
  const bool cleans_text = deid::cleans_free_text(context_.options.profile);
  std::mutex subject;
  context_.pool.parallel_for(size(), [&](std::size_t i) {
    context_.check_cancelled();
    try {
      if (!files_[i].problem.empty()) {
        throw base::Error(base::Fault::bad_input, files_[i].problem);
      }
      auto opened = std::make_unique<dicom_dcmtk::DicomFile>(files_[i].path);
      const dicom_dcmtk::DicomFile& file = *opened;
      facts_[i] = file.facts();
      if (cleans_text) {
        text::SubjectValues own;
        descriptors::gather_subject(file.attributes(), own);
        const std::lock_guard lock(subject);
        subject_.merge(own);
      }
      classes_[i] = study::classify(facts_[i]);
      const std::string& series = facts_[i].series_uid.reveal();
      if (!series.empty()) {
        record(i).series = context_.pseudonyms.path_token("series", series);
      }
      keep(i, std::move(opened));
    } catch (...) {
      fail(i);
    }
  });
  for (std::size_t i = 0; i < size(); ++i) {
    const study::Classification& c = classes_[i];
    if (c.treatment == study::Treatment::withhold) withhold(i, c.reason, c.detail);
    if (context_.options.pixels == Pixels::withhold) withhold_possible_text(i);
  }
}

/// Opening and parsing small files takes longer than what is done with them in between.
void StudyInputs::keep(std::size_t i, std::unique_ptr<dicom_dcmtk::DicomFile> file) {
  constexpr std::size_t most_kept = 128, most_bytes = std::size_t{1} << 16;
  if (context_.options.dry_run || classes_[i].treatment == study::Treatment::withhold) return;
  if (files_[i].bytes > most_bytes || file->is_unfolded()) return;
  if (kept_count_.fetch_add(1) < most_kept) kept_[i] = std::move(file);
}

void StudyInputs::withhold_possible_text(std::size_t i) {
  if (classes_[i].text == study::BurnedIn::stated) {
    withhold(i, "burned-in-text", "(0028,0301) says that the pixels hold text");
  } else if (classes_[i].text == study::BurnedIn::possible) {
    withhold(i, "burned-in-text-possible",
             "this kind of image often holds text in its pixels, and (0028,0301) does not say NO");
  }
}

void StudyInputs::find_patient() {
  std::set<std::string> patients;
  for (const std::size_t i : open()) {
    if (deid::names_a_patient(facts_[i])) patients.insert(deid::subject_of(facts_[i]));
  }
  if (patients.size() > 1) {
    for (const std::size_t i : open()) {
      withhold(i, "two-patients", "files of one study UID have different patient IDs");
    }
  }
  if (!patients.empty()) {
    patient_ = *patients.begin();
  } else if (size() > 0) {
    patient_ = deid::subject_of(facts_.front());
  }
}

void StudyInputs::name_outputs() {
  const std::string patient = token("patient", patient_);
  const bool is_kept = context_.options.names == Names::keep;
  std::map<std::string, std::vector<std::size_t>> by_uid, by_name;
  for (const std::size_t i : open()) {
    const std::string& uid = facts_[i].sop_instance_uid.reveal();
    if (uid.empty()) {
      withhold(i, "no-instance-uid", "(0008,0018) is missing or empty");
      continue;
    }
    if (files_[i].is_name_taken) {
      withhold_taken_name(record(i));
      digest(i);
      finish(i);
      continue;
    }
    outputs_[i] = is_kept ? kept_name(context_.output_name(files_[i].name()), ContentKind::dicom)
                          : keyed_name(i, patient);
    by_uid[uid].push_back(i);
    by_name[outputs_[i]].push_back(i);
  }
  for (const auto& [name, members] : by_name) keep_one(members, true);
  for (const auto& [uid, members] : by_uid) keep_one(members, !is_kept);
}

/// Of files that claim to be one instance, the one with the lowest digest: the choice depends on
/// nothing but their content.
void StudyInputs::keep_one(std::vector<std::size_t> members, bool are_copies_withheld) {
  std::erase_if(members, [&](std::size_t i) { return !is_open(i); });
  if (members.size() < 2) return;
  for (const std::size_t i : members) digest(i);
  const std::size_t kept = *std::min_element(
      members.begin(), members.end(),
      [&](std::size_t a, std::size_t b) { return record(a).sha256 < record(b).sha256; });
  for (const std::size_t i : members) {
    if (i == kept) continue;
    const bool is_copy = !record(i).sha256.empty() && record(i).sha256 == record(kept).sha256;
    if (!is_copy) {
      withhold(
          i, "duplicate-instance",
          "another file of the study has the same SOP instance UID or name, and other content");
    } else if (are_copies_withheld) {
      withhold(i, "identical-copy", "another input is this file, byte for byte");
    }
  }
}

std::string StudyInputs::token(const char* domain, const std::string& value) const {
  return context_.pseudonyms.path_token(domain, value).substr(0, token_length);
}

std::string StudyInputs::keyed_name(std::size_t i, const std::string& patient) const {
  return patient + "/" + record_.token.substr(0, token_length) + "/" +
         token("series", facts_[i].series_uid.reveal()) + "/" +
         token("instance", facts_[i].sop_instance_uid.reveal()) + ".dcm";
}

std::vector<std::size_t> StudyInputs::open() const {
  std::vector<std::size_t> inputs;
  for (std::size_t i = 0; i < size(); ++i) {
    if (is_open(i)) inputs.push_back(i);
  }
  return inputs;
}

std::vector<std::size_t> StudyInputs::open_volumes() const {
  std::vector<std::size_t> inputs = open();
  std::erase_if(inputs,
                [&](std::size_t i) { return classes_[i].treatment != study::Treatment::volume; });
  return inputs;
}

void StudyInputs::withhold(std::size_t i, const std::string& reason, const std::string& detail) {
  if (!is_open(i)) return;
  batch::withhold(record(i), reason, detail);
  digest(i);
  finish(i);
}

void StudyInputs::fail(std::size_t i) {
  record_failure(record(i));
  digest(i);
  finish(i);
}

void StudyInputs::take_back(std::size_t i, const fs::path& staging, const std::string& reason,
                            const std::string& detail) {
  audit::InputRecord& input = record(i);
  if (!input.output.empty()) fs::remove(staging / input.output);
  input.output.clear();
  input.output_sha256.clear();
  input.output_bytes = 0;
  input.actions.clear();
  input.safe_harbor.clear();
  input.text.clear();
  input.burned_in = {};
  is_open_[i] = 1;
  withhold(i, reason, detail);
}

void StudyInputs::digest(std::size_t i) {
  if (!record(i).sha256.empty()) return;
  try {
    record(i).sha256 = base::to_hex(digest_file(files_[i].path).sha256);
  } catch (const base::Error&) {
    record(i).sha256.clear();  // unreadable: the record's reason says so
  }
}

}  // namespace efface::batch
