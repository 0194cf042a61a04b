// Faces in volumes, wherever the voxels come from (a DICOM stack, a NIfTI): shows them to the
// model, shares what was seen within a frame of reference, and fills what must go. Knows no file
// formats.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "audit/record.h"
#include "batch/context.h"
#include "face/judge.h"
#include "face/region.h"
#include "study/stack.h"
#include "volume/volume.h"

namespace efface::batch {

/// One stack of slices with all its time points, as the face code sees it.
struct FaceVolume {
  volume::StackGrid grid;
  std::string frame_of_reference;  ///< key only; empty = shares with nothing
  study::Extent extent = study::Extent::full;
  std::size_t time_points = 1;
  std::function<volume::Volume(std::size_t)> load;  ///< real-world values of one time point
};

/// What was decided for one FaceVolume.
struct FaceJudgement {
  face::Verdict verdict = face::Verdict::uncertain;
  std::string reason;
  double score = 0;
  std::optional<double> agreement;  ///< of the model's networks, see face::Sight
  bool seen_by_model = false;
  std::vector<const face::FaceRegion*> regions;  ///< to remove: own and shared
  const volume::Field* air = nullptr;            ///< the model's probability of air
};

/// The face that other images of the session show, as it lies in this one: asked of a volume that
/// stays uncertain. Empty when nothing can be said.
using FaceOfSession = std::function<std::vector<face::FaceRegion>(const volume::Volume&)>;

/// The judgements of one study; owns the regions that they point to.
class StudyFaces {
 public:
  /// Runs the model on every full volume (first, middle and last time point) and settles each
  /// verdict:
  /// * removed: own region or one shared by the frame of reference;
  /// * an uncertain volume, or one too thin to judge, is cleaned by what another volume of its
  /// frame
  ///   of reference saw when that one covers its field of view (95 %) and shows a whole face;
  ///   otherwise it stays uncertain;
  /// * what can be carried to all time points of an uncertain volume that were looked at, from a
  ///   volume of its frame of reference or by `session` (face/carry.h), cleans it, too: where its
  ///   view is wider, or the head has moved a little;
  /// * a few transverse slices show no face: no surface can be rebuilt from them.
  StudyFaces(const std::vector<FaceVolume>& volumes, const Context& context,
             const FaceOfSession& session = {});
  StudyFaces(const StudyFaces&) = delete;
  StudyFaces& operator=(const StudyFaces&) = delete;

  const FaceJudgement& operator[](std::size_t volume) const { return judgements_[volume]; }
  /// A head was seen, or cannot be excluded.
  bool may_hold_head() const { return may_hold_head_; }
  /// At least one volume was seen by the model, and none of them holds a head.
  bool is_free_of_heads() const { return is_free_of_heads_; }

 private:
  /// Fills seen_ for pairs of a volume and a time point.
  void look_at(const std::vector<FaceVolume>& volumes,
               const std::vector<std::pair<std::size_t, std::size_t>>& wanted,
               const Context& context);
  /// What others show of the face, carried to a volume: those of its frame of reference first.
  void ask_others(const std::vector<FaceVolume>& volumes, const FaceOfSession& session,
                  const Context& context);
  void look_in_any_position(const std::vector<FaceVolume>& volumes,
                            const std::vector<std::pair<std::size_t, std::size_t>>& wanted,
                            const Context& context);
  bool is_explained(const std::vector<FaceVolume>& volumes, std::size_t index) const;
  void settle(const std::vector<FaceVolume>& volumes, std::size_t index);
  std::vector<FaceJudgement> judgements_;
  std::vector<std::vector<face::Judged>> seen_;         ///< by volume, its time points
  std::vector<std::vector<face::FaceRegion>> carried_;  ///< by volume, from others
  std::vector<bool> is_by_session_;                     ///< those come from its session
  bool may_hold_head_ = false;
  bool is_free_of_heads_ = false;
};

/// Fills the masked voxels of one time point in place and adds to the record's counts.
void fill_time_point(const volume::Volume& real, const FaceJudgement& judgement,
                     const face::VoxelMask& mask, std::uint64_t seed, const Context& context,
                     volume::StoredVoxels stored, audit::VolumeRecord& record);

/// Feeds every stored voxel outside the mask (mask[v] == 0) to `feed`, in runs.
void visit_untouched(const face::VoxelMask& mask, volume::StoredVoxels stored,
                     const std::function<void(std::span<const std::byte>)>& feed);

/// The record of a volume before anything was filled.
audit::VolumeRecord describe(const FaceVolume& volume, const FaceJudgement& judgement);

}  // namespace efface::batch
