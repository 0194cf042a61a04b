#include "batch/faces.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "batch/frame_faces.h"

namespace efface::batch {

namespace {

constexpr double enough_coverage = 0.95;
constexpr char cleaned_by_frame[] =
    "cleaned by the face that another volume of its frame of reference shows";
constexpr std::size_t lattice = 12;  // points along each axis when coverage is measured

/// How bad news is: the worst of several time points decides.
int gravity(face::Verdict verdict) {
  switch (verdict) {
    case face::Verdict::no_head:
      return 0;
    case face::Verdict::no_face:
      return 1;
    case face::Verdict::removed:
      return 2;
    case face::Verdict::uncertain:
      return 3;
  }
  return 3;
}

/// Whether a volume may lie in memory beside the one that the networks see.
bool can_be_ahead(const FaceVolume& volume) {
  constexpr std::size_t most_voxels = std::size_t{1} << 25;
  return volume.grid.voxel_count() <= most_voxels;
}

/// The share of a volume's extent that lies inside the field of view of another.
bool covers(const volume::StackGrid& by, const volume::StackGrid& what) {
  std::size_t inside = 0, all = 0;
  const auto at = [](std::size_t extent, std::size_t step) {
    return static_cast<double>(extent - 1) * static_cast<double>(step) / (lattice - 1);
  };
  const std::size_t slices = what.slices();
  for (std::size_t c = 0; c < std::min(lattice, slices); ++c) {
    const std::size_t k = slices <= lattice ? c : c * (slices - 1) / (lattice - 1);
    for (std::size_t b = 0; b < lattice; ++b) {
      for (std::size_t a = 0; a < lattice; ++a) {
        ++all;
        const volume::Vec3 point = what.patient_mm(at(what.columns, a), at(what.rows, b), k);
        if (by.index_of(point)) ++inside;
      }
    }
  }
  return static_cast<double>(inside) >= enough_coverage * static_cast<double>(all);
}

}  // namespace

StudyFaces::StudyFaces(const std::vector<FaceVolume>& volumes, const Context& context,
                       const FaceOfSession& session)
    : judgements_(volumes.size()),
      seen_(volumes.size()),
      carried_(volumes.size()),
      is_by_session_(volumes.size(), false) {
  std::size_t heads = 0, full = 0;
  std::vector<std::pair<std::size_t, std::size_t>> wanted;
  for (std::size_t v = 0; v < volumes.size(); ++v) {
    FaceJudgement& judgement = judgements_[v];
    if (volumes[v].extent != study::Extent::full) continue;
    ++full;
    judgement.seen_by_model = true;
    for (const std::size_t t : study::representative_time_points(volumes[v].time_points)) {
      wanted.push_back({v, t});
    }
  }
  look_at(volumes, wanted, context);
  ask_others(volumes, session, context);
  look_in_any_position(volumes, wanted, context);
  for (std::size_t v = 0; v < volumes.size(); ++v) {
    FaceJudgement& judgement = judgements_[v];
    if (!judgement.seen_by_model) continue;
    const auto worst = std::max_element(
        seen_[v].begin(), seen_[v].end(), [](const face::Judged& a, const face::Judged& b) {
          return gravity(a.decision.verdict) < gravity(b.decision.verdict);
        });
    judgement.verdict = worst->decision.verdict;
    judgement.reason = worst->decision.reason;
    judgement.score = worst->decision.score;
    judgement.agreement = worst->agreement;
    judgement.air = &worst->air;
    if (judgement.verdict != face::Verdict::no_head) ++heads;
  }
  for (std::size_t v = 0; v < volumes.size(); ++v) settle(volumes, v);
  is_free_of_heads_ = full > 0 && heads == 0;
  may_hold_head_ = heads > 0;
  for (const FaceJudgement& judgement : judgements_) {
    if (judgement.verdict != face::Verdict::uncertain) continue;
    is_free_of_heads_ = false;
    may_hold_head_ = true;
  }
}

/// While the networks see one volume, the next one is loaded, by whoever is idle.
void StudyFaces::look_at(const std::vector<FaceVolume>& volumes,
                         const std::vector<std::pair<std::size_t, std::size_t>>& wanted,
                         const Context& context) {
  const face::DecideOptions decide{context.options.features, context.options.extent,
                                   context.networks.calibrations};
  std::optional<volume::Volume> next;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    context.check_cancelled();
    const auto [v, t] = wanted[i];
    volume::Volume volume = next ? std::move(*next) : volumes[v].load(t);
    next.reset();
    face::Judged& seen = seen_[v].emplace_back();
    const auto look = [&] { seen = face::judge(std::move(volume), context.networks, decide); };
    const bool is_ahead = i + 1 < wanted.size() && can_be_ahead(volumes[wanted[i + 1].first]);
    context.pool.parallel_for(is_ahead ? 2 : 1, [&](std::size_t share) {
      if (share == 0) return look();
      const auto [of_next, its_time] = wanted[i + 1];
      next = volumes[of_next].load(its_time);
    });
  }
}

/// Nothing is carried to a volume unless it is to all of its time points.
void StudyFaces::ask_others(const std::vector<FaceVolume>& volumes, const FaceOfSession& session,
                            const Context& context) {
  FrameFaces frame(volumes, seen_, context);
  for (std::size_t v = 0; v < volumes.size(); ++v) {
    const bool is_uncertain = std::any_of(
        seen_[v].begin(), seen_[v].end(),
        [](const face::Judged& seen) { return seen.decision.verdict == face::Verdict::uncertain; });
    const bool has_others = session || frame.has_any_for(v);
    if (!is_uncertain || !has_others) continue;
    for (const std::size_t t : study::representative_time_points(volumes[v].time_points)) {
      context.check_cancelled();
      const volume::Volume image = volumes[v].load(t);
      std::vector<face::FaceRegion> regions = frame.in(v, image);
      if (regions.empty() && session) {
        regions = session(image);
        is_by_session_[v] = true;
      }
      if (regions.empty()) {
        carried_[v].clear();
        break;
      }
      std::move(regions.begin(), regions.end(), std::back_inserter(carried_[v]));
    }
  }
}

