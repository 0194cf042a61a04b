#include "audit/manifest_text.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace efface::audit {

void write_actions(JsonText& json, const std::map<std::string, ActionCounts>& actions) {
  json.open('{');
  for (const auto& [attribute, counts] : actions) {
    json.key(attribute).open('{');
    for (std::size_t a = 0; a < counts.size(); ++a) {
      if (counts[a] > 0) json.member(to_string(static_cast<dicom::Action>(a)), counts[a]);
    }
    json.close('}');
  }
  json.close('}');
}

void write_features(JsonText& json, const std::array<std::uint64_t, face::feature_count>& voxels) {
  json.open('{');
  for (const face::Feature feature : face::all_features) {
    json.member(to_string(feature), voxels[static_cast<std::size_t>(feature)]);
  }
  json.close('}');
}

void write_counts(JsonText& json, const std::map<std::string, std::uint64_t>& counts) {
  json.open('{');
  for (const auto& [name, count] : counts) json.member(name, count);
  json.close('}');
}

namespace {

template <class Number>
void write_array(JsonText& json, const std::array<Number, 3>& numbers) {
  json.open('[');
  for (const Number number : numbers) json.value(number);
  json.close(']');
}

void write_volume(JsonText& json, const VolumeRecord& volume, const std::string& study) {
  json.open('{').member("token", volume.token).member("study", study).member("kind", volume.kind);
  write_array(json.key("size"), volume.size);
  write_array(json.key("spacing_mm"), volume.spacing_mm);
  json.member("time_points", volume.time_points).member("verdict", to_string(volume.verdict));
  json.member_unless_empty("reason", volume.reason).member("score", volume.score);
  if (volume.agreement) json.member("agreement", *volume.agreement);
  write_features(json.key("voxels_removed"), volume.voxels_removed);
  json.member("voxels_changed", volume.voxels_changed)
      .member("brain_overlap_voxels", volume.brain_overlap_voxels)
      .member("regions_united", volume.regions_united)
      .member_unless_empty("untouched_sha256_before", volume.untouched_sha256_before)
      .member_unless_empty("untouched_sha256_after", volume.untouched_sha256_after)
      .close('}');
}

void write_burned_in(JsonText& json, const BurnedInRecord& text) {
  json.open('{').member("decision", text.decision).member("frames_read", text.frames_read);
  json.key("boxes").open('[');
  for (const BurnedInRecord::Box& box : text.boxes) {
    json.open('{').key("place").open('[');
    for (const std::uint32_t number : box.place) json.value(number);
    json.close(']').member("by", box.by).member("frames", box.frames).close('}');
  }
  json.close(']').close('}');
}

/// Many inputs of a study had the same done to them: its text is made once.
class InputText {
 public:
  void write(JsonText& json, const InputRecord& input, const std::string& study) {
    json.open('{').member("token", input.token).member("study", study);
    json.member_unless_empty("series", input.series).member_unless_empty("volume", input.volume);
    if (input.path) json.member("path", *input.path);
    json.member("kind", input.kind).member("bytes", input.bytes);
    json.member_unless_empty("sha256", input.sha256).member("outcome", to_string(input.outcome));
    json.member_unless_empty("reason", input.reason).member_unless_empty("detail", input.detail);
    if (input.outcome == Outcome::written) write_output(json, input);
    json.close('}');
  }

 private:
  void write_output(JsonText& json, const InputRecord& input) {
    json.member_unless_empty("output", input.output);
    if (!input.output_sha256.empty()) {
      json.member("output_bytes", input.output_bytes).member("output_sha256", input.output_sha256);
    }
    if (input.awaits_merge) json.member("awaits_merge", true);
    json.member_unless_empty("pixels", input.pixels)
        .member_unless_empty("transfer_syntax_uid", input.transfer_syntax_uid);
    if (!input.burned_in.decision.empty()) write_burned_in(json.key("burned_in"), input.burned_in);
    if (actions_ == nullptr || *actions_ != input.actions) {
      actions_ = &input.actions;
      actions_text_.clear();
      JsonText text(actions_text_);
      write_actions(text, input.actions);
    }
    json.key("actions").raw(actions_text_);
    write_counts(json.key("safe_harbor"), input.safe_harbor);
    if (!input.text.empty()) write_counts(json.key("text"), input.text);
  }

