#include "study/classify.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace efface::study {

namespace {

/// How an object class is treated, and which further questions it must pass.
enum class Kind : std::uint8_t {
  volume,          ///< MR, CT, PET
  text_in_pixels,  ///< pixels that devices write text into
  tiles,           ///< whole slides: the same, in thousands of frames
  capture,         ///< secondary capture: may be a rendering of the face, and hold text
  outline,         ///< contours, segments, surfaces: may be the outline of a face
  graphics,        ///< presentation states
  plain,           ///< neither pixels nor free documents
  dose,            ///< a grid of doses: follows the body's inside, not its surface
  document,
  photograph,
  retina,
  other_volume,
  directory,
  voice,
  raw
};

struct ClassRule {
  std::string_view uid;  ///< below 1.2.840.10008.; a trailing dot matches all below
  Kind kind;
};

// Order matters: the first match holds.
constexpr std::array rules{
    ClassRule{"5.1.4.1.1.2", Kind::volume},              // CT
    ClassRule{"5.1.4.1.1.2.1", Kind::volume},            // enhanced CT
    ClassRule{"5.1.4.1.1.2.2", Kind::volume},            // legacy converted enhanced CT
    ClassRule{"5.1.4.1.1.4", Kind::volume},              // MR
    ClassRule{"5.1.4.1.1.4.1", Kind::volume},            // enhanced MR
    ClassRule{"5.1.4.1.1.4.4", Kind::volume},            // legacy converted enhanced MR
    ClassRule{"5.1.4.1.1.128", Kind::volume},            // PET
    ClassRule{"5.1.4.1.1.130", Kind::volume},            // enhanced PET
    ClassRule{"5.1.4.1.1.128.1", Kind::volume},          // legacy converted enhanced PET
    ClassRule{"5.1.4.1.1.4.3", Kind::capture},           // enhanced MR colour
    ClassRule{"5.1.4.1.1.4.2", Kind::raw},               // MR spectroscopy
    ClassRule{"5.1.4.1.1.20", Kind::other_volume},       // nuclear medicine
    ClassRule{"5.1.4.1.1.13.1.1", Kind::other_volume},   // X-ray 3D angiographic
    ClassRule{"5.1.4.1.1.13.1.2", Kind::other_volume},   // X-ray 3D craniofacial
    ClassRule{"5.1.4.1.1.13.1.", Kind::text_in_pixels},  // breast tomosynthesis and kin
    ClassRule{"5.1.4.1.1.30", Kind::other_volume},       // parametric map
    ClassRule{"5.1.4.1.1.1", Kind::text_in_pixels},      // CR
    ClassRule{"5.1.4.1.1.1.", Kind::text_in_pixels},     // DX, mammography, intra-oral
    ClassRule{"5.1.4.1.1.12.", Kind::text_in_pixels},    // XA, RF
    ClassRule{"5.1.4.1.1.3", Kind::text_in_pixels},      // US, retired multi-frame
    ClassRule{"5.1.4.1.1.3.1", Kind::text_in_pixels},    // US multi-frame
    ClassRule{"5.1.4.1.1.6", Kind::text_in_pixels},      // US, retired
    ClassRule{"5.1.4.1.1.6.", Kind::text_in_pixels},     // US, enhanced US volume
    ClassRule{"5.1.4.1.1.14.", Kind::text_in_pixels},    // intravascular OCT
    ClassRule{"5.1.4.1.1.481.1", Kind::text_in_pixels},  // RT image
    ClassRule{"5.1.4.1.1.7", Kind::capture},
    ClassRule{"5.1.4.1.1.7.", Kind::capture},
    ClassRule{"5.1.4.1.1.77.1.4", Kind::photograph},
    ClassRule{"5.1.4.1.1.77.1.4.", Kind::photograph},
    ClassRule{"5.1.4.1.1.77.1.7", Kind::photograph},  // dermoscopic photography
    ClassRule{"5.1.4.1.1.77.1.5.", Kind::retina},
    ClassRule{"5.1.4.1.1.77.1.6", Kind::tiles},        // whole slide
    ClassRule{"5.1.4.1.1.77.", Kind::text_in_pixels},  // endoscopy, microscopy
    ClassRule{"5.1.4.1.1.481.3", Kind::outline},       // RT structure set
    ClassRule{"5.1.4.1.1.66.4", Kind::outline},        // segmentation
    ClassRule{"5.1.4.1.1.66.5", Kind::outline},        // surface segmentation
    ClassRule{"5.1.4.1.1.66.7", Kind::outline},        // label map segmentation
    ClassRule{"5.1.4.1.1.68.", Kind::outline},         // surface scan mesh, point cloud
    ClassRule{"5.1.4.1.1.66.8", Kind::outline},        // height map segmentation
    ClassRule{"5.1.4.1.1.66", Kind::raw},
    ClassRule{"5.1.4.1.1.66.1", Kind::plain},  // spatial registration
    ClassRule{"5.1.4.1.1.66.2", Kind::plain},  // spatial fiducials
    ClassRule{"5.1.4.1.1.66.3", Kind::plain},  // deformable registration
    ClassRule{"5.1.4.1.1.66.6", Kind::plain},  // tractography
    ClassRule{"5.1.4.1.1.11.", Kind::graphics},
    ClassRule{"5.1.4.1.1.104.", Kind::document},
    ClassRule{"5.1.4.1.1.88.", Kind::plain},   // structured reports, key object selection
    ClassRule{"5.1.4.1.1.91.1", Kind::plain},  // microscopy bulk simple annotations
    ClassRule{"5.1.4.1.1.9.4.", Kind::voice},
    ClassRule{"5.1.4.1.1.9.", Kind::plain},  // waveforms
    ClassRule{"5.1.4.1.1.481.2", Kind::dose},
    ClassRule{"5.1.4.1.1.481.23", Kind::text_in_pixels},  // enhanced RT image
    ClassRule{"5.1.4.1.1.481.24", Kind::text_in_pixels},  // enhanced continuous RT image
    ClassRule{"5.1.4.1.1.481.", Kind::plain},             // RT plan, records
    ClassRule{"5.1.4.34.", Kind::plain},                  // RT instructions and deliveries
    ClassRule{"5.1.4.1.1.67", Kind::plain},               // real world value mapping
    ClassRule{"5.1.4.39.1", Kind::plain},                 // colour palette
    ClassRule{"5.1.4.38.1", Kind::plain},                 // hanging protocol
    ClassRule{"1.3.10", Kind::directory},
};

const ClassRule* rule_for(std::string_view sop_class) {
  constexpr std::string_view root = "1.2.840.10008.";
  if (!sop_class.starts_with(root)) return nullptr;
  const std::string_view tail = sop_class.substr(root.size());
  for (const ClassRule& rule : rules) {
    const bool matches = rule.uid.ends_with('.') ? tail.starts_with(rule.uid) : tail == rule.uid;
    if (matches) return &rule;
  }
  return nullptr;
}

/// Image types (PS3.3's words and vendors') of views that were computed from a volume: their plane
/// says nothing of where a face in them lies.
constexpr std::array<std::string_view, 12> projections{
    "PROJECTION IMAGE", "MIP",       "MAX_IP", "MNIP",          "MINIP",
    "MIN_IP",           "VRT",       "SSD",    "VOLUME_RENDER", "SURFACE_RENDER",
    "SCREEN SAVE",      "SCREENSAVE"};

bool has_value(const std::vector<std::string>& values, std::string_view wanted) {
  for (const std::string& value : values) {
    if (value == wanted) return true;
  }
  return false;
}

Classification withheld(std::string reason, std::string detail) {
  return {Treatment::withhold, std::move(reason), std::move(detail), BurnedIn::unlikely};
}

Classification allowed(Treatment treatment, std::string reason = {}, std::string detail = {}) {
  return {treatment, std::move(reason), std::move(detail), BurnedIn::unlikely};
}

bool is_projection(const dicom::InstanceFacts& facts) {
  return std::any_of(projections.begin(), projections.end(),
                     [&](std::string_view p) { return has_value(facts.image_type, p); });
}

Classification classify_volume(const dicom::InstanceFacts& facts) {
  if (!facts.has_pixel_data) return allowed(Treatment::attributes);
  if (facts.samples_per_pixel != 1) {
    return allowed(Treatment::only_without_head, "colour-image",
                   "a colour image may be a rendering of the head");
  }
  if (facts.has_embedded_overlay) {
    return withheld("overlay-in-pixels", "overlay graphics are stored inside the pixel data");
  }
  if (has_value(facts.image_type, "MOSAIC")) {
    return withheld("mosaic", "slices tiled into one image: their places are not stated");
  }
  if (is_projection(facts)) {
    return allowed(Treatment::only_without_head, "rendering-of-head",
                   "a projection or rendering of a volume may show the face");
  }
  if (facts.planes.empty() || facts.planes.size() != facts.frames) {
    return withheld("no-geometry", "position or orientation of the image is not stated");
  }
  return allowed(Treatment::volume);
}

Classification classify_kind(Kind kind, const dicom::InstanceFacts& facts) {
  if (facts.has_pixel_data && (kind == Kind::plain || kind == Kind::graphics)) {
    return withheld("unexpected-pixels", "this kind of object has no pixel data, but holds some");
  }
  switch (kind) {
    case Kind::volume:
      return classify_volume(facts);
    case Kind::text_in_pixels:
    case Kind::tiles:
      if (has_value(facts.image_type, "LABEL") || has_value(facts.image_type, "OVERVIEW")) {
        return withheld("slide-label", "a slide's label or overview image shows its label");
      }
      return allowed(Treatment::attributes);
    case Kind::capture:
      return allowed(Treatment::only_without_head, "capture-of-head",
                     "a secondary capture may show the face");
    case Kind::outline:
      return allowed(Treatment::only_without_head, "outline-of-head",
                     "contours, segments or surfaces may hold the outline of the face");
    case Kind::graphics:
      return allowed(Treatment::unless_head, "presentation-of-head",
                     "no rule can clean a presentation state of a head yet");
    case Kind::plain:
    case Kind::dose:
      return allowed(Treatment::attributes);
    case Kind::document:
      return withheld("encapsulated-document", "no rule can clean an encapsulated document yet");
    case Kind::photograph:
      return withheld("photograph", "a photograph may show the person");
    case Kind::retina:
      return withheld("biometric-image", "an image of the eye is a biometric identifier");
    case Kind::other_volume:
      return allowed(Treatment::only_without_head, "volume-without-model",
                     "no model for this kind of volume, which may show the face");
    case Kind::directory:
      return withheld("dicomdir", "a directory describes the input's files, not the output's");
    case Kind::voice:
      return withheld("voice", "a recording may hold a voice");
    case Kind::raw:
      return withheld("raw-data", "raw or spectroscopic data cannot be checked");
  }
  return withheld("unknown-object", "no rule for this kind of object");
}

bool may_be_a_screen(const dicom::InstanceFacts& facts) {
  return facts.samples_per_pixel != 1 || has_value(facts.image_type, "SECONDARY") ||
         is_projection(facts);
}

BurnedIn burned_in_text(Kind kind, const dicom::InstanceFacts& facts) {
  if (!facts.has_pixel_data) return BurnedIn::unlikely;
  const bool says_no = facts.burned_in_annotation == "NO";
  switch (kind) {
    case Kind::text_in_pixels:
    case Kind::capture:
      break;
    case Kind::tiles:
      if (says_no) return BurnedIn::unlikely;
      break;
    case Kind::volume:
    case Kind::other_volume:
      // What a scanner reconstructed holds no text; what was drawn on a screen may.
      if (facts.burned_in_annotation != "YES" && (says_no || !may_be_a_screen(facts))) {
        return BurnedIn::unlikely;
      }
      break;
    default:
      return BurnedIn::unlikely;
  }
  if (facts.burned_in_annotation == "YES") return BurnedIn::stated;
  return says_no ? BurnedIn::denied : BurnedIn::possible;
}

}  // namespace