/// Heads that no other volume explains may lie otherwise than their header says. The worst time
/// point decides: after one that stays uncertain the others of its volume need not be turned.
void StudyFaces::look_in_any_position(
    const std::vector<FaceVolume>& volumes,
    const std::vector<std::pair<std::size_t, std::size_t>>& wanted, const Context& context) {
  const face::DecideOptions decide{context.options.features, context.options.extent,
                                   context.networks.calibrations};
  std::vector<std::size_t> next_seen(volumes.size(), 0);
  std::vector<bool> is_settled(volumes.size(), false);
  for (const auto& [v, t] : wanted) {
    face::Judged& seen = seen_[v][next_seen[v]++];
    if (seen.decision.may_lie_otherwise && !is_settled[v] && carried_[v].empty() &&
        !is_explained(volumes, v)) {
      context.check_cancelled();
      seen = face::judge_in_any_position(volumes[v].load(t), context.networks, decide,
                                         std::move(seen));
    }
    is_settled[v] = is_settled[v] || seen.decision.verdict == face::Verdict::uncertain;
  }
}

/// Whether another volume shows the whole face of all that this one shows.
bool StudyFaces::is_explained(const std::vector<FaceVolume>& volumes, std::size_t index) const {
  const FaceVolume& own = volumes[index];
  for (std::size_t v = 0; v < volumes.size(); ++v) {
    if (v == index || !shares_frame(own, volumes[v])) continue;
    const bool shows_face = std::any_of(seen_[v].begin(), seen_[v].end(), face::can_be_witness);
    if (shows_face && covers(volumes[v].grid, own.grid)) return true;
  }
  return false;
}

void StudyFaces::settle(const std::vector<FaceVolume>& volumes, std::size_t index) {
  FaceJudgement& judgement = judgements_[index];
  const FaceVolume& own = volumes[index];
  const bool is_covered = is_explained(volumes, index);
  for (std::size_t v = 0; v < volumes.size(); ++v) {
    if (v != index && !shares_frame(own, volumes[v])) continue;
    for (const face::Judged& seen : seen_[v]) {
      if (seen.decision.verdict != face::Verdict::removed) continue;
      judgement.regions.push_back(&seen.decision.region);
      if (seen.region_as_given) judgement.regions.push_back(&*seen.region_as_given);
      if (judgement.air == nullptr) judgement.air = &seen.air;
    }
  }
  switch (own.extent) {
    case study::Extent::full:
      if (judgement.verdict == face::Verdict::uncertain &&
          (is_covered || !carried_[index].empty())) {
        judgement.verdict = face::Verdict::removed;
        judgement.reason = is_covered || !is_by_session_[index]
                               ? cleaned_by_frame
                               : "cleaned by the face that another image of its session shows";
        for (const face::FaceRegion& region : carried_[index]) judgement.regions.push_back(&region);
      }
      break;
    case study::Extent::thin_transverse:
      judgement.verdict = face::Verdict::no_face;
      judgement.reason = "a few transverse slices: no face can be rebuilt from them";
      break;
    case study::Extent::thin_other:
    case study::Extent::scattered_transverse:
      judgement.verdict = is_covered ? face::Verdict::removed : face::Verdict::uncertain;
      judgement.reason =
          is_covered ? cleaned_by_frame
          : own.extent == study::Extent::thin_other
              ? "a few slices that may show the profile, and no volume that covers them"
              : "slices that may rebuild a face with others of the study, and no volume that "
                "covers "
                "them";
      break;
  }
}

void visit_untouched(const face::VoxelMask& mask, volume::StoredVoxels stored,
                     const std::function<void(std::span<const std::byte>)>& feed) {
  const std::size_t size = stored.bytes_per_voxel;
  for (std::size_t start = 0; start < mask.size();) {
    if (mask[start] != 0) {
      ++start;
      continue;
    }
    std::size_t end = start;
    while (end < mask.size() && mask[end] == 0) ++end;
    feed(stored.bytes.subspan(start * size, (end - start) * size));
    start = end;
  }
}

void fill_time_point(const volume::Volume& real, const FaceJudgement& judgement,
                     const face::VoxelMask& mask, std::uint64_t seed, const Context& context,
                     volume::StoredVoxels stored, audit::VolumeRecord& record) {
  const face::FillReport report =
      face::fill(real, *judgement.air, mask, context.options.fill, seed, stored);
  record.voxels_changed += report.voxels_changed;
}

audit::VolumeRecord describe(const FaceVolume& volume, const FaceJudgement& judgement) {
  audit::VolumeRecord record;
  const volume::Vec3 spacing = volume.grid.spacing_mm();
  record.size = {volume.grid.columns, volume.grid.rows, volume.grid.slices()};
  for (std::size_t i = 0; i < 3; ++i) record.spacing_mm[i] = spacing[i];
  record.time_points = volume.time_points;
  record.verdict = judgement.verdict;
  record.reason = judgement.reason;
  record.score = judgement.score;
  record.agreement = judgement.agreement;
  record.regions_united = judgement.regions.size();
  return record;
}

}  // namespace efface::batch
