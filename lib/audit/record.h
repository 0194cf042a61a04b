// What the manifest says about a run, as plain values: written to the journal study by study,
// gathered into manifest.json at the end. Nothing here may hold a value read from a patient; paths
// of inputs only when the user asked for them. No JSON here: see manifest.schema.json for how it
// reads.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dicom/edit.h"
#include "face/decide.h"

namespace efface::audit {

enum class Outcome : std::uint8_t {
  written,   ///< a clean output exists
  withheld,  ///< deliberately not written; the reason says why
  failed     ///< an error stopped it; not written
};
const char* to_string(Outcome outcome);

/// Counts of actions for one attribute pattern.
using ActionCounts = std::array<std::uint64_t, dicom::action_count>;

/// One volume that the model looked at, or that shared a mask.
struct VolumeRecord {
  std::string token;                    ///< keyed, unique in the manifest
  std::string kind;                     ///< "dicom stack", or the format of the file, e.g. "nifti1"
  std::array<std::uint64_t, 3> size{};  ///< i, j, k
  std::array<double, 3> spacing_mm{};
  std::uint64_t time_points = 1;
  face::Verdict verdict = face::Verdict::uncertain;
  std::string reason;
  double score = 0;                 ///< see face::FaceDecision
  std::optional<double> agreement;  ///< of the model's two networks on the face, see face::Sight
  std::array<std::uint64_t, face::feature_count> voxels_removed{};
  std::uint64_t voxels_changed = 0;
  std::uint64_t brain_overlap_voxels = 0;  ///< in a face region, kept because they are brain
  std::uint64_t regions_united = 0;  ///< volumes of the frame of reference whose region was used
  std::string
      untouched_sha256_before;  ///< over voxels outside the mask, hex; empty when none changed
  std::string untouched_sha256_after;
};

/// What became of text that may be burned into the pixels of an image. Places, never the text.
struct BurnedInRecord {
  struct Box {
    std::array<std::uint32_t, 4> place{};  ///< x, y, width, height in pixels, from the top left
    std::string by;                        ///< "rule", "reader" or "shape"
    std::uint64_t frames = 0;              ///< that it was blanked in
    friend bool operator==(const Box&, const Box&) = default;
  };
  std::string decision;           ///< "" (not asked), "planned", "kept", "none_found", "blanked"
  std::uint64_t frames_read = 0;  ///< those that differ from the one before
  std::vector<Box> boxes;
  friend bool operator==(const BurnedInRecord&, const BurnedInRecord&) = default;
};

struct InputRecord {
  std::string token;                ///< keyed hash of the path below its input root
  std::optional<std::string> path;  ///< only with --record-paths
  std::string kind;  ///< "dicom", "nifti1", …, "symbolic link", "special file", "other"
  std::uint64_t bytes = 0;
  std::string sha256;  ///< of the input, hex; empty when it could not be read
  Outcome outcome = Outcome::failed;
  std::string reason;         ///< stable code, e.g. "burned-in-text-possible"; empty when written
  std::string detail;         ///< one sentence without patient data
  std::string study, series;  ///< tokens, empty when unknown
  std::string volume;         ///< token of its VolumeRecord, or empty
  std::string output;         ///< relative path below the output directory, or empty
  std::uint64_t output_bytes = 0;
  std::string output_sha256;
  /// A shard's table of many subjects: what lies there, and has this size and digest, is no output
  /// yet; the merge makes it one.
  bool awaits_merge = false;
  std::string pixels;  ///< "", "copied", "changed, kept native", "changed, re-encoded …"
  std::string transfer_syntax_uid;  ///< of the output
  BurnedInRecord burned_in;
  /// "(0010,0010)" -> counts, all depths together; all private attributes as "private"; a header
  /// field of another format by its name. Said of what was written: the manifest shows none for the
  /// rest.
  std::map<std::string, ActionCounts> actions;
  std::map<std::string, std::uint64_t> safe_harbor;  ///< class -> values removed or replaced
  std::map<std::string, std::uint64_t> text;  ///< kind -> places taken out of free text that stays
};

/// All that one study contributes: one journal line.
struct StudyRecord {
  std::string token;
  std::vector<InputRecord> inputs;
  std::vector<VolumeRecord> volumes;
};

/// Which part of a run a manifest is of, and what shows that all parts saw the same inputs.
struct ShardRecord {
  std::uint64_t index = 1, count = 1;  ///< index from 1
  std::uint64_t inputs = 0;            ///< of all shards
  std::string inputs_sha256;           ///< over tokens and sizes of all inputs, hex
};

/// The head of the manifest.
struct RunHeader {
  std::string tool_version;
  std::map<std::string, std::string> libraries;  ///< name -> version
  std::string table_edition, table_sha256;
  std::vector<std::string> profile;               ///< CID 7050 code values in force
  std::string profile_file, profile_file_sha256;  ///< rows changed by the user; empty without
  std::string model_name, model_version, model_sha256;
  std::string face_network_sha256;    ///< of the second network; empty when there is none
  std::string device, device_reason;  ///< empty when no volume needed the model
  std::string key_fingerprint;        ///< 16 hex of HMAC(key, "fingerprint")
  bool key_is_random = false;
  std::map<std::string, std::string> options;  ///< every option, resolved; no paths of inputs
  std::optional<ShardRecord> shard;            ///< absent for a whole run
};

/// Options that say how a run went about its work and change no output: they may differ between
/// runs that are otherwise the same.
inline constexpr std::array pace_options{"jobs",    "batch",  "progress", "quiet",
                                         "verbose", "device", "qc"};

}  // namespace efface::audit
