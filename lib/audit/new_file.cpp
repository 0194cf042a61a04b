#include "audit/new_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <span>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace efface::audit {

namespace fs = std::filesystem;

namespace {
constexpr std::size_t buffer_limit = 1 << 20;

fs::path scratch_of(const fs::path& path) {
  const fs::path folder = path.parent_path(), own = folder / ".efface";
  std::error_code none;
  return fs::is_directory(own, none) ? own : folder;
}

}  // namespace

NewFile::NewFile(fs::path path) : NewFile(path, scratch_of(path)) {}

NewFile::NewFile(fs::path path, const fs::path& scratch)
    : path_(std::move(path)), temporary_(scratch / path_.filename()) {
  temporary_ += ".partial-" + std::to_string(::getpid());
  ::unlink(temporary_.c_str());
  file_ = base::create_file(temporary_);
}

NewFile::~NewFile() {
  if (!is_in_place_) ::unlink(temporary_.c_str());
}

void NewFile::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= buffer_limit) flush();
}

void NewFile::append(NewFile& other) {
  other.flush();
  flush();
  base::append_file(file_, other.temporary_, temporary_);
}

void NewFile::put_in_place() {
  flush();
  if (::fsync(file_.number()) != 0) {
    throw base::system_error("cannot sync '" + temporary_.string() + "'", errno);
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    throw base::system_error("cannot rename to '" + path_.string() + "'", errno);
  }
  is_in_place_ = true;
  const fs::path parent = path_.parent_path();
  base::sync_path(parent.empty() ? "." : parent);
}

void NewFile::flush() {
  base::write_all(file_, std::as_bytes(std::span(buffer_)), temporary_);
  buffer_.clear();
}

void Lines::write(NewFile& file, std::string_view line) {
  file.write(is_first_ ? "\n" : ",\n");
  file.write(line);
  is_first_ = false;
}

void Lines::write(NewFile& file, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) write(file, std::string_view(line));
}

}  // namespace efface::audit
