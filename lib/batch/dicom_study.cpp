#include "batch/dicom_study.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "base/error.h"
#include "batch/faces.h"
#include "batch/instance.h"
#include "batch/voxels.h"
#include "dicom_dcmtk/reader.h"
#include "study/classify.h"
#include "study/stack.h"

namespace efface::batch {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t token_length = 16;  // hex characters in names: 64 bits

class DicomStudy {
 public:
  DicomStudy(const StudyFiles& files, const fs::path& staging, const Context& context)
      : files_(files.files), staging_(staging), context_(context) {
    record_.token = files.token;
    for (const IndexedFile& file : files_) {
      record_.inputs.push_back(new_record(file, files.token, context));
    }
    facts_.resize(files_.size());
    treatments_.resize(files_.size());
    is_open_.assign(files_.size(), 1);
  }

  audit::StudyRecord run() {
    read_facts();
    name_outputs();
    // Held until the study's voxels are released; studies without volumes do not wait for it.
    std::unique_lock<std::mutex> voxels;
    const std::vector<std::size_t> members = volume_members();
    if (!members.empty()) voxels = context_.pool.lock_while_helping(context_.voxels);
    stack(members);
    judge();
    settle_conditions();
    write_volumes();
    write_the_rest();
    for (const audit::InputRecord& input : record_.inputs) context_.observer.file_done(input);
    return std::move(record_);
  }

 private:
  /// Ends the story of one input: withheld for a reason.
  void close(std::size_t i, const std::string& reason, const std::string& detail) {
    if (!is_open_[i]) return;
    withhold(record_.inputs[i], reason, detail);
    if (record_.inputs[i].sha256.empty()) digest_input(i);
    is_open_[i] = 0;
  }

  void fail(std::size_t i) {
    record_failure(record_.inputs[i]);
    if (record_.inputs[i].sha256.empty()) digest_input(i);
    is_open_[i] = 0;
  }

  void digest_input(std::size_t i) {
    try {
      record_.inputs[i].sha256 = base::to_hex(digest_file(files_[i].path).sha256);
    } catch (const base::Error&) {
      record_.inputs[i].sha256.clear();  // unreadable: the record's reason says so
    }
  }

  void read_facts() {
    context_.pool.parallel_for(files_.size(), [&](std::size_t i) {
      context_.check_cancelled();
      try {
        if (!files_[i].problem.empty()) {
          throw base::Error(base::Fault::bad_input, files_[i].problem);
        }
        facts_[i] = dicom_dcmtk::DicomFile(files_[i].path).facts();
        treatments_[i] = study::classify(facts_[i]);
        const std::string& series = facts_[i].series_uid.reveal();
        if (!series.empty()) {
          record_.inputs[i].series = context_.pseudonyms.path_token("series", series);
        }
      } catch (...) {
        fail(i);
      }
    });
    for (std::size_t i = 0; i < files_.size(); ++i) {
      const study::Classification& c = treatments_[i];
      if (is_open_[i] && c.treatment == study::Treatment::withhold) close(i, c.reason, c.detail);
    }
  }

  /// PATIENT/STUDY/SERIES/INSTANCE.dcm, or the input's own path. The patient's folder is that of
  /// the study's first file, so that a study is one folder. A second file with the same SOP
  /// instance UID would take the first one's place: it is withheld.
  void name_outputs() {
    outputs_.resize(files_.size());
    std::set<std::string> taken;
    std::string patient;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (!is_open_[i]) continue;
      if (patient.empty()) patient = token("patient", deid::subject_of(facts_[i]));
      if (facts_[i].sop_instance_uid.reveal().empty()) {
        close(i, "no-instance-uid", "(0008,0018) is missing or empty");
        continue;
      }
      outputs_[i] = context_.options.names == Names::keep ? kept_name(files_[i].name())
                                                          : keyed_name(i, patient);
      if (!taken.insert(outputs_[i]).second) {
        close(i, "duplicate-instance", "another file of the study has the same SOP instance UID");
      }
    }
  }

