#include "face/decide.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "face/air.h"
#include "face/arrangement.h"
#include "face/evidence.h"
#include "face/grid_ops.h"
#include "face/parts.h"
#include "face/shape.h"
#include "face/wrapped.h"

namespace efface::face {
namespace {

using volume::RegularGrid;

// --- Is there a head? A cranial cavity has 1,100 to 1,700 ml; one 5 mm slice through it still 50
// ml. Below 20 ml of brain (soft or hard) and 2 ml of face (two eyes have 13 ml) nothing of a head
// is seen.
constexpr double no_brain_ml = 20, no_face_ml = 2;
// Traces of brain (probabilities from 0.1 on): a fragment of a face had 17 ml of them and no facial
// label.
constexpr double no_soft_brain_ml = 10;
// A slab through one side of a head held an ear and 280 ml of other tissue, of which the networks
// saw neither ear nor brain. In noise they call 5 ml head, in trunks and limbs 1,000 ml and more.
constexpr double no_tissue_ml = 20, least_body_ml = 900;
// --- Is there a face? A pupil-wide strip of one eye at the field's edge has about 0.5 ml; below
// that in total a blob is as likely noise.
constexpr double least_face_ml = 0.5;
// All facial labels of an adult together have 80 to 250 ml; more than 600 is a network gone astray.
constexpr double most_face_ml = 600;
// The model is sure of 37 ml or more in real heads with a face in view, of 1 in echo-planar ones,
// of none in phantoms, of at most 7 in random bodies (models/face_v1.json).
constexpr double least_sure_ml = 8;
// --- Where? Heads lie in a scanner within about 40 degrees of the header's axes (decubitus is
// labelled in the header); a face seen beyond 65 degrees is a header or a network that is wrong.
constexpr double most_rotation_degrees = 65;
// The mean distance of parts from the canonical head's is 5 to 12 mm on real heads.
constexpr double most_misfit_mm = 28;
// A main part as large as this out of place, without one in place, is a contradiction.
constexpr double contradiction_ml = 3.0;
// For a head without facial labels the sites follow from the brain alone and are less sure: 15 % of
// tissue at one of them is enough for doubt, and less than 30 % in view is out of view.
constexpr double doubt_tissue = 0.15, doubt_in_view = 0.3;
// Of what is too faint for that a share of 0.1: 0.04 in empty places, 0.28 in a face that was
// overlooked.
constexpr double doubt_faint = 0.1;
// The brain alone tells where the face is only when there is enough of it: most of an adult's, and
// its vertex and sides in view, before a place in view is called empty. A chin or a trunk holds
// what looks like brain.
constexpr double brain_for_empty_ml = 600;
// A head that goes on beyond the view may end within its eyes: heads nod by 20 degrees, which moves
// them by 3 cm, and at the end of a view the networks overlook 17 ml of them. Shown a view that
// goes on they saw at least 0.7 ml of something where 0.2 ml of a face or more were in view.
constexpr double trace_of_face_ml = 0.3;
// A view whose upper end cuts more than a cap of 7 cm across does not hold a vertex: the networks
// took the lower half of a CT of a head, jaw and all, for the top of one.
constexpr double most_tissue_at_top_mm2 = 4000;
// An ear's upper 15 mm.
constexpr double ear_in_view = 0.15;
// A brain without its skull has no face beyond doubt: what is tissue farther from it than meninges
// and a rough cut has 0.2 to 1.1 % of its volume; in slabs through heads 5 % and more, but in one
// less than 2 %: so it must be whole, cut by a cap of less than 7 cm across at most.
constexpr double brain_alone_least_ml = 600, meninges_mm = 12, most_beyond_meninges = 0.02,
                 most_cut_of_brain_alone_mm2 = 4000;
// The same of what is faint beside the brain, such as the scalp and the eyes in a slab that was
// laid into an empty box: brighter than so many times the level of the air, which hardly any noise
// is.
constexpr double beyond_noise = 1.5;
// Of a head in a wrong position the networks call 490 ml and more brain.
constexpr double brain_in_any_position_ml = 200;
// --- Is the face whole? What is in view of the places of eyes, nose and mouth is filled to 0.92
// and more in nine real heads; a place of which less is in view may be the end of the view's doing.
// In a head whose mouth somebody had cut away it was 0.
constexpr double whole_in_view = 0.3, whole_tissue = 0.8;
// --- Brain against face: the protected brain may shave a face label, but when it takes more than a
// fifth of a feature, one of the two labels is wrong.
constexpr double most_taken = 0.2;
// Where the region meets more of the cavity than this, one is misplaced. It met 3 to 200 ml in real
// heads, 210 to 340 in 35 synthetic ones that were withheld for it when the limit was 200 and lost
// their faces rightly without it; 450 and 610, a sixth and a quarter of the brain, in two large
// ones.
constexpr double least_collision_ml = 400, most_collision_ml = 700, collision_of_brain = 0.25;
// A brain of which more is doubtful than sure protects nothing: in heads 0.2 to 0.35 of it, in the
// few slices of a CT 0.8; on a head that lay otherwise than its header said 1.8. Small ends of
// brains are all border.
constexpr double most_doubt_per_brain = 1.2, doubt_at_ends_ml = 150;
// Two looks at one face agree to 0.7 and more in real heads; below this, on heads that lie
// otherwise than the header says, parts of the face were missed.
constexpr double least_agreement = 0.6;

struct Finding {
  Verdict verdict;
  std::string reason;
  bool may_lie_otherwise = true;  ///< when uncertain
};

bool is_frontal(Site site) {
  return feature_of(site) != Feature::ears;
}

class Judge {
 public:
  Judge(const Probabilities& probabilities, const ModelInput& input, const DecideOptions& options,
        std::optional<double> agreement, bool sees_beyond)
      : probabilities_(probabilities),
        input_(input),
        options_(options),
        agreement_(agreement),
        sees_beyond_(sees_beyond),
        evidence_(gather_evidence(probabilities, input)),
        arrangement_(arrange(evidence_)),
        air_(arrangement_.pose, probabilities, input),
        empty_threshold_(std::min(evidence_.tissue_threshold,
                                  air_.level().value_or(evidence_.tissue_threshold))) {}

