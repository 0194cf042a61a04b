// The segmentation model by LibTorch, on CUDA or the CPU. Does not check the weights' digest (the
// caller has done so before it names the file) and never reads the environment.
#pragma once

#include <memory>
#include <string>

#include "face/model.h"
#include "face_torch/options.h"

namespace efface::face_torch {

/// Loads TorchScript: forward(float32[N, 1, Z, Y, X]) -> float32[N, 7, Z, Y, X], softmax.
/// Automatic: CUDA when there is a device, else the CPU; when CUDA runs out of memory this volume
/// and all later ones are computed on the CPU, and device() says so. Works with LibTorch 1.13
/// and 2.x. All failures are base::Error: model (weights missing, damaged or of another shape),
/// device (CUDA was asked for and cannot be used), resource (out of memory on the CPU, or on CUDA
/// when it was asked for).
class TorchSegmenter : public face::Segmenter {
 public:
  TorchSegmenter(const face::ModelCard& card, const TorchOptions& options);
  ~TorchSegmenter() override;

  const face::ModelCard& card() const override;
  face::Probabilities segment(const face::ModelInput& input) override;
  face::DeviceReport device() const override;
  face::BatchCount count() const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// e.g. "1.13.1".
std::string torch_version();

}  // namespace efface::face_torch