  const std::map<std::string, ActionCounts>* actions_ = nullptr;
  std::string actions_text_;
};

template <class Record, class Write>
std::vector<std::string> sorted_lines(const std::vector<Record>& records, const Write& write) {
  std::vector<std::pair<std::string_view, std::string>> lines;
  lines.reserve(records.size());
  for (const Record& record : records) {
    std::string text;
    JsonText json(text);
    write(json, record);
    lines.emplace_back(record.token, std::move(text));
  }
  std::sort(lines.begin(), lines.end());
  std::vector<std::string> texts;
  texts.reserve(lines.size());
  for (auto& [token, text] : lines) texts.push_back(std::move(text));
  return texts;
}

void write_names(JsonText& json, const std::map<std::string, std::string>& names) {
  json.open('{');
  for (const auto& [name, text] : names) json.member(name, text);
  json.close('}');
}

}  // namespace

std::vector<std::string> volume_lines(const StudyRecord& study) {
  return sorted_lines(study.volumes, [&](JsonText& json, const VolumeRecord& volume) {
    write_volume(json, volume, study.token);
  });
}

std::vector<std::string> input_lines(const StudyRecord& study) {
  InputText writer;
  return sorted_lines(study.inputs, [&](JsonText& json, const InputRecord& input) {
    writer.write(json, input, study.token);
  });
}

std::string header_members(const RunHeader& header, bool with_device, const char* separator) {
  std::vector<std::string> members;
  const auto add = [&](const char* key, const auto& write) {
    JsonText json(members.emplace_back());
    json.key(key);
    write(json);
  };
  add("manifest_version", [&](JsonText& json) { json.value(1U); });
  add("tool", [&](JsonText& json) {
    json.open('{').member("name", "efface").member("version", header.tool_version);
    write_names(json.key("libraries"), header.libraries);
    json.close('}');
  });
  add("profile", [&](JsonText& json) {
    json.open('{').member("table_edition", header.table_edition);
    json.member("table_sha256", header.table_sha256).key("codes").open('[');
    for (const std::string& code : header.profile) json.value(code);
    json.close(']');
    if (!header.profile_file_sha256.empty()) {
      json.key("changes").open('{').member("name", header.profile_file);
      json.member("sha256", header.profile_file_sha256).close('}');
    }
    json.close('}');
  });
  add("model", [&](JsonText& json) {
    if (header.model_sha256.empty()) return json.null();
    json.open('{').member("name", header.model_name).member("version", header.model_version);
    json.member("sha256", header.model_sha256);
    if (!header.face_network_sha256.empty())
      json.member("face_network_sha256", header.face_network_sha256);
    json.close('}');
  });
  if (with_device) {
    add("device", [&](JsonText& json) {
      if (header.device.empty()) return json.null();
      json.open('{').member("name", header.device).member("reason", header.device_reason);
      json.close('}');
    });
  }
  add("key", [&](JsonText& json) {
    json.open('{').member("fingerprint", header.key_fingerprint);
    json.member("is_random", header.key_is_random).close('}');
  });
  if (with_device && header.shard) {
    add("shard", [&](JsonText& json) {
      json.open('{').member("index", header.shard->index).member("count", header.shard->count);
      json.member("inputs", header.shard->inputs);
      json.member("inputs_sha256", header.shard->inputs_sha256).close('}');
    });
  }
  add("options", [&](JsonText& json) { write_names(json, header.options); });
  std::string text;
  for (const std::string& member : members) text.append(member).append(separator);
  return text;
}

}  // namespace efface::audit
