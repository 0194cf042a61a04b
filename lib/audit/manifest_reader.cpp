#include "audit/manifest_reader.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace efface::audit {

namespace {

using base::Error;
using base::Fault;
using Json = nlohmann::json;

[[noreturn]] void throw_bad_record() {
  throw Error(Fault::bad_input, "the manifest holds a record that efface does not write");
}

template <class Enum>
Enum named(const std::string& name, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (name == to_string(static_cast<Enum>(i))) return static_cast<Enum>(i);
  }
  throw_bad_record();
}

template <class Read>
auto parsed(std::string_view line, const Read& read) {
  try {
    return read(Json::parse(line));
  } catch (const Json::exception&) {
    throw_bad_record();
  }
}

std::map<std::string, std::uint64_t> counts_in(const Json& json, const char* key) {
  return json.value(key, std::map<std::string, std::uint64_t>());
}

}  // namespace

ManifestReader::ManifestReader(std::string_view text, std::string name)
    : rest_(text), name_(std::move(name)) {
  if (next_line() != "{") fail();
  for (;;) {
    std::string_view line = next_line();
    if (line.ends_with(','))
      line.remove_suffix(1);
    else if (line != "\"volumes\":[")
      fail();
    if (line == "\"volumes\":[") break;
    const std::size_t end = line.find("\":");
    if (!line.starts_with('"') || end == std::string_view::npos) fail();
    const std::string_view key = line.substr(1, end - 1), value = line.substr(end + 2);
    if (!Json::accept(value) || !totals_.empty() || !member(key).empty()) fail();
    if (key == "totals") {
      totals_ = value;
    } else {
      head_.emplace_back(key, value);
    }
  }
  if (totals_.empty() || member("manifest_version") != "1") fail();
}

std::string_view ManifestReader::member(std::string_view key) const {
  for (const auto& [name, value] : head_) {
    if (name == key) return value;
  }
  return {};
}

bool ManifestReader::next_volume(std::string_view& line) {
  if (part_ != Part::volumes) return false;
  if (next_item(line, "],")) return true;
  if (next_line() != "\"inputs\":[") fail();
  part_ = Part::inputs;
  is_first_ = true;
  return false;
}

bool ManifestReader::next_input(std::string_view& line) {
  std::string_view volume;
  while (next_volume(volume)) continue;
  if (part_ != Part::inputs) return false;
  if (next_item(line, "]")) return true;
  if (next_line() != "}" || !rest_.empty()) fail();
  part_ = Part::end;
  return false;
}

bool ManifestReader::next_item(std::string_view& line, std::string_view end) {
  line = next_line();
  if (line == end && !needs_item_) return false;
  if (!line.starts_with('{') || (!is_first_ && !needs_item_)) fail();
  needs_item_ = line.ends_with(',');
  is_first_ = false;
  if (needs_item_) line.remove_suffix(1);
  return true;
}

std::string_view ManifestReader::next_line() {
  ++line_number_;
  const std::size_t end = rest_.find('\n');
  if (end == std::string_view::npos) fail();
  const std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return line;
}

void ManifestReader::fail() const {
  throw Error(Fault::bad_input,
              "'" + name_ + "' is damaged in line " + std::to_string(line_number_) +
                  ", or not a manifest of this version of efface",
              "manifests are read as efface wrote them, byte for byte");
}

InputRecord read_input(std::string_view line) {
  return parsed(line, [](const Json& json) {
    InputRecord input;
    input.token = json.at("token");
    input.study = json.at("study");
    if (json.contains("path")) input.path = json.at("path").get<std::string>();
    input.kind = json.at("kind");
    input.bytes = json.at("bytes");
    input.sha256 = json.value("sha256", "");
    input.outcome = named<Outcome>(json.at("outcome"), 3);
    input.reason = json.value("reason", "");
    input.output = json.value("output", "");
    input.output_bytes = json.value("output_bytes", std::uint64_t{0});
    input.output_sha256 = json.value("output_sha256", "");
    input.awaits_merge = json.value("awaits_merge", false);
    if (const auto actions = json.find("actions"); actions != json.end()) {
      for (const auto& [attribute, counts] : actions->items()) {
        ActionCounts& sums = input.actions[attribute];
        for (const auto& [action, count] : counts.items()) {
          sums[static_cast<std::size_t>(named<dicom::Action>(action, sums.size()))] = count;
        }
      }
    }
    input.safe_harbor = counts_in(json, "safe_harbor");
    input.text = counts_in(json, "text");
    return input;
  });
}

VolumeRecord read_volume(std::string_view line) {
  return parsed(line, [](const Json& json) {
    VolumeRecord volume;
    volume.token = json.at("token");
    volume.verdict = named<face::Verdict>(json.at("verdict"), 4);
    const Json& removed = json.at("voxels_removed");
    for (const face::Feature feature : face::all_features) {
      volume.voxels_removed[static_cast<std::size_t>(feature)] = removed.at(to_string(feature));
    }
    volume.brain_overlap_voxels = json.at("brain_overlap_voxels");
    return volume;
  });
}

RecordOrder order_of(std::string_view line) {
  return parsed(line, [](const Json& json) {
    return RecordOrder(json.at("study").get<std::string>(), json.at("token").get<std::string>());
  });
}

}  // namespace efface::audit
