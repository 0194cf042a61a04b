#include "face/judge.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "face/arrangement.h"
#include "face/evidence.h"
#include "face/long_view.h"
#include "face/look.h"
#include "face/prepare.h"
#include "face/turned_input.h"

namespace efface::face {
namespace {

using volume::Turn;

// What of a face the first network sees in some position, in ml of sure face that fits the
// canonical head. In the right one 47 to 204 (32 and 15 for thick slices), in the best wrong one of
// the same head at most 0.55 of that, but up to 72. So all positions are tried, and the best are
// followed.
constexpr double clear_ml = 45, least_ml = 5, trace_ml = 0.5, least_of_best = 0.3;
// A position that shows less than this of the best one's face does not contest a clear one.
constexpr double rival_of_best = 0.6;
constexpr double misfit_scale_mm = 28;
constexpr std::size_t most_followed = 3;
// Two positions this far apart are different ones; when the networks agree as well in one as in the
// other, none is believed.
constexpr double different_degrees = 45, clearly_more_agreement = 0.05;
// A head within so many degrees of upright need not be turned further.
constexpr double upright_degrees = 8;
constexpr int most_corrections = 3;
// A smaller turn is no other position: what was doubtful as given is not better for it.
constexpr double least_turn_degrees = 15;
// The networks see a head best within so many degrees of upright.
constexpr double well_seen_degrees = 20, as_good_agreement = 0.02;
// Nothing confirms the position of a turned head: its face must be seen as well as any that lies as
// the header says. The networks agreed to 0.74 … 0.87 in right positions, in wrong ones up to 0.76.
// From `clear_agreement` on no other position need be tried.
constexpr double least_sure_ml = 25, least_agreement = 0.77, clear_agreement = 0.8,
                 most_misfit_mm = 18, most_rest_degrees = 35;
// Of 1,778 whole faces that were seen right as the header has it the networks agreed on all but
// five to more; on three heads in other positions, in which they saw half a face, to 0.66, 0.67 and
// 0.751. Another position is believed in their stead when they agree clearly more in it.
constexpr double doubtful_agreement = 0.77, far_more_agreement = 0.1;
// So far a view is continued in which nothing was clear: the depth of an orbit.
constexpr double beyond_mm = 40;
// Sure traces of a face are not denied by another look. Of 24 cut views whose face was seen only
// with the view continued, 13 agreed to less than this; of four of them 5 to 31 % were missed.
constexpr double no_sure_face_ml = 0.1, least_agreement_beyond = 0.65;
// Less brain than this is no head that is cut.
constexpr double least_brain_ml = 50;
// A larger view holds a body: it would take a minute to look at it from all sides.
constexpr std::size_t most_voxels = 1'500'000;

/// The turn that lays a head of this pose upright.
Turn upright(const HeadPose& pose, const volume::Vec3& about) {
  return {{pose.left, pose.back, pose.up}, about};
}

double degrees_between(const Turn& a, const Turn& b) {
  const Turn back{{{{a.rows[0][0], a.rows[1][0], a.rows[2][0]},
                    {a.rows[0][1], a.rows[1][1], a.rows[2][1]},
                    {a.rows[0][2], a.rows[1][2], a.rows[2][2]}}},
                  a.about};
  return after(back, b).degrees();
}

Judged look_and_decide(const volume::Volume& volume, const Networks& networks,
                       const DecideOptions& options, double beyond = 0) {
  Sight sight = look(volume, networks, beyond);
  return {face::decide(sight.probabilities, sight.input, options, sight.agreement, beyond > 0),
          std::nullopt, sight.agreement, std::move(sight.air)};
}

/// How far the networks agree on a face that they are sure of; 0 when there is too little of one.
double sure_agreement(const Judged& judged) {
  return judged.decision.sure_face_ml >= least_sure_ml ? judged.agreement.value_or(0) : 0;
}

/// A face that nothing but the networks' own agreement confirms.
bool is_believed(const Judged& judged) {
  const FaceDecision& d = judged.decision;
  return d.verdict == Verdict::removed && d.sure_face_ml >= least_sure_ml &&
         judged.agreement.value_or(0) >= least_agreement && d.misfit_mm <= most_misfit_mm &&
         d.pose.rotation_degrees() <= most_rest_degrees;
}

/// A position in which the first network sees something of a face, and how much.
struct Position {
  Turn turn;
  double face_ml = 0;
};

/// A position in which a face can be believed, too, and how far the networks agree on it.
struct Rival {
  Turn turn;
  double agreement = 0;
};

/// Whether the networks agree about as well in another position.
bool is_contested(const Judged& best, const std::vector<Rival>& rivals) {
  return std::any_of(rivals.begin(), rivals.end(), [&](const Rival& rival) {
    return degrees_between(best.decision.region.turn, rival.turn) >= different_degrees &&
           *best.agreement - rival.agreement < clearly_more_agreement;
  });
}

/// Turns one volume about its middle and looks at it.
class Turner {
 public:
  /// `agreement`: on a face as the header has it.
  Turner(volume::Volume& volume, const Networks& networks, const DecideOptions& options,
         double agreement)
      : volume_(volume),
        grid_(volume.grid),
        networks_(networks),
        options_(options),
        most_agreement_(agreement) {
    const auto [low, high] = grid_.bounds();
    middle_ = 0.5 * (low + high);
  }

