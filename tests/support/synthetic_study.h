// Whole made-up studies on disk, for demonstrations, end-to-end tests and measurements. Every byte
// comes from code; the same arguments give the same files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/phantom_image.h"

namespace efface::support {

/// An attribute to set in a small instance: "GGGG,EEEE" (hexadecimal) and its value.
using TagValue = std::pair<std::string, std::string>;

/// A patient with one study of a head: T1 (sagittal, 2 mm, 96 files), T2 (transverse, 5 mm, 36
/// files) in the same frame of reference, a screenshot, a report and a text file.
void write_demo_study(const std::filesystem::path& directory, std::uint64_t seed);

/// mr.dcm, ct.dcm, sc.dcm, sr.dcm of 16 x 16 pixels in one study; `tags` are set in all of them.
void write_small_study(const std::filesystem::path& directory, std::uint64_t seed,
                       const std::vector<TagValue>& tags = {});

/// `files` MR images of about 230 kB, 38 to a study; each has its own frame of reference, so that
/// no stack of slices could rebuild a face and no model is needed.
void write_bench_files(const std::filesystem::path& directory, std::uint64_t seed,
                       std::size_t files);

/// One sagittal T1 series of 256 x 256 x 176 voxels of 1 mm, whose header may take up for down.
void write_bench_volume(const std::filesystem::path& directory, std::uint64_t seed,
                        bool is_upside_down = false);

/// The demo study's T1 head as NIfTI-1; gzipped when the name ends in .gz.
void write_demo_nifti(const std::filesystem::path& file, std::uint64_t seed);

/// The grid and the pose of the demo study's T1, for tests that look at its voxels.
ImageGrid demo_grid();
Pose demo_pose(std::uint64_t seed);

}  // namespace efface::support
