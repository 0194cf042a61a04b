// index.html over the pictures of a run: one static file, no scripts, nothing from the network;
// filters by verdict with CSS alone, light and dark. Pure text: files are batch's task. It says
// only what the manifest says, and holds no path of an input.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "face/decide.h"

namespace efface::qc {

/// One volume.
struct PageRow {
  std::string volume;  ///< its token, whole
  std::string study;   ///< the study's token, whole
  std::string folder;  ///< of its outputs, below the output directory; empty when not to be named
  std::string kind;    ///< "dicom stack", "nifti1", …
  std::array<std::uint64_t, 3> size{};
  std::array<double, 3> spacing_mm{};
  std::uint64_t time_points = 1;
  face::Verdict verdict = face::Verdict::uncertain;
  double score = 0;  ///< see face::FaceDecision
  std::string reason;
  std::array<double, face::feature_count> removed_ml{};
  bool is_released = false;
  std::string withheld_for;  ///< code and detail of the manifest, when not released
  std::string picture;       ///< file name beside the page; empty: there is none
};

struct PageHead {
  std::string tool_version, model;  ///< "name version"
  std::string mark;                 ///< of the run: plain characters; see mark_of_page
  bool is_finished = false;
};

/// Worst first: the lowest score (what is no number before all), then by token. Then the page does
/// not depend on the order in which volumes were done.
void sort_rows(std::vector<PageRow>& rows);

/// The whole page; sorts its rows. A row that is not released never shows its picture.
std::string page_of(const PageHead& head, std::vector<PageRow> rows);

/// The mark of the run that a page was made by; empty when the text is no page of efface's.
std::string mark_of_page(std::string_view text);

}  // namespace efface::qc
