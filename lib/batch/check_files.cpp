#include "batch/check_files.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/file.h"
#include "batch/check_dicom.h"
#include "batch/image_study.h"
#include "check/free_text.h"
#include "check/json_text.h"
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

/// Line by line, findings of one rule counted at the first line.
void check_lines(const std::string& path, std::string_view text, CheckSink& sink) {
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
  for (auto& [rule, finding] : found) sink.add(path, std::move(finding));
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

}  // namespace

void check_image(const StudyFiles& study, const CheckOptions&, const Context& context,
                 CheckSink& sink) {
  for (const IndexedFile& file : study.files) {
    if (file.content != ContentKind::image) continue;
    context.check_cancelled();
    try {
      const volume_itk::ImageFile image(file.path);
      check_header(file, image, sink);
    } catch (...) {
      not_checked(file.path, sink);
    }
  }
}

void check_other_file(const IndexedFile& file, CheckSink& sink) {
  constexpr std::uint64_t most_bytes = 64U << 20U;
  try {
    const std::string content = base::read_text_file(file.path, most_bytes);
    if (auto in_json = check::find_in_json(content)) {
      for (findings::Finding& finding : *in_json) sink.add(file.path, std::move(finding));
    } else if (is_text(content)) {
      check_lines(file.path, content, sink);
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
