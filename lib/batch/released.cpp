#include "batch/released.h"

#include "sidecar/kind.h"

namespace efface::batch {

namespace {

bool is_image(const audit::InputRecord& input) {
  using sidecar::Kind;
  for (const Kind kind : {Kind::json, Kind::xml, Kind::tsv, Kind::text, Kind::numbers}) {
    if (input.kind == sidecar::to_string(kind)) return false;
  }
  return true;
}

}  // namespace

void Released::found(std::string_view output) {
  for (const std::string_view folder : labelled_folders(output)) found_.emplace(folder);
}

void Released::expect(std::string_view output) {
  for (const std::string_view folder : labelled_folders(output)) with_images_.emplace(folder);
}

void Released::add(const audit::StudyRecord& study) {
  for (const audit::InputRecord& input : study.inputs) {
    if (input.outcome != audit::Outcome::written || !is_image(input)) continue;
    const std::lock_guard lock(mutex_);
    for (const std::string_view folder : labelled_folders(input.output)) released_.emplace(folder);
    if (input.kind != "dicom") outputs_.insert(input.output);
  }
}

bool Released::contains(const std::string& output) const {
  const std::lock_guard lock(mutex_);
  return outputs_.contains(output);
}

bool Released::lacks_images_of(std::string_view folder) const {
  const std::lock_guard lock(mutex_);
  return with_images_.contains(folder) && !released_.contains(folder);
}

bool Released::has(std::string_view folder) const {
  return found_.contains(folder) && !lacks_images_of(folder);
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
