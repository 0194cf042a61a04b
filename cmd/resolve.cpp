#include "cmd/resolve.h"

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <CLI/Version.hpp>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <set>
#include <span>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "batch/staging.h"
#include "cmd/installation.h"
#include "cmd/lazy_segmenter.h"
#include "cmd/loaded_libraries.h"
#include "cmd/shard_option.h"
#include "config/device_rules.h"
#include "config/key_file.h"
#include "config/model_card.h"
#include "crypto_openssl/crypto.h"
#include "deid/table.h"
#include "dicom_dcmtk/version.h"
#include "face_torch/load.h"
#include "ocr_tesseract/load.h"
#include "volume_itk/image_file.h"

namespace efface::cmd {

namespace fs = std::filesystem;
using base::Error;
using base::Fault;

namespace {

void read_file_list(std::istream& list, const std::string& name, std::vector<fs::path>& inputs) {
  std::string line;
  while (std::getline(list, line)) {
    if (!line.empty()) inputs.emplace_back(line);
  }
  if (list.bad()) throw Error(Fault::io, "cannot read the list of files '" + name + "'");
}

std::vector<fs::path> all_inputs(const RunArguments& a) {
  std::vector<fs::path> inputs(a.inputs.begin(), a.inputs.end());
  if (a.files_from == "-") {
    read_file_list(std::cin, "-", inputs);
  } else if (!a.files_from.empty()) {
    std::ifstream list(a.files_from);
    if (!list) throw Error(Fault::usage, "cannot open the list of files '" + a.files_from + "'");
    read_file_list(list, a.files_from, inputs);
  }
  if (inputs.empty()) {
    throw Error(Fault::usage, "no input given",
                "efface run INPUT… --output DIR; see efface run --help");
  }
  return inputs;
}

std::vector<face::Feature> features_of(const std::vector<std::string>& names) {
  std::vector<face::Feature> features;
  for (const face::Feature feature : face::all_features) {
    if (std::find(names.begin(), names.end(), face::to_string(feature)) != names.end()) {
      features.push_back(feature);
    }
  }
  return features;
}

std::string joined(const std::vector<face::Feature>& features) {
  std::string text;
  for (const face::Feature f : features)
    text += (text.empty() ? "" : ",") + std::string(to_string(f));
  return text;
}

/// Sorted, each once: the order in which options were named makes no other run.
std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : std::set<std::string>(names.begin(), names.end()))
    text += (text.empty() ? "" : ",") + name;
  return text;
}

batch::Pixels pixels_of(const std::string& name) {
  if (name == "keep") return batch::Pixels::keep;
  return name == "withhold" ? batch::Pixels::withhold : batch::Pixels::clean;
}

/// The built-in rules and the user's, and the digest of both in the record of the options.
void add_device_rules(const RunArguments& a, batch::RunOptions& o) {
  std::string text = config::read_device_rules(device_rules_path());
  o.device_rules = config::parse_device_rules(text);
  if (!a.device_rules.empty()) {
    const std::string own = config::read_device_rules(a.device_rules);
    const auto rules = config::parse_device_rules(own);
    o.device_rules.insert(o.device_rules.end(), rules.begin(), rules.end());
    text += own;
  }
  o.header.options["device-rules"] =
      base::to_hex(crypto_openssl::sha256(std::as_bytes(std::span(text))));
}

