#include "batch/released.h"

#include <filesystem>

#include "sidecar/kind.h"

namespace efface::batch {

namespace fs = std::filesystem;

namespace {

bool is_image(const audit::InputRecord& input) {
  using sidecar::Kind;
  for (const Kind kind : {Kind::json, Kind::xml, Kind::tsv, Kind::text, Kind::numbers}) {
    if (input.kind == sidecar::to_string(kind)) return false;
  }
  return true;
}

}  // namespace

void Released::found(std::string_view path) {
  knows_folders_ = knows_folders_ || !labelled_folders(path).empty();
}

void Released::expect(std::string_view output) {
  for (const std::string_view folder : labelled_folders(output)) with_images_.emplace(folder);
}

void Released::add(const audit::StudyRecord& study) {
  for (const audit::InputRecord& input : study.inputs) add(input);
}

void Released::add(const audit::InputRecord& input) {
  if (input.outcome != audit::Outcome::written) return;
  const std::lock_guard lock(mutex_);
  const bool shows = is_image(input);
  for (const std::string_view folder : labelled_folders(input.output)) {
    released_.emplace(folder);
    if (shows) with_released_images_.emplace(folder);
  }
  if (shows && input.kind != "dicom") images_.insert(input.output);
}

bool Released::lacks_images_of(std::string_view folder) const {
  const std::lock_guard lock(mutex_);
  return with_images_.contains(folder) && !with_released_images_.contains(folder);
}

bool Released::holds(std::string_view table, const sidecar::ListedRow& row) const {
  const std::lock_guard lock(mutex_);
  if (!row.file.empty() && !images_.contains(row.file)) return false;
  return row.label.empty() || has_folder(table, row.label);
}

bool Released::has_folder(std::string_view table, std::string_view label) const {
  const bool is_whole = label.starts_with("sub-") || label.starts_with("ses-");
  const std::string name = (is_whole ? "" : "sub-") + std::string(label);
  for (fs::path folder = fs::path(table).parent_path();; folder = folder.parent_path()) {
    if (released_.contains((folder / name).string())) return true;
    if (folder.empty()) return false;
  }
}

std::vector<std::string_view> labelled_folders(std::string_view path) {
  std::vector<std::string_view> folders;
  for (std::size_t begin = 0;;) {
    const std::size_t end = path.find('/', begin);
    if (end == std::string_view::npos) return folders;
    const std::string_view part = path.substr(begin, end - begin);
    if (part.starts_with("sub-") || part.starts_with("ses-")) {
      folders.push_back(path.substr(0, end));
    }
    begin = end + 1;
  }
}

}  // namespace efface::batch
