#include "cmd/summary.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "audit/new_file.h"
#include "cmd/resolve.h"

namespace efface::cmd {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

double seconds_since_epoch() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string in_words(const std::optional<batch::Shard>& shard) {
  return shard ? fmt::format("{}/{}", shard->index, shard->count) : "";
}

/// Text of metrics, all gauges: a file tells of one run.
class Metrics {
 public:
  explicit Metrics(std::string shard) : shard_(std::move(shard)) {}

  void head(const std::string& name, const char* help) {
    text_ += fmt::format("# HELP efface_{0} {1}\n# TYPE efface_{0} gauge\n", name, help);
  }
  /// Labels like outcome="written"; names and reasons of efface need no escapes.
  void value(const std::string& name, double number, std::string labels = {}) {
    if (!shard_.empty()) labels += (labels.empty() ? "" : ",") + ("shard=\"" + shard_ + "\"");
    if (!labels.empty()) labels = "{" + labels + "}";
    text_ += fmt::format("efface_{}{} {}\n", name, labels, number);
  }
  void single(const std::string& name, const char* help, double number) {
    head(name, help);
    value(name, number);
  }
  void family(const std::string& name, const char* help, const char* label, const Json& numbers) {
    head(name, help);
    for (const auto& [key, number] : numbers.items()) {
      value(name, number.get<double>(), fmt::format("{}=\"{}\"", label, key));
    }
  }
  const std::string& text() const { return text_; }

 private:
  std::string shard_, text_;
};

std::string as_metrics(const Json& summary) {
  const Json& totals = summary.at("totals");
  Metrics metrics(summary.at("shard").is_null() ? "" : summary.at("shard").get<std::string>());
  metrics.head("run_info", "Version of efface.");
  metrics.value("run_info", 1,
                fmt::format("version=\"{}\"", summary.at("version").get<std::string>()));
  metrics.single("run_exit_code", "Exit code: 0 all written, 3 something withheld or failed.",
                 summary.at("exit_code"));
  metrics.single("run_end_time_seconds", "When the run ended, since 1970.",
                 summary.at("ended_unix_seconds"));
  metrics.single("run_duration_seconds", "How long the run took.", summary.at("seconds"));
  metrics.single("run_network_seconds", "How long of that the networks were at work.",
                 summary.at("network_seconds"));
  metrics.single("run_network_volumes", "Volumes shown to a network, each time counted.",
                 summary.at("network_volumes"));
  metrics.single("run_network_batches", "In how many batches.", summary.at("network_batches"));
  metrics.single("files_found", "Files among the inputs, of all shards.",
                 summary.at("files_found"));
  metrics.single("studies_found", "Studies to do.", summary.at("studies_found"));
  metrics.single("studies_resumed", "Studies that an earlier run had done.",
                 summary.at("studies_resumed"));
  metrics.single("studies", "Studies done.", totals.at("studies"));
  Json files;
  for (const char* outcome : {"written", "withheld", "failed"}) {
    files[outcome] = totals.at(outcome);
  }
  metrics.family("files", "Files done, by outcome.", "outcome", files);
  metrics.family("files_withheld", "Files withheld, by reason.", "reason",
                 totals.at("withheld_reasons"));
  metrics.family("files_failed", "Files failed, by reason.", "reason", totals.at("failed_reasons"));
  metrics.single("input_bytes", "Bytes read.", totals.at("input_bytes"));
  metrics.single("output_bytes", "Bytes written.", totals.at("output_bytes"));
  metrics.family("volumes", "Volumes looked at, by verdict.", "verdict", totals.at("verdicts"));
  return metrics.text();
}

}  // namespace

fs::path summary_path(const fs::path& named, const std::optional<batch::Shard>& shard) {
  if (!shard) return named;
  fs::path path = named;
  path.replace_extension();
  path += "." + batch::folder_of(*shard);
  return path += named.extension();
}

void Summary::files_found(std::uint64_t count) {
  files_found_ = count;
  next_.files_found(count);
}

void Summary::studies_found(std::uint64_t count) {
  studies_found_ = count;
  next_.studies_found(count);
}

void Summary::file_done(const audit::InputRecord& input) {
  next_.file_done(input);
}

void Summary::study_done(const audit::StudyRecord& study, bool was_done_before) {
  totals_.add(study);
  if (was_done_before) ++studies_done_before_;
  next_.study_done(study, was_done_before);
}

void Summary::study_planned(const audit::StudyRecord& study) {
  totals_.add(study);
  next_.study_planned(study);
}

void Summary::message(const std::string& text) {
  next_.message(text);
}

void Summary::write(const fs::path& path, const std::optional<batch::Shard>& shard, int exit_code,
                    const NetworkWork& work) const {
  const auto duration = std::chrono::steady_clock::now() - begin_;
  const Json summary{{"tool", "efface"},
                     {"version", EFFACE_VERSION},
                     {"shard", shard ? Json(in_words(shard)) : Json()},
                     {"exit_code", exit_code},
                     {"ended_unix_seconds", seconds_since_epoch()},
                     {"seconds", std::chrono::duration<double>(duration).count()},
                     {"network_seconds", work.seconds},
                     {"network_volumes", work.batches.volumes},
                     {"network_batches", work.batches.batches},
                     {"files_found", files_found_},
                     {"studies_found", studies_found_},
                     {"studies_resumed", studies_done_before_},
                     {"totals", Json::parse(totals_.text())}};
  audit::NewFile file(path);
  file.write(path.extension() == ".prom" ? as_metrics(summary) : summary.dump(1) + "\n");
  file.put_in_place();
}

}  // namespace efface::cmd
