// Keeps a program alive that reads a mapped file whose pages cannot be read any more: it was
// truncated, or its disk fails. Without it the kernel ends the program by SIGBUS. The page then
// reads as zeros, and the number of such pages tells those who read that what they have is no good.
#pragma once

#include <cstddef>
#include <cstdint>

namespace efface::base {

/// Guards [data, data + size), until unguard_map(). When too many maps are guarded already, this
/// one is not. Any thread.
void guard_map(const void* data, std::size_t size);
void unguard_map(const void* data);

/// How many pages could not be read since the program began.
std::uint64_t unreadable_pages();

}  // namespace efface::base
