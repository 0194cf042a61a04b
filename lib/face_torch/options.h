// What a TorchSegmenter can be asked for. Free of LibTorch, so that the command line, the loader
// and the plugin share it.
#pragma once

namespace efface::face_torch {

struct TorchOptions {
  enum class Device { automatic, cpu, cuda };
  Device device = Device::automatic;
  int cuda_index = 0;  ///< used with Device::cuda
  int threads = 1;     ///< of the CPU, >= 1
  /// Volumes of one size that may be shown to the network together, >= 1. Our networks
  /// give the same bits as alone on the CPU; cuDNN may sum in another order.
  std::size_t batch = 1;
};

}  // namespace efface::face_torch
