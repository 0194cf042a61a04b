// --shard I/N, or auto: the part of a run that a task does, from the command line or from Slurm's
// environment of an array job.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "batch/shard.h"

namespace efface::cmd {

/// Nothing for an empty text. `variable` gives a variable of the environment, or null. auto takes
/// SLURM_ARRAY_TASK_ID, _MIN, _MAX and _COUNT, for arrays whose steps are equal. Throws Error
/// {usage}.
std::optional<batch::Shard> parse_shard(const std::string& text,
                                        const std::function<const char*(const char*)>& variable);

}  // namespace efface::cmd
