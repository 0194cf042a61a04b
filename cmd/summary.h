// --summary FILE: what a run came to, for whoever watches many of them: in Prometheus' text format
// for node_exporter's textfile collector, or as JSON. Counts, seconds and codes; no tokens, no
// paths and nothing of a patient. It is no record of what was done: that is the manifest.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "audit/totals.h"
#include "batch/observer.h"
#include "batch/shard.h"

namespace efface::cmd {

struct NetworkWork;

/// The file of one shard: "run.prom" becomes "run.shard-3-of-8.prom", so that tasks can be given
/// one name.
std::filesystem::path summary_path(const std::filesystem::path& named,
                                   const std::optional<batch::Shard>& shard);

/// Counts what another observer sees, too.
class Summary : public batch::Observer {
 public:
  explicit Summary(batch::Observer& next) : next_(next) {}

  void files_found(std::uint64_t count) override;
  void studies_found(std::uint64_t count) override;
  void file_done(const audit::InputRecord& input) override;
  void study_done(const audit::StudyRecord& study, bool was_done_before) override;
  void study_planned(const audit::StudyRecord& study) override;
  void message(const std::string& text) override;

  /// Replaces `path` at once by a whole file; Prometheus' format when it ends in ".prom". Throws
  /// base::Error{io | no_space}.
  void write(const std::filesystem::path& path, const std::optional<batch::Shard>& shard,
             int exit_code, const NetworkWork& work) const;

 private:
  batch::Observer& next_;
  audit::Totals totals_;
  std::uint64_t files_found_ = 0, studies_found_ = 0, studies_done_before_ = 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace efface::cmd
