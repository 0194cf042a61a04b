#include <algorithm>
#include <regex>

#include "volume_itk/internal_nifti.h"

namespace efface::volume_itk {

namespace {

struct TextField {
  const char* name;
  std::size_t offset;
  std::size_t length;
};

constexpr TextField version_1[] = {{"data_type", 4, 10},
                                   {"db_name", 14, 18},
                                   {"descrip", 148, 80},
                                   {"aux_file", 228, 24},
                                   {"intent_name", 328, 16}};
constexpr TextField version_2[] = {
    {"descrip", 240, 80}, {"aux_file", 320, 24}, {"intent_name", 508, 16}, {"unused_str", 525, 15}};

/// The text up to its first NUL, and whether only NULs follow.
std::pair<std::string, bool> c_string(std::span<const std::byte> field) {
  const auto end = std::find(field.begin(), field.end(), std::byte{0});
  const bool is_clean =
      std::all_of(end, field.end(), [](std::byte b) { return b == std::byte{0}; });
  return {std::string(reinterpret_cast<const char*>(field.data()),
                      static_cast<std::size_t>(end - field.begin())),
          is_clean};
}

}  // namespace

bool is_tool_name(const std::string& text) {
  static const std::regex tool(
      "(FSL|SPM|AFNI|ITK|FreeSurfer|ANTs|MRtrix|MRtrix3|nibabel|NiBabel|3D Slicer|Slicer)"
      "([ _-]|,? [Vv]ersion:? ?)?"
      "([vV]?[0-9]{1,3}(\\.[0-9]{1,3}){0,3})?",
      std::regex::ECMAScript | std::regex::optimize);
  return text.size() <= 40 && std::regex_match(text, tool);
}

void blank_range(std::span<std::byte> range, const std::string& name, Texts& texts) {
  if (std::all_of(range.begin(), range.end(), [](std::byte b) { return b == std::byte{0}; }))
    return;
  std::string value(reinterpret_cast<const char*>(range.data()), range.size());
  while (!value.empty() && (value.back() == '\0' || value.back() == ' ')) value.pop_back();
  texts.emplace_back(name, base::Phi<std::string>(std::move(value)));
  std::fill(range.begin(), range.end(), std::byte{0});
}

void blank_nifti_texts(std::span<std::byte> header, const NiftiKind& kind, Texts& texts) {
  const std::span<const TextField> fields = kind.is_version_2
                                                ? std::span<const TextField>(version_2)
                                                : std::span<const TextField>(version_1);
  for (const TextField& field : fields) {
    const std::span<std::byte> bytes = header.subspan(field.offset, field.length);
    if (std::string(field.name) == "descrip") {
      const auto [text, is_clean] = c_string(bytes);
      if (is_clean && is_tool_name(text)) continue;
    }
    blank_range(bytes, field.name, texts);
  }
}

}  // namespace efface::volume_itk