  /// The head laid upright by its pose, and corrected; a face that can be believed then.
  std::optional<Judged> upright_from(const HeadPose& pose) {
    return follow(upright(pose, middle_));
  }

  /// A face that can be believed in the position that shows more of one than all others, `best` so
  /// far among them.
  std::optional<Judged> in_best_position(std::optional<Judged> best) {
    std::vector<Rival> rivals;
    const std::vector<Position> positions = best_positions();
    for (const Position& position : positions) {
      const bool is_clear = best && *best->agreement >= clear_agreement;
      if (is_clear && position.face_ml < rival_of_best * positions.front().face_ml) break;
      std::optional<Judged> judged = follow(position.turn);
      if (!judged) continue;
      if (best && *best->agreement >= *judged->agreement) std::swap(best, judged);
      if (best) rivals.push_back({best->decision.region.turn, *best->agreement});
      best = std::move(judged);
    }
    // Where the networks agree most the head must lie, even if something else is wrong there.
    if (!best || *best->agreement < most_agreement_ || is_contested(*best, rivals))
      return std::nullopt;
    return best;
  }

 private:
  /// Those that show most of a face, most first.
  std::vector<Position> best_positions() {
    volume_.grid = grid_;
    const ModelInput input = prepare(volume_, networks_.head.card());
    std::vector<Position> positions;
    for (const Turn& turn : volume::axis_turns(middle_))
      positions.push_back(try_position(turn, turned(input, turn)));
    const auto shows_more = [](const Position& a, const Position& b) {
      return a.face_ml > b.face_ml;
    };
    std::stable_sort(positions.begin(), positions.end(), shows_more);
    const double most = positions.front().face_ml;
    if (most >= trace_ml && most < clear_ml) {
      for (const std::size_t axis : {0U, 1U, 2U})
        for (const double degrees : {45.0, -45.0}) {
          const Turn turn = volume::turn_about(axis, degrees, middle_);
          volume_.grid = turned(grid_, turn);
          positions.push_back(try_position(turn, prepare(volume_, networks_.head.card())));
        }
      std::stable_sort(positions.begin(), positions.end(), shows_more);
    }
    const double least = std::max(least_ml, least_of_best * positions.front().face_ml);
    positions.resize(most_followed);
    std::erase_if(positions, [&](const Position& p) { return p.face_ml < least; });
    return positions;
  }

  /// What the first network sees of a face in this position, laid upright by its pose.
  Position try_position(const Turn& turn, const ModelInput& input) {
    const Evidence evidence = gather_evidence(segment_in_blocks(networks_.head, input), input);
    const Arrangement arrangement = arrange(evidence);
    return {after(turn, upright(arrangement.pose, middle_)),
            evidence.sure_face_ml * std::exp(-arrangement.mean_misfit_mm / misfit_scale_mm)};
  }

  /// Looks at the head turned so, and again, turned by what its pose still lacks: the face that
  /// both networks agree on most.
  std::optional<Judged> follow(Turn turn) {
    std::optional<Judged> found;
    for (int i = 0; i < most_corrections; ++i) {
      volume_.grid = turned(grid_, turn);
      Judged judged = look_and_decide(volume_, networks_, options_);
      const HeadPose pose = judged.decision.pose;
      most_agreement_ = std::max(most_agreement_, sure_agreement(judged));
      if (turn.degrees() >= least_turn_degrees && is_believed(judged) &&
          (!found || judged.agreement > found->agreement)) {
        judged.decision.region.turn = turn;
        found = std::move(judged);
      }
      if (pose.rotation_degrees() < upright_degrees) break;
      turn = after(turn, upright(pose, middle_));
    }
    return found;
  }

