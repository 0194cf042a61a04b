// A table of many subjects in a shard, cleaned, that waits in the shard's folder for the others:
// only who knows what all of them release can say which of its rows stay (batch/merge.h). Holds
// nothing but what a release may hold, and of rows that go later the same.
#pragma once

#include <string>
#include <string_view>

#include "sidecar/clean.h"

namespace efface::sidecar {

/// Content, rows and their counts, as JSON. What rows name: as outputs.
std::string encode_waiting_table(const Cleaned& table);
/// Throws Error{bad_input} for what is not of encode_waiting_table().
Cleaned decode_waiting_table(std::string_view json);

}  // namespace efface::sidecar
