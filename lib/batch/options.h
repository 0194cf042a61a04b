// Everything a run needs, resolved and validated by the caller: library code sees neither the
// command line nor the environment.
#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit/record.h"
#include "base/digest.h"
#include "batch/shard.h"
#include "burned_in/device_rules.h"
#include "crypto_openssl/envelope.h"
#include "crypto_openssl/signature.h"
#include "deid/profile.h"
#include "face/decide.h"
#include "face/fill.h"
#include "text/entity.h"

namespace efface::batch {

enum class Names : std::uint8_t {
  keyed,  ///< patient/study/series/instance as keyed tokens
  keep    ///< the input's relative paths
};

/// What to do with images whose pixels may hold text.
enum class Pixels : std::uint8_t {
  keep,     ///< leave them as they are, and claim nothing
  clean,    ///< read every frame and blank text; withhold what cannot be read or written again
  withhold  ///< write none of them, unless (0028,0301) says NO
};

struct RunOptions {
  std::vector<std::filesystem::path> inputs;
  std::filesystem::path output;
  std::filesystem::path qc;    ///< folder for pictures of what is released; empty = none
  std::filesystem::path maps;  ///< folder for old and new identifiers; empty = none
  /// Who may open the originals that every DICOM output then carries; null = none does.
  std::shared_ptr<const crypto_openssl::Recipient> recipient;
  deid::Profile profile;
  text::Actions text_actions;  ///< what is done to what is found in free text
  std::vector<face::Feature> features{face::all_features.begin(), face::all_features.end()};
  face::Extent extent = face::Extent::features;
  face::Fill fill = face::Fill::noise;
  Names names = Names::keyed;
  Pixels pixels = Pixels::clean;
  std::vector<burned_in::DeviceRule> device_rules;
  bool follow_links = false;
  bool relabel = false;       ///< other subject labels (BIDS) in kept names and in tables
  bool record_paths = false;  ///< input paths in the manifest
  bool dry_run = false;
  std::size_t jobs = 1;
  std::optional<Shard> shard;  ///< the part of the run that this is; absent = all of it
  std::shared_ptr<const crypto_openssl::SigningKey> signing_key;  ///< of the manifest, or null
  base::Digest key;
  bool key_is_random = false;
  audit::RunHeader header;  ///< tool, libraries, model and options; the run fills in the rest
  const std::atomic<bool>* cancelled = nullptr;  ///< set by a signal handler
};

}  // namespace efface::batch
