#include "burned_in/reader.h"

#include <exception>
#include <utility>

namespace efface::burned_in {

ReaderPool::Loan ReaderPool::borrow() {
  {
    const std::lock_guard lock(mutex_);
    if (failure_) std::rethrow_exception(failure_);
    if (!idle_.empty()) {
      std::unique_ptr<TextReader> reader = std::move(idle_.back());
      idle_.pop_back();
      return Loan(*this, std::move(reader));
    }
  }
  try {
    return Loan(*this, make_());
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
    throw;
  }
}

void ReaderPool::give_back(std::unique_ptr<TextReader> reader) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(reader));
}

}  // namespace efface::burned_in
