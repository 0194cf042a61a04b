#include "tests/support/synthetic_study.h"

#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "tests/support/images.h"
#include "tests/support/nifti.h"
#include "tests/support/person.h"

namespace efface::support {

namespace {

namespace fs = std::filesystem;

/// Where the UIDs and the person of one study come from.
struct StudyMaker {
  std::uint64_t seed = 0;
  Person person = Person::from_seed(seed);

  Identifiers identifiers(const char* sop_class, std::uint64_t series, std::uint64_t instance,
                          bool in_space = true) const {
    return {sop_class, made_up_uid(seed, 1000 * series + instance + 1), made_up_uid(seed, 900001),
            made_up_uid(seed, 900100 + series), in_space ? made_up_uid(seed, 900002) : ""};
  }
  void start(DcmItem& item, const Identifiers& ids) const {
    put_identity(item, person, seed);
    put_identifiers(item, ids);
  }
  FileLayout layout() const {
    FileLayout out;
    out.preamble = "exported for " + person.name;
    out.source_ae = "HVMR03";
    return out;
  }
};

std::string numbered(const char* pattern, std::size_t number) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, number);
  return text;
}

struct SeriesPlan {
  std::string folder;
  std::uint64_t number = 1;
  Contrast contrast = Contrast::t1;
  std::string description;
  bool is_upside_down = false;
};

/// The grid of a header that takes up for down and left for right.
ImageGrid upside_down(const ImageGrid& grid) {
  const auto turn = [](Point p) { return Point{-p.x, p.y, -p.z}; };
  ImageGrid turned = grid;
  turned.origin = turn(grid.origin);
  turned.step_i = turn(grid.step_i);
  turned.step_j = turn(grid.step_j);
  turned.step_k = turn(grid.step_k);
  return turned;
}

void write_series(const StudyMaker& maker, const fs::path& directory, const ImageGrid& grid,
                  const SeriesPlan& plan) {
  const auto voxels =
      image_of_head(grid, demo_pose(maker.seed), plan.contrast, maker.seed + plan.number);
  const std::size_t slice_size = grid.size[0] * grid.size[1];
  const ImageGrid told = plan.is_upside_down ? upside_down(grid) : grid;
  for (std::size_t k = 0; k < grid.size[2]; ++k) {
    DcmFileFormat file;
    DcmItem& item = *file.getDataset();
    maker.start(item, maker.identifiers(UID_MRImageStorage, plan.number, k));
    put_mr_image(item, {told,
                        k,
                        {voxels.data() + k * slice_size, slice_size},
                        plan.contrast,
                        plan.description,
                        static_cast<int>(plan.number)});
    if (k == 0)
      put_overlay(item, static_cast<std::uint16_t>(grid.size[1]),
                  static_cast<std::uint16_t>(grid.size[0]), maker.person.id);
    save(file, directory / plan.folder / numbered("IM%04zu.dcm", k + 1), maker.layout());
  }
}

void write_capture(const StudyMaker& maker, const fs::path& path, std::uint16_t size) {
  DcmFileFormat file;
  maker.start(*file.getDataset(),
              maker.identifiers(UID_SecondaryCaptureImageStorage, 90, 0, false));
  put_secondary_capture(*file.getDataset(), size, size);
  save(file, path, maker.layout());
}

void write_report(const StudyMaker& maker, const fs::path& path) {
  DcmFileFormat file;
  const Person& person = maker.person;
  maker.start(*file.getDataset(), maker.identifiers(UID_BasicTextSRStorage, 91, 0, false));
  put_text_report(*file.getDataset(),
                  "Head of " + person.name + ", born " + person.birth_date + ": no finding.",
                  "Lindqvist^Åsa", person.study_date + "113000");
  save(file, path, maker.layout());
}

// A small square of noise-free ramp: an image with a place in space, too small for a head.
struct SmallImage {
  ImageGrid grid = transverse_grid({16, 16, 1}, 4.0, 5.0);
  std::vector<std::uint16_t> voxels = std::vector<std::uint16_t>(256);
  SmallImage() {
    for (std::size_t i = 0; i < voxels.size(); ++i)
      voxels[i] = static_cast<std::uint16_t>(3 * i + 10);
  }
};

