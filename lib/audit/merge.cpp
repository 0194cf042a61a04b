#include "audit/merge.h"

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <queue>
#include <set>

#include "audit/json_text.h"
#include "audit/manifest_reader.h"
#include "audit/manifest_text.h"
#include "audit/new_file.h"
#include "audit/totals.h"
#include "base/error.h"
#include "base/file.h"

namespace efface::audit {

namespace {

namespace fs = std::filesystem;
using base::Error;
using base::Fault;
using Json = nlohmann::ordered_json;

struct ShardFile {
  explicit ShardFile(const fs::path& path)
      : name(path.string()),
        file(path),
        reader({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()}, name) {
    const std::string_view member = reader.member("shard");
    if (member.empty()) {
      throw Error(Fault::usage, "'" + name + "' is not the manifest of a shard",
                  "efface run --shard I/N makes them");
    }
    try {
      const Json json = Json::parse(member);
      shard = {json.at("index"), json.at("count"), json.at("inputs"), json.at("inputs_sha256")};
    } catch (const Json::exception&) {
      throw Error(Fault::bad_input, "'" + name + "' is damaged: its shard cannot be read");
    }
  }

  std::string name;
  base::MappedFile file;
  ManifestReader reader;
  ShardRecord shard;
  Totals totals;
};

using Shards = std::vector<std::unique_ptr<ShardFile>>;

void require_each_once(const Shards& shards) {
  const ShardRecord& first = shards.front()->shard;
  std::map<std::uint64_t, const ShardFile*> by_index;
  for (const auto& s : shards) {
    if (s->shard.count != first.count) {
      throw Error(Fault::usage,
                  "the shards are of different counts: " + std::to_string(first.count) + " and " +
                      std::to_string(s->shard.count));
    }
    if (!by_index.emplace(s->shard.index, s.get()).second) {
      throw Error(Fault::usage, "shard " + std::to_string(s->shard.index) + " is there twice");
    }
    if (s->shard.inputs != first.inputs || s->shard.inputs_sha256 != first.inputs_sha256) {
      throw Error(Fault::usage,
                  "the shards were made over different inputs: '" + shards.front()->name +
                      "' and '" + s->name + "'",
                  "files came, went or changed between the tasks; run all shards again, into a new "
                  "output directory");
    }
  }
  std::string missing;
  for (std::uint64_t i = 1; i <= first.count; ++i) {
    if (!by_index.contains(i)) missing += (missing.empty() ? "" : ", ") + std::to_string(i);
  }
  if (!missing.empty()) {
    throw Error(Fault::usage, "missing of " + std::to_string(first.count) + " shards: " + missing,
                "run them, then merge again");
  }
}

bool is_pace(const std::string& option) {
  return std::find(pace_options.begin(), pace_options.end(), option) != pace_options.end();
}

[[noreturn]] void throw_disagreement(const std::string& what) {
  throw Error(Fault::usage, "the shards disagree in " + what,
              "all shards of a run need the same version, key, model, profile and options");
}

/// The options of all shards; those of pace that differ are "various".
std::string merged_options(const Shards& shards) {
  Json merged = Json::parse(shards.front()->reader.member("options"));
  for (const auto& s : shards) {
    const Json options = Json::parse(s->reader.member("options"));
    if (options.size() != merged.size()) throw_disagreement("their options");
    for (auto& [name, value] : merged.items()) {
      if (!options.contains(name)) throw_disagreement("option " + name);
      if (options.at(name) == value) continue;
      if (!is_pace(name)) throw_disagreement("option " + name);
      value = "various";
    }
  }
  std::string text;
  JsonText json(text);
  json.open('{');
  for (const auto& [name, value] : merged.items()) json.member(name, value.get<std::string>());
  json.close('}');
  return text;
}

std::string joined(const std::set<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) {
    if (!text.empty()) all += (all.empty() ? "" : "; ") + text;
  }
  return all;
}

std::string merged_device(const Shards& shards) {
  std::set<std::string> names, reasons;
  for (const auto& s : shards) {
    const Json device = Json::parse(s->reader.member("device"));
    if (device.is_null()) continue;
    names.insert(device.at("name").get<std::string>());
    reasons.insert(device.at("reason").get<std::string>());
  }
  if (names.empty()) return "null";
  std::string text;
  JsonText json(text);
  json.open('{').member("name", joined(names)).member("reason", joined(reasons)).close('}');
  return text;
}

std::string merged_head(const Shards& shards) {
  const std::set<std::string> merged_apart{"device", "options", "shard"};
  std::string text;
  for (const auto& [key, value] : shards.front()->reader.head()) {
    if (key == "shard") continue;
    std::string member = value;
    if (key == "device") member = merged_device(shards);
    if (key == "options") member = merged_options(shards);
    if (!merged_apart.contains(key)) {
      for (const auto& s : shards) {
        if (s->reader.member(key) != value) throw_disagreement("\"" + key + "\"");
      }
    }
    text += "\"" + key + "\":" + member + ",\n";
  }
  for (const auto& s : shards) {
    if (s->reader.head().size() != shards.front()->reader.head().size()) {
      throw_disagreement("what their heads hold");
    }
  }
  return text;
}

/// Lines of all shards study by study. `visit` gets each line with its shard and whether its study
/// is a new one. No study may be in two shards.
template <class Next, class Visit>
void merge_lines(const Shards& shards, const Next& next, const Visit& visit) {
  struct Head {
    std::string study;
    std::size_t shard;
    std::string_view line;
    bool operator>(const Head& other) const { return study > other.study; }
  };
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
  const auto advance = [&](std::size_t i) {
    std::string_view line;
    if (next(shards[i]->reader, line)) heads.push({order_of(line).first, i, line});
  };
  for (std::size_t i = 0; i < shards.size(); ++i) advance(i);
  std::string study;
  std::size_t owner = shards.size();
  while (!heads.empty()) {
    const Head head = heads.top();
    heads.pop();
    const bool is_new = head.study != study;
    if (!is_new && head.shard != owner) {
      throw Error(Fault::usage, "study " + study + " is in two shards: '" + shards[owner]->name +
                                    "' and '" + shards[head.shard]->name + "'");
    }
    if (is_new && head.study < study) {
      throw Error(Fault::bad_input, "'" + shards[head.shard]->name + "' is not sorted");
    }
    study = head.study;
    owner = head.shard;
    visit(*shards[head.shard], head.line, is_new);
    advance(head.shard);
  }
}

std::string completed_line(InputRecord& input) {
  input.awaits_merge = false;
  StudyRecord study;
  study.token = input.study;
  study.inputs.push_back(input);
  return input_lines(study).front();
}

void require_whole(const Shards& shards, const Totals& totals) {
  for (const auto& s : shards) {
    if (s->totals.text() != s->reader.totals()) {
      throw Error(Fault::bad_input,
                  "'" + s->name + "' is damaged: its totals are not those of its records");
    }
  }
  if (totals.inputs() != shards.front()->shard.inputs) {
    throw Error(Fault::usage, "the shards hold " + std::to_string(totals.inputs()) + " of " +
                                  std::to_string(shards.front()->shard.inputs) + " inputs");
  }
}

}  // namespace

