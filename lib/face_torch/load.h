// Opens libefface_torch.so when a volume needs the model, so that a program which needs none does
// not pay for LibTorch's start-up (0.5 s, 170 MB). No LibTorch here: link efface_face_torch_loader.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "face/model.h"
#include "face_torch/options.h"

namespace efface::face_torch {

/// Loads the library (once; it stays for the life of the process) and makes a TorchSegmenter in it.
/// Throws base::Error: model (the library is missing, does not load, or is of another build), and
/// all that TorchSegmenter throws. The returned object throws the same errors as TorchSegmenter.
std::unique_ptr<face::Segmenter> load_torch_segmenter(const std::filesystem::path& plugin,
                                                      const face::ModelCard& card,
                                                      const TorchOptions& options);

/// LibTorch's version, e.g. "1.13.1". Loads the library: half a second.
std::string torch_version(const std::filesystem::path& plugin);

}  // namespace efface::face_torch
