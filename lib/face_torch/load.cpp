#include "face_torch/load.h"

#include <dlfcn.h>

#include <algorithm>

#include "base/error.h"
#include "face_torch/plugin.h"

namespace efface::face_torch {
namespace {

using base::Error;
using base::Fault;

const PluginApi& open_plugin(const std::filesystem::path& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    const char* why = dlerror();
    throw Error(Fault::model,
                "cannot load the segmentation library '" + path.string() +
                    "': " + (why != nullptr ? why : "unknown reason"),
                "install LibTorch (Debian: libtorch1.13) and keep libefface_torch.so where efface "
                "was installed");
  }
  const auto factory = reinterpret_cast<PluginFactory>(dlsym(library, plugin_symbol));
  const PluginApi* api = factory != nullptr ? factory() : nullptr;
  if (api == nullptr || api->abi != plugin_abi ||
      !std::equal(std::begin(api->sizes), std::end(api->sizes), std::begin(plugin_sizes)))
    throw Error(Fault::model, "'" + path.string() + "' does not belong to this build of efface",
                "build and install efface and libefface_torch.so together");
  return *api;
}

[[noreturn]] void raise(const PluginFault& fault) {
  throw Error(static_cast<Fault>(fault.fault), fault.message, fault.hint);
}

/// A segmenter on the other side of the boundary.
class LoadedSegmenter : public face::Segmenter {
 public:
  LoadedSegmenter(const PluginApi& api, const face::ModelCard& card, const TorchOptions& options)
      : api_(api), card_(card) {
    PluginFault fault;
    if (!api_.create(card, options, segmenter_, fault)) raise(fault);
  }
  LoadedSegmenter(const LoadedSegmenter&) = delete;
  LoadedSegmenter& operator=(const LoadedSegmenter&) = delete;
  ~LoadedSegmenter() override { api_.destroy(segmenter_); }

  const face::ModelCard& card() const override { return card_; }

  face::Probabilities segment(const face::ModelInput& input) override {
    face::Probabilities probabilities;
    PluginFault fault;
    if (!api_.segment(*segmenter_, input, probabilities, fault)) raise(fault);
    return probabilities;
  }

  face::DeviceReport device() const override {
    face::DeviceReport report;
    PluginFault fault;
    if (!api_.device(*segmenter_, report, fault)) raise(fault);
    return report;
  }

  face::BatchCount count() const override {
    face::BatchCount batches;
    PluginFault fault;
    if (!api_.count(*segmenter_, batches, fault)) raise(fault);
    return batches;
  }

 private:
  const PluginApi& api_;
  face::ModelCard card_;
  face::Segmenter* segmenter_ = nullptr;
};

}  // namespace

std::unique_ptr<face::Segmenter> load_torch_segmenter(const std::filesystem::path& plugin,
                                                      const face::ModelCard& card,
                                                      const TorchOptions& options) {
  return std::make_unique<LoadedSegmenter>(open_plugin(plugin), card, options);
}

std::string torch_version(const std::filesystem::path& plugin) {
  return open_plugin(plugin).torch_version;
}

}  // namespace efface::face_torch
