#include "batch/bids.h"

#include <algorithm>
#include <cctype>

namespace efface::batch {

namespace {

constexpr std::string_view prefix = "sub-";
constexpr std::size_t label_characters = 12;

bool is_alphanumeric(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// "01" of "sub-01" or of "sub-01_T1w.nii.gz"; empty for anything else.
std::string_view label_of(std::string_view part) {
  if (!part.starts_with(prefix)) return {};
  part.remove_prefix(prefix.size());
  const auto end = std::find_if_not(part.begin(), part.end(), is_alphanumeric);
  if (end != part.end() && *end != '_') return {};
  return part.substr(0, static_cast<std::size_t>(end - part.begin()));
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

std::string_view bids_session(std::string_view path) {
  const std::string_view session = folder_of(folder_of(path));
  const std::string_view name = name_of(session);
  const bool is_one = name.starts_with(prefix) ||
                      (name.starts_with("ses-") && name_of(folder_of(session)).starts_with(prefix));
  return is_one ? session : std::string_view();
}

bool is_bids_anat(std::string_view path) {
  return name_of(folder_of(path)) == "anat";
}

std::string_view bids_label(std::string_view path) {
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view label = label_of(path.substr(0, slash));
    if (!label.empty()) return label;
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return {};
}

std::string relabelled(std::string_view path, const deid::Pseudonyms& pseudonyms) {
  std::string result;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find_first_of("/:"), path.size());
    std::string_view part = path.substr(0, end);
    const std::string_view label = label_of(part);
    if (!label.empty()) {
      result += prefix;
      result += pseudonyms.pseudonym("subject-label", label, "", label_characters);
      part.remove_prefix(prefix.size() + label.size());
    }
    result += part;
    if (end < path.size()) result += path[end];
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return result;
}

}  // namespace efface::batch
