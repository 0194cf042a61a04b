// Exit codes of efface, as README.md states them.
#pragma once

namespace efface::cmd {

inline constexpr int exit_ok = 0;      ///< everything handled and written
inline constexpr int exit_failed = 1;  ///< the run failed
inline constexpr int exit_usage = 2;   ///< the command line or a configuration is wrong
inline constexpr int exit_incomplete =
    3;  ///< finished, but something was withheld, failed or found
inline constexpr int exit_interrupted = 130;

}  // namespace efface::cmd