void for_each_input(const fs::path& manifest,
                    const std::function<void(const InputRecord&)>& visit) {
  const base::MappedFile file(manifest);
  ManifestReader reader({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()},
                        manifest.string());
  std::string_view line;
  while (reader.next_volume(line)) continue;
  while (reader.next_input(line)) visit(read_input(line));
}

ManifestTotals merge_manifests(const std::vector<fs::path>& paths, const fs::path& output,
                               const Complete& complete,
                               const std::function<void()>& before_replacing) {
  Shards shards;
  for (const fs::path& path : paths) shards.push_back(std::make_unique<ShardFile>(path));
  if (shards.empty()) throw Error(Fault::usage, "no manifest of a shard is named");
  require_each_once(shards);
  const std::string head = merged_head(shards);
  Totals totals;
  NewFile volumes(fs::path(output) += ".volumes"), inputs(fs::path(output) += ".inputs");
  Lines volume_list, input_list;
  merge_lines(
      shards, [](ManifestReader& r, std::string_view& line) { return r.next_volume(line); },
      [&](ShardFile& shard, std::string_view line, bool) {
        const VolumeRecord volume = read_volume(line);
        totals.add(volume);
        shard.totals.add(volume);
        volume_list.write(volumes, line);
      });
  merge_lines(
      shards, [](ManifestReader& r, std::string_view& line) { return r.next_input(line); },
      [&](ShardFile& shard, std::string_view line, bool is_new_study) {
        InputRecord input = read_input(line);
        if (is_new_study) {
          shard.totals.add_study();
          totals.add_study();
        }
        shard.totals.add(input);
        if (input.awaits_merge) {
          complete(input, shard.name);
          input_list.write(inputs, completed_line(input));
        } else {
          input_list.write(inputs, line);
        }
        totals.add(input);
      });
  require_whole(shards, totals);
  NewFile file(output);
  file.write("{\n" + head + "\"totals\":" + totals.text() + ",\n\"volumes\":[");
  file.append(volumes);
  file.write("\n],\n\"inputs\":[");
  file.append(inputs);
  file.write("\n]\n}\n");
  before_replacing();
  file.put_in_place();
  return {totals.inputs(), totals.count(Outcome::written), totals.count(Outcome::withheld),
          totals.count(Outcome::failed)};
}

}  // namespace efface::audit
