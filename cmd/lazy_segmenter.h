// A segmenter that comes into being when the first volume needs it: runs that need no model do not
// pay for LibTorch.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "cmd/busy_clock.h"
#include "face/model.h"

namespace efface::cmd {

class LazySegmenter : public face::Segmenter {
 public:
  using Load = std::function<std::unique_ptr<face::Segmenter>(const face::ModelCard&)>;

  /// `clock` runs while a volume is looked at or waits for that.
  LazySegmenter(face::ModelCard card, Load load, std::shared_ptr<BusyClock> clock)
      : card_(std::move(card)), load_(std::move(load)), clock_(std::move(clock)) {}

  const face::ModelCard& card() const override { return card_; }
  face::Probabilities segment(const face::ModelInput& input) override {
    face::Segmenter& segmenter = loaded();
    const BusyClock::Work work(*clock_);
    return segmenter.segment(input);
  }
  /// Empty texts when no volume needed the model.
  face::DeviceReport device() const override {
    const std::lock_guard lock(mutex_);
    return segmenter_ ? segmenter_->device() : face::DeviceReport{};
  }
  face::BatchCount count() const override {
    const std::lock_guard lock(mutex_);
    return segmenter_ ? segmenter_->count() : face::BatchCount{};
  }

 private:
  face::Segmenter& loaded() {
    const std::lock_guard lock(mutex_);
    if (!segmenter_) segmenter_ = load_(card_);
    return *segmenter_;
  }

  face::ModelCard card_;
  Load load_;
  std::shared_ptr<BusyClock> clock_;
  mutable std::mutex mutex_;
  std::unique_ptr<face::Segmenter> segmenter_;
};

}  // namespace efface::cmd
