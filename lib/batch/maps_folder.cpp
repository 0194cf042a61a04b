#include "batch/maps_folder.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <memory>
#include <queue>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "text/character_sets.h"

namespace efface::batch {

namespace fs = std::filesystem;
using base::Error;
using base::Fault;

namespace {

constexpr unsigned owner_only = 0600;
constexpr const char* mark_name = ".run";
constexpr std::size_t merged_at_once = 64;
constexpr std::size_t buffer_bytes = 1 << 16;
/// A line of a part begins with the letter of its map.
constexpr char patient_letter = 'p', uid_letter = 'u';

/// A field of RFC 4180. Control characters, which no identifier may hold, become spaces: a pair is
/// a line.
std::string field(std::string value) {
  for (char& c : value) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  if (value.find_first_of(",\"") == std::string::npos) return value;
  std::string quoted = "\"";
  for (const char c : value) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

std::vector<std::string> lines_of(const deid::ReplacedIdentifiers::Pairs& pairs, char letter) {
  std::vector<std::string> lines;
  for (const auto& [before, after] : pairs) {
    lines.push_back(letter + field(before) + ',' + field(after));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

/// A file that appears under its name when it is whole.
class NewFile {
 public:
  explicit NewFile(fs::path path) : path_(std::move(path)), partial_(path_) {
    partial_ += ".partial";
    ::unlink(partial_.c_str());
    file_ = base::create_file(partial_, owner_only);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    std::error_code ignored;
    if (!is_done_) fs::remove(partial_, ignored);
  }

  void line(std::string_view text) {
    buffer_.append(text).append(1, '\n');
    if (buffer_.size() >= buffer_bytes) flush();
  }

  void finish() {
    flush();
    base::sync_path(partial_);
    if (::rename(partial_.c_str(), path_.c_str()) != 0) {
      throw base::system_error("cannot rename to '" + path_.string() + "'", errno);
    }
    is_done_ = true;
    base::sync_path(path_.parent_path());
  }

 private:
  void flush() {
    base::write_all(file_, std::as_bytes(std::span(buffer_)), partial_);
    buffer_.clear();
  }

  fs::path path_, partial_;
  base::FileDescriptor file_;
  std::string buffer_;
  bool is_done_ = false;
};

/// Lines of sorted files in one order, each once.
template <class Visit>
void merge(std::span<const fs::path> files, const Visit& visit) {
  using Head = std::pair<std::string, std::size_t>;  // line, file
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
  std::vector<std::unique_ptr<std::ifstream>> streams;
  const auto advance = [&](std::size_t i) {
    std::string text;
    if (std::getline(*streams[i], text)) heads.emplace(std::move(text), i);
    if (streams[i]->bad()) throw Error(Fault::io, "cannot read '" + files[i].string() + "'");
  };
  for (const fs::path& file : files) {
    streams.push_back(std::make_unique<std::ifstream>(file, std::ios::binary));
    if (!*streams.back()) throw Error(Fault::io, "cannot open '" + file.string() + "'");
    advance(streams.size() - 1);
  }
  std::string last;
  while (!heads.empty()) {
    const auto [text, i] = heads.top();
    heads.pop();
    advance(i);
    if (text == last) continue;
    visit(text);
    last = text;
  }
}

/// So few files that they can be merged at once: others are merged into new ones below `scratch`.
std::vector<fs::path> reduced(std::vector<fs::path> files, const fs::path& scratch) {
  for (std::size_t count = 0; files.size() > merged_at_once;) {
    std::vector<fs::path> fewer;
    for (std::size_t i = 0; i < files.size(); i += merged_at_once) {
      const std::size_t n = std::min(merged_at_once, files.size() - i);
      NewFile run(fewer.emplace_back(scratch / ("run-" + std::to_string(count++))));
      merge(std::span(files).subspan(i, n), [&](const std::string& text) { run.line(text); });
      run.finish();
    }
    files = std::move(fewer);
  }
  return files;
}

bool has_pairs(const audit::StudyRecord& study) {
  return std::any_of(study.inputs.begin(), study.inputs.end(), [](const auto& input) {
    return input.kind == "dicom" && !input.output.empty();
  });
}

/// Nothing is there but, perhaps, a mark that a killed run did not finish.
bool is_free(const fs::path& folder) {
  return std::all_of(fs::directory_iterator(folder), fs::directory_iterator(), [](const auto& e) {
    return e.path().filename().string().starts_with(std::string(mark_name) + ".partial");
  });
}

void make_private(const fs::path& folder) {
  base::make_directories(folder);
  std::error_code error;
  fs::permissions(folder, fs::perms::owner_all, error);
  if (error) throw base::system_error("cannot protect '" + folder.string() + "'", error.value());
}

[[noreturn]] void refuse(const fs::path& folder, const std::string& why) {
  throw Error(Fault::usage, "folder for maps '" + folder.string() + "' " + why,
              "choose a new directory, or that of the same run");
}

/// Bytes that no character set explains are shown as those of ISO 8859-1.
std::string utf8_of(const text::CharacterSets& sets, const std::string& bytes) {
  const text::Decoded decoded = sets.decode(bytes, text::Shape::values);
  if (const auto* known = std::get_if<base::Phi<std::string>>(&decoded)) return known->reveal();
  std::string shown;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) shown += static_cast<char>(0xC0U | (byte >> 6U));
    shown += byte < 0x80 ? c : static_cast<char>(0x80U | (byte & 0x3FU));
  }
  return shown;
}

}  // namespace

void decode_patient_ids(deid::ReplacedIdentifiers& identifiers,
                        const std::string& specific_character_set) {
  const text::CharacterSets sets(specific_character_set);
  deid::ReplacedIdentifiers::Pairs decoded;
  for (const auto& [before, after] : identifiers.patient_ids) {
    decoded.emplace(utf8_of(sets, before), after);
  }
  identifiers.patient_ids = std::move(decoded);
}

MapsFolder::MapsFolder(const RunOptions& options, std::string mark)
    : folder_(options.maps), parts_(folder_ / ".studies") {
  if (fs::exists(folder_) && !fs::is_directory(folder_)) refuse(folder_, "is not a directory");
  const bool is_new = !fs::exists(folder_) || is_free(folder_);
  const fs::path mark_file = folder_ / mark_name;
  if (!is_new && !fs::exists(mark_file)) refuse(folder_, "holds something else");
  if (!is_new && base::read_text_file(mark_file, buffer_bytes) != mark) {
    refuse(folder_, "holds the maps of another run");
  }
  make_private(folder_);
  if (is_new) base::write_atomically(mark_file, mark, owner_only);
  make_private(parts_);
}

fs::path MapsFolder::part(const std::string& token) const {
  return parts_ / (token + ".csv");
}

void MapsFolder::require_all(const audit::Journal& journal) const {
  journal.for_each_committed([&](const audit::StudyRecord& study) {
    if (has_pairs(study) && !fs::exists(part(study.token))) {
      refuse(folder_, "lacks studies that an earlier run finished");
    }
  });
}

void MapsFolder::write_study(const std::string& token,
                             const deid::ReplacedIdentifiers& pairs) const {
  NewFile file(part(token));
  for (const std::string& text : lines_of(pairs.patient_ids, patient_letter)) file.line(text);
  for (const std::string& text : lines_of(pairs.uids, uid_letter)) file.line(text);
  file.finish();
}

void MapsFolder::write_maps(const audit::Journal& journal) const {
  require_all(journal);
  std::vector<fs::path> parts;
  journal.for_each_committed([&](const audit::StudyRecord& study) {
    if (has_pairs(study)) parts.push_back(part(study.token));
  });
  const fs::path scratch = parts_ / "merge";
  fs::remove_all(scratch);
  base::make_directories(scratch);
  NewFile patients(folder_ / "patid_map.csv"), uids(folder_ / "uid_map.csv");
  for (NewFile* map : {&patients, &uids}) map->line("id_old,id_new");
  const std::vector<fs::path> runs = reduced(std::move(parts), scratch);
  merge(std::span(runs), [&](const std::string& text) {
    (text.front() == patient_letter ? patients : uids).line(std::string_view(text).substr(1));
  });
  patients.finish();
  uids.finish();
  fs::remove_all(scratch);
}

}  // namespace efface::batch
