#include "audit/totals.h"

#include "audit/manifest_text.h"

namespace efface::audit {

namespace {

/// 45 CFR 164.514(b)(2)(i), A to R, by the names of deid::SafeHarbor.
constexpr std::array safe_harbor_names{
    "names",  "geographic", "dates",       "telephone", "fax",         "email",
    "ssn",    "mrn",        "health_plan", "account",   "certificate", "vehicle",
    "device", "url",        "ip",          "biometric", "photograph",  "other"};

}  // namespace

Totals::Totals() {
  for (const char* name : safe_harbor_names) safe_harbor_[name] = 0;
}

void Totals::add(const StudyRecord& study) {
  add_study();
  for (const InputRecord& input : study.inputs) add(input);
  for (const VolumeRecord& volume : study.volumes) add(volume);
}

void Totals::add(const InputRecord& input) {
  ++inputs_;
  ++outcomes_[static_cast<std::size_t>(input.outcome)];
  input_bytes_ += input.bytes;
  if (input.outcome == Outcome::withheld) ++withheld_reasons_[input.reason];
  if (input.outcome == Outcome::failed) ++failed_reasons_[input.reason];
  if (input.outcome != Outcome::written) return;
  output_bytes_ += input.output_bytes;
  for (const auto& [attribute, counts] : input.actions) {
    ActionCounts& sums = actions_[attribute];
    for (std::size_t a = 0; a < counts.size(); ++a) sums[a] += counts[a];
  }
  for (const auto& [name, count] : input.safe_harbor) safe_harbor_[name] += count;
  for (const auto& [kind, count] : input.text) text_[kind] += count;
}

void Totals::add(const VolumeRecord& volume) {
  ++volumes_;
  ++verdicts_[static_cast<std::size_t>(volume.verdict)];
  for (std::size_t f = 0; f < face::feature_count; ++f) {
    voxels_removed_[f] += volume.voxels_removed[f];
  }
  brain_overlap_voxels_ += volume.brain_overlap_voxels;
}

void Totals::add(const Totals& others) {
  const auto add_counts = [](auto& sums, const auto& counts) {
    for (const auto& [name, count] : counts) sums[name] += count;
  };
  const auto add_each = [](auto& sums, const auto& counts) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += counts[i];
  };
  studies_ += others.studies_;
  inputs_ += others.inputs_;
  volumes_ += others.volumes_;
  input_bytes_ += others.input_bytes_;
  output_bytes_ += others.output_bytes_;
  brain_overlap_voxels_ += others.brain_overlap_voxels_;
  add_each(outcomes_, others.outcomes_);
  add_each(verdicts_, others.verdicts_);
  add_each(voxels_removed_, others.voxels_removed_);
  add_counts(withheld_reasons_, others.withheld_reasons_);
  add_counts(failed_reasons_, others.failed_reasons_);
  add_counts(safe_harbor_, others.safe_harbor_);
  add_counts(text_, others.text_);
  for (const auto& [attribute, counts] : others.actions_) add_each(actions_[attribute], counts);
}

std::string Totals::text() const {
  std::string text;
  JsonText json(text);
  json.open('{');
  write(json);
  json.close('}');
  return text;
}

void Totals::write(JsonText& json) const {
  json.member("studies", studies_).member("volumes", volumes_).member("inputs", inputs_);
  for (const Outcome outcome : {Outcome::written, Outcome::withheld, Outcome::failed}) {
    json.member(to_string(outcome), count(outcome));
  }
  json.member("input_bytes", input_bytes_).member("output_bytes", output_bytes_);
  write_counts(json.key("withheld_reasons"), withheld_reasons_);
  write_counts(json.key("failed_reasons"), failed_reasons_);
  json.key("verdicts").open('{');
  for (std::size_t v = 0; v < verdicts_.size(); ++v) {
    json.member(to_string(static_cast<face::Verdict>(v)), verdicts_[v]);
  }
  json.close('}');
  write_features(json.key("voxels_removed"), voxels_removed_);
  json.member("brain_overlap_voxels", brain_overlap_voxels_);
  write_counts(json.key("safe_harbor"), safe_harbor_);
  if (!text_.empty()) write_counts(json.key("text"), text_);
  write_actions(json.key("actions"), actions_);
}

}  // namespace efface::audit
