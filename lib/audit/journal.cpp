#include "audit/journal.h"

#include <mutex>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "audit/journal_file.h"
#include "audit/json_text.h"
#include "audit/study_text.h"
#include "base/error.h"

namespace efface::audit {

namespace {

using base::Error;
using base::Fault;
using Json = nlohmann::json;

constexpr unsigned journal_version = 1;
constexpr std::string_view study_key = ",\"study\":";

/// JSON members without braces.
std::string begin_members(const std::string& run_digest) {
  std::string text;
  JsonText json(text);
  json.member("event", "begin").member("journal_version", journal_version);
  json.member("run_digest", run_digest);
  return text;
}

std::string event_members(const char* event, const std::string& study_token) {
  std::string text;
  JsonText json(text);
  json.member("event", event).member("token", study_token);
  return text;
}

/// All members but a study's record. The separator cannot stand inside a string: there its
/// quotation marks would be escaped.
std::string_view without_study(std::string_view members) {
  return members.substr(0, members.find(study_key));
}

StudyRecord study_in(std::string_view members) {
  const std::size_t start = members.find(study_key);
  if (start == std::string_view::npos) {
    throw Error(Fault::bad_input, "the journal holds a study without its record");
  }
  return decode_study(members.substr(start + study_key.size()));
}

/// What a line says, but for a study's record.
struct Event {
  std::string name, token, run_digest;
  unsigned version = 0;
};

Event parse_event(std::string_view members) {
  try {
    const Json json = Json::parse(std::string("{").append(without_study(members)).append("}"));
    return {json.at("event"), json.value("token", ""), json.value("run_digest", ""),
            json.value("journal_version", 0U)};
  } catch (const Json::exception&) {
    throw Error(Fault::bad_input, "the journal holds a line that efface does not write");
  }
}

void check_begin(const Event& event, const std::string& run_digest) {
  const char* const hint = "write to a new output directory, or run it as it was begun";
  if (event.name != "begin" || event.version != journal_version) {
    throw Error(Fault::usage, "the output directory was begun by another version of efface", hint);
  }
  if (event.run_digest != run_digest) {
    throw Error(Fault::usage,
                "the output directory was begun with another key, model, profile or options", hint);
  }
}

}  // namespace

struct Journal::State {
  explicit State(const std::filesystem::path& path) : file(path) {}

  void load(const std::string& run_digest) {
    bool has_begun = false;
    file.read_all([&](const LinePlace& place, std::string_view members) {
      const Event event = parse_event(members);
      if (place.number == 0) {
        check_begin(event, run_digest);
        has_begun = true;
      } else {
        take(event, place);
      }
    });
    if (!has_begun) file.append(begin_members(run_digest));
    for (const auto& [token, place] : prepared) {
      earlier.prepared.emplace(token, study_in(file.read(place)));
    }
    for (const auto& [token, place] : committed) earlier.committed.insert(token);
  }

  void take(const Event& event, const LinePlace& place) {
    if (event.name == "prepared") {
      prepared[event.token] = place;
    } else if (event.name != "committed" || !settle(event.token)) {
      throw Error(Fault::bad_input, "the journal holds a line that efface does not write");
    }
  }

  /// A prepared study becomes a committed one. False when it never was prepared.
  bool settle(const std::string& token) {
    const auto found = prepared.find(token);
    if (found == prepared.end()) return false;
    committed[token] = found->second;
    prepared.erase(found);
    return true;
  }

  JournalFile file;
  JournalState earlier;
  std::mutex mutex;  ///< of all below and of appending
  std::map<std::string, LinePlace> prepared, committed;
};

Journal::Journal(const std::filesystem::path& path, const std::string& run_digest)
    : state_(std::make_unique<State>(path)) {
  state_->load(run_digest);
}

Journal::~Journal() = default;

const JournalState& Journal::earlier() const {
  return state_->earlier;
}

void Journal::prepared(const StudyRecord& study) {
  const std::string members =
      event_members("prepared", study.token).append(study_key).append(encode_study(study));
  const std::lock_guard lock(state_->mutex);
  state_->prepared[study.token] = state_->file.append(members);
}

void Journal::committed(const std::string& study_token) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->prepared.contains(study_token)) {
    if (state_->committed.contains(study_token)) return;
    throw Error(Fault::internal, "a study was committed before it was prepared");
  }
  state_->file.append(event_members("committed", study_token));
  state_->settle(study_token);
}

std::vector<std::string> Journal::committed_tokens() const {
  std::vector<std::string> tokens;
  const std::lock_guard lock(state_->mutex);
  tokens.reserve(state_->committed.size());
  for (const auto& [token, place] : state_->committed) tokens.push_back(token);
  return tokens;
}

StudyRecord Journal::committed_record(const std::string& token) const {
  LinePlace place;
  {
    const std::lock_guard lock(state_->mutex);
    place = state_->committed.at(token);
  }
  return study_in(state_->file.read(place));
}

void Journal::for_each_committed(const std::function<void(const StudyRecord&)>& visit) const {
  std::vector<LinePlace> places;
  {
    const std::lock_guard lock(state_->mutex);
    for (const auto& [token, place] : state_->committed) places.push_back(place);
  }
  for (const LinePlace& place : places) visit(study_in(state_->file.read(place)));
}

}  // namespace efface::audit
