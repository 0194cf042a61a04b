#include "batch/check_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "batch/check_dicom.h"
#include "batch/check_faces.h"
#include "batch/check_pixels.h"
#include "batch/image_study.h"
#include "batch/sign.h"
#include "check/any_file.h"
#include "check/free_text.h"
#include "sidecar/clean.h"
#include "sidecar/kind.h"
#include "volume_itk/image_file.h"

namespace efface::batch {

namespace {

/// The names that the JSON beside a compressed table gives its columns.
std::vector<std::string> columns_beside(const std::string& path) {
  if (sidecar::kind_of(path) != sidecar::Kind::tsv_gz) return {};
  const std::filesystem::path json = std::string(sidecar::stem_of(path)) + ".json";
  if (!std::filesystem::exists(json)) return {};
  return sidecar::columns_of(base::read_text_file(json, check::most_bytes_of_text));
}

/// Surfaces of heads are what faces are recognised by; they are made from volumes, by name alone.
bool is_surface(const std::string& path) {
  std::string ending = std::filesystem::path(path).extension().string();
  for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  constexpr std::array<std::string_view, 8> endings{".stl", ".obj", ".ply", ".off",
                                                    ".vtk", ".vtp", ".gii", ".wrl"};
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

void check_header(const IndexedFile& file, const volume_itk::ImageFile& image, CheckSink& sink) {
  for (const auto& [field, value] : image.free_texts()) {
    const std::string place = header_field(file.kind, field);
    findings::Finding finding = check::find_in_text(value.reveal(), place);
    if (finding.rule.empty()) {
      finding = {"header.text", {}, place, "free text, in which nothing was recognised", 1};
    }
    sink.add(file.path, std::move(finding));
  }
}

void look_at_image(const std::string& path, const volume_itk::ImageFile& image,
                   const Context& context, CheckSink& sink) {
  if (!image.is_scalar() || !image.geometry_is_known()) {
    return sink.add(path, "not-checked", "voxels",
                    image.is_scalar() ? "whether a face can be seen: the header does not say how "
                                        "the voxels lie in space"
                                      : "colour, complex or vector voxels cannot be judged");
  }
  if (image.values_look_like_labels()) {
    return sink.add(path, "face.uncertain", "voxels", "a label map may hold the outline of a face");
  }
  FaceVolume volume;
  volume.grid = image.grid();
  volume.extent = study::extent_of(volume.grid);
  volume.time_points = image.time_points();
  volume.load = [&image](std::size_t t) { return image.real_volume(t); };
  look_for_faces({std::move(volume)}, {path}, context, sink);
}

/// 64 bytes that are no text, beside the manifest of a run: whose they are, `verify` says.
bool is_signature(const std::filesystem::path& path, std::size_t bytes) {
  constexpr std::size_t bytes_of_ed25519 = 64;
  const std::filesystem::path manifest = path.parent_path() / "manifest.json";
  return bytes == bytes_of_ed25519 && path == signature_path(manifest) &&
         std::filesystem::exists(manifest);
}

}  // namespace

void check_image(const StudyFiles& study, const CheckOptions& options, const Context& context,
                 CheckSink& sink) {
  for (const IndexedFile& file : study.files) {
    context.check_cancelled();
    if (file.content == ContentKind::sidecar) check_other_file(file, options, context, sink);
    if (file.content != ContentKind::image) continue;
    try {
      const auto turn = context.voxels.enter(context.pool, likely_voxel_bytes(file));
      const volume_itk::ImageFile image(file.path);
      check_header(file, image, sink);
      if (options.looks_for_faces) look_at_image(file.path, image, context, sink);
    } catch (...) {
      not_checked(file.path, sink);
    }
  }
}

void check_other_file(const IndexedFile& file, const CheckOptions& options, const Context& context,
                      CheckSink& sink) {
  try {
    const std::string content = base::read_text_file(file.path, check::most_bytes_of_text);
    check::AnyFile any{file.path, content};
    any.columns = columns_beside(file.path);
    check::InAnyFile found = check::find_in_any_file(any, options.profile);
    for (findings::Finding& finding : found.findings) {
      if (finding.rule == "not-checked" && is_signature(file.path, content.size())) continue;
      const bool is_damaged = finding.rule == "not-checked" && !file.problem.empty();
      if (is_damaged) finding.reason = "damaged, or of an unknown format";
      sink.add(file.path, std::move(finding));
    }
    if (options.looks_for_faces && is_surface(file.path)) {
      sink.add(file.path, "face.uncertain", "", "a surface, which may be that of a face");
    }
    if (!found.is_picture) return;
    if (options.reads_pixels) {
      check_text_in_picture(file.path, std::as_bytes(std::span(content)), context, sink);
    }
    if (options.looks_for_faces) {
      sink.add(file.path, "face.uncertain", "pixels",
               "a picture: nobody has looked whether it shows a person");
    }
  } catch (...) {
    not_checked(file.path, sink);
  }
}

}  // namespace efface::batch
