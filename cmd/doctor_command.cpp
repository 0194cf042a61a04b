#include "cmd/doctor_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>
#include <vector>

#include "base/error.h"
#include "cmd/exit_codes.h"
#include "cmd/installation.h"
#include "cmd/loaded_libraries.h"
#include "cmd/resolve.h"
#include "config/device_rules.h"
#include "config/key_file.h"
#include "config/model_card.h"
#include "face_torch/load.h"
#include "ocr_tesseract/load.h"

namespace efface::cmd {

namespace {

namespace fs = std::filesystem;
using base::Error;
using base::Fault;
using Json = nlohmann::ordered_json;

constexpr std::uintmax_t little_space = std::uintmax_t{1} << 30;

struct Finding {
  std::string name;
  std::string status;  ///< ok, warning, failed
  std::string detail, hint;
};

class Examination {
 public:
  /// `look` returns what there is to say of a thing in order, and throws base::Error else.
  void check(const std::string& name, const std::function<std::string()>& look) {
    try {
      findings_.push_back({name, "ok", look(), ""});
    } catch (const Error& error) {
      findings_.push_back({name, "failed", error.what(), error.hint()});
    }
  }
  void warn(const std::string& name, const std::string& detail, const std::string& hint) {
    findings_.push_back({name, "warning", detail, hint});
  }
  bool is_healthy() const {
    return std::none_of(findings_.begin(), findings_.end(),
                        [](const Finding& f) { return f.status == "failed"; });
  }
  const std::vector<Finding>& findings() const { return findings_; }

