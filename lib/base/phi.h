// Phi<T> wraps what was read from a patient's data (protected health information), so that it
// cannot reach a log, a message or the manifest by accident: no formatter, no stream operator, no
// implicit conversion. Every use of the content is spelt reveal(), which is easy to search for.
#pragma once

#include <utility>

namespace efface::base {

template <class T>
class Phi {
 public:
  Phi() = default;
  explicit Phi(T value) : value_(std::move(value)) {}

  const T& reveal() const { return value_; }
  friend bool operator==(const Phi&, const Phi&) = default;
  friend auto operator<=>(const Phi&, const Phi&) = default;

 private:
  T value_{};
};

}  // namespace efface::base
