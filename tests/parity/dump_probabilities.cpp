// What the program's networks say of an image, written to files: for the parity test against Python
// and for scripts/eval. Decides by reference labels, too, so that what goes because of a network
// can be told from what goes because of the rules. Writes no image.
//
// usage: dump_probabilities CARD.json IMAGE OUT_DIR [REFERENCE_LABELS]
// OUT_DIR/head.*: the first network on the model grid; face.*: the second, if there is one, on a
// grid of the whole image (not with REFERENCE_LABELS); sight.*: both laid together, as is decided
// by.
// *.grid: one line "nx ny nz spacing x y z" (LPS mm of the first voxel); *.input.f32 and
// *.inside.u8: what went in, x fastest; *.probabilities.f32: seven such blocks. With
// REFERENCE_LABELS (an image of labels 0 to 6 on the grid of IMAGE): reference.mask.u8, the voxels
// of IMAGE that would go if the networks said just that, and reference.txt, the verdict.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <vector>

#include "config/model_card.h"
#include "face/decide.h"
#include "face/look.h"
#include "face/prepare.h"
#include "face/region.h"
#include "face_torch/torch_segmenter.h"
#include "volume_itk/image_file.h"

namespace efface {
namespace {

namespace fs = std::filesystem;

template <class T>
void write(const fs::path& path, const std::vector<T>& values) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(T)));
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

void dump(const fs::path& stem, const face::ModelInput& input, const face::Probabilities& said) {
  std::ofstream grid(stem.string() + ".grid");
  const auto& g = input.grid;
  grid.precision(12);
  grid << g.size[0] << ' ' << g.size[1] << ' ' << g.size[2] << ' ' << g.spacing_mm << ' '
       << g.origin[0] << ' ' << g.origin[1] << ' ' << g.origin[2] << '\n';
  write(stem.string() + ".input.f32", input.values);
  write(stem.string() + ".inside.u8", input.inside);
  write(stem.string() + ".probabilities.f32", said.values);
}

/// Probability 1 of the nearest reference label; air where there is none.
face::Probabilities one_hot(const volume::Volume& labels, const volume::RegularGrid& grid) {
  const std::size_t n = grid.voxel_count();
  face::Probabilities p{grid, std::vector<float>(face::label_count * n, 0)};
  std::size_t voxel = 0;
  for (std::size_t z = 0; z < grid.size[2]; ++z)
    for (std::size_t y = 0; y < grid.size[1]; ++y)
      for (std::size_t x = 0; x < grid.size[0]; ++x, ++voxel) {
        std::size_t label = 0;
        if (const auto at = labels.grid.index_of(grid.patient_mm(x, y, z))) {
          std::array<std::size_t, 3> i{};
          const std::array<std::size_t, 3> size{labels.grid.columns, labels.grid.rows,
                                                labels.grid.slices()};
          for (std::size_t a = 0; a < 3; ++a)
            i[a] = static_cast<std::size_t>(
                std::clamp(std::round((*at)[a]), 0.0, static_cast<double>(size[a] - 1)));
          label = static_cast<std::size_t>(labels.values[i[0] + size[0] * (i[1] + size[1] * i[2])]);
        }
        p.values[std::min(label, face::label_count - 1) * n + voxel] = 1;
      }
  return p;
}

void decide_by_reference(const fs::path& path, const volume::Volume& image,
                         const face::ModelInput& input, const fs::path& out) {
  const auto labels = volume_itk::ImageFile(path).real_volume(0);
  const auto decision = face::decide(one_hot(labels, input.grid), input, {});
  face::VoxelMask mask(image.grid.voxel_count(), 0);
  if (decision.verdict == face::Verdict::removed) {
    const face::FaceRegion* region = &decision.region;
    face::MaskCounts counts;
    mask = face::mask_of(image.grid, {&region, 1}, counts);
  }
  write(out / "reference.mask.u8", mask);
  std::ofstream(out / "reference.txt") << to_string(decision.verdict) << '\n';
}

void run(const fs::path& card, const fs::path& path, const fs::path& out, const char* reference) {
  const face::ModelCards cards = config::read_model_card(card);
  const face_torch::TorchOptions on_cpu{face_torch::TorchOptions::Device::cpu, 0, 1};
  face_torch::TorchSegmenter head(cards.head, on_cpu);
  std::unique_ptr<face_torch::TorchSegmenter> finer;
  if (cards.face) finer = std::make_unique<face_torch::TorchSegmenter>(*cards.face, on_cpu);
  const volume::Volume image = volume_itk::ImageFile(path).real_volume(0);
  fs::create_directories(out);
  const auto input = face::prepare(image, cards.head);
  dump(out / "head", input, face::segment_in_blocks(head, input));
  if (finer && !reference) {
    const auto fine_input = face::prepare(image, *cards.face);
    dump(out / "face", fine_input, face::segment_in_blocks(*finer, fine_input));
  }
  const auto sight = face::look(image, {head, finer.get()});
  dump(out / "sight", sight.input, sight.probabilities);
  if (reference) decide_by_reference(reference, image, sight.input, out);
}

}  // namespace
}  // namespace efface

int main(int argc, char** argv) {
  if (argc < 4 || argc > 5) {
    std::fputs("usage: dump_probabilities CARD.json IMAGE OUT_DIR [REFERENCE_LABELS]\n", stderr);
    return 2;
  }
  try {
    efface::run(argv[1], argv[2], argv[3], argc == 5 ? argv[4] : nullptr);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "dump_probabilities: %s\n", e.what());
    return 1;
  }
  return 0;
}
