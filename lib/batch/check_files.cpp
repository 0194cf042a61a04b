#include "batch/check_files.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "batch/check_dicom.h"
#include "batch/check_faces.h"
#include "batch/image_study.h"
#include "check/free_text.h"
#include "check/json_text.h"
#include "check/picture_file.h"
#include "check/table_text.h"
#include "text/character_sets.h"
#include "volume_itk/image_file.h"

namespace efface::batch {

namespace {

/// Whether bytes are text that people wrote: UTF-8 or Latin-1 without control characters.
bool is_text(std::string_view bytes) {
  return std::none_of(bytes.begin(), bytes.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f') || byte == 0x7F;
  });
}

/// Documents about a data set name people and dates on purpose: README, LICENSE, CHANGES, the
/// authors in dataset_description.json of BIDS, *.md, *.rst, *.cff, *.bib.
bool is_document(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  for (const std::string_view begin : {"README", "CHANGES", "CHANGELOG", "LICENSE", "LICENCE",
                                       "COPYING", "CITATION", "DATASET_DESCRIPTION.JSON"}) {
    if (name.starts_with(begin)) return true;
  }
  for (const std::string_view end : {".MD", ".RST", ".CFF", ".BIB"}) {
    if (name.ends_with(end)) return true;
  }
  return false;
}

/// Of tables, by the ending of the name; else none.
char separator_of(const std::string& path) {
  const auto ends_with = [&](std::string_view ending) {
    return path.size() > ending.size() &&
           std::equal(ending.rbegin(), ending.rend(), path.rbegin(), [](char a, char b) {
             return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
           });
  };
  if (ends_with(".tsv")) return '\t';
  return ends_with(".csv") ? ',' : '\0';
}

/// Line by line, findings of one rule counted at the first line.
std::vector<findings::Finding> find_in_lines(std::string_view text) {
  std::map<std::string, findings::Finding> found;
  std::size_t number = 0;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    ++number;
    findings::Finding finding =
        check::find_in_text(text.substr(start, end - start), "line " + std::to_string(number));
    start = end + 1;
    if (finding.rule.empty()) continue;
    const auto [at, is_new] = found.try_emplace(finding.rule, finding);
    if (!is_new) ++at->second.count;
  }
  std::vector<findings::Finding> all;
  for (auto& [rule, finding] : found) all.push_back(std::move(finding));
  return all;
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

}  // namespace

void check_image(const StudyFiles& study, const CheckOptions& options, const Context& context,
                 CheckSink& sink) {
  for (const IndexedFile& file : study.files) {
    context.check_cancelled();
    if (file.content == ContentKind::sidecar) check_other_file(file, options, sink);
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

void check_other_file(const IndexedFile& file, const CheckOptions& options, CheckSink& sink) {
  constexpr std::uint64_t most_bytes = 64U << 20U;
  try {
    const std::string content = base::read_text_file(file.path, most_bytes);
    auto found = check::find_in_picture(std::as_bytes(std::span(content)));
    if (!found) found = check::find_in_json(content, options.profile);
    const char separator = separator_of(file.path);
    if (!found && is_text(content)) {
      found = separator != '\0' ? check::find_in_table(content, separator, options.profile)
                                : find_in_lines(content);
    }
    if (found) {
      for (findings::Finding& finding : *found) {
        if (is_document(file.path)) finding.rule = "document.text";
        sink.add(file.path, std::move(finding));
      }
    } else {
      sink.add(file.path, "not-checked", "",
               file.problem.empty() ? "neither DICOM nor a known image format nor text"
                                    : "damaged, or of an unknown format");
    }
  } catch (...) {
    not_checked(file.path, sink);
  }
}

}  // namespace efface::batch
