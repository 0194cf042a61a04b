#include "batch/walk.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.h"
#include "batch/input_watch.h"

namespace efface::batch {

namespace fs = std::filesystem;

const char* to_string(FileKind kind) {
  switch (kind) {
    case FileKind::regular:
      return "regular file";
    case FileKind::symbolic_link:
      return "symbolic link";
    case FileKind::special:
      return "special file";
    case FileKind::unreadable:
      return "unreadable";
    case FileKind::link_loop:
      return "link loop";
  }
  return "?";
}

namespace {

using DirectoryId = std::pair<dev_t, ino_t>;

class Walker {
 public:
  Walker(bool follow_links, std::vector<FoundFile>& found)
      : follow_links_(follow_links), found_(found) {}

  /// `name_length`: how much of the end of `path` is the name.
  void visit(const std::string& path, std::size_t name_length, bool follow) {
    visit_entry(AT_FDCWD, path.c_str(), path, name_length, follow);
  }

 private:
  /// `entry` names `path` as seen from the folder.
  void visit_entry(int folder, const char* entry, const std::string& path, std::size_t name_length,
                   bool follow) {
    struct stat status {};
    if (::fstatat(folder, entry, &status, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0) {
      add(path, name_length, errno == ELOOP ? FileKind::link_loop : FileKind::unreadable, 0);
    } else if (S_ISLNK(status.st_mode)) {
      add(path, name_length, FileKind::symbolic_link, 0);
    } else if (S_ISDIR(status.st_mode)) {
      enter(path, name_length, {status.st_dev, status.st_ino});
    } else if (S_ISREG(status.st_mode)) {
      add(path, name_length, FileKind::regular, static_cast<std::uint64_t>(status.st_size),
          version_of(status));
    } else {
      add(path, name_length, FileKind::special, 0);
    }
  }

  void add(const std::string& path, std::size_t name_length, FileKind kind, std::uint64_t bytes,
           std::uint64_t version = 0) {
    found_.push_back({path, static_cast<std::uint32_t>(name_length), kind, bytes, version});
  }

  void enter(const std::string& path, std::size_t name_length, const DirectoryId& id) {
    // A directory that is its own ancestor can only be reached by a followed link.
    if (!ancestors_.insert(id).second) return add(path, name_length, FileKind::link_loop, 0);
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
    std::string entry = path.ends_with('/') ? path : path + '/';
    const std::size_t begin = entry.size();
    bool is_read = folder != nullptr;
    while (is_read) {
      errno = 0;
      const dirent* const listed = ::readdir(folder.get());
      is_read = listed != nullptr || errno == 0;
      if (listed == nullptr) break;
      const std::string_view name = listed->d_name;
      if (name == "." || name == "..") continue;
      entry.resize(begin);
      entry += name;
      visit_entry(::dirfd(folder.get()), entry.c_str() + begin, entry,
                  name_length + entry.size() - path.size(), follow_links_);
    }
    if (!is_read) add(path, name_length, FileKind::unreadable, 0);  // what was listed of it, stays
    ancestors_.erase(id);
  }

  bool follow_links_;
  std::vector<FoundFile>& found_;
  std::set<DirectoryId> ancestors_;
};

/// Absolute, without dots and without a slash at its end. A last component that is a link stays.
fs::path normal(const fs::path& input) {
  fs::path path = fs::absolute(input).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  std::error_code error;  // LINK/.. is not what stands before LINK
  return fs::equivalent(path, input, error) ? path : fs::canonical(input);
}

/// Inputs may overlap: the first name of a path stays.
void keep_each_path_once(std::vector<FoundFile>& found) {
  std::stable_sort(found.begin(), found.end(),
                   [](const FoundFile& a, const FoundFile& b) { return a.path < b.path; });
  const auto end =
      std::unique(found.begin(), found.end(),
                  [](const FoundFile& a, const FoundFile& b) { return a.path == b.path; });
  found.erase(end, found.end());
}

bool contains(const fs::path& outer, const fs::path& inner) {
  const auto [end, ignored] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return end == outer.end();
}

fs::path resolved(const fs::path& path) {
  const fs::path whole = fs::weakly_canonical(path);
  return whole.has_filename() ? whole : whole.parent_path();  // no slash at the end
}

bool overlap(const fs::path& one, const fs::path& other) {
  const fs::path a = resolved(one), b = resolved(other);
  return contains(a, b) || contains(b, a);
}

}  // namespace

std::vector<FoundFile> walk(const std::vector<fs::path>& inputs, bool follow_links) {
  std::vector<FoundFile> found;
  Walker walker(follow_links, found);
  for (const fs::path& input : inputs) {
    struct stat status {};
    if (::stat(input.c_str(), &status) != 0) {
      throw base::Error(base::Fault::usage, "no such input: '" + input.string() + "'");
    }
    const fs::path path = normal(input);
    // A path named by the user is followed even when it is a link.
    walker.visit(path.native(), path.filename().native().size(), true);
  }
  keep_each_path_once(found);
  std::sort(found.begin(), found.end(), [](const FoundFile& a, const FoundFile& b) {
    return std::pair(a.name(), std::string_view(a.path)) <
           std::pair(b.name(), std::string_view(b.path));
  });
  return found;
}

void refuse_overlap(const std::vector<fs::path>& inputs, const fs::path& output) {
  for (const fs::path& input : inputs) {
    if (overlap(input, output)) {
      throw base::Error(base::Fault::usage,
                        "output '" + output.string() + "' and input '" + input.string() +
                            "' lie inside one another",
                        "choose an output directory apart from every input");
    }
  }
}

void refuse_overlap(const std::vector<fs::path>& inputs, const fs::path& output,
                    const fs::path& folder, const std::string& what) {
  const bool is_bad = overlap(output, folder) ||
                      std::any_of(inputs.begin(), inputs.end(),
                                  [&](const fs::path& input) { return overlap(input, folder); });
  if (!is_bad) return;
  throw base::Error(base::Fault::usage,
                    what + " '" + folder.string() +
                        "' lies inside an input or the output directory, or holds one",
                    "choose a directory apart from both");
}

}  // namespace efface::batch