  FaceDecision decide() {
    FaceDecision decision;
    decision.label_ml = evidence_.label_ml;
    decision.pose = arrangement_.pose;
    decision.misfit_mm = arrangement_.mean_misfit_mm;
    decision.sure_face_ml = evidence_.sure_face_ml;
    Finding finding = judge();
    if (finding.verdict == Verdict::removed) finding = shape(decision);
    decision.verdict = finding.verdict;
    decision.reason = finding.reason;
    decision.score = score(decision.verdict);
    decision.may_lie_otherwise =
        decision.verdict == Verdict::uncertain && finding.may_lie_otherwise;
    decision.is_whole = decision.verdict == Verdict::removed && is_whole();
    if (decision.verdict != Verdict::removed) decision.region = {};
    return decision;
  }

 private:
  double face_ml(bool frontal_only) const {
    double sum = 0;
    for (const Feature f : all_features)
      if (!frontal_only || f != Feature::ears)
        for (const Blob& b : evidence_.blobs[static_cast<std::size_t>(f)]) sum += b.ml;
    return sum;
  }

  SiteView view(Site site) const {
    return look_at(site, arrangement_.pose, probabilities_, input_, evidence_.tissue_threshold);
  }

  Finding judge() const {
    if (face_ml(false) < least_face_ml) return judge_without_face();
    if (face_ml(false) > most_face_ml)
      return {Verdict::uncertain, "the facial labels are larger than any face"};
    if (Finding f = judge_arrangement(); f.verdict != Verdict::removed) return f;
    if (evidence_.sure_face_ml < least_sure_ml)
      return {Verdict::uncertain, "a face, but the model is not sure of it"};
    if (evidence_.doubtful_brain_ml > most_doubt_per_brain * evidence_.brain.ml + doubt_at_ends_ml)
      return {Verdict::uncertain, "a face, but the model is not sure of the brain behind it"};
    if (agreement_.value_or(1) < least_agreement)
      return {Verdict::uncertain, "the two networks do not see the same face"};
    if (may_be_wrapped(arrangement_, input_, evidence_.tissue_threshold))
      return {Verdict::uncertain,
              "the face is cut in front, and tissue behind the head may be what was cut", false};
    if (face_ml(true) < least_face_ml) {  // ears only: the face must be out of view, or gone
      const Finding front = judge_front();
      if (front.verdict == Verdict::uncertain)
        return {Verdict::uncertain, "ears, but no face found where one should be"};
    }
    return {Verdict::removed, "face in view"};
  }

