#include "sidecar/kind.h"

#include <array>
#include <utility>

namespace efface::sidecar {

namespace {

bool ends_with(std::string_view path, std::string_view ending) {
  if (path.size() <= ending.size()) return false;
  const std::string_view tail = path.substr(path.size() - ending.size());
  for (std::size_t i = 0; i < ending.size(); ++i) {
    const char c = tail[i];
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower != ending[i]) return false;
  }
  return true;
}

std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

constexpr std::array<std::pair<std::string_view, Kind>, 9> endings{{{".json", Kind::json},
                                                                    {".xml", Kind::xml},
                                                                    {".tsv.gz", Kind::tsv_gz},
                                                                    {".tsv", Kind::tsv},
                                                                    {".csv", Kind::csv},
                                                                    {".txt", Kind::text},
                                                                    {".md", Kind::text},
                                                                    {".bval", Kind::numbers},
                                                                    {".bvec", Kind::numbers}}};
constexpr std::array<std::string_view, 7> image_endings{".nii.gz", ".nii", ".hdr", ".img",
                                                        ".nrrd",   ".mha", ".mhd"};

}  // namespace

Kind kind_of(std::string_view path) {
  const std::string_view name = name_of(path);
  if (name.starts_with('.')) return Kind::none;
  for (const auto& [ending, kind] : endings) {
    if (ends_with(name, ending)) return kind;
  }
  const bool is_text = name == "README" || name == "CHANGES" || name == "LICENSE";
  return is_text ? Kind::text : Kind::none;
}

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::json:
      return "json sidecar";
    case Kind::xml:
      return "xml sidecar";
    case Kind::tsv:
    case Kind::tsv_gz:
    case Kind::csv:
      return "table";
    case Kind::text:
      return "text";
    case Kind::numbers:
      return "numbers";
    case Kind::none:
      break;
  }
  return "other";
}

std::string_view stem_of(std::string_view path) {
  for (const std::string_view ending : image_endings) {
    if (ends_with(path, ending)) return path.substr(0, path.size() - ending.size());
  }
  for (const auto& [ending, kind] : endings) {
    if (ends_with(path, ending)) return path.substr(0, path.size() - ending.size());
  }
  return path;
}

}  // namespace efface::sidecar