/// Every option as it took effect. No paths: what they named is recorded by content.
std::map<std::string, std::string> recorded(const RunArguments& a, const batch::RunOptions& o) {
  const auto yes = [](bool value) { return std::string(value ? "true" : "false"); };
  return {{"features", joined(o.features)},
          {"extent", a.extent},
          {"fill", a.fill},
          {"retain", joined(a.profile.retain)},
          {"clean", joined(a.profile.clean)},
          {"dates", a.profile.dates},
          {"text-actions", joined(a.profile.text_actions)},
          {"pixels", a.pixels},
          {"names", a.names},
          {"qc", yes(!a.qc.empty())},
          {"export-maps", yes(!a.maps.empty())},
          {"encrypt-attributes",
           o.recipient ? "sha256:" + base::to_hex(o.recipient->fingerprint()) : "none"},
          {"device", a.device},
          {"model", a.model.empty() ? "built-in" : "given"},
          {"files-from", yes(!a.files_from.empty())},
          {"follow-links", yes(a.follow_links)},
          {"relabel", yes(a.relabel)},
          {"record-paths", yes(a.record_paths)},
          {"dry-run", yes(a.dry_run)},
          {"jobs", a.jobs == 0 ? "auto" : std::to_string(a.jobs)},
          {"batch", std::to_string(a.batch)},
          {"progress", a.progress},
          {"quiet", yes(a.quiet)},
          {"verbose", yes(a.verbose)}};
}

}  // namespace

batch::RunOptions resolve(const RunArguments& a) {
  batch::RunOptions o;
  o.inputs = all_inputs(a);
  if (a.output.empty() && !a.dry_run) {
    throw Error(Fault::usage, "no output directory given", "add --output DIR, or --dry-run");
  }
  o.output = a.output;
  o.qc = a.qc;
  o.maps = a.maps;
  if (!a.certificate.empty()) {
    o.recipient = std::make_shared<crypto_openssl::Recipient>(a.certificate);
  }
  ChosenProfile chosen = choose_profile(a.profile);
  o.profile = std::move(chosen.profile);
  o.text_actions = chosen.text_actions;
  o.features = features_of(a.features);
  o.extent = a.extent == "face" ? face::Extent::face : face::Extent::features;
  if (o.extent == face::Extent::face && o.features.size() != face::feature_count) {
    throw Error(Fault::usage, "--extent face removes all features",
                "leave --features out, or use --extent features");
  }
  o.fill = a.fill == "constant" ? face::Fill::constant : face::Fill::noise;
  o.pixels = pixels_of(a.pixels);
  o.names = a.names == "keep" ? batch::Names::keep : batch::Names::keyed;
  o.follow_links = a.follow_links;
  o.relabel = a.relabel;
  if (o.relabel && o.names != batch::Names::keep) {
    throw Error(Fault::usage, "--relabel has no labels to replace in keyed names",
                "add --names keep");
  }
  o.record_paths = a.record_paths;
  o.dry_run = a.dry_run;
  o.jobs = a.jobs > 0 ? static_cast<std::size_t>(a.jobs)
                      : std::max(1U, std::thread::hardware_concurrency());
  o.shard = parse_shard(a.shard, [](const char* name) { return std::getenv(name); });
  if (o.shard && a.key.empty()) {
    throw Error(Fault::usage, "--shard needs --key",
                "all shards of a run share one key: efface key new FILE");
  }
  if (o.shard) {  // pictures and maps of a shard are its own
    if (!o.qc.empty()) o.qc /= batch::folder_of(*o.shard);
    if (!o.maps.empty()) o.maps /= batch::folder_of(*o.shard);
  }
  if (!a.sign_key.empty()) {
    o.signing_key = std::make_shared<crypto_openssl::SigningKey>(a.sign_key);
  }
  o.key_is_random = a.key.empty();
  o.key = a.key.empty() ? crypto_openssl::random_key() : config::read_key_file(a.key);

  const face::ModelCards cards = config::read_model_card(model_card_path(a.model));
  torch_options(a.device,
                o.jobs);  // a wrong --device is a usage error even when no volume needs it
  o.header.tool_version = EFFACE_VERSION;
  o.header.libraries = library_versions(false);
  o.header.table_edition = deid::table_edition();
  o.header.table_sha256 = deid::table_sha256();
  for (const dicom::EditPlan::Code& code :
       deid::method_codes(o.profile, true, true, o.pixels == batch::Pixels::clean)) {
    o.header.profile.push_back(code.value);
  }
  o.header.profile_file = std::move(chosen.file_name);
  o.header.profile_file_sha256 = std::move(chosen.file_sha256);
  o.header.model_name = cards.head.name;
  o.header.model_version = cards.head.version;
  o.header.model_sha256 = cards.head.weights_sha256;
  if (cards.face) o.header.face_network_sha256 = cards.face->weights_sha256;
  o.header.options = recorded(a, o);
  add_device_rules(a, o);
  return o;
}

