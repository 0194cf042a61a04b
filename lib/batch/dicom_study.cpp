#include "batch/dicom_study.h"

#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "batch/faces.h"
#include "batch/instance.h"
#include "batch/study_inputs.h"
#include "batch/voxels.h"
#include "descriptors/study_text.h"
#include "study/stack.h"

namespace efface::batch {

namespace fs = std::filesystem;

namespace {

class DicomStudy {
 public:
  DicomStudy(const StudyFiles& files, const fs::path& staging, const Context& context)
      : inputs_(files, context),
        staging_(staging),
        context_(context),
        identifiers_(context.maps != nullptr ? inputs_.size() : 0) {}

  audit::StudyRecord run() {
    inputs_.read();
    inputs_.find_patient();
    inputs_.name_outputs();
    constexpr std::size_t most_values = 20'000;  // more than any patient has; then text is removed
    if (deid::cleans_free_text(context_.options.profile) &&
        inputs_.subject().size() <= most_values) {
      free_text_ = std::make_unique<descriptors::StudyText>(
          inputs_.subject(), context_.options.text_actions,
          [this](std::string_view domain, std::string_view value) {
            return context_.pseudonyms.digest(domain, value);
          });
    }
    // Until the study's voxels are released; studies without volumes do not wait for it.
    VolumeGate::Turn turn;
    const std::vector<std::size_t> members = inputs_.open_volumes();
    if (!members.empty()) {
      turn = context_.voxels.enter(context_.pool, stored_bytes(inputs_.facts(), members));
    }
    stack(members);
    judge();
    settle_conditions();
    write_volumes();
    write_the_rest();
    prove_untouched();
    draw();
    export_identifiers();
    for (const audit::InputRecord& input : inputs_.record().inputs) {
      context_.observer.file_done(input);
    }
    return std::move(inputs_.record());
  }

 private:
  void stack(const std::vector<std::size_t>& members) {
    study::Stacking stacking = study::stack_frames(inputs_.facts(), members);
    for (const study::FrameRef& frame : stacking.unusable) {
      inputs_.withhold(frame.instance, "no-geometry",
                       "a frame's position, orientation or spacing is unusable");
    }
    for (study::Stack& stack : stacking.stacks) {
      std::erase_if(stack.frames, [](const auto& frames) { return frames.empty(); });
      stacks_.push_back(std::move(stack));
    }
  }

  void judge() {
    for (const study::Stack& stack : stacks_) {
      FaceVolume volume;
      volume.grid = stack.grid;
      volume.frame_of_reference = stack.frame_of_reference;
      volume.extent = stack.extent;
      volume.time_points = stack.time_points();
      volume.load = [this, &stack](std::size_t t) {
        const auto input = [this](std::size_t i) { return fs::path(inputs_.files()[i].path); };
        return load_volume(stack, t, inputs_.facts(), input, context_.pool);
      };
      volumes_.push_back(std::move(volume));
    }
    if (context_.options.dry_run) return plan_judgement();
    try {
      faces_ = std::make_unique<StudyFaces>(volumes_, context_);
    } catch (...) {
      // Voxels that cannot be read leave every volume of the study unjudged.
      audit::InputRecord problem;
      record_failure(problem);
      for (const study::Stack& stack : stacks_) {
        close_stack(stack, problem.reason,
                    "a volume of the study cannot be judged: " + problem.detail);
      }
      stacks_.clear();
      volumes_.clear();
      faces_ = std::make_unique<StudyFaces>(volumes_, context_);
      head_unknown_ = true;
      return;
    }
    for (std::size_t s = 0; s < stacks_.size(); ++s) {
      audit::VolumeRecord volume = describe(volumes_[s], (*faces_)[s]);
      volume.token =
          context_.pseudonyms.path_token("volume", inputs_.record().token + std::to_string(s));
      volume.kind = "dicom stack";
      for_each_instance(stacks_[s], [&](std::size_t i) {
        if (inputs_.record(i).volume.empty()) inputs_.record(i).volume = volume.token;
      });
      if (volume.verdict == face::Verdict::uncertain) {
        close_stack(stacks_[s], "face-uncertain", volume.reason);
      }
      if (!(*faces_)[s].seen_by_model && (*faces_)[s].regions.empty()) {
        for_each_instance(stacks_[s], [&](std::size_t i) { unchecked_.insert(i); });
      }
      inputs_.record().volumes.push_back(std::move(volume));
    }
  }

