// The one exported function of libefface_torch.so.
#include "face_torch/plugin.h"

#include <algorithm>
#include <exception>

#include "base/error.h"
#include "face_torch/torch_segmenter.h"

namespace efface::face_torch {
namespace {

void put(char (&to)[512], const std::string& text) {
  const std::size_t n = std::min(text.size(), sizeof(to) - 1);
  std::copy_n(text.begin(), n, to);
  to[n] = 0;
}

/// Runs and turns every exception into a fault.
template <class Run>
bool guarded(PluginFault& fault, Run run) {
  const auto fail = [&](base::Fault kind, const std::string& message, const std::string& hint) {
    fault.fault = static_cast<int>(kind);
    put(fault.message, message);
    put(fault.hint, hint);
    return false;
  };
  try {
    run();
    return true;
  } catch (const base::Error& e) {
    return fail(e.fault(), e.what(), e.hint());
  } catch (const std::bad_alloc&) {
    return fail(base::Fault::resource, "out of memory", "");
  } catch (const std::exception& e) {
    return fail(base::Fault::internal, e.what(), "");
  } catch (...) {
    return fail(base::Fault::internal, "an unknown failure in LibTorch", "");
  }
}

bool create(const face::ModelCard& card, const TorchOptions& options, face::Segmenter*& segmenter,
            PluginFault& fault) {
  return guarded(fault, [&] { segmenter = new TorchSegmenter(card, options); });
}

bool segment(face::Segmenter& segmenter, const face::ModelInput& input,
             face::Probabilities& probabilities, PluginFault& fault) {
  return guarded(fault, [&] { probabilities = segmenter.segment(input); });
}

bool device(const face::Segmenter& segmenter, face::DeviceReport& report, PluginFault& fault) {
  return guarded(fault, [&] { report = segmenter.device(); });
}

bool count(const face::Segmenter& segmenter, face::BatchCount& batches, PluginFault& fault) {
  return guarded(fault, [&] { batches = segmenter.count(); });
}

void destroy(face::Segmenter* segmenter) {
  delete segmenter;
}

}  // namespace
}  // namespace efface::face_torch

extern "C" __attribute__((visibility("default"))) const efface::face_torch::PluginApi*
efface_torch_plugin() {
  using namespace efface::face_torch;
  static const std::string version = torch_version();
  static const PluginApi api{
      plugin_abi,
      {plugin_sizes[0], plugin_sizes[1], plugin_sizes[2], plugin_sizes[3], plugin_sizes[4]},
      version.c_str(),
      create,
      segment,
      device,
      count,
      destroy};
  return &api;
}
