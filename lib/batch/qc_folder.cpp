#include "batch/qc_folder.h"

#include <algorithm>
#include <fstream>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "qc/page.h"
#include "volume_itk/png_file.h"

namespace efface::batch {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t name_length = 16;  // hex characters, as in the outputs' names
constexpr std::size_t most_threads = 8;
constexpr std::size_t head_bytes = 4096;  // of a page: its mark stands there

std::string picture_name(const std::string& volume_token) {
  return volume_token.substr(0, name_length) + ".png";
}

/// What a killed run left of a page.
bool is_torn_page(const std::string& name) {
  return name.starts_with("index.html.partial-");
}

/// A picture, or what a killed run left of one.
bool is_picture_name(std::string name) {
  if (name.starts_with('.') && name.ends_with(".partial")) {
    name = name.substr(1, name.size() - std::string(".partial").size() - 1);
  }
  return name.size() == name_length + 4 && name.ends_with(".png") &&
         std::all_of(name.begin(), name.begin() + name_length,
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string head_of(const fs::path& page) {
  std::ifstream file(page, std::ios::binary);
  std::string text(head_bytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

qc::PageRow row_of(const audit::StudyRecord& study, const audit::VolumeRecord& volume,
                   const RunOptions& options) {
  qc::PageRow row;
  row.volume = volume.token;
  row.study = study.token;
  row.kind = volume.kind;
  row.size = volume.size;
  row.spacing_mm = volume.spacing_mm;
  row.time_points = volume.time_points;
  row.verdict = volume.verdict;
  row.score = volume.score;
  row.reason = volume.reason;
  const std::array<double, 3>& mm = volume.spacing_mm;
  for (std::size_t f = 0; f < face::feature_count; ++f) {
    row.removed_ml[f] =
        static_cast<double>(volume.voxels_removed[f]) * mm[0] * mm[1] * mm[2] / 1000;
  }
  const std::string picture = picture_name(volume.token);
  const bool is_drawn = fs::is_regular_file(options.qc / picture);
  bool is_named = false;
  for (const audit::InputRecord& input : study.inputs) {
    if (input.volume != volume.token) continue;
    is_named = true;
    if (!input.output.empty()) {
      row.is_released = true;
      // Kept names carry patients.
      if (options.names == Names::keyed && row.folder.empty()) {
        row.folder = fs::path(input.output).parent_path().string();
      }
    } else if (row.withheld_for.empty()) {
      row.withheld_for =
          input.detail == volume.reason ? input.reason : input.reason + ": " + input.detail;
    }
  }
  // A multi-frame file names the first of its volumes alone.
  if (!is_named) row.is_released = is_drawn;
  if (volume.verdict == face::Verdict::uncertain) row.is_released = false;
  if (row.is_released && is_drawn) row.picture = picture;
  return row;
}

}  // namespace

QcFolder::QcFolder(const RunOptions& options, const audit::RunHeader& header, std::string mark,
                   Observer& observer)
    : options_(options),
      tool_version_(header.tool_version),
      model_(header.model_name + " " + header.model_version),
      mark_(std::move(mark)),
      observer_(observer) {
  claim();
}

void QcFolder::claim() const {
  const fs::path& folder = options_.qc;
  if (fs::exists(folder) && !fs::is_directory(folder)) {
    throw base::Error(base::Fault::usage,
                      "folder for pictures '" + folder.string() + "' is not a directory");
  }
  base::make_directories(folder);
  const bool is_free = std::all_of(
      fs::directory_iterator(folder), fs::directory_iterator(),
      [](const fs::directory_entry& e) { return is_torn_page(e.path().filename().string()); });
  if (is_free) return;
  if (qc::mark_of_page(head_of(folder / "index.html")) != mark_) {
    throw base::Error(base::Fault::usage,
                      "folder for pictures '" + folder.string() + "' holds something else",
                      "choose a new directory, or that of the same run");
  }
}

void QcFolder::draw(const std::string& volume_token, const std::function<volume::Volume()>& load,
                    qc::Regions regions) const {
  const std::string name = picture_name(volume_token);
  try {
    const auto threads = static_cast<unsigned>(std::min(options_.jobs, most_threads));
    const qc::Raster picture = qc::picture_of(load(), regions, threads);
    volume_itk::write_png(options_.qc / name, picture.width, picture.height, picture.rgb);
    return;
  } catch (const base::Error& error) {
    if (error.fault() == base::Fault::cancelled) throw;
    observer_.message("no picture of volume " + volume_token + ": " + error.what());
  } catch (const std::exception&) {  // foreign messages can hold values
    observer_.message("no picture of volume " + volume_token);
  }
  std::error_code ignored;
  fs::remove(options_.qc / name, ignored);  // an earlier attempt's
}

void QcFolder::write_page(const audit::Journal& journal, bool is_finished) const {
  std::vector<qc::PageRow> rows;
  journal.for_each_committed([&](const audit::StudyRecord& study) {
    for (const audit::VolumeRecord& volume : study.volumes) {
      rows.push_back(row_of(study, volume, options_));
    }
  });
  if (is_finished) {
    std::vector<std::string> wanted;
    for (const qc::PageRow& row : rows) wanted.push_back(row.picture);
    delete_strays(wanted);
  }
  const qc::PageHead head{tool_version_, model_, mark_, is_finished};
  base::write_atomically(options_.qc / "index.html", qc::page_of(head, std::move(rows)));
}

void QcFolder::delete_strays(const std::vector<std::string>& wanted) const {
  std::vector<std::string> sorted = wanted;
  std::sort(sorted.begin(), sorted.end());
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(options_.qc, ignored)) {
    const std::string name = entry.path().filename().string();
    const bool is_wanted = std::binary_search(sorted.begin(), sorted.end(), name);
    if ((is_picture_name(name) && !is_wanted) || is_torn_page(name))
      fs::remove(entry.path(), ignored);
  }
}

}  // namespace efface::batch