face_torch::TorchOptions torch_options(const std::string& device, std::size_t jobs) {
  face_torch::TorchOptions options;
  options.threads = static_cast<int>(jobs);
  if (device == "auto") return options;
  if (device == "cpu") {
    options.device = face_torch::TorchOptions::Device::cpu;
    return options;
  }
  const bool is_numbered =
      device.starts_with("cuda:") && device.size() > 5 && device.size() < 9 &&
      std::all_of(device.begin() + 5, device.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (device != "cuda" && !is_numbered) {
    throw Error(Fault::usage, "unknown device '" + device + "'", "auto, cpu, cuda or cuda:N");
  }
  options.device = face_torch::TorchOptions::Device::cuda;
  if (is_numbered) options.cuda_index = std::stoi(device.substr(5));
  return options;
}

void check_weights(const face::ModelCard& card) {
  const std::string sha256 = base::to_hex(batch::digest_file(card.weights_file).sha256);
  if (sha256 != card.weights_sha256) {
    throw Error(Fault::model, "the model's weights do not match the SHA-256 of its card",
                "the file is damaged or was exchanged; install the model again");
  }
}

NetworkWork LoadedModel::work() const {
  NetworkWork work{clock->seconds(), head->count()};
  if (!face) return work;
  const face::BatchCount of_face = face->count();
  work.batches.batches += of_face.batches;
  work.batches.volumes += of_face.volumes;
  return work;
}

LoadedModel make_model(const ModelChoice& choice) {
  face_torch::TorchOptions options = torch_options(choice.device, choice.jobs);
  options.batch = choice.batch;
  const LazySegmenter::Load load = [options](const face::ModelCard& card) {
    check_weights(card);
    return face_torch::load_torch_segmenter(torch_plugin_path(), card, options);
  };
  const face::ModelCards cards = config::read_model_card(model_card_path(choice.card));
  const auto clock = std::make_shared<BusyClock>();
  LoadedModel model{std::make_unique<LazySegmenter>(cards.head, load, clock), nullptr,
                    cards.calibrations, clock};
  if (cards.face) model.face = std::make_unique<LazySegmenter>(*cards.face, load, clock);
  return model;
}

burned_in::ReaderPool make_text_readers() {
  return burned_in::ReaderPool([] { return ocr_tesseract::load_text_reader(ocr_plugin_path()); });
}

std::map<std::string, std::string> library_versions(bool with_torch) {
  std::map<std::string, std::string> versions{
      {"DCMTK", dicom_dcmtk::library_version()},
      {"GDCM", volume_itk::dicom_library_version()},
      {"ITK", volume_itk::library_version()},
      {"glibc", gnu_get_libc_version()},
      {"OpenSSL", crypto_openssl::library_version()},
      {"CLI11", CLI11_VERSION},
      {"fmt",
       fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"nlohmann/json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR,
                                    NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)}};
  versions.merge(linked_library_files());
  if (with_torch) {
    versions["LibTorch"] = face_torch::torch_version(torch_plugin_path());
    try {
      versions["Tesseract"] = ocr_tesseract::tesseract_version(ocr_plugin_path());
    } catch (const Error& missing) {
      versions["Tesseract"] = missing.what();
    }
    versions.merge(plugin_library_files());
  }
  return versions;
}

std::string default_device() {
  const face::ModelCard card = config::read_model_card(model_card_path("")).head;
  const auto segmenter = face_torch::load_torch_segmenter(torch_plugin_path(), card, {});
  const face::DeviceReport report = segmenter->device();
  return report.device + (report.reason.empty() ? "" : " (" + report.reason + ")");
}

}  // namespace efface::cmd
