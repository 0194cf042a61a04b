// Records with every kind of content, and a folder in memory for tests that sync often.
#pragma once

#include <string>

#include "audit/record.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace efface::audit {

/// 64 hexadecimal digits.
inline std::string some_sha256(int seed) {
  std::string text;
  for (int i = 0; i < 64; ++i) text += "0123456789abcdef"[(i * 7 + seed * 5 + i * seed) & 15];
  return text;
}

inline VolumeRecord sample_volume(const std::string& token, face::Verdict verdict) {
  VolumeRecord volume;
  volume.token = token;
  volume.kind = "dicom stack";
  volume.size = {256, 240, 176};
  volume.spacing_mm = {1, 1.0 / 3, 0.1 + 0.2};
  volume.time_points = 2;
  volume.verdict = verdict;
  volume.score = 0.987654321;
  if (verdict == face::Verdict::removed) volume.agreement = 0.1 + 0.7;
  volume.regions_united = 1;
  if (verdict == face::Verdict::removed) {
    volume.voxels_removed = {10, 20, 30, 40};
    volume.voxels_changed = 200;
    volume.brain_overlap_voxels = 5;
    volume.untouched_sha256_before = volume.untouched_sha256_after = some_sha256(9);
  } else {
    volume.reason = "eyes found behind the brain";
  }
  return volume;
}

inline InputRecord written_input(const std::string& token) {
  InputRecord input;
  input.token = token;
  input.kind = "dicom";
  input.bytes = 230000;
  input.sha256 = some_sha256(1);
  input.outcome = Outcome::written;
  input.series = "series1";
  input.output = "P1/S1/" + token + ".dcm";
  input.output_bytes = 229000;
  input.output_sha256 = some_sha256(2);
  input.pixels = "copied";
  input.transfer_syntax_uid = "1.2.840.10008.1.2.1";
  input.actions["(0010,0010)"][static_cast<std::size_t>(dicom::Action::pseudonym)] = 1;
  input.actions["(0008,0018)"][static_cast<std::size_t>(dicom::Action::replace_uid)] = 3;
  input.actions["private"][static_cast<std::size_t>(dicom::Action::remove)] = 12;
  input.safe_harbor = {{"names", 1}, {"other", 15}};
  return input;
}

inline InputRecord stopped_input(const std::string& token, Outcome outcome,
                                 const std::string& reason) {
  InputRecord input;
  input.token = token;
  input.kind = "other";
  input.bytes = 17;
  input.outcome = outcome;
  input.reason = reason;
  input.detail = "a sentence with \"quotes\" and a \\";
  return input;
}

/// Written, withheld and failed inputs, volumes of every verdict, a path.
inline StudyRecord sample_study(const std::string& token) {
  StudyRecord study;
  study.token = token;
  InputRecord first = written_input("b2");
  first.volume = "v1";
  first.path = "in/scan of an \xc3\xa4pple.dcm";
  study.inputs = {first, stopped_input("a1", Outcome::withheld, "unknown-format"),
                  written_input("c3"), stopped_input("d4", Outcome::failed, "bad-input")};
  study.inputs[2].burned_in = {"blanked", 7, {{{0, 1, 320, 40}, "rule", 9}, {{}, "reader", 1}}};
  study.volumes = {
      sample_volume("v4", face::Verdict::uncertain), sample_volume("v1", face::Verdict::removed),
      sample_volume("v2", face::Verdict::no_head), sample_volume("v3", face::Verdict::no_face)};
  return study;
}

inline RunHeader sample_header() {
  RunHeader header;
  header.tool_version = "0.1.0";
  header.libraries = {{"DCMTK", "3.6.7"}, {"OpenSSL", "3.0.17"}};
  header.table_edition = "2026d";
  header.table_sha256 = some_sha256(3);
  header.profile = {"113100", "113101"};
  header.model_name = "heads";
  header.model_version = "1";
  header.model_sha256 = some_sha256(4);
  header.device = "cpu";
  header.device_reason = "no CUDA driver";
  header.key_fingerprint = some_sha256(5).substr(0, 16);
  header.options = {{"fill", "noise"}, {"names", "keyed"}};
  return header;
}

using support::content_of;
using support::error_of;
using support::put;

class Folder : public support::Folder {
 public:
  Folder() : support::Folder(support::memory_or_disk()) {}
};

}  // namespace efface::audit
