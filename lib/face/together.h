// Volumes that wait for a network at the same time are shown to it together: a batch. Which volumes
// meet depends on the clock, so a network must say the same of a volume alone and among others.
// Knows nothing of LibTorch.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "face/model.h"

namespace efface::face {

class Together {
 public:
  /// Probabilities of inputs whose grids have one size, in their order.
  using Run = std::function<std::vector<Probabilities>(std::span<const ModelInput* const>)>;

  /// `turn`: held while the network works; several networks may share it. `most`: inputs of a
  /// batch, at least 1.
  Together(std::mutex& turn, std::size_t most, Run run);

  /// Thread-safe; returns when this input has been looked at, by this thread or another. When a
  /// batch fails, each of its inputs is looked at alone, so that it fails by its own fault only.
  /// Throws what `run` throws of this input alone.
  Probabilities segment(const ModelInput& input);

  /// How many batches were looked at, those of one input included, and how many inputs in them.
  BatchCount count() const;
  /// Inputs that wait to be looked at.
  std::size_t waiting() const;

 private:
  struct Request;

  std::vector<Request*> next_batch(Request& first);
  void look_at(std::span<Request* const> batch);

  std::mutex& turn_;
  const std::size_t most_;
  const Run run_;
  mutable std::mutex mutex_;  ///< of what follows
  std::vector<Request*> waiting_;
  BatchCount count_;
};

}  // namespace efface::face
