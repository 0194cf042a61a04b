// What an action throws, as a value that a test can look at. An action that throws nothing fails
// the test; anything but base::Error goes through.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "base/error.h"

namespace efface::support {

inline base::Error error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return {base::Fault::internal, ""};
}

/// Also expects a message of one line.
inline base::Fault fault_of(const std::function<void()>& action) {
  const base::Error error = error_of(action);
  const std::string message = error.what();
  EXPECT_FALSE(message.empty());
  EXPECT_EQ(message.find('\n'), std::string::npos);
  return error.fault();
}

}  // namespace efface::support
