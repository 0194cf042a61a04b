// Finds every file below the inputs. Follows no symbolic link unless asked, survives loops, opens
// nothing. What a file is gets decided elsewhere, by content.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace efface::batch {

enum class FileKind : std::uint8_t { regular, symbolic_link, special, unreadable, link_loop };
const char* to_string(FileKind kind);

struct FoundFile {
  std::string path;               ///< as it can be opened
  std::uint32_t name_length = 0;  ///< of the end of `path` that is the name
  FileKind kind = FileKind::regular;
  std::uint64_t bytes = 0;
  std::uint64_t version = 0;  ///< see input_watch.h

  /// The input's last component and the path below it: what tokens are made of.
  std::string_view name() const { return std::string_view(path).substr(path.size() - name_length); }
};

/// All files below `inputs`, sorted by name, each path once, the same for any order of `inputs` but
/// for names where one input holds another. A link named as an input is followed. An input that
/// does not exist is Error{usage}.
std::vector<FoundFile> walk(const std::vector<std::filesystem::path>& inputs, bool follow_links);

/// Throws Error{usage} when output lies inside an input, an input inside output, or they are the
/// same (after resolving links).
void refuse_overlap(const std::vector<std::filesystem::path>& inputs,
                    const std::filesystem::path& output);

/// The same for another folder (`what`: "folder for pictures"), which keeps apart from inputs and
/// output.
void refuse_overlap(const std::vector<std::filesystem::path>& inputs,
                    const std::filesystem::path& output, const std::filesystem::path& folder,
                    const std::string& what);

}  // namespace efface::batch
