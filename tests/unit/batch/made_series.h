// A small MR series as files: tissue in a ball, air around it. For tests of what reads studies.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "batch/index.h"
#include "batch/walk.h"
#include "tests/support/images.h"
#include "tests/support/person.h"

namespace efface::batch::test {

/// Transverse slices of 24 x 24 voxels of 8 mm, 8 mm apart.
struct MadeSeries {
  std::size_t slices = 8;
  std::string study = "2.25.1", series = "2.25.2", frame_of_reference = "2.25.3";
  std::string first_instance = "2.25.4";  ///< the slice's number is appended
  std::uint64_t patient = 1;

  support::ImageGrid grid() const { return support::transverse_grid({24, 24, slices}, 8, 8); }

  /// 500 to 599 within 70 mm of the middle, 10 to 29 elsewhere; no two neighbours are the same.
  std::vector<std::uint16_t> voxels() const {
    const support::ImageGrid g = grid();
    const support::Point middle = g.place(11.5, 11.5, static_cast<double>(slices - 1) / 2);
    std::vector<std::uint16_t> values;
    for (std::size_t v = 0; v < g.voxel_count(); ++v) {
      const auto i = static_cast<double>(v % 24), j = static_cast<double>(v / 24 % 24);
      const bool is_tissue =
          length(g.place(i, j, static_cast<double>(v / (24 * 24))) - middle) < 70;
      values.push_back(static_cast<std::uint16_t>(is_tissue ? 500 + v * 7 % 100 : 10 + v * 7 % 20));
    }
    return values;
  }

  /// As FOLDER/slice0, slice1, ...
  void write(const std::filesystem::path& folder) const {
    const std::vector<std::uint16_t> all = voxels();
    for (std::size_t k = 0; k < slices; ++k) {
      write_slice(folder / ("slice" + std::to_string(k)), k,
                  {all.begin() + static_cast<std::ptrdiff_t>(k * 24 * 24),
                   all.begin() + static_cast<std::ptrdiff_t>((k + 1) * 24 * 24)});
    }
  }

  void write_slice(const std::filesystem::path& path, std::size_t k,
                   const std::vector<std::uint16_t>& values) const {
    DcmFileFormat file;
    DcmItem& item = *file.getDataset();
    const support::ImageGrid g = grid();
    support::put_identity(item, support::Person::from_seed(patient), patient);
    support::put_identifiers(item, {UID_MRImageStorage, first_instance + std::to_string(k), study,
                                    series, frame_of_reference});
    support::put_mr_image(item, {g, k, values, support::Contrast::t1, "made", 1});
    support::save(file, path);
  }
};

/// The one study that a folder holds.
inline StudyFiles only_study(const std::filesystem::path& folder,
                             const deid::Pseudonyms& pseudonyms) {
  TaskPool pool(1);
  std::vector<StudyFiles> studies = index_files(walk({folder}, false), pseudonyms, pool);
  if (studies.size() != 1) throw std::logic_error("not one study");
  return studies.front();
}

}  // namespace efface::batch::test
