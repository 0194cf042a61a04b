// Project key files: 32 random bytes as one line of text, mode 0600, made by `efface key new`.
// Makes no keys itself (crypto_openssl::random_key) and never shows one: messages name the path
// alone.
#pragma once

#include <filesystem>

#include "base/digest.h"

namespace efface::config {

/// Writes a new key file, "efface-project-key-1 <64 hexadecimal digits>\n", mode 0600 whatever the
/// umask, synced to disk. Never overwrites: Error{usage} when something has that name, dangling
/// links included. Error{io | no_space} when it cannot be written; nothing is left behind then.
void write_key_file(const std::filesystem::path& path, const base::Digest& key);

/// Throws Error{crypto} when the file cannot be opened, is readable or writable by group or others
/// (the hint says `chmod 600`), is no regular file owned by this user (or root), is malformed, or
/// holds the all-zero key. What is checked is the file that was opened, not its name.
base::Digest read_key_file(const std::filesystem::path& path);

}  // namespace efface::config