 private:
  std::vector<Finding> findings_;
};

std::string model_in_words(const face::ModelCards& cards) {
  check_weights(cards.head);
  if (cards.face) check_weights(*cards.face);
  return fmt::format("{} {}, {}; weights are those of the card", cards.head.name,
                     cards.head.version, cards.face ? "two networks" : "one network");
}

/// Shows the network a block of nothing: a device that loads it may still be unable to compute.
std::string device_in_words(const face::ModelCard& card, const std::string& device) {
  const auto segmenter =
      face_torch::load_torch_segmenter(torch_plugin_path(), card, torch_options(device, 1));
  face::ModelInput input;
  input.grid.size = {card.size_multiple, card.size_multiple, card.size_multiple};
  input.grid.spacing_mm = card.spacing_mm;
  input.values.assign(input.grid.voxel_count(), 0.0F);
  input.inside.assign(input.grid.voxel_count(), 1);
  segmenter->segment(input);
  const face::DeviceReport report = segmenter->device();
  return report.device + (report.reason.empty() ? "" : " (" + report.reason + ")");
}

void list_libraries(Examination& e, const std::map<std::string, std::string>& versions) {
  for (const auto& [name, version] : versions) {
    e.check("library " + name, [version = version] { return version; });
  }
}

void check_model(Examination& e, const DoctorArguments& a) {
  e.check("plugin libefface_torch.so",
          [] { return "LibTorch " + face_torch::torch_version(torch_plugin_path()); });
  e.check("model",
          [&] { return model_in_words(config::read_model_card(model_card_path(a.model))); });
  e.check("device", [&] {
    return device_in_words(config::read_model_card(model_card_path(a.model)).head, a.device);
  });
}

void check_text_reader(Examination& e) {
  e.check("plugin libefface_ocr.so",
          [] { return "Tesseract " + ocr_tesseract::tesseract_version(ocr_plugin_path()); });
  e.check("Tesseract language data", [] {
    ocr_tesseract::load_text_reader(ocr_plugin_path());
    return "eng";
  });
  e.check("device rules", [] {
    const auto rules = config::parse_device_rules(config::read_device_rules(device_rules_path()));
    return fmt::format("{} rules", rules.size());
  });
}

/// The directory itself, or the nearest one above it that is there.
fs::path nearest_existing(const fs::path& path) {
  fs::path there = fs::absolute(path).lexically_normal();
  while (!fs::exists(there) && there.has_relative_path()) there = there.parent_path();
  return there;
}

std::string output_in_words(const fs::path& output) {
  const fs::path there = nearest_existing(output);
  const std::string quoted = "'" + there.string() + "'";
  if (!fs::is_directory(there)) throw Error(Fault::io, quoted + " is not a directory");
  if (::access(there.c_str(), R_OK | W_OK | X_OK) != 0) {
    throw Error(Fault::io, "no permission to write into " + quoted,
                "choose another output directory, or ask its owner");
  }
  if (!fs::exists(output)) return "can be made in " + quoted;
  if (fs::is_empty(there)) return "empty";
  if (fs::exists(there / ".efface")) return "begun by an earlier run, which is resumed";
  throw Error(Fault::usage, quoted + " is not empty",
              "choose a new directory, or one that an earlier run of efface began");
}

void check_output(Examination& e, const fs::path& output) {
  try {
    e.check("output", [&] { return output_in_words(output); });
    const std::uintmax_t free = fs::space(nearest_existing(output)).available;
    const std::string words = fmt::format("{:.1f} GiB", static_cast<double>(free) / (1 << 30));
    if (free >= little_space) {
      e.check("free disk", [&] { return words; });
    } else {
      e.warn("free disk", words, "outputs take about as much as their inputs");
    }
  } catch (const fs::filesystem_error& error) {
    e.check("output", [&]() -> std::string {
      throw base::system_error("cannot look at '" + error.path1().string() + "'",
                               error.code().value());
    });
  }
}

Examination examine(const DoctorArguments& a) {
  Examination e;
  e.check("efface", [] { return EFFACE_VERSION; });
  list_libraries(e, library_versions(false));
  e.check("processors", [] { return std::to_string(std::thread::hardware_concurrency()); });
  check_model(e, a);
  check_text_reader(e);
  list_libraries(e, plugin_library_files());
  if (!a.key.empty()) {
    e.check("key", [&] {
      config::read_key_file(a.key);
      return "a project key, readable by you alone";
    });
  }
  if (!a.output.empty()) check_output(e, a.output);
  return e;
}

void print_json(const Examination& e) {
  Json findings = Json::array();
  for (const Finding& f : e.findings()) {
    Json finding{{"name", f.name}, {"status", f.status}, {"detail", f.detail}};
    if (!f.hint.empty()) finding["hint"] = f.hint;
    findings.push_back(finding);
  }
  const Json json{{"healthy", e.is_healthy()}, {"checks", findings}};
  fmt::print("{}\n", json.dump(1, ' ', false, Json::error_handler_t::replace));
}

void print_text(const Examination& e) {
  for (const Finding& f : e.findings()) {
    fmt::print("{:<8}{}: {}\n", f.status, f.name, f.detail);
    if (!f.hint.empty()) fmt::print("{:<8}hint: {}\n", "", f.hint);
  }
}

}  // namespace

void declare_doctor_command(CLI::App& app, DoctorArguments& a) {
  CLI::App* doctor = app.add_subcommand(
      "doctor", "Check that this installation and machine can do a run; changes nothing");
  doctor
      ->add_option("-o,--output", a.output,
                   "Look at this output directory: permissions and free disk")
      ->type_name("DIR");
  doctor->add_option("--key", a.key, "Look at this project key file: content and permissions")
      ->type_name("FILE");
  doctor->add_option("--model", a.model, "Model card instead of the built-in one")
      ->type_name("CARD");
  doctor->add_option("--device", a.device, "auto, cpu, cuda or cuda:N, as run takes it")
      ->type_name("DEVICE")
      ->capture_default_str();
  doctor->add_flag("--json", a.as_json, "JSON instead of text");
  doctor->footer(
      "Exit codes: 0 all in order, warnings included; 1 something is missing or wrong; "
      "2 usage.");
}

int doctor_command(const DoctorArguments& a) {
  torch_options(a.device, 1);  // a wrong name is a usage error
  const Examination e = examine(a);
  a.as_json ? print_json(e) : print_text(e);
  return e.is_healthy() ? exit_ok : exit_failed;
}

}  // namespace efface::cmd
