#include "batch/staging.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "crypto_openssl/crypto.h"

namespace efface::batch {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t piece = 1 << 18;  // stays in the L2 cache between hashing and scanning

template <class Visit>
FileDigest digest_pieces(const fs::path& path, const Visit& visit) {
  crypto_openssl::Sha256 sha;
  const std::uint64_t bytes = base::visit_file(path, piece, [&](std::span<const std::byte> part) {
    sha.update(part);
    visit(part);
  });
  return {sha.finish(), bytes};
}

/// rename() that refuses to overwrite, where the file system can; else a check before.
void move_without_overwriting(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return;
  if (errno == EINVAL || errno == ENOSYS) {
    if (fs::exists(fs::symlink_status(to)))
      errno = EEXIST;
    else if (::rename(from.c_str(), to.c_str()) == 0)
      return;
  }
  throw base::system_error("cannot move a finished study to '" + to.string() + "'", errno);
}

}  // namespace

FileDigest digest_file(const fs::path& path) {
  return digest_pieces(path, [](std::span<const std::byte>) {});
}

FileDigest check_staged(const fs::path& path, deid::ResidueScanner& scanner) {
  return digest_pieces(path, [&](std::span<const std::byte> part) { scanner.feed(part); });
}

OutputTree::OutputTree(fs::path root, Names names, const std::optional<Shard>& shard)
    : root_(root.lexically_normal()), names_(names), is_shard_(shard.has_value()) {
  if (!root_.has_filename()) root_ = root_.parent_path();  // as parent_path() of what lies in it
  if (fs::exists(root_) && !fs::is_directory(root_)) {
    throw base::Error(base::Fault::usage, "output '" + root_.string() + "' is not a directory");
  }
  base::make_directories(root_);
  const auto is_foreign = [&] { return !fs::exists(root_ / ".efface") && !fs::is_empty(root_); };
  if (is_foreign() && is_foreign()) {  // another task of the run may have begun in between
    throw base::Error(base::Fault::usage, "output directory '" + root_.string() + "' is not empty",
                      "choose a new directory, or one that an earlier run of efface began");
  }
  own_ = root_ / ".efface";
  if (shard) own_ /= folder_of(*shard);
  base::make_directories(own_ / "staging");
}

fs::path OutputTree::manifest_path() const {
  return (is_shard_ ? own_ : root_) / "manifest.json";
}

fs::path OutputTree::staging(const std::string& study_token) const {
  return own_ / "staging" / study_token;
}

fs::path OutputTree::begin(const std::string& study_token) const {
  const fs::path path = staging(study_token);
  std::error_code error;
  fs::remove_all(path, error);  // a leftover would be released with the study's folder
  if (error) throw base::system_error("cannot delete '" + path.string() + "'", error.value());
  base::make_directories(path);
  return path;
}

void OutputTree::sync(const std::vector<audit::StudyRecord>& studies) const {
  constexpr std::size_t few = 16;
  std::vector<fs::path> outputs;
  for (const audit::StudyRecord& study : studies) {
    for (const audit::InputRecord& input : study.inputs) {
      if (!input.output.empty()) outputs.push_back(staging(study.token) / input.output);
    }
  }
  if (outputs.size() <= few) {
    std::set<fs::path> directories;
    for (const fs::path& output : outputs) {
      base::sync_path(output);
      for (fs::path d = output.parent_path(); d != root_; d = d.parent_path())
        directories.insert(d);
    }
    for (const fs::path& directory : directories) base::sync_path(directory);
    return;
  }
  // One call for the file system is much faster than one for each of many files.
  const base::FileDescriptor directory = base::open_for_reading(root_);
  if (::syncfs(directory.number()) != 0) {
    throw base::system_error("cannot sync '" + root_.string() + "'", errno);
  }
}

std::vector<OutputTree::Unit> OutputTree::units(const audit::StudyRecord& study) const {
  std::set<Unit> units;
  for (const audit::InputRecord& input : study.inputs) {
    if (input.output.empty()) continue;
    const fs::path output = input.output;
    if (input.awaits_merge) {
      units.insert({output, own_.lexically_relative(root_) / waiting_tables_folder / output});
    } else if (names_ == Names::keep) {
      units.insert({output, output});
    } else {
      auto part = output.begin();  // PATIENT/STUDY, or images/TOKEN
      const fs::path first = *part++;
      units.insert({first / *part, first / *part});
    }
  }
  return {units.begin(), units.end()};
}

/// Moves what is still in staging; false when it has been moved before.
bool OutputTree::move_unit(const fs::path& from, const fs::path& to) const {
  if (fs::exists(fs::symlink_status(from))) {
    base::make_directories(to.parent_path());
    move_without_overwriting(from, to);
    return true;
  }
  if (!fs::exists(to)) {
    throw base::Error(base::Fault::io, "a staged study vanished before it was moved into place",
                      "start again with a new output directory");
  }
  return false;
}

void OutputTree::commit(const audit::StudyRecord& study) const {
  std::set<fs::path> parents;
  std::vector<std::pair<fs::path, fs::path>> moved;
  try {
    for (const Unit& unit : units(study)) {
      const fs::path from = staging(study.token) / unit.staged, to = root_ / unit.place;
      if (move_unit(from, to)) moved.emplace_back(from, to);
      for (fs::path d = to.parent_path(); d != root_.parent_path() && !d.empty();
           d = d.parent_path()) {
        if (!parents.insert(d).second) break;
      }
    }
    for (const fs::path& parent : parents) base::sync_path(parent);
  } catch (const base::Error&) {
    std::error_code ignored;  // all of a study or nothing
    for (const auto& [from, to] : moved) fs::rename(to, from, ignored);
    for (const Unit& unit : units(study)) remove_empty(unit.place.parent_path());
    throw;
  }
}

void OutputTree::remove_empty(const fs::path& folder) const {
  std::error_code error;  // of the first that is not empty, or not there
  for (fs::path d = folder; !d.empty() && fs::remove(root_ / d, error); d = d.parent_path())
    continue;
}

void OutputTree::discard(const std::string& study_token) const {
  std::error_code ignored;
  fs::remove_all(staging(study_token), ignored);
}

void OutputTree::finish() const {
  std::error_code ignored;
  fs::remove_all(own_ / "staging", ignored);
}

void OutputTree::remove_leftovers() const {
  std::error_code ignored;
  std::vector<fs::path> leftovers;
  for (const fs::directory_entry& entry : fs::directory_iterator(own_, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("manifest.json") && name.find(".partial-") != name.npos) {
      leftovers.push_back(entry.path());
    }
  }
  for (const fs::path& leftover : leftovers) fs::remove(leftover, ignored);
}

}  // namespace efface::batch
