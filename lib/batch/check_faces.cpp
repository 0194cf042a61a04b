#include "batch/check_faces.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "batch/check_dicom.h"
#include "batch/voxels.h"
#include "study/stack.h"

namespace efface::batch {

namespace {

namespace fs = std::filesystem;

constexpr const char* pixel_data = "(7fe0,0010)";

/// The features of the regions that would be removed.
std::set<face::Feature> features_of(const FaceJudgement& judgement) {
  std::set<face::Feature> features;
  for (const face::FaceRegion* region : judgement.regions) {
    for (const face::Feature feature : face::all_features) {
      if (!region->feature_sdf[static_cast<std::size_t>(feature)].empty()) features.insert(feature);
    }
  }
  return features;
}

std::string joined(const std::set<face::Feature>& features) {
  std::string text;
  for (const face::Feature feature : features) {
    text += (text.empty() ? "" : ", ") + std::string(to_string(feature));
  }
  return text;
}

/// What the networks see where a face was removed: little, and each something else. Nine outputs of
/// efface had scores up to 0.34 and agreements up to 0.52, faces in view 0.95 and 0.75 or more.
bool is_a_rest(const FaceJudgement& judgement) {
  constexpr double least_score = 0.4, least_agreement = 0.6;
  return judgement.score < least_score && judgement.agreement &&
         *judgement.agreement < least_agreement;
}

FaceSeen report(const FaceJudgement& judgement, const std::string& path, CheckSink& sink) {
  switch (judgement.verdict) {
    case face::Verdict::no_head:
      return FaceSeen::no_head;
    case face::Verdict::no_face:
      return FaceSeen::nothing;
    case face::Verdict::uncertain:
      if (is_a_rest(judgement)) return FaceSeen::nothing;
      sink.add(path, "face.uncertain", "", "a face may be seen: " + judgement.reason);
      return FaceSeen::perhaps;
    case face::Verdict::removed:
      break;
  }
  const std::set<face::Feature> features = features_of(judgement);
  if (features == std::set{face::Feature::ears}) {
    sink.add(path, "face.uncertain", "", "ears can be seen, and no other part of a face");
    return FaceSeen::perhaps;
  }
  sink.add(path, "face.visible", "", "a face can be seen: " + joined(features));
  return FaceSeen::visible;
}

/// The stacks of one study and the files that they are made of.
class StudyVolumes {
 public:
  StudyVolumes(const std::vector<IndexedFile>& files,
               const std::vector<dicom::InstanceFacts>& facts,
               const std::vector<study::Classification>& classes, const Context& context,
               CheckSink& sink)
      : files_(files), facts_(facts), classes_(classes), context_(context), sink_(sink) {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (classes_[i].treatment == study::Treatment::volume) members.push_back(i);
    }
    voxel_bytes_ = stored_bytes(facts_, members);
    study::Stacking stacking = study::stack_frames(facts_, members);
    for (const study::FrameRef& frame : stacking.unusable) unusable_.insert(frame.instance);
    for (study::Stack& stack : stacking.stacks) {
      std::erase_if(stack.frames, [](const auto& frames) { return frames.empty(); });
      stacks_.push_back(std::move(stack));
    }
  }

  void check() {
    for (const std::size_t i : unusable_) {
      sink_.add(files_[i].path, "not-checked", pixel_data,
                "whether a face can be seen: the place of its slices is not stated");
    }
    if (stacks_.empty()) return;
    std::vector<std::string> paths;
    for (const study::Stack& stack : stacks_) paths.push_back(first_path(stack));
    std::vector<FaceSeen> seen;
    try {
      const auto turn = context_.voxels.enter(context_.pool, voxel_bytes_);
      seen = look_for_faces(volumes(), paths, context_, sink_);
    } catch (...) {
      for (const std::string& path : paths) not_checked(path, sink_);
      return;
    }
    hold_claims(seen);
    name_other_pictures(seen);
  }

 private:
  std::set<std::size_t> instances_of(const study::Stack& stack) const {
    std::set<std::size_t> instances;
    for (const auto& slice : stack.frames) {
      for (const study::FrameRef& frame : slice) instances.insert(frame.instance);
    }
    return instances;
  }

  std::string first_path(const study::Stack& stack) const {
    std::string first;
    for (const std::size_t i : instances_of(stack)) {
      if (first.empty() || files_[i].path < first) first = files_[i].path;
    }
    return first;
  }

  /// Each by itself: what another volume shows of the same head is said of that one.
  std::vector<FaceVolume> volumes() const {
    std::vector<FaceVolume> volumes;
    for (const study::Stack& stack : stacks_) {
      FaceVolume& volume = volumes.emplace_back();
      volume.grid = stack.grid;
      volume.extent = stack.extent;
      volume.time_points = stack.time_points();
      volume.load = [this, &stack](std::size_t t) {
        const auto input = [this](std::size_t i) { return fs::path(files_[i].path); };
        return load_volume(stack, t, facts_, input, context_.pool);
      };
    }
    return volumes;
  }

  void hold_claims(const std::vector<FaceSeen>& seen) {
    std::set<std::size_t> untrue;
    for (std::size_t s = 0; s < stacks_.size(); ++s) {
      if (seen[s] != FaceSeen::visible) continue;
      for (const std::size_t i : instances_of(stacks_[s])) {
        if (facts_[i].recognizable_features == "NO") untrue.insert(i);
      }
    }
    for (const std::size_t i : untrue) {
      sink_.add(files_[i].path, "claim.no-recognizable-features", "(0028,0302)",
                "it says NO, and its volume shows a face");
    }
  }

  void name_other_pictures(const std::vector<FaceSeen>& seen) {
    const bool has_head = std::any_of(seen.begin(), seen.end(),
                                      [](FaceSeen one) { return one != FaceSeen::no_head; });
    for (std::size_t i = 0; has_head && i < files_.size(); ++i) {
      const study::Treatment treatment = classes_[i].treatment;
      const bool is_other = treatment == study::Treatment::unless_head ||
                            treatment == study::Treatment::only_without_head;
      if (!is_other) continue;
      sink_.add(files_[i].path, "face.uncertain", pixel_data,
                "a picture that nobody looked at, of a study with a head");
    }
  }

  const std::vector<IndexedFile>& files_;
  const std::vector<dicom::InstanceFacts>& facts_;
  std::uint64_t voxel_bytes_ = 0;
  const std::vector<study::Classification>& classes_;
  const Context& context_;
  CheckSink& sink_;
  std::vector<study::Stack> stacks_;
  std::set<std::size_t> unusable_;
};

}  // namespace

std::vector<FaceSeen> look_for_faces(std::vector<FaceVolume> volumes,
                                     const std::vector<std::string>& paths, const Context& context,
                                     CheckSink& sink) {
  const StudyFaces faces(volumes, context);
  std::vector<FaceSeen> seen;
  for (std::size_t v = 0; v < volumes.size(); ++v) seen.push_back(report(faces[v], paths[v], sink));
  return seen;
}

void check_faces_of_study(const std::vector<IndexedFile>& files,
                          const std::vector<dicom::InstanceFacts>& facts,
                          const std::vector<study::Classification>& classes, const Context& context,
                          CheckSink& sink) {
  StudyVolumes(files, facts, classes, context, sink).check();
}

}  // namespace efface::batch
