// Project key files: 32 random bytes as text, mode 0600, made by `efface key new`.
#pragma once

#include <filesystem>
#include <string>

#include "base/digest.h"

namespace efface::config {

/// Writes a new key file. Never overwrites. Throws Error{usage | io}.
void write_key_file(const std::filesystem::path& path, const base::Digest& key);

/// Throws Error{crypto} when the file is readable or writable by group or others, is not a regular file
/// owned by this user (or root), or is malformed; the hint says `chmod 600`.
base::Digest read_key_file(const std::filesystem::path& path);

}  // namespace efface::config
