#include "qc/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "qc/picture.h"

namespace efface::qc {

namespace {

constexpr std::string_view mark_before = "<meta name=\"generator\" content=\"efface run ";
constexpr std::size_t short_token = 16;

constexpr std::string_view style = R"(
:root{color-scheme:light dark;--back:#fff;--text:#1c1f26;--soft:#5b6270;--line:#d5d9e0;--bad:#b3261e;--warn:#8a5a00;--good:#1b6e3c}
@media (prefers-color-scheme:dark){:root{--back:#14161b;--text:#e6e8ec;--soft:#9aa2b1;--line:#333943;--bad:#ff8a80;--warn:#ffc266;--good:#7ddc9b}}
body{margin:0 auto;max-width:1800px;padding:1rem;background:var(--back);color:var(--text);font:15px/1.45 system-ui,sans-serif}
h1{font-size:1.4rem;margin:0 0 .3rem}p{margin:.2rem 0 .6rem;max-width:70em}.soft{color:var(--soft)}
label{display:inline-block;margin:0 .4rem .6rem 0;padding:.15rem .7rem;border:1px solid var(--line);border-radius:1rem;cursor:pointer}
input{position:absolute;opacity:0}
input:focus-visible+label{outline:2px solid var(--warn)}
section{border-top:1px solid var(--line);padding:.8rem 0}
h2{font-size:1rem;margin:0}h2 b{font-variant-numeric:tabular-nums;margin-right:.6rem}
.removed h2 span{color:var(--good)}.no_face h2 span,.no_head h2 span{color:var(--warn)}.uncertain h2 span,.withheld h2 span{color:var(--bad)}
figure{margin:.5rem 0}img{display:block;width:100%;height:auto;background:#101218}
figcaption{display:grid;grid-template-columns:repeat(7,1fr);font-size:.75rem;color:var(--soft);text-align:center}
code{font:.85em ui-monospace,monospace}
)";

struct Filter {
  const char* id;
  const char* label;
};
constexpr std::array filters{Filter{"all", "all"},
                             Filter{"removed", "face removed"},
                             Filter{"no_face", "no face in view"},
                             Filter{"no_head", "no head"},
                             Filter{"uncertain", "uncertain"},
                             Filter{"withheld", "withheld"}};

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

bool has_filter(const PageRow& row, std::string_view filter) {
  if (filter == "all") return true;
  if (filter == "withheld") return !row.is_released;
  return filter == face::to_string(row.verdict);
}

/// Radio buttons before the rows, and a rule each that hides what was not asked for.
std::string filter_bar(const std::vector<PageRow>& rows) {
  std::string rules = "<style>", bar;
  for (const Filter& filter : filters) {
    const auto count = std::count_if(
        rows.begin(), rows.end(), [&](const PageRow& row) { return has_filter(row, filter.id); });
    const bool is_all = std::string_view(filter.id) == "all";
    bar += fmt::format(
        "<input type=\"radio\" name=\"f\" id=\"f-{0}\"{1}><label for=\"f-{0}\">{2} ({3})</label>\n",
        filter.id, is_all ? " checked" : "", filter.label, count);
    rules += fmt::format("#f-{0}:checked+label{{background:var(--text);color:var(--back)}}\n",
                         filter.id);
    if (is_all) continue;
    rules += fmt::format("#f-{0}:checked~section:not(.{0}){{display:none}}\n", filter.id);
  }
  return rules + "</style>\n" + bar;
}

std::string title_of(const PageRow& row) {
  const std::string score = std::isfinite(row.score) ? fmt::format("{:.3f}", row.score) : "none";
  return fmt::format("<h2>score <b>{}</b><span>{}{}</span></h2>\n", score,
                     face::to_string(row.verdict), row.is_released ? "" : " · withheld");
}

std::string removed_text(const PageRow& row) {
  double sum = 0;
  std::string parts;
  for (const face::Feature feature : face::all_features) {
    const double ml = row.removed_ml[static_cast<std::size_t>(feature)];
    sum += ml;
    parts += fmt::format("{}{} {:.1f}", parts.empty() ? "" : ", ", to_string(feature), ml);
  }
  if (!(sum > 0)) return "nothing";
  return fmt::format("{:.1f} ml with the air in front ({})", sum, parts);
}

std::string facts_of(const PageRow& row) {
  std::string text = fmt::format(
      "<p class=\"soft\">volume <code title=\"{}\">{}</code> · study <code title=\"{}\">{}</code>",
      escaped(row.volume), escaped(row.volume.substr(0, short_token)), escaped(row.study),
      escaped(row.study.substr(0, short_token)));
  if (!row.folder.empty()) text += fmt::format(" · in <code>{}</code>", escaped(row.folder));
  text += fmt::format(" · {} · {} × {} × {} voxels of {:.2f} × {:.2f} × {:.2f} mm",
                      escaped(row.kind), row.size[0], row.size[1], row.size[2], row.spacing_mm[0],
                      row.spacing_mm[1], row.spacing_mm[2]);
  if (row.time_points > 1) {
    text += fmt::format(" · the first of {} time points is shown", row.time_points);
  }
  return text + "</p>\n";
}

std::string figure_of(const PageRow& row) {
  if (!row.is_released) return "<p class=\"soft\">Not written, so there is no picture.</p>\n";
  if (row.picture.empty()) {
    return "<p class=\"soft\">No picture: the volume was written without <code>--qc</code>, or its "
           "picture could not be made. Look at the output itself.</p>\n";
  }
  std::string text = fmt::format(
      "<figure><a href=\"{0}\"><img src=\"{0}\" width=\"{1}\" height=\"{2}\" loading=\"lazy\" "
      "alt=\"volume {3}: its surface from four sides, and three slices\"></a>\n<figcaption>",
      escaped(row.picture), tile_count * tile_pixels, tile_pixels,
      escaped(row.volume.substr(0, short_token)));
  for (const char* caption : tile_captions) text += fmt::format("<span>{}</span>", caption);
  return text + "</figcaption></figure>\n";
}

std::string section_of(const PageRow& row) {
  std::string text = fmt::format("<section class=\"{}{}\">\n", face::to_string(row.verdict),
                                 row.is_released ? "" : " withheld");
  text += title_of(row);
  if (!row.reason.empty()) text += fmt::format("<p>{}</p>\n", escaped(row.reason));
  if (!row.is_released && !row.withheld_for.empty() && row.withheld_for != row.reason) {
    text += fmt::format("<p>{}</p>\n", escaped(row.withheld_for));
  }
  if (row.is_released) text += fmt::format("<p>Removed: {}.</p>\n", removed_text(row));
  return text + facts_of(row) + figure_of(row) + "</section>\n";
}

/// What is no number comes before every score.
double rank(double score) {
  return std::isfinite(score) ? score : -1;
}

}  // namespace

void sort_rows(std::vector<PageRow>& rows) {
  std::sort(rows.begin(), rows.end(), [](const PageRow& a, const PageRow& b) {
    const double x = rank(a.score), y = rank(b.score);
    return x != y ? x < y : a.volume < b.volume;
  });
}

std::string page_of(const PageHead& head, std::vector<PageRow> rows) {
  sort_rows(rows);
  std::string text = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  text += std::string(mark_before) + escaped(head.mark) + "\">\n";
  text += "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n";
  text += "<title>efface: what is released</title>\n<style>" + std::string(style);
  text += "</style>\n</head>\n<body>\n<h1>What is released</h1>\n";
  text += fmt::format(
      "<p>{} volumes, made by efface {}, model {}. Every picture shows the output, as whoever gets "
      "it can rebuild it. Orange: the outline of what was removed. The score, 0 to 1, says how "
      "much "
      "the evidence for the verdict agrees; the lowest come first.</p>\n",
      rows.size(), escaped(head.tool_version), escaped(head.model));
  if (!head.is_finished) {
    text += "<p><strong>The run has not finished: volumes are missing here.</strong></p>\n";
  }
  text += filter_bar(rows);
  for (const PageRow& row : rows) text += section_of(row);
  return text + "</body>\n</html>\n";
}

std::string mark_of_page(std::string_view text) {
  const std::size_t at = text.find(mark_before);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + mark_before.size());
  const std::size_t end = text.find('"');
  return end == std::string_view::npos ? std::string() : std::string(text.substr(0, end));
}

}  // namespace efface::qc
