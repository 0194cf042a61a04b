#include "batch/image_study.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "batch/faces.h"
#include "batch/instance.h"
#include "batch/others.h"
#include "batch/session_faces.h"
#include "batch/staging.h"
#include "crypto_openssl/crypto.h"
#include "sidecar/kind.h"
#include "volume_itk/image_file.h"

namespace efface::batch {

namespace fs = std::filesystem;

namespace {

class ImageStudy {
 public:
  ImageStudy(const StudyFiles& files, const fs::path& staging, const Context& context)
      : files_(files.files), structural_(files.structural), staging_(staging), context_(context) {
    record_.token = files.token;
    for (const IndexedFile& file : files_) {
      record_.inputs.push_back(new_record(file, files.token, context));
      if (file.content == ContentKind::image) main_ = record_.inputs.size() - 1;
      if (file.content == ContentKind::companion) has_companion_ = true;
    }
  }

  audit::StudyRecord run() {
    try {
      for (audit::InputRecord& input : record_.inputs) {
        const std::size_t i = static_cast<std::size_t>(&input - record_.inputs.data());
        input.sha256 = base::to_hex(digest_file(files_[i].path).sha256);
      }
      process();
    } catch (...) {
      forget_outputs();
      audit::InputRecord problem;
      record_failure(problem);
      for (audit::InputRecord& input : record_.inputs) {
        input.outcome = problem.outcome;
        input.reason = problem.reason;
        input.detail = problem.detail;
      }
    }
    for (const audit::InputRecord& input : record_.inputs) context_.observer.file_done(input);
    return std::move(record_);
  }

 private:
  bool is_sidecar(std::size_t i) const { return files_[i].content == ContentKind::sidecar; }

  void withhold_all(const std::string& reason, const std::string& detail) {
    for (std::size_t i = 0; i < record_.inputs.size(); ++i) {
      if (is_sidecar(i)) {
        withhold(record_.inputs[i], "image-withheld", "the image that it belongs to is withheld");
      } else {
        withhold(record_.inputs[i], reason, detail);
      }
    }
  }

  void process() {
    const bool is_taken = std::any_of(files_.begin(), files_.end(), [](const IndexedFile& file) {
      return file.is_name_taken && file.content != ContentKind::sidecar;
    });
    if (is_taken) {
      audit::InputRecord taken;
      withhold_taken_name(taken);
      return withhold_all(taken.reason, taken.detail);
    }
    if (context_.options.dry_run) return plan();
    const auto turn = context_.voxels.enter(context_.pool, likely_voxel_bytes(files_[main_]));
    volume_itk::ImageFile image(files_[main_].path);
    if (!image.is_scalar()) {
      return withhold_all("not-scalar", "colour, complex or vector voxels cannot be judged");
    }
    if (!image.geometry_is_known()) {
      return withhold_all("no-geometry", "the header does not say how the voxels lie in space");
    }
    if (image.values_look_like_labels()) {
      return withhold_all("label-map", "a label map may hold the outline of the face");
    }
    FaceVolume volume;
    volume.grid = image.grid();
    volume.extent = study::extent_of(volume.grid);
    volume.time_points = image.time_points();
    volume.load = [&image](std::size_t t) { return image.real_volume(t); };
    const std::vector<FaceVolume> volumes{std::move(volume)};
    SessionFaces session(structural_, context_);
    const StudyFaces faces(volumes, context_,
                           [&](const volume::Volume& shown) { return session.in(shown); });
    audit::VolumeRecord& described = record_.volumes.emplace_back(describe(volumes[0], faces[0]));
    described.token = context_.pseudonyms.path_token("volume", record_.token);
    described.kind = files_[main_].kind;
    for (audit::InputRecord& input : record_.inputs) input.volume = described.token;
    if (described.verdict == face::Verdict::uncertain) {
      return withhold_all("face-uncertain", described.reason);
    }
    const face::VoxelMask mask = erase(image, volumes[0].grid, faces[0], described);
    write(image, mask, described);
    if (context_.qc != nullptr) {
      const auto staged = [this] {
        return volume_itk::ImageFile(staging_ / output_name()).real_volume(0);
      };
      context_.qc->draw(described.token, staged, faces[0].regions);
    }
  }

  /// A dry run loads no voxels.
  void plan() {
    for (std::size_t i = 0; i < record_.inputs.size(); ++i) {
      if (files_[i].is_name_taken) {
        withhold_taken_name(record_.inputs[i]);
        continue;
      }
      record_.inputs[i].outcome = audit::Outcome::written;
      record_.inputs[i].output = is_sidecar(i) ? sidecar_name(i) : output_name();
      record_.inputs[i].detail = "the model will be asked";
    }
  }

  face::VoxelMask erase(volume_itk::ImageFile& image, const volume::StackGrid& grid,
                        const FaceJudgement& judgement, audit::VolumeRecord& described) {
    face::MaskCounts counts;
    face::VoxelMask mask(grid.voxel_count(), 0);
    if (!judgement.regions.empty()) mask = face::mask_of(grid, judgement.regions, counts);
    described.voxels_removed = counts.removed;
    described.brain_overlap_voxels = counts.brain_overlap;
    crypto_openssl::Sha256 untouched;
    for (std::size_t t = 0; t < image.time_points(); ++t) {
      context_.check_cancelled();
      const volume::StoredVoxels stored = image.stored(t);
      visit_untouched(mask, stored, [&](auto run) { untouched.update(run); });
      if (judgement.regions.empty()) continue;
      const std::uint64_t seed =
          context_.pseudonyms.seed("fill", described.token + std::to_string(t));
      fill_time_point(image.real_volume(t), judgement, mask, seed, context_, stored, described);
    }
    described.untouched_sha256_before = base::to_hex(untouched.finish());
    return mask;
  }

