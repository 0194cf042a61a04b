#include "cmd/installation.h"

#include <fmt/format.h>

#include <initializer_list>

#include "base/error.h"

namespace efface::cmd {

namespace fs = std::filesystem;

namespace {

constexpr const char* default_card = "share/efface/models/face_v1.json";

fs::path installed(std::initializer_list<const char*> below_prefix, const char* what) {
  const fs::path prefix = fs::read_symlink("/proc/self/exe").parent_path().parent_path();
  for (const char* candidate : below_prefix) {
    if (fs::exists(prefix / candidate)) return prefix / candidate;
  }
  throw base::Error(base::Fault::model, fmt::format("{} is missing from the installation", what),
                    "install efface again, or build it with cmake --install");
}

}  // namespace

fs::path torch_plugin_path() {
  return installed({"lib/efface/libefface_torch.so", "lib/libefface_torch.so"},
                   "the LibTorch plugin libefface_torch.so");
}

fs::path ocr_plugin_path() {
  return installed({"lib/efface/libefface_ocr.so", "lib/libefface_ocr.so"},
                   "the text reader's plugin libefface_ocr.so");
}

fs::path device_rules_path() {
  return installed({"share/efface/pixels/devices.json"}, "the list of devices");
}

fs::path model_card_path(const std::string& asked) {
  if (!asked.empty()) return asked;
  return installed({default_card}, "the face model");
}

}  // namespace efface::cmd
