#include "cmd/observers.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "audit/manifest.h"

namespace efface::cmd {

namespace {

using Clock = std::chrono::steady_clock;

/// Counts what happened; how it is shown is for the derived classes.
class CountingObserver : public batch::Observer {
 public:
  CountingObserver(bool quiet, bool verbose) : quiet_(quiet), verbose_(verbose) {}

  void files_found(std::uint64_t count) override { files_ = count; }
  void studies_found(std::uint64_t count) override {
    studies_ = count;
    work_begin_ = Clock::now();
    show("start");
  }
  void file_done(const audit::InputRecord& input) override {
    ++files_done_;
    if (input.outcome != audit::Outcome::written) {
      ++not_written_;
      if (verbose_) file_line(input);
    }
    show_sometimes();
  }
  void study_done(const audit::StudyRecord& study, bool was_done_before) override {
    ++studies_done_;
    if (was_done_before) {
      files_done_ += study.inputs.size();
      files_done_before_ += study.inputs.size();
      for (const audit::InputRecord& input : study.inputs) {
        if (input.outcome != audit::Outcome::written) ++not_written_;
      }
    }
    show(studies_done_ == studies_ ? "end" : "study");
  }
  void study_planned(const audit::StudyRecord& study) override {
    const std::string line = audit::to_json(study) + "\n";
    std::fwrite(line.data(), 1, line.size(), stdout);
    ++studies_done_;
  }
  void message(const std::string& text) override { fmt::print(stderr, "efface: {}\n", text); }

 protected:
  virtual void file_line(const audit::InputRecord& input) {
    fmt::print(stderr, "efface: study {}: input {} {}: {} ({})\n", input.study, input.token,
               audit::to_string(input.outcome), input.reason, input.detail);
  }
  virtual void show(const char* event) = 0;

  void show_sometimes() {
    const Clock::time_point now = Clock::now();
    if (now - last_shown_ < interval()) return;
    last_shown_ = now;
    show("progress");
  }
  virtual Clock::duration interval() const { return std::chrono::seconds(5); }

  /// Of this run, since its studies were known: 0 before.
  double rate() const {
    const double seconds = work_seconds();
    return seconds > 0 ? static_cast<double>(files_done_ - files_done_before_) / seconds : 0;
  }
  /// At the pace so far; nullopt while too little was done to tell one.
  std::optional<double> remaining_seconds() const {
    const auto left = static_cast<double>(files_ - std::min(files_, files_done_));
    if (left == 0) return 0;
    const std::uint64_t done = files_done_ - files_done_before_;
    if (done * share_for_pace < files_ - files_done_before_) return std::nullopt;
    return left * work_seconds() / static_cast<double>(done);
  }
  /// "12 s left", "0 s left"; empty while that cannot be told. `before` comes before it.
  std::string remaining(std::string_view before) const {
    const std::optional<double> seconds = remaining_seconds();
    return seconds ? fmt::format("{}{:.0f} s left", before, *seconds) : std::string();
  }

  bool quiet_, verbose_;
  std::uint64_t files_ = 0, files_done_ = 0, studies_ = 0, studies_done_ = 0, not_written_ = 0;
  std::uint64_t files_done_before_ = 0;
  std::optional<Clock::time_point> work_begin_;
  Clock::time_point last_shown_ = Clock::now();

 private:
  // A head's face is looked for before the first of its files is written: what was done counts as a
  // pace only from one in so many of this run's files on.
  static constexpr std::uint64_t share_for_pace = 20;

  double work_seconds() const {
    return work_begin_ ? std::chrono::duration<double>(Clock::now() - *work_begin_).count() : 0;
  }
};

class SilentObserver : public CountingObserver {
 public:
  using CountingObserver::CountingObserver;
  void message(const std::string& text) override {
    if (!quiet_) CountingObserver::message(text);
  }

 private:
  void show(const char*) override {}
};

class PlainObserver : public CountingObserver {
 public:
  using CountingObserver::CountingObserver;

 private:
  void show(const char* event) override {
    if (std::string_view(event) == "study") return;
    fmt::print(stderr,
               "efface: {} of {} files, {} of {} studies, {} not written, {:.0f} files/s{}\n",
               files_done_, files_, studies_done_, studies_, not_written_, rate(), remaining(", "));
  }
};

class StatusLineObserver : public CountingObserver {
 public:
  using CountingObserver::CountingObserver;
  ~StatusLineObserver() override {
    if (is_shown_) fmt::print(stderr, "\n");
  }
  void message(const std::string& text) override {
    clear();
    CountingObserver::message(text);
  }

 private:
  void file_line(const audit::InputRecord& input) override {
    clear();
    CountingObserver::file_line(input);
  }
  void clear() {
    if (is_shown_) fmt::print(stderr, "\r\033[K");
    is_shown_ = false;
  }
  void show(const char*) override {
    fmt::print(stderr, "\r\033[K{}/{} files  {}/{} studies  {} not written  {:.0f} files/s{}",
               files_done_, files_, studies_done_, studies_, not_written_, rate(), remaining("  "));
    std::fflush(stderr);
    is_shown_ = true;
  }
  Clock::duration interval() const override { return std::chrono::milliseconds(200); }
  bool is_shown_ = false;
};

class JsonObserver : public CountingObserver {
 public:
  using CountingObserver::CountingObserver;

 private:
  void file_line(const audit::InputRecord& input) override {
    fmt::print(stderr,
               "{{\"event\":\"file\",\"study\":\"{}\",\"input\":\"{}\",\"outcome\":\"{}\","
               "\"reason\":\"{}\"}}\n",
               input.study, input.token, audit::to_string(input.outcome), input.reason);
  }
  void show(const char* event) override {
    const std::optional<double> seconds = remaining_seconds();
    fmt::print(
        stderr,
        "{{\"event\":\"{}\",\"files\":{},\"files_done\":{},\"studies\":{},\"studies_done\":{},"
        "\"not_written\":{},\"files_per_second\":{:.1f},\"seconds_left\":{}}}\n",
        event, files_, files_done_, studies_, studies_done_, not_written_, rate(),
        seconds ? fmt::format("{:.0f}", *seconds) : "null");
  }
};

}  // namespace

std::unique_ptr<batch::Observer> make_observer(const RunArguments& a) {
  std::string how = a.quiet ? "none" : a.progress;
  if (how == "auto") how = ::isatty(STDERR_FILENO) != 0 ? "line" : "plain";
  if (how == "line") return std::make_unique<StatusLineObserver>(a.quiet, a.verbose);
  if (how == "plain") return std::make_unique<PlainObserver>(a.quiet, a.verbose);
  if (how == "json") return std::make_unique<JsonObserver>(a.quiet, a.verbose);
  return std::make_unique<SilentObserver>(a.quiet, a.verbose && !a.quiet);
}

}  // namespace efface::cmd
