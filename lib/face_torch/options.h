// What a TorchSegmenter can be asked for. Free of LibTorch, so that the command line, the loader
// and the plugin share it.
#pragma once

namespace efface::face_torch {

struct TorchOptions {
  enum class Device { automatic, cpu, cuda };
  Device device = Device::automatic;
  int cuda_index = 0;  ///< used with Device::cuda
  int threads = 1;     ///< of the CPU, >= 1
};

}  // namespace efface::face_torch
