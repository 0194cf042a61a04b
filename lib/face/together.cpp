#include "face/together.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/error.h"

namespace efface::face {

struct Together::Request {
  const ModelInput& input;
  Probabilities seen;
  std::exception_ptr fault;
  bool is_done = false;
};

Together::Together(std::mutex& turn, std::size_t most, Run run)
    : turn_(turn), most_(std::max<std::size_t>(1, most)), run_(std::move(run)) {}

Probabilities Together::segment(const ModelInput& input) {
  Request mine{input, {}, nullptr};
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(&mine);
  }
  const std::lock_guard my_turn(turn_);
  // Whoever had the turn before may have taken this input along.
  if (!mine.is_done) look_at(next_batch(mine));
  if (mine.fault) std::rethrow_exception(mine.fault);
  return std::move(mine.seen);
}

BatchCount Together::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

std::size_t Together::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

/// `first` and those of its size that have waited longest; they wait no more.
std::vector<Together::Request*> Together::next_batch(Request& first) {
  const std::lock_guard lock(mutex_);
  std::vector<Request*> batch{&first}, others;
  for (Request* r : waiting_) {
    if (r == &first) continue;
    const bool fits = batch.size() < most_ && r->input.grid.size == first.input.grid.size;
    (fits ? batch : others).push_back(r);
  }
  waiting_ = std::move(others);
  ++count_.batches;
  count_.volumes += batch.size();
  return batch;
}

void Together::look_at(std::span<Request* const> batch) {
  try {
    std::vector<const ModelInput*> inputs;
    for (const Request* r : batch) inputs.push_back(&r->input);
    std::vector<Probabilities> seen = run_(inputs);
    if (seen.size() != batch.size())
      throw base::Error(base::Fault::internal,
                        "the network answered for another number of volumes");
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i]->seen = std::move(seen[i]);
  } catch (...) {
    if (batch.size() > 1) {
      for (Request* const& r : batch) look_at({&r, 1});
      return;
    }
    batch.front()->fault = std::current_exception();
  }
  for (Request* r : batch) r->is_done = true;
}

}  // namespace efface::face