  volume::Volume& volume_;
  const volume::StackGrid grid_;
  const Networks& networks_;
  const DecideOptions& options_;
  volume::Vec3 middle_{};
  double most_agreement_;  ///< in any position that was looked at by both networks
};

/// What is uncertain in a long view may be clear in the head's part of it.
Judged in_head_alone(const volume::Volume& volume, const Networks& networks,
                     const DecideOptions& options, Judged as_given) {
  if (!is_long_view(volume.grid)) return as_given;
  const ModelInput input = prepare(volume, networks.head.card());
  const std::optional<volume::Volume> head =
      head_of_long_view(volume, segment_in_blocks(networks.head, input));
  if (!head) return as_given;
  Judged alone = look_and_decide(*head, networks, options);
  if (!is_believed(alone)) return as_given;
  alone.air = std::move(as_given.air);
  alone.decision.reason += ", seen in the head's part of a long view";
  return alone;
}

/// What is uncertain in a view that ends within a head may be clear to networks that are shown more
/// of it.
Judged in_continued_view(const volume::Volume& volume, const Networks& networks,
                         const DecideOptions& options, Judged as_given) {
  if (as_given.decision.label_ml[static_cast<std::size_t>(Label::brain)] < least_brain_ml ||
      as_given.air.grid.voxel_count() > most_voxels)
    return as_given;
  Judged beyond = look_and_decide(volume, networks, options, beyond_mm);
  const Verdict verdict = beyond.decision.verdict;
  const bool stands = verdict == Verdict::no_face
                          ? as_given.decision.sure_face_ml <= no_sure_face_ml
                          : beyond.agreement.value_or(0) >= least_agreement_beyond;
  if (verdict == Verdict::uncertain || !stands) return as_given;
  beyond.air = std::move(as_given.air);
  beyond.decision.reason += ", seen with the view continued beyond its ends";
  return beyond;
}

/// Whether a face was found, but so that it may be another part of a head that lies otherwise.
bool is_doubtful(const Judged& judged) {
  return judged.decision.verdict == Verdict::removed &&
         judged.agreement.value_or(1) < doubtful_agreement;
}

/// Says how the head was turned; `air` is the patient's, as the header has it.
Judged as_seen_upright(Judged upright, volume::Field air) {
  upright.air = std::move(air);
  const long degrees = std::lround(upright.decision.region.turn.degrees());
  upright.decision.reason +=
      ", seen with the head turned by " + std::to_string(degrees) + " degrees";
  return upright;
}

}  // namespace

Judged judge(volume::Volume volume, const Networks& networks, const DecideOptions& options) {
  Judged as_given = look_and_decide(volume, networks, options);
  const FaceDecision& decision = as_given.decision;
  if (decision.verdict == Verdict::uncertain && decision.may_lie_otherwise) {
    as_given = in_head_alone(volume, networks, options, std::move(as_given));
    if (decision.verdict == Verdict::uncertain)
      as_given = in_continued_view(volume, networks, options, std::move(as_given));
    return as_given;
  }
  as_given.decision.may_lie_otherwise = is_doubtful(as_given);
  if (decision.verdict != Verdict::removed || decision.pose.rotation_degrees() <= well_seen_degrees)
    return as_given;
  Turner turner(volume, networks, options, sure_agreement(as_given));
  std::optional<Judged> upright = turner.upright_from(decision.pose);
  if (!upright || *upright->agreement < as_given.agreement.value_or(0) - as_good_agreement)
    return as_given;
  upright->region_as_given = std::move(as_given.decision.region);
  return as_seen_upright(std::move(*upright), std::move(as_given.air));
}

Judged judge_in_any_position(volume::Volume volume, const Networks& networks,
                             const DecideOptions& options, Judged as_given) {
  const bool may_lie_otherwise = as_given.decision.may_lie_otherwise;
  const bool is_removed = as_given.decision.verdict == Verdict::removed;
  if (is_removed) as_given.decision.may_lie_otherwise = false;  // unless what follows says more
  if (!may_lie_otherwise || as_given.air.grid.voxel_count() > most_voxels) return as_given;
  Turner turner(volume, networks, options, sure_agreement(as_given));
  std::optional<Judged> upright = turner.upright_from(as_given.decision.pose);
  const double least = std::max(clear_agreement, sure_agreement(as_given));
  if (!upright || *upright->agreement < least)
    upright = turner.in_best_position(std::move(upright));
  if (!upright || (is_removed && *upright->agreement < *as_given.agreement + far_more_agreement))
    return as_given;
  return as_seen_upright(std::move(*upright), std::move(as_given.air));
}

}  // namespace efface::face
