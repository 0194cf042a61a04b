#include "audit/study_text.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "audit/json_text.h"
#include "base/error.h"

namespace efface::audit {

namespace {

using Json = nlohmann::json;

/// Distinct values in the order of their first use, so that records can name them by number.
template <class Value>
class Shared {
 public:
  std::uint64_t number_of(const Value& value) {
    const auto [place, is_new] = numbers_.try_emplace(&value, values_.size());
    if (is_new) values_.push_back(&value);
    return place->second;
  }
  const std::vector<const Value*>& values() const { return values_; }

 private:
  struct ByContent {
    bool operator()(const Value* a, const Value* b) const { return *a < *b; }
  };
  std::map<const Value*, std::uint64_t, ByContent> numbers_;
  std::vector<const Value*> values_;
};

/// A name of a file can hold any bytes; JSON cannot.
void name_member(JsonText& json, const char* key, const std::string& name) {
  static constexpr char digits[] = "0123456789abcdef";
  if (std::all_of(name.begin(), name.end(), [](char c) { return c >= 0x20 && c < 0x7f; })) {
    json.member(key, name);
    return;
  }
  std::string hex;
  for (const char c : name) {
    hex += digits[static_cast<unsigned char>(c) >> 4];
    hex += digits[static_cast<unsigned char>(c) & 15];
  }
  json.key(key).open('{').member("hex", hex).close('}');
}

std::string read_name(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  const std::string hex = value.at("hex").get<std::string>();
  std::string name;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    name += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return name;
}

template <class Number, std::size_t size>
void array_member(JsonText& json, const char* key, const std::array<Number, size>& numbers) {
  json.key(key).open('[');
  for (const Number number : numbers) json.value(number);
  json.close(']');
}

double read_double(const Json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

void write(JsonText& json, const VolumeRecord& volume) {
  json.open('{').member("token", volume.token).member("kind", volume.kind);
  array_member(json, "size", volume.size);
  array_member(json, "spacing_mm", volume.spacing_mm);
  json.member("time_points", volume.time_points)
      .member("verdict", static_cast<unsigned>(volume.verdict))
      .member("reason", volume.reason)
      .member("score", volume.score);
  if (volume.agreement) json.member("agreement", *volume.agreement);
  array_member(json, "voxels_removed", volume.voxels_removed);
  json.member("voxels_changed", volume.voxels_changed)
      .member("brain_overlap_voxels", volume.brain_overlap_voxels)
      .member("regions_united", volume.regions_united)
      .member("before", volume.untouched_sha256_before)
      .member("after", volume.untouched_sha256_after)
      .close('}');
}

template <class Enum>
Enum read_enum(const Json& value, Enum last) {
  const auto number = value.get<unsigned>();
  if (number > static_cast<unsigned>(last)) {
    throw base::Error(base::Fault::bad_input, "a study's record holds an unknown code");
  }
  return static_cast<Enum>(number);
}

VolumeRecord read_volume(const Json& json) {
  VolumeRecord volume;
  json.at("token").get_to(volume.token);
  json.at("kind").get_to(volume.kind);
  json.at("size").get_to(volume.size);
  for (std::size_t i = 0; i < 3; ++i) {
    volume.spacing_mm[i] = read_double(json.at("spacing_mm").at(i));
  }
  json.at("time_points").get_to(volume.time_points);
  volume.verdict = read_enum(json.at("verdict"), face::Verdict::uncertain);
  json.at("reason").get_to(volume.reason);
  volume.score = read_double(json.at("score"));
  if (json.contains("agreement")) volume.agreement = read_double(json.at("agreement"));
  json.at("voxels_removed").get_to(volume.voxels_removed);
  json.at("voxels_changed").get_to(volume.voxels_changed);
  json.at("brain_overlap_voxels").get_to(volume.brain_overlap_voxels);
  json.at("regions_united").get_to(volume.regions_united);
  json.at("before").get_to(volume.untouched_sha256_before);
  json.at("after").get_to(volume.untouched_sha256_after);
  return volume;
}

using Actions = std::map<std::string, ActionCounts>;
using Classes = std::map<std::string, std::uint64_t>;

struct SharedCounts {
  Shared<Actions> actions;
  Shared<Classes> classes;
};

/// The members of an input that are plain text and often empty.
template <class Input, class Visit>
void for_each_text(Input& input, const Visit& visit) {
  visit("kind", input.kind);
  visit("sha256", input.sha256);
  visit("reason", input.reason);
  visit("detail", input.detail);
  visit("study", input.study);
  visit("series", input.series);
  visit("volume", input.volume);
  visit("output_sha256", input.output_sha256);
  visit("pixels", input.pixels);
  visit("transfer_syntax_uid", input.transfer_syntax_uid);
}

void write(JsonText& json, const BurnedInRecord& text) {
  json.open('{').member("decision", text.decision).member("frames_read", text.frames_read);
  json.key("boxes").open('[');
  for (const BurnedInRecord::Box& box : text.boxes) {
    json.open('{');
    array_member(json, "place", box.place);
    json.member("by", box.by).member("frames", box.frames).close('}');
  }
  json.close(']').close('}');
}

BurnedInRecord read_burned_in(const Json& json) {
  BurnedInRecord text;
  json.at("decision").get_to(text.decision);
  json.at("frames_read").get_to(text.frames_read);
  for (const Json& entry : json.at("boxes")) {
    BurnedInRecord::Box& box = text.boxes.emplace_back();
    entry.at("place").get_to(box.place);
    entry.at("by").get_to(box.by);
    entry.at("frames").get_to(box.frames);
  }
  return text;
}

void write(JsonText& json, const InputRecord& input, SharedCounts& shared) {
  json.open('{').member("token", input.token);
  if (input.path) name_member(json, "path", *input.path);
  json.member("bytes", input.bytes).member("outcome", static_cast<unsigned>(input.outcome));
  for_each_text(input, [&](const char* key, const std::string& text) {
    json.member_unless_empty(key, text);
  });
  if (!input.output.empty()) name_member(json, "output", input.output);
  json.member("output_bytes", input.output_bytes);
  if (input.awaits_merge) json.member("awaits_merge", std::uint64_t{1});
  if (!input.burned_in.decision.empty()) write(json.key("burned_in"), input.burned_in);
  if (!input.actions.empty()) json.member("actions", shared.actions.number_of(input.actions));
  if (!input.safe_harbor.empty()) {
    json.member("safe_harbor", shared.classes.number_of(input.safe_harbor));
  }
  if (!input.text.empty()) json.member("text", shared.classes.number_of(input.text));
  json.close('}');
}

InputRecord read_input(const Json& json, const std::vector<Actions>& actions,
                       const std::vector<Classes>& classes) {
  InputRecord input;
  const auto member = [&](const char* key, const auto& use) {
    if (const auto found = json.find(key); found != json.end()) use(*found);
  };
  json.at("token").get_to(input.token);
  member("path", [&](const Json& value) { input.path = read_name(value); });
  json.at("bytes").get_to(input.bytes);
  input.outcome = read_enum(json.at("outcome"), Outcome::failed);
  for_each_text(input, [&](const char* key, std::string& text) {
    member(key, [&](const Json& value) { value.get_to(text); });
  });
  member("output", [&](const Json& value) { input.output = read_name(value); });
  json.at("output_bytes").get_to(input.output_bytes);
  input.awaits_merge = json.contains("awaits_merge");
  member("burned_in", [&](const Json& text) { input.burned_in = read_burned_in(text); });
  member("actions", [&](const Json& n) { input.actions = actions.at(n.get<std::size_t>()); });
  member("safe_harbor",
         [&](const Json& n) { input.safe_harbor = classes.at(n.get<std::size_t>()); });
  member("text", [&](const Json& n) { input.text = classes.at(n.get<std::size_t>()); });
  return input;
}

void write_shared(JsonText& json, const SharedCounts& shared) {
  json.key("actions").open('[');
  for (const Actions* actions : shared.actions.values()) {
    json.open('{');
    for (const auto& [attribute, counts] : *actions) array_member(json, attribute.c_str(), counts);
    json.close('}');
  }
  json.close(']').key("safe_harbor").open('[');
  for (const Classes* classes : shared.classes.values()) {
    json.open('{');
    for (const auto& [name, count] : *classes) json.member(name, count);
    json.close('}');
  }
  json.close(']');
}

}  // namespace

std::string encode_study(const StudyRecord& study) {
  std::string text;
  JsonText json(text);
  SharedCounts shared;
  json.open('{').member("token", study.token).key("inputs").open('[');
  for (const InputRecord& input : study.inputs) write(json, input, shared);
  json.close(']').key("volumes").open('[');
  for (const VolumeRecord& volume : study.volumes) write(json, volume);
  json.close(']');
  write_shared(json, shared);
  json.close('}');
  return text;
}

StudyRecord decode_study(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    StudyRecord study;
    json.at("token").get_to(study.token);
    const auto actions = json.at("actions").get<std::vector<Actions>>();
    const auto classes = json.at("safe_harbor").get<std::vector<Classes>>();
    for (const Json& input : json.at("inputs")) {
      study.inputs.push_back(read_input(input, actions, classes));
    }
    for (const Json& volume : json.at("volumes")) study.volumes.push_back(read_volume(volume));
    return study;
  } catch (const base::Error&) {
    throw;
  } catch (const std::exception&) {
    throw base::Error(base::Fault::bad_input, "a study's record is not what efface writes");
  }
}

}  // namespace efface::audit