  std::string output_name() const {
    const IndexedFile& file = files_[main_];
    if (context_.options.names == Names::keep) return context_.output_name(file.name());
    const std::string token = record_.token.substr(0, 16);
    const bool gzip = file.name().ends_with(".gz");
    std::string ending = file.kind == "nrrd"        ? ".nrrd"
                         : file.kind == "metaimage" ? ".mha"
                         : has_companion_           ? ".hdr"
                                                    : ".nii";
    if (gzip && file.kind != "nrrd" && file.kind != "metaimage") ending += ".gz";
    return "images/" + token + "/" + token + ending;
  }

  /// Beside the image, under its name.
  std::string sidecar_name(std::size_t i) const {
    const std::string_view name = files_[i].name();
    if (context_.options.names == Names::keep) return context_.output_name(name);
    return std::string(sidecar::stem_of(output_name())) +
           std::string(name.substr(sidecar::stem_of(name).size()));
  }

  void write(const volume_itk::ImageFile& image, const face::VoxelMask& mask,
             audit::VolumeRecord& described) {
    const fs::path staged = staging_ / output_name();
    base::make_directories(staged.parent_path());
    const std::vector<fs::path> written = image.write(staged);
    verify(image, staged, mask, described);
    for (std::size_t i = 0; i < record_.inputs.size(); ++i) {
      audit::InputRecord& input = record_.inputs[i];
      if (is_sidecar(i) && files_[i].is_name_taken) {
        withhold_taken_name(input);
        continue;
      }
      if (is_sidecar(i)) {
        clean_sidecar(files_[i], sidecar_name(i), staging_, false, context_, input);
        continue;
      }
      const fs::path& output = written.at(i == main_ ? 0 : 1);
      const FileDigest digest = digest_file(output);
      input.outcome = audit::Outcome::written;
      input.output = output.lexically_relative(staging_).string();
      input.output_bytes = digest.bytes;
      input.output_sha256 = base::to_hex(digest.sha256);
      input.pixels = described.voxels_changed > 0 ? "changed, same encoding" : "copied";
    }
    audit::InputRecord& input = record_.inputs[main_];
    for (const auto& [field, value] : image.free_texts()) {
      const std::string name = header_field(input.kind, field);
      ++input.actions[name][static_cast<std::size_t>(dicom::Action::empty)];
      ++input.safe_harbor["other"];
    }
  }

  /// Reads the staged file back: the untouched voxels are the same, no free text is left in it.
  void verify(const volume_itk::ImageFile& image, const fs::path& staged,
              const face::VoxelMask& mask, audit::VolumeRecord& described) const {
    volume_itk::ImageFile back(staged);
    crypto_openssl::Sha256 untouched;
    for (std::size_t t = 0; t < back.time_points(); ++t) {
      visit_untouched(mask, back.stored(t), [&](auto run) { untouched.update(run); });
    }
    described.untouched_sha256_after = base::to_hex(untouched.finish());
    if (described.untouched_sha256_after != described.untouched_sha256_before) {
      throw base::Error(base::Fault::bad_input, "a voxel outside the removed region changed");
    }
    if (!back.free_texts().empty()) {
      throw base::Error(base::Fault::bad_input, "free text still stood in the output's header");
    }
    if (back.time_points() != image.time_points()) {
      throw base::Error(base::Fault::bad_input, "the output has another shape than the input");
    }
  }

  void forget_outputs() {
    std::error_code ignored;
    fs::remove_all(staging_ / fs::path(output_name()).parent_path(), ignored);
    for (audit::InputRecord& input : record_.inputs) {
      input.output.clear();
      input.output_sha256.clear();
      input.output_bytes = 0;
      input.actions.clear();
      input.safe_harbor.clear();
      input.text.clear();
    }
  }

  const std::vector<IndexedFile>& files_;
  const std::vector<std::string>& structural_;
  fs::path staging_;
  const Context& context_;
  audit::StudyRecord record_;
  std::size_t main_ = 0;
  bool has_companion_ = false;
};

}  // namespace

std::string header_field(std::string_view format, std::string_view field) {
  // Fields of NIfTI, NRRD and MetaImage headers, and what volume_itk calls the rest of a file.
  static constexpr std::array known{"data_type",
                                    "db_name",
                                    "descrip",
                                    "aux_file",
                                    "intent_name",
                                    "name",
                                    "unused_str",
                                    "id",
                                    "parentid",
                                    "modality",
                                    "comment",
                                    "content",
                                    "acquisitiondate",
                                    "extension",
                                    "gap before the voxels",
                                    "line",
                                    "key/value",
                                    "other field",
                                    "trailing bytes"};
  const bool is_known = std::any_of(known.begin(), known.end(),
                                    [field](std::string_view name) { return name == field; });
  if (is_known) return std::string(field);
  const bool is_plain = std::all_of(format.begin(), format.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
  return (is_plain && !format.empty() ? std::string(format) : "header") + "-field";
}

std::uint64_t likely_voxel_bytes(const IndexedFile& image) {
  constexpr std::uint64_t usual_ratio = 3;
  return image.name().ends_with(".gz") ? usual_ratio * image.bytes : image.bytes;
}

audit::StudyRecord process_image(const StudyFiles& study, const fs::path& staging,
                                 const Context& context) {
  return ImageStudy(study, staging, context).run();
}

}  // namespace efface::batch