  /// A dry run loads no voxels: what the model will be asked is all that can be said.
  void plan_judgement() {
    for (std::size_t s = 0; s < stacks_.size(); ++s) {
      FaceJudgement none;
      none.reason = stacks_[s].extent == study::Extent::full ? "the model will be asked"
                                                             : "too few slices for the model";
      audit::VolumeRecord volume = describe(volumes_[s], none);
      volume.token =
          context_.pseudonyms.path_token("volume", inputs_.record().token + std::to_string(s));
      volume.kind = "dicom stack";
      for_each_instance(stacks_[s],
                        [&](std::size_t i) { inputs_.record(i).volume = volume.token; });
      inputs_.record().volumes.push_back(std::move(volume));
    }
  }

  template <class Visit>
  static void for_each_instance(const study::Stack& stack, const Visit& visit) {
    std::set<std::size_t> seen;
    for (const auto& slice : stack.frames) {
      for (const study::FrameRef& frame : slice) {
        if (seen.insert(frame.instance).second) visit(frame.instance);
      }
    }
  }

  void close_stack(const study::Stack& stack, const std::string& reason,
                   const std::string& detail) {
    for_each_instance(stack, [&](std::size_t i) { inputs_.withhold(i, reason, detail); });
  }

  /// What was waiting for the answer to "does the study hold a head?".
  void settle_conditions() {
    const bool dry = context_.options.dry_run;
    const bool head = !dry && (head_unknown_ || faces_->may_hold_head());
    const bool free = !dry && !head_unknown_ && faces_->is_free_of_heads();
    for (const std::size_t i : inputs_.open()) {
      const study::Classification& c = inputs_.classification(i);
      if (c.treatment == study::Treatment::unless_head && head) {
        inputs_.withhold(i, c.reason, c.detail);
      }
      if (c.treatment == study::Treatment::only_without_head && !free) {
        inputs_.withhold(i, c.reason,
                         c.detail + (head ? ", and the study may hold a head"
                                          : ", and nothing shows that the study holds no head"));
      }
    }
  }

  void write_volumes() {
    if (context_.options.dry_run) return;
    // Stacks of one series share files (multi-frame): their voxels are in memory together.
    std::map<std::string, std::vector<std::size_t>> series;
    for (std::size_t s = 0; s < stacks_.size(); ++s) {
      if ((*faces_)[s].regions.empty()) continue;
      const std::size_t first = stacks_[s].frames.front().front().instance;
      series[inputs_.facts()[first].series_uid.reveal()].push_back(s);
    }
    for (const auto& [uid, members] : series) write_series(members);
  }

  void write_series(const std::vector<std::size_t>& members) {
    try {
      {
        SeriesVoxels voxels(inputs_.facts(), inputs_.files(), context_);
        for (const std::size_t s : members) {
          if (!is_any_open(stacks_[s])) continue;
          face::VoxelMask mask =
              voxels.erase_face(stacks_[s], (*faces_)[s], inputs_.record().volumes[s]);
          if (!mask.empty()) masks_[s] = std::move(mask);
        }
        write_instances(voxels.changed(), [&](std::size_t i) { return voxels.take(i); });
      }
    } catch (...) {
      audit::InputRecord problem;
      record_failure(problem);
      for (const std::size_t s : members) {
        discard_stack(stacks_[s], problem.reason, problem.detail);
      }
    }
  }

  bool is_any_open(const study::Stack& stack) const {
    bool is_any = false;
    for_each_instance(stack, [&](std::size_t i) { is_any = is_any || inputs_.is_open(i); });
    return is_any;
  }

  /// When all is staged: slices that did not change are written with the rest.
  void prove_untouched() {
    for (const auto& [s, mask] : masks_) {
      try {
        check_untouched(s, mask);
      } catch (...) {
        audit::InputRecord problem;
        record_failure(problem);
        discard_stack(stacks_[s], problem.reason, problem.detail);
      }
    }
  }

  /// The proof that nothing else changed, from the staged files as they will be released.
  void check_untouched(std::size_t s, const face::VoxelMask& mask) {
    audit::VolumeRecord& volume = inputs_.record().volumes[s];
    std::map<std::size_t, fs::path> staged;
    bool is_whole = true;  // nothing withheld, no text blanked: there is something to compare
    for_each_instance(stacks_[s], [&](std::size_t i) {
      const audit::InputRecord& input = inputs_.record(i);
      is_whole = is_whole && !input.output.empty() && input.burned_in.boxes.empty();
      staged[i] = staging_ / input.output;
    });
    if (!is_whole) {
      volume.untouched_sha256_before.clear();
      return;
    }
    volume.untouched_sha256_after = untouched_digest(stacks_[s], mask, staged, context_);
    if (volume.untouched_sha256_after != volume.untouched_sha256_before) {
      discard_stack(stacks_[s], "voxels-differ", "a voxel outside the removed region changed");
    }
  }

