#include "batch/shard.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <numeric>

#include "batch/bids.h"
#include "batch/index.h"
#include "crypto_openssl/crypto.h"

namespace efface::batch {

namespace fs = std::filesystem;

namespace {

bool is_alphanumeric(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// Letters, digits and what is not ASCII, in upper case.
std::string one_spelling(std::string_view patient_id) {
  std::string plain;
  for (const char c : patient_id) {
    if (static_cast<unsigned char>(c) >= 0x80) plain += c;
    if (static_cast<unsigned char>(c) < 0x80 && is_alphanumeric(c)) {
      plain += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
  }
  return plain;
}

std::size_t root_of(std::vector<std::size_t>& parents, std::size_t i) {
  while (parents[i] != i) i = parents[i] = parents[parents[i]];
  return i;
}

/// The index of a study of the same patient for each study, equal for all of one patient.
std::vector<std::size_t> patients_of(const std::vector<StudyFiles>& studies) {
  std::vector<std::size_t> parents(studies.size());
  std::iota(parents.begin(), parents.end(), std::size_t{0});
  std::map<std::uint64_t, std::size_t> first_with;
  for (std::size_t i = 0; i < studies.size(); ++i) {
    for (const std::uint64_t subject : studies[i].subjects) {
      const std::size_t other = first_with.try_emplace(subject, i).first->second;
      parents[root_of(parents, i)] = root_of(parents, other);
    }
  }
  for (std::size_t i = 0; i < studies.size(); ++i) parents[i] = root_of(parents, i);
  return parents;
}

std::uint64_t shard_index(std::uint64_t patient, const Shard& shard) {
  return patient % shard.count + 1;
}

}  // namespace

std::string folder_of(const Shard& shard) {
  return "shard-" + std::to_string(shard.index) + "-of-" + std::to_string(shard.count);
}

std::vector<fs::path> shard_manifests_in(const fs::path& output) {
  std::vector<fs::path> manifests;
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator(output / ".efface", none)) {
    const fs::path manifest = entry.path() / "manifest.json";
    if (entry.path().filename().string().starts_with("shard-") && fs::exists(manifest)) {
      manifests.push_back(manifest);
    }
  }
  std::sort(manifests.begin(), manifests.end());
  return manifests;
}

std::vector<std::uint64_t> subjects_of(std::string_view patient_id, std::string_view name,
                                       const deid::Pseudonyms& pseudonyms) {
  std::vector<std::uint64_t> subjects;
  const std::string patient = one_spelling(patient_id);
  if (!patient.empty()) subjects.push_back(pseudonyms.seed("shard-patient", patient));
  const std::string_view label = bids_label(name);
  if (!label.empty()) subjects.push_back(pseudonyms.seed("shard-subject", std::string(label)));
  return subjects;
}

void keep_shard(std::vector<StudyFiles>& studies, const Shard& shard,
                const deid::Pseudonyms& pseudonyms) {
  const std::vector<std::size_t> patients = patients_of(studies);
  std::map<std::size_t, std::uint64_t> smallest;  // of a patient's subjects, or the study itself
  for (std::size_t i = 0; i < studies.size(); ++i) {
    std::vector<std::uint64_t> subjects = studies[i].subjects;
    if (subjects.empty()) subjects.push_back(pseudonyms.seed("shard-study", studies[i].token));
    for (const std::uint64_t subject : subjects) {
      const auto [place, is_new] = smallest.try_emplace(patients[i], subject);
      if (!is_new) place->second = std::min(place->second, subject);
    }
  }
  std::vector<StudyFiles> kept;
  for (std::size_t i = 0; i < studies.size(); ++i) {
    if (shard_index(smallest.at(patients[i]), shard) == shard.index) {
      kept.push_back(std::move(studies[i]));
    }
  }
  studies = std::move(kept);
}

audit::ShardRecord shard_record(const std::vector<StudyFiles>& studies, const Shard& shard) {
  audit::ShardRecord record{shard.index, shard.count, 0, {}};
  crypto_openssl::Sha256 sha;
  for (const StudyFiles& study : studies) {
    std::string text = study.token + "\n";
    for (const IndexedFile& file : study.files) {
      text += file.token + " " + std::to_string(file.bytes) + "\n";
    }
    sha.update(std::as_bytes(std::span(text)));
    record.inputs += study.files.size();
  }
  record.inputs_sha256 = base::to_hex(sha.finish());
  return record;
}

}  // namespace efface::batch