  Finding judge_without_face() const {
    if (evidence_.brain.ml < no_brain_ml && evidence_.soft_brain_ml < no_soft_brain_ml) {
      if (evidence_.soft_face_ml >= no_face_ml)
        return {Verdict::uncertain, "weak traces of a face without a head"};
      const double tissue_ml = evidence_.label_ml[static_cast<std::size_t>(Label::head)];
      if (tissue_ml > no_tissue_ml && tissue_ml < least_body_ml)
        return {Verdict::uncertain, "too little tissue in view to tell whether it is of a head"};
      return {Verdict::no_head, "no head in view"};
    }
    if (evidence_.brain.ml < no_brain_ml)
      return {Verdict::uncertain, "weak traces of a brain, no face found"};
    if (is_brain_alone() && is_front_empty())
      return {Verdict::no_face, "a brain without skull and face"};
    const Finding front = judge_front();
    if (front.verdict == Verdict::no_face && !is_out_of_view() && !places_what_is_empty())
      return {Verdict::uncertain, "too little brain in view to tell where the face would be"};
    return front;
  }

  /// The largest share of a frontal site; tissue is what is brighter than `threshold`.
  double most_in_front(double SiteView::*share, double threshold) const {
    double most = 0;
    for (std::size_t s = 0; s < site_count; ++s)
      if (is_frontal(static_cast<Site>(s)))
        most = std::max(most, look_at(static_cast<Site>(s), arrangement_.pose, probabilities_,
                                      input_, threshold).*
                                  share);
    return most;
  }

  bool is_out_of_view() const {
    return most_in_front(&SiteView::in_view, evidence_.tissue_threshold) < doubt_in_view;
  }

  /// Whether the places of eyes, nose and mouth hold no more than air does. Fat suppression and
  /// diffusion weighting leave faces far darker than the brain, yet brighter than air.
  /// A face as dark as the noise is seen when the noise is averaged.
  bool is_front_empty() const {
    if (most_in_front(&SiteView::tissue, empty_threshold_) >= doubt_tissue) return false;
    const std::array<double, site_count> faint = air_.faint_tissue();
    for (std::size_t s = 0; s < site_count; ++s)
      if (is_frontal(static_cast<Site>(s)) && faint[s] >= doubt_faint) return false;
    return true;
  }

  bool places_what_is_empty() const {
    const BrainEvidence& b = evidence_.brain;
    return b.ml >= brain_for_empty_ml && !b.cut_high[2] && !b.cut_low[0] && !b.cut_high[0] &&
           !b.cut_low[1] && !b.cut_high[1];
  }

  bool is_whole() const {
    for (std::size_t s = 0; s < site_count; ++s) {
      const auto site = static_cast<Site>(s);
      const Feature feature = feature_of(site);
      const auto& chosen = options_.features;
      if (!is_frontal(site) || std::find(chosen.begin(), chosen.end(), feature) == chosen.end())
        continue;
      const SiteView seen = view(site);
      if (seen.in_view < whole_in_view) continue;
      if (!found(feature) || seen.tissue < whole_tissue * seen.in_view) return false;
    }
    return true;
  }