  void discard_stack(const study::Stack& stack, const std::string& reason,
                     const std::string& detail) {
    for_each_instance(stack,
                      [&](std::size_t i) { inputs_.take_back(i, staging_, reason, detail); });
  }

  template <class Pixels>
  void write_instances(const std::vector<std::size_t>& indices, const Pixels& pixels) {
    make_folders(indices);
    context_.pool.parallel_for(indices.size(), [&](std::size_t n) {
      const std::size_t i = indices[n];
      if (!inputs_.is_open(i)) return;
      InstanceJob job;
      job.file = &inputs_.files()[i];
      job.opened = inputs_.take_file(i);
      job.facts = &inputs_.facts()[i];
      job.staging = staging_;
      job.output = inputs_.output(i);
      job.patient = inputs_.patient();
      job.free_text = free_text_.get();
      job.face_checked = was_checked(i);
      job.text = inputs_.classification(i).text;
      job.pixels = pixels(i);
      if (context_.maps != nullptr) job.identifiers = &identifiers_[i];
      try {
        process_instance(job, context_, inputs_.record(i));
        inputs_.finish(i);
      } catch (...) {
        fs::remove(staging_ / inputs_.output(i));
        inputs_.fail(i);
      }
    });
  }

  void make_folders(const std::vector<std::size_t>& indices) const {
    if (context_.options.dry_run) return;
    std::set<std::string_view> folders;
    for (const std::size_t i : indices) {
      const std::string_view output = inputs_.output(i);
      const std::size_t end = output.rfind('/');
      if (inputs_.is_open(i) && end != output.npos) folders.insert(output.substr(0, end));
    }
    for (const std::string_view folder : folders) base::make_directories(staging_ / folder);
  }

  void write_the_rest() {
    write_instances(inputs_.open(),
                    [](std::size_t) { return std::optional<dicom_dcmtk::NewPixels>(); });
  }

  /// Pictures of what is released: from the staged files alone, slices without one are left out.
  void draw() {
    if (context_.qc == nullptr) return;
    const auto staged = [this](std::size_t i) { return staging_ / inputs_.record(i).output; };
    for (std::size_t s = 0; s < stacks_.size(); ++s) {
      if ((*faces_)[s].verdict == face::Verdict::uncertain) continue;
      const study::Stack shown = released_part(stacks_[s]);
      if (shown.frames.empty()) continue;
      context_.check_cancelled();
      context_.qc->draw(
          inputs_.record().volumes[s].token,
          [&] { return load_volume(shown, 0, inputs_.facts(), staged, context_.pool); },
          (*faces_)[s].regions);
    }
  }

  /// Of what is written alone; durable before the study is committed.
  void export_identifiers() {
    if (context_.maps == nullptr) return;
    deid::ReplacedIdentifiers all;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (!inputs_.record(i).output.empty()) all.add(std::move(identifiers_[i]));
    }
    context_.maps->write_study(inputs_.record().token, all);
  }

  study::Stack released_part(const study::Stack& stack) {
    study::Stack part = stack;
    part.frames.clear();
    part.grid.slice_origin.clear();
    for (std::size_t k = 0; k < stack.frames.size(); ++k) {
      const study::FrameRef& first = stack.frames[k].front();
      if (inputs_.record(first.instance).output.empty()) continue;
      part.frames.push_back({first});
      part.grid.slice_origin.push_back(stack.grid.slice_origin[k]);
    }
    return part;
  }

  /// Every stack that shows this instance was judged, by the model or by a region of its frame of
  /// reference: only then may the output claim that no face can be seen.
  bool was_checked(std::size_t i) const {
    return inputs_.classification(i).treatment == study::Treatment::volume &&
           !unchecked_.contains(i);
  }

  StudyInputs inputs_;
  fs::path staging_;
  const Context& context_;
  std::unique_ptr<descriptors::StudyText> free_text_;
  std::map<std::size_t, face::VoxelMask> masks_;  ///< of the stacks that lost a face
  std::vector<study::Stack> stacks_;
  std::vector<FaceVolume> volumes_;
  std::unique_ptr<StudyFaces> faces_;
  std::set<std::size_t> unchecked_;
  std::vector<deid::ReplacedIdentifiers> identifiers_;  ///< by input, where maps are asked for
  bool head_unknown_ = false;
};

}  // namespace

audit::StudyRecord process_dicom_study(const StudyFiles& study, const fs::path& staging,
                                       const Context& context) {
  return DicomStudy(study, staging, context).run();
}

}  // namespace efface::batch
