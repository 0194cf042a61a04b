// The seam between efface and the network: what a segmentation model is, what goes in, what comes
// out. Implemented by face_torch (LibTorch) and by fakes in tests; no file access, no LibTorch
// here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "face/calibration.h"
#include "volume/volume.h"

namespace efface::face {

/// The classes every efface model has, in this order (the card repeats their names).
enum class Label : std::uint8_t { air, head, brain, eyes, nose, mouth, ears };
inline constexpr std::size_t label_count = 7;

/// What --features chooses from.
enum class Feature : std::uint8_t { eyes, nose, mouth, ears };
inline constexpr std::size_t feature_count = 4;
inline constexpr std::array<Feature, 4> all_features{Feature::eyes, Feature::nose, Feature::mouth,
                                                     Feature::ears};
const char* to_string(Feature feature);
Label label_of(Feature feature);

/// How much goes: the chosen features with what lies between and before them, or the whole facial
/// surface from brow to chin, too.
enum class Extent : std::uint8_t { features, face };

/// One network, from the JSON card beside the weights.
struct ModelCard {
  std::string name;
  std::string version;
  std::string weights_file;    ///< absolute path of the TorchScript file
  std::string weights_sha256;  ///< lower-case hex, as the card states; checked on loading
  double spacing_mm = 3.0;
  std::size_t size_multiple = 16;  ///< each grid extent must be a multiple of this
  double percentile_low = 0.01;    ///< normalisation: clip to these percentiles of the values in
  double percentile_high = 0.99;   ///< the field of view, then to 0…1; outside it 0
  std::array<double, 2> ct_clip_hu{-1000, 1000};  ///< applied first for Hounsfield units
};

/// A model: a network that looks at the whole image and, optionally, a finer one that looks at the
/// face again. Both have the same labels.
struct ModelCards {
  ModelCard head;
  std::optional<ModelCard> face;
  Calibrations calibrations;
};

/// One network input: normalised values on the model grid, x fastest (see RegularGrid).
struct ModelInput {
  volume::RegularGrid grid;
  std::vector<float> values;
  std::vector<std::uint8_t> inside;   ///< 1 within the image's field of view
  bool is_hounsfield = false;         ///< before normalisation they were CT numbers
  std::vector<std::uint8_t> blank{};  ///< 1 where the image's blank ends are; empty: it has none
};

/// Softmax probabilities, label-major: values[label * grid.voxel_count() + voxel].
struct Probabilities {
  volume::RegularGrid grid;
  std::vector<float> values;
  float of(Label label, std::size_t voxel) const {
    return values[static_cast<std::size_t>(label) * grid.voxel_count() + voxel];
  }
};

/// Which device computed, and why that one.
struct DeviceReport {
  std::string device;  ///< "cpu", "cuda:0"
  std::string reason;  ///< e.g. "no CUDA driver", "out of memory on cuda:0", "asked for"
};

/// What a network was shown so far.
struct BatchCount {
  std::uint64_t batches = 0, volumes = 0;
};

class Segmenter {
 public:
  virtual ~Segmenter() = default;
  virtual const ModelCard& card() const = 0;
  /// Thread-safe; calls are serialised inside, or answered together. Throws base::Error (model,
  /// resource, device).
  virtual Probabilities segment(const ModelInput& input) = 0;
  virtual DeviceReport device() const = 0;
  virtual BatchCount count() const { return {}; }
};

/// The loaded networks of one model; the second one may be absent.
struct Networks {
  Networks(Segmenter& of_head, Segmenter* of_face = nullptr, Calibrations of_scores = {})
      : head(of_head), face(of_face), calibrations(std::move(of_scores)) {}
  Segmenter& head;
  Segmenter* face;
  Calibrations calibrations;
};

}  // namespace efface::face