  std::string token(const char* domain, const std::string& value) const {
    return context_.pseudonyms.path_token(domain, value).substr(0, token_length);
  }

  std::string keyed_name(std::size_t i, const std::string& patient) const {
    return patient + "/" + record_.token.substr(0, token_length) + "/" +
           token("series", facts_[i].series_uid.reveal()) + "/" +
           token("instance", facts_[i].sop_instance_uid.reveal()) + ".dcm";
  }

  static std::string kept_name(std::string_view name) {
    if (name.ends_with(".gz")) name.remove_suffix(3);  // written uncompressed
    return std::string(name);
  }

  std::vector<std::size_t> volume_members() const {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (is_open_[i] && treatments_[i].treatment == study::Treatment::volume) members.push_back(i);
    }
    return members;
  }

  void stack(const std::vector<std::size_t>& members) {
    study::Stacking stacking = study::stack_frames(facts_, members);
    for (const study::FrameRef& frame : stacking.unusable) {
      close(frame.instance, "no-geometry",
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
        return load_volume(stack, t, facts_, files_, context_.pool);
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
      volume.token = context_.pseudonyms.path_token("volume", record_.token + std::to_string(s));
      volume.kind = "dicom stack";
      for_each_instance(stacks_[s], [&](std::size_t i) {
        if (record_.inputs[i].volume.empty()) record_.inputs[i].volume = volume.token;
      });
      if (volume.verdict == face::Verdict::uncertain) {
        close_stack(stacks_[s], "face-uncertain", volume.reason);
      }
      if (!(*faces_)[s].seen_by_model && (*faces_)[s].regions.empty()) {
        for_each_instance(stacks_[s], [&](std::size_t i) { unchecked_.insert(i); });
      }
      record_.volumes.push_back(std::move(volume));
    }
  }

  /// A dry run loads no voxels: what the model will be asked is all that can be said.
  void plan_judgement() {
    for (std::size_t s = 0; s < stacks_.size(); ++s) {
      FaceJudgement none;
      none.reason = stacks_[s].extent == study::Extent::full ? "the model will be asked"
                                                             : "too few slices for the model";
      audit::VolumeRecord volume = describe(volumes_[s], none);
      volume.token = context_.pseudonyms.path_token("volume", record_.token + std::to_string(s));
      volume.kind = "dicom stack";
      for_each_instance(stacks_[s],
                        [&](std::size_t i) { record_.inputs[i].volume = volume.token; });
      record_.volumes.push_back(std::move(volume));
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
    for_each_instance(stack, [&](std::size_t i) { close(i, reason, detail); });
  }

  /// What was waiting for the answer to "does the study hold a head?".
  void settle_conditions() {
    const bool dry = context_.options.dry_run;
    const bool head = !dry && faces_->may_hold_head();
    const bool free = !dry && !head_unknown_ && faces_->is_free_of_heads();
    for (std::size_t i = 0; i < files_.size(); ++i) {
      const study::Classification& c = treatments_[i];
      if (c.treatment == study::Treatment::unless_head && head) close(i, c.reason, c.detail);
      if (c.treatment == study::Treatment::only_without_head && !free) {
        close(i, c.reason,
              c.detail + (head ? ", and the study holds a head"
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
      series[facts_[first].series_uid.reveal()].push_back(s);
    }
    for (const auto& [uid, members] : series) write_series(members);
  }

  void write_series(const std::vector<std::size_t>& members) {
    try {
      std::map<std::size_t, face::VoxelMask> masks;
      {
        SeriesVoxels voxels(facts_, files_, context_);
        for (const std::size_t s : members) {
          if (!is_any_open(stacks_[s])) continue;
          face::VoxelMask mask = voxels.erase_face(stacks_[s], (*faces_)[s], record_.volumes[s]);
          if (!mask.empty()) masks[s] = std::move(mask);
        }
        write_instances(voxels.changed(), [&](std::size_t i) { return voxels.take(i); });
      }
      for (const auto& [s, mask] : masks) check_untouched(s, mask);
    } catch (const base::Error&) {
      audit::InputRecord problem;
      record_failure(problem);
      for (const std::size_t s : members) {
        discard_stack(stacks_[s], problem.reason, problem.detail);
      }
    }
  }

  bool is_any_open(const study::Stack& stack) const {
    bool is_any = false;
    for_each_instance(stack, [&](std::size_t i) { is_any = is_any || is_open_[i] != 0; });
    return is_any;
  }

  /// The proof that nothing else changed, from the staged files as they will be released.
  void check_untouched(std::size_t s, const face::VoxelMask& mask) {
    audit::VolumeRecord& volume = record_.volumes[s];
    std::map<std::size_t, fs::path> staged;
    bool all_written = true;
    for_each_instance(stacks_[s], [&](std::size_t i) {
      const audit::InputRecord& input = record_.inputs[i];
      all_written = all_written && !input.output.empty();
      staged[i] = staging_ / input.output;
    });
    if (!all_written) {
      volume.untouched_sha256_before
          .clear();  // part of the volume was withheld: nothing to compare
      return;
    }
    volume.untouched_sha256_after = untouched_digest(stacks_[s], mask, staged, context_);
    if (volume.untouched_sha256_after != volume.untouched_sha256_before) {
      discard_stack(stacks_[s], "voxels-differ", "a voxel outside the removed region changed");
    }
  }

  void discard_stack(const study::Stack& stack, const std::string& reason,
                     const std::string& detail) {
    for_each_instance(stack, [&](std::size_t i) {
      audit::InputRecord& input = record_.inputs[i];
      if (!input.output.empty()) fs::remove(staging_ / input.output);
      input.output.clear();
      input.output_sha256.clear();
      input.output_bytes = 0;
      input.actions.clear();
      input.safe_harbor.clear();
      is_open_[i] = 1;
      close(i, reason, detail);
    });
  }

  template <class Pixels>
  void write_instances(const std::vector<std::size_t>& indices, const Pixels& pixels) {
    context_.pool.parallel_for(indices.size(), [&](std::size_t n) {
      const std::size_t i = indices[n];
      if (!is_open_[i]) return;
      InstanceJob job;
      job.file = &files_[i];
      job.facts = &facts_[i];
      job.staging = staging_;
      job.output = outputs_[i];
      job.face_checked = was_checked(i);
      job.pixels = pixels(i);
      try {
        process_instance(job, context_, record_.inputs[i]);
        is_open_[i] = 0;
      } catch (...) {
        fs::remove(staging_ / outputs_[i]);
        fail(i);
      }
    });
  }

  void write_the_rest() {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (is_open_[i]) open.push_back(i);
    }
    write_instances(open, [](std::size_t) { return std::optional<dicom_dcmtk::NewPixels>(); });
  }

  /// Every stack that shows this instance was judged, by the model or by a region of its frame of
  /// reference: only then may the output claim that no face can be seen.
  bool was_checked(std::size_t i) const {
    return treatments_[i].treatment == study::Treatment::volume &&
           unchecked_.find(i) == unchecked_.end();
  }

  const std::vector<IndexedFile>& files_;
  fs::path staging_;
  const Context& context_;
  audit::StudyRecord record_;
  std::vector<dicom::InstanceFacts> facts_;
  std::vector<study::Classification> treatments_;
  std::vector<char>
      is_open_;  ///< 1 until the input has an outcome; char: written from several threads
  std::vector<std::string> outputs_;
  std::vector<study::Stack> stacks_;
  std::vector<FaceVolume> volumes_;
  std::unique_ptr<StudyFaces> faces_;
  std::set<std::size_t> unchecked_;
  bool head_unknown_ = false;
};

}  // namespace

audit::StudyRecord process_dicom_study(const StudyFiles& study, const fs::path& staging,
                                       const Context& context) {
  return DicomStudy(study, staging, context).run();
}

}  // namespace efface::batch