namespace {

/// MPEG2, MPEG4, HEVC (PS3.5 sections 8.2.5 to 8.2.8).
bool is_video(std::string_view transfer_syntax_uid) {
  constexpr std::string_view family = "1.2.840.10008.1.2.4.10";
  return transfer_syntax_uid.starts_with(family) && transfer_syntax_uid.size() > family.size();
}

}  // namespace

Classification classify(const dicom::InstanceFacts& facts) {
  if (facts.is_truncated) return withheld("truncated", "the file ends inside an element");
  if (facts.study_uid.reveal().empty() && rule_for(facts.sop_class_uid) == nullptr) {
    return withheld("unknown-object", "no SOP class and no study are stated");
  }
  const ClassRule* rule = rule_for(facts.sop_class_uid);
  if (rule == nullptr) {
    return withheld("unknown-object", "no rule for this kind of object (SOP class)");
  }
  if (is_video(facts.transfer_syntax_uid)) {
    return withheld("video", "no rule can look into a video: pictures, text, sound");
  }
  if (facts.has_encapsulated_document) {
    return withheld("encapsulated-document", "no rule can clean an encapsulated document yet");
  }
  Classification c = classify_kind(rule->kind, facts);
  c.text = burned_in_text(rule->kind, facts);
  if (facts.burned_in_annotation == "YES" && c.text != BurnedIn::stated) {
    return withheld("burned-in-text",
                    "(0028,0301) says that the pixels hold text, which this kind of object should "
                    "not");
  }
  const bool has_unused_bits = facts.bits_allocated > facts.bits_stored;
  if (c.text != BurnedIn::unlikely && facts.has_embedded_overlay && has_unused_bits) {
    return withheld("overlay-in-pixels", "overlay graphics are stored inside the pixel data");
  }
  return c;
}

}  // namespace efface::study
