// The C boundary between the loader and libefface_torch.so. No exception crosses it: failures
// travel as a struct of plain characters. Both sides are built from the same sources; `abi` and the
// sizes of the shared types refuse a library that was not.
#pragma once

#include <cstddef>

#include "face/model.h"
#include "face_torch/options.h"

namespace efface::face_torch {

/// Counted up when this header or what crosses it changes.
inline constexpr unsigned plugin_abi = 2;
inline constexpr const char* plugin_symbol = "efface_torch_plugin";

struct PluginFault {
  int fault = 0;  ///< base::Fault
  char message[512] = {};
  char hint[512] = {};
};

/// Functions return false and fill the fault when they fail.
struct PluginApi {
  unsigned abi;
  std::size_t sizes[5];  ///< see plugin_sizes
  const char* torch_version;
  bool (*create)(const face::ModelCard&, const TorchOptions&, face::Segmenter*&, PluginFault&);
  bool (*segment)(face::Segmenter&, const face::ModelInput&, face::Probabilities&, PluginFault&);
  bool (*device)(const face::Segmenter&, face::DeviceReport&, PluginFault&);
  bool (*count)(const face::Segmenter&, face::BatchCount&, PluginFault&);
  void (*destroy)(face::Segmenter*);
};

inline constexpr std::size_t plugin_sizes[5] = {sizeof(face::ModelCard), sizeof(face::ModelInput),
                                                sizeof(face::Probabilities),
                                                sizeof(face::BatchCount), sizeof(TorchOptions)};

extern "C" {
using PluginFactory = const PluginApi* (*)();
}

}  // namespace efface::face_torch
