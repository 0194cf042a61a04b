#include "tiny_model.h"

#include <torch/script.h>
#include <unistd.h>

namespace efface::face_torch::test {
namespace {

/// A directory of this process, gone when it ends.
struct Directory {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("efface_face_torch_" + std::to_string(getpid()));
  Directory() { std::filesystem::create_directories(path); }
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

}  // namespace

face::ModelCard write_model(const std::string& name, const std::string& source) {
  static const Directory directory;
  face::ModelCard card;
  card.name = name;
  card.weights_file = (directory.path / (name + ".pt")).string();
  torch::jit::Module module(name);
  module.register_attribute("onednn", torch::jit::BoolType::get(), false);
  module.define(source);
  module.save(card.weights_file);
  return card;
}

face::ModelInput small_input() {
  face::ModelInput input;
  input.grid = {{16, 32, 48}, {}, 3.0};
  const std::size_t n = input.grid.voxel_count();
  for (std::size_t i = 0; i < n; ++i)
    input.values.push_back(static_cast<float>(i * 2654435761U % 1000) / 1000);
  input.inside.assign(n, 1);
  return input;
}

}  // namespace efface::face_torch::test