  /// Whether there is nothing but a brain whose skull was taken off.
  bool is_brain_alone() const {
    const RegularGrid& g = input_.grid;
    if (evidence_.brain.ml < brain_alone_least_ml ||
        evidence_.brain.largest_cut_mm2 > most_cut_of_brain_alone_mm2)
      return false;
    const std::vector<float> to_brain = distance_to(g, evidence_.brain.bits);
    const double threshold = std::min(evidence_.tissue_threshold, beyond_noise * empty_threshold_);
    std::size_t beyond = 0;
    for (std::size_t v = 0; v < g.voxel_count(); ++v)
      if (input_.inside[v] && static_cast<double>(to_brain[v]) > meninges_mm &&
          static_cast<double>(input_.values[v]) > threshold)
        ++beyond;
    const double voxel_ml = g.spacing_mm * g.spacing_mm * g.spacing_mm / 1000;
    return static_cast<double>(beyond) * voxel_ml <= most_beyond_meninges * evidence_.brain.ml;
  }

  /// Whether a head is cut below its vertex, and the networks see no trace of a face even when they
  /// are shown more. How far the ears are from the vertex nodding hardly changes.
  bool ends_above_the_face() const {
    const BrainEvidence& b = evidence_.brain;
    if (!sees_beyond_ || evidence_.soft_face_ml >= trace_of_face_ml ||
        evidence_.tissue_at_top_mm2 > most_tissue_at_top_mm2)
      return false;
    return b.is_cut_below_vertex && view(Site::ear_left).in_view < ear_in_view &&
           view(Site::ear_right).in_view < ear_in_view;
  }

  /// A head without eyes, nose and mouth: is their place out of view, or empty, or is it doubtful?
  Finding judge_front() const {
    if (is_out_of_view()) {
      if (ends_above_the_face())
        return {Verdict::no_face, "the face region is out of the field of view"};
      return {Verdict::uncertain, "no face found, but one may begin where the view ends"};
    }
    if (is_front_empty()) return {Verdict::no_face, "the face region is already empty"};
    return {Verdict::uncertain, "a head, but no face found where one should be"};
  }

  Finding judge_arrangement() const {
    const HeadPose& pose = arrangement_.pose;
    if (evidence_.brain.ml >= no_brain_ml)
      for (const Feature f : {Feature::eyes, Feature::nose, Feature::mouth}) {
        const auto& blobs = evidence_.blobs[static_cast<std::size_t>(f)];
        if (!blobs.empty() && blobs[0].ml >= contradiction_ml &&
            blobs[0].centre[1] > evidence_.brain.centre[1] + 20 && !found(f))
          return {Verdict::uncertain, std::string(to_string(f)) + " found behind the brain"};
      }
    if (pose.rotation_degrees() > most_rotation_degrees)
      return {Verdict::uncertain, "the face looks in a direction that the header denies"};
    if (arrangement_.in_place.empty() || arrangement_.mean_misfit_mm > most_misfit_mm)
      return {Verdict::uncertain, "the facial parts are not arranged like a face"};
    for (const Feature f : all_features) {
      const auto& blobs = evidence_.blobs[static_cast<std::size_t>(f)];
      if (!blobs.empty() && blobs[0].ml >= contradiction_ml && !found(f))
        return {Verdict::uncertain, std::string(to_string(f)) + " found only out of place"};
    }
    return {Verdict::removed, ""};
  }

  bool found(Feature feature) const {
    return std::any_of(arrangement_.in_place.begin(), arrangement_.in_place.end(),
                       [&](const Blob* b) { return b->feature == feature; });
  }

