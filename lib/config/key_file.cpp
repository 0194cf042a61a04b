#include "config/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file.h"

namespace efface::config {

namespace {

using base::Error;
using base::Fault;

constexpr std::string_view heading = "efface-project-key-1 ";
constexpr std::size_t text_size = heading.size() + 64 + 1;

/// The text of a key file; wiped when it goes.
struct KeyText {
  std::array<char, text_size + 1> characters{};  // one more, to see that a file is too long
  KeyText() = default;
  KeyText(const KeyText&) = delete;
  KeyText& operator=(const KeyText&) = delete;
  ~KeyText() { ::explicit_bzero(characters.data(), characters.size()); }
};

std::string quoted(const std::filesystem::path& path) {
  return std::string("'").append(path.string()).append("'");
}

void encode(const base::Digest& key, KeyText& text) {
  static constexpr char digits[] = "0123456789abcdef";
  char* out = text.characters.data();
  out += heading.copy(out, heading.size());
  for (const std::uint8_t byte : key.bytes) {
    *out++ = digits[byte >> 4];
    *out++ = digits[byte & 15];
  }
  *out = '\n';
}

/// Value of a hexadecimal digit, 16 for anything else.
unsigned digit_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return 16;
}

bool decode(std::string_view text, base::Digest& key) {
  if (text.size() != text_size || !text.starts_with(heading) || text.back() != '\n') return false;
  text.remove_prefix(heading.size());
  for (std::size_t i = 0; i < key.bytes.size(); ++i) {
    const unsigned high = digit_value(text[2 * i]);
    const unsigned low = digit_value(text[2 * i + 1]);
    if (high > 15 || low > 15) return false;
    key.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

void check_owner_and_mode(int file, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(file, &status) != 0) {
    throw Error(Fault::crypto,
                "cannot stat key file " + quoted(path) + ": " + std::strerror(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    throw Error(Fault::crypto, "key file " + quoted(path) + " is not a regular file");
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    throw Error(Fault::crypto, "key file " + quoted(path) + " belongs to another user",
                "make a key of your own with 'efface key new FILE', or have this one given to you");
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw Error(Fault::crypto, "key file " + quoted(path) + " is open to group or others",
                "chmod 600 " + quoted(path));
  }
}

std::size_t read_up_to(int file, std::span<char> buffer, const std::filesystem::path& path) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t count = ::read(file, buffer.data() + filled, buffer.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      throw Error(Fault::crypto,
                  "cannot read key file " + quoted(path) + ": " + std::strerror(errno));
    }
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  return filled;
}

}  // namespace

void write_key_file(const std::filesystem::path& path, const base::Digest& key) {
  const base::FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) {
    if (errno == EEXIST) {
      throw Error(Fault::usage, quoted(path) + " exists; a key file is never overwritten",
                  "choose another name");
    }
    throw base::system_error("cannot create key file " + quoted(path), errno);
  }
  try {
    // The umask can only take bits away, and a file system's default ACL can add some.
    if (::fchmod(file.number(), 0600) != 0) {
      throw base::system_error("cannot set the mode of " + quoted(path), errno);
    }
    KeyText text;
    encode(key, text);
    base::write_all(file, std::as_bytes(std::span(text.characters).first(text_size)), path);
    if (::fsync(file.number()) != 0) throw base::system_error("cannot sync " + quoted(path), errno);
    const std::filesystem::path parent = path.parent_path();
    base::sync_path(parent.empty() ? "." : parent);
  } catch (...) {
    ::unlink(path.c_str());
    throw;
  }
}

base::Digest read_key_file(const std::filesystem::path& path) {
  // O_NONBLOCK: a named pipe must be refused, not waited for.
  const base::FileDescriptor file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file.is_open()) {
    const int number = errno;
    throw Error(Fault::crypto,
                "cannot open key file " + quoted(path) + ": " + std::strerror(number),
                number == ENOENT ? "make one with 'efface key new FILE'" : "");
  }
  check_owner_and_mode(file.number(), path);
  KeyText text;
  const std::size_t length = read_up_to(file.number(), text.characters, path);
  base::Digest key;
  if (!decode(std::string_view(text.characters.data(), length), key)) {
    ::explicit_bzero(key.bytes.data(), key.bytes.size());
    throw Error(Fault::crypto, quoted(path) + " is not a key file of efface",
                "make one with 'efface key new FILE'");
  }
  if (key == base::Digest{}) {
    throw Error(Fault::crypto, "the key in " + quoted(path) + " is all zeros",
                "make one with 'efface key new FILE'");
  }
  return key;
}

}  // namespace efface::config