void set_tags(DcmItem& item, const std::vector<TagValue>& tags) {
  for (const auto& [tag, value] : tags) {
    unsigned group = 0, element = 0;
    if (std::sscanf(tag.c_str(), "%4x,%4x", &group, &element) != 2)
      throw std::runtime_error("not a tag (GGGG,EEEE): '" + tag + "'");
    put(item, DcmTagKey(static_cast<Uint16>(group), static_cast<Uint16>(element)), value);
  }
}

}  // namespace

ImageGrid demo_grid() {
  return sagittal_grid({128, 128, 96}, 2.0);
}

Pose demo_pose(std::uint64_t seed) {
  return Pose::from_seed(seed);
}

void write_demo_study(const fs::path& directory, std::uint64_t seed) {
  const StudyMaker maker{seed};
  std::string folder = maker.person.name;
  folder.replace(folder.find('^'), 1, "_");
  const fs::path root = directory / folder;
  write_series(maker, root, demo_grid(), {"T1", 1, Contrast::t1, "t1_sag 2mm"});
  write_series(maker, root, transverse_grid({104, 128, 36}, 1.8, 5.0),
               {"T2", 2, Contrast::t2, "t2_tra 5mm"});
  write_capture(maker, root / "screenshot.dcm", 128);
  write_report(maker, root / "report.dcm");
  std::ofstream(root / "notes.txt")
      << "call " << maker.person.name << " at " << maker.person.telephone << "\n";
}

void write_small_study(const fs::path& directory, std::uint64_t seed,
                       const std::vector<TagValue>& tags) {
  const StudyMaker maker{seed};
  const SmallImage image;
  const auto write = [&](const char* name, const char* sop_class, std::uint64_t series, auto fill) {
    DcmFileFormat file;
    maker.start(*file.getDataset(), maker.identifiers(sop_class, series, 0, series < 90));
    fill(*file.getDataset());
    set_tags(*file.getDataset(), tags);
    save(file, directory / name, maker.layout());
  };
  const MrSlice slice{image.grid, 0, image.voxels, Contrast::t1, "small", 1};
  write("mr.dcm", UID_MRImageStorage, 1, [&](DcmItem& item) { put_mr_image(item, slice); });
  write("ct.dcm", UID_CTImageStorage, 2, [&](DcmItem& item) { put_ct_image(item, slice); });
  write("sc.dcm", UID_SecondaryCaptureImageStorage, 90,
        [](DcmItem& item) { put_secondary_capture(item, 16, 16); });
  write("sr.dcm", UID_BasicTextSRStorage, 91, [&](DcmItem& item) {
    put_text_report(item, "Seen by " + maker.person.name, "Lindqvist^Åsa",
                    maker.person.study_date + "113000");
  });
}

void write_bench_files(const fs::path& directory, std::uint64_t seed, std::size_t files) {
  constexpr std::size_t files_per_study = 38, edge = 338;
  const ImageGrid grid = transverse_grid({edge, edge, 1}, 0.7, 3.0);
  const auto voxels = image_of_head(grid, demo_pose(seed), Contrast::t1, seed);
  for (std::size_t n = 0; n < files; ++n) {
    const std::size_t study = n / files_per_study;
    const StudyMaker maker{seed + study};
    Identifiers ids = maker.identifiers(UID_MRImageStorage, 1, n);
    ids.frame_of_reference = made_up_uid(maker.seed, 910000 + n);
    DcmFileFormat file;
    maker.start(*file.getDataset(), ids);
    put_mr_image(*file.getDataset(), {grid, 0, voxels, Contrast::t1, "bench", 1});
    save(file, directory / numbered("study%03zu", study) / numbered("IM%05zu.dcm", n),
         maker.layout());
  }
}

void write_bench_volume(const fs::path& directory, std::uint64_t seed, bool is_upside_down) {
  write_series(StudyMaker{seed}, directory, sagittal_grid({256, 256, 176}, 1.0),
               {"T1", 1, Contrast::t1, "t1_sag 1mm", is_upside_down});
}

void write_demo_nifti(const fs::path& file, std::uint64_t seed) {
  const ImageGrid grid = demo_grid();
  write_nifti(file, grid, image_of_head(grid, demo_pose(seed), Contrast::t1, seed + 1),
              Person::from_seed(seed).name);
}

}  // namespace efface::support