  Finding shape(FaceDecision& decision) const {
    const ChosenParts chosen = choose_parts(evidence_, arrangement_, probabilities_, input_,
                                            options_.features, empty_threshold_);
    if (!chosen.refusal.empty()) return {Verdict::uncertain, chosen.refusal};
    if (chosen.sure == 0) return {Verdict::no_face, "none of the chosen features is in view"};
    if (options_.extent == Extent::face && arrangement_.points < 2)
      return {Verdict::uncertain, "too little of the face is in view to place its surface"};
    const std::size_t n = input_.grid.voxel_count();
    const BrainLabel brain{
        evidence_.brain.bits,
        std::span(probabilities_.values).subspan(static_cast<std::size_t>(Label::brain) * n, n)};
    decision.region = shape_region(input_.grid, chosen.parts, brain, arrangement_.pose, options_);
    decision.collision_ml = collision_ml(decision.region);
    if (decision.collision_ml >
        std::clamp(collision_of_brain * evidence_.brain.ml, least_collision_ml, most_collision_ml))
      return {Verdict::uncertain, "the face's region reaches far into the brain"};
    const auto sure = std::span(chosen.parts).first(chosen.sure);
    for (const Feature f : options_.features)
      if (taken_by_brain(f, sure, decision.region) > most_taken)
        return {Verdict::uncertain, std::string(to_string(f)) + " and brain overlap"};
    return {Verdict::removed, "face in view" + chosen.placed_by_the_others};
  }

  /// Share of a feature's in-place label voxels that the protected brain keeps.
  double taken_by_brain(Feature feature, std::span<const ShapePart> parts,
                        const FaceRegion& region) const {
    std::size_t all = 0, taken = 0;
    for (const ShapePart& part : parts) {
      if (part.feature != feature || !part.in_place) continue;
      for (const std::uint32_t v : part.voxels) {
        const RegularGrid& g = input_.grid;
        const volume::Vec3 at = voxel_of(
            region.grid,
            g.patient_mm(v % g.size[0], v / g.size[0] % g.size[1], v / (g.size[0] * g.size[1])));
        ++all;
        if (sample(region.grid, region.brain_sdf.data(), at[0], at[1], at[2], no_distance_mm) <= 0)
          ++taken;
      }
    }
    return all == 0 ? 0 : static_cast<double>(taken) / static_cast<double>(all);
  }

  /// Of a face: mean certainty of the parts, less for a bad fit and for looks that differ. Of none:
  /// how little of one is seen. What is uncertain has the raw score of the face, 0 without one.
  double score(Verdict verdict) const {
    double weight = 0, sum = 0;
    for (const Blob* b : arrangement_.in_place) {
      weight += b->ml;
      sum += b->ml * b->peak;
    }
    const double none = std::exp(-evidence_.soft_face_ml / no_face_ml);
    if (verdict == Verdict::no_head || verdict == Verdict::no_face)
      return calibrated(options_.calibrations.none, none);
    if (weight < least_face_ml) return 0;
    const double face = sum / weight * agreement_.value_or(1) *
                        std::exp(-arrangement_.mean_misfit_mm / most_misfit_mm);
    return verdict == Verdict::removed ? calibrated(options_.calibrations.removed, face) : face;
  }

  const Probabilities& probabilities_;
  const ModelInput& input_;
  const DecideOptions& options_;
  std::optional<double> agreement_;
  bool sees_beyond_;
  Evidence evidence_;
  Arrangement arrangement_;
  Air air_;
  double empty_threshold_;
};

}  // namespace

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::removed:
      return "removed";
    case Verdict::no_head:
      return "no_head";
    case Verdict::no_face:
      return "no_face";
    case Verdict::uncertain:
      return "uncertain";
  }
  return "?";
}

FaceDecision decide(const Probabilities& probabilities, const ModelInput& input,
                    const DecideOptions& options, std::optional<double> agreement,
                    bool sees_beyond) {
  return Judge(probabilities, input, options, agreement, sees_beyond).decide();
}

}  // namespace efface::face
