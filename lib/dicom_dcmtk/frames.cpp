#include <algorithm>
#include <array>

#include "dicom_dcmtk/internal_state.h"

namespace efface::dicom_dcmtk {

namespace {

using dicom::FramePlane;
using dicom::Tag;

/// Where an enhanced multi-frame states something: in which functional group macro, under which tag
/// (PS3.3 sections C.7.6.16.2 and C.8.13.5).
struct FrameTag {
  Tag macro, tag;
};

constexpr Tag shared_groups{0x5200, 0x9229};
constexpr Tag per_frame_groups{0x5200, 0x9230};

/// What separates volumes in classic images. Not the acquisition number: some scanners count it up
/// with every slice. The trigger time likewise: see classic_key.
constexpr std::array classic_tags{
    Tag{0x0018, 0x0081},  // echo time
    Tag{0x0018, 0x0086},  // echo numbers
    Tag{0x0018, 0x0082},  // inversion time
    Tag{0x0018, 0x1314},  // flip angle
    Tag{0x0020, 0x0100},  // temporal position identifier
    Tag{0x0018, 0x9087},  // diffusion b-value
    Tag{0x0018, 0x9089},  // diffusion gradient orientation
    Tag{0x0008, 0x9208},  // complex image component
    Tag{0x0020, 0x9056},  // stack ID
    Tag{0x0020, 0x9241},  // nominal percentage of cardiac phase
    Tag{0x0018, 0x1210},  // convolution kernel
};

/// Private attributes that vendors use for the same before (or beside) the standard ones.
struct PrivateTag {
  Tag creator;
  const char* name;
  std::uint16_t group;
  std::uint8_t element;
};
constexpr std::array private_tags{
    PrivateTag{{0x0019, 0x0010}, "SIEMENS MR HEADER", 0x0019, 0x0C},       // b-value
    PrivateTag{{0x0019, 0x0010}, "SIEMENS MR HEADER", 0x0019, 0x0E},       // gradient direction
    PrivateTag{{0x0043, 0x0010}, "GEMS_PARM_01", 0x0043, 0x39},            // b-value and others
    PrivateTag{{0x2001, 0x0010}, "Philips Imaging DD 001", 0x2001, 0x03},  // b-value
    PrivateTag{{0x2001, 0x0010}, "Philips Imaging DD 001", 0x2001, 0x08},  // phase number
};

constexpr std::array enhanced_tags{
    FrameTag{{0x0018, 0x9114}, {0x0018, 0x9082}},  // effective echo time
    FrameTag{{0x0018, 0x9115}, {0x0018, 0x9079}},  // inversion times
    FrameTag{{0x0018, 0x9112}, {0x0018, 0x1314}},  // flip angle
    FrameTag{{0x0018, 0x9117}, {0x0018, 0x9087}},  // diffusion b-value
    FrameTag{{0x0018, 0x9226}, {0x0008, 0x9007}},  // MR frame type
    FrameTag{{0x0018, 0x9226}, {0x0008, 0x9208}},  // complex image component
    FrameTag{{0x0018, 0x9329}, {0x0008, 0x9007}},  // CT frame type
    FrameTag{{0x0018, 0x9314}, {0x0018, 0x1210}},  // convolution kernel
    FrameTag{{0x0018, 0x9118}, {0x0020, 0x9153}},  // nominal cardiac trigger delay
    FrameTag{{0x0018, 0x9118}, {0x0020, 0x9241}},  // nominal percentage of cardiac phase
    FrameTag{{0x0020, 0x9111}, {0x0020, 0x9056}},  // stack ID
    FrameTag{{0x0020, 0x9111}, {0x0020, 0x9128}},  // temporal position index
    FrameTag{{0x0062, 0x000A}, {0x0062, 0x000B}},  // referenced segment number
};

template <std::size_t count>
bool fill(const std::vector<double>& numbers, std::array<double, count>& into) {
  if (numbers.size() != count) return false;
  std::copy(numbers.begin(), numbers.end(), into.begin());
  return true;
}

/// Image type values 3 and up: what kind of picture it is; 1 and 2 say how it came about.
std::string kind_of_image(const std::vector<std::string>& image_type) {
  std::string kind;
  for (std::size_t i = 2; i < image_type.size(); ++i) kind += image_type[i] + '/';
  return kind;
}

void add_to_key(std::string& key, Tag tag, const std::string& value) {
  if (!value.empty()) key += dicom::to_string(tag) + '=' + value + ';';
}

std::string classic_key(const Values& values, const dicom::InstanceFacts& facts) {
  std::string key = kind_of_image(facts.image_type) + ';';
  for (const Tag tag : classic_tags) add_to_key(key, tag, values.raw(tag));
  // Only in cine series does a trigger time separate phases; elsewhere it may differ by slice.
  const std::vector<double> phases = values.decimals({0x0018, 0x1090});
  if (!phases.empty() && phases.front() > 1) {
    add_to_key(key, {0x0018, 0x1060}, values.text({0x0018, 0x1060}));
  }
  for (const PrivateTag& known : private_tags) {
    if (values.text(known.creator) != known.name) continue;
    const Tag tag{known.group, static_cast<std::uint16_t>(0x1000 | known.element)};
    add_to_key(key, tag, values.raw(tag));
  }
  return key;
}

void set_rescale(const Values& values, FramePlane& plane) {
  const std::vector<double> slope = values.decimals({0x0028, 0x1053});
  const std::vector<double> intercept = values.decimals({0x0028, 0x1052});
  if (!slope.empty()) plane.rescale_slope = slope.front();
  if (!intercept.empty()) plane.rescale_intercept = intercept.front();
}

std::vector<FramePlane> classic_plane(const Values& values, const dicom::InstanceFacts& facts) {
  FramePlane plane;
  if (facts.frames != 1 || !fill(values.decimals({0x0020, 0x0032}), plane.position) ||
      !fill(values.decimals({0x0020, 0x0037}), plane.orientation) ||
      !fill(values.decimals({0x0028, 0x0030}), plane.spacing)) {
    return {};
  }
  const std::vector<double> thickness = values.decimals({0x0018, 0x0050});
  if (!thickness.empty()) plane.thickness = thickness.front();
  set_rescale(values, plane);
  plane.volume_key = classic_key(values, facts);
  return {plane};
}

/// Functional groups of one frame: its own first, then what all frames share.
class FrameGroups {
 public:
  FrameGroups(const Item* own, const Item* shared, Bytes content)
      : own_(own), shared_(shared), content_(content) {}

  std::vector<double> decimals(FrameTag where) const {
    const Item* macro = find(where);
    return macro == nullptr ? std::vector<double>() : Values(*macro, content_).decimals(where.tag);
  }
  std::string raw(FrameTag where) const {
    const Item* macro = find(where);
    return macro == nullptr ? std::string() : Values(*macro, content_).raw(where.tag);
  }

 private:
  const Item* find(FrameTag where) const {
    for (const Item* groups : {own_, shared_}) {
      if (groups == nullptr) continue;
      const Item* macro = Values(*groups, content_).first_item(where.macro);
      if (macro != nullptr && macro->find(where.tag) != nullptr) return macro;
    }
    return nullptr;
  }

  const Item* own_;
  const Item* shared_;
  Bytes content_;
};

std::string diffusion_direction(const Item& own, Bytes content) {
  const Item* diffusion = Values(own, content).first_item({0x0018, 0x9117});
  if (diffusion == nullptr) return {};
  const Item* direction = Values(*diffusion, content).first_item({0x0018, 0x9076});
  return direction == nullptr ? std::string() : Values(*direction, content).raw({0x0018, 0x9089});
}

std::optional<FramePlane> enhanced_plane(const FrameGroups& groups, const Item& own,
                                         const Values& top, Bytes content) {
  FramePlane plane;
  set_rescale(top, plane);
  if (!fill(groups.decimals({{0x0020, 0x9113}, {0x0020, 0x0032}}), plane.position) ||
      !fill(groups.decimals({{0x0020, 0x9116}, {0x0020, 0x0037}}), plane.orientation) ||
      !fill(groups.decimals({{0x0028, 0x9110}, {0x0028, 0x0030}}), plane.spacing)) {
    return std::nullopt;
  }
  const auto thickness = groups.decimals({{0x0028, 0x9110}, {0x0018, 0x0050}});
  if (!thickness.empty()) plane.thickness = thickness.front();
  const auto slope = groups.decimals({{0x0028, 0x9145}, {0x0028, 0x1053}});
  const auto intercept = groups.decimals({{0x0028, 0x9145}, {0x0028, 0x1052}});
  if (!slope.empty()) plane.rescale_slope = slope.front();
  if (!intercept.empty()) plane.rescale_intercept = intercept.front();
  for (const FrameTag where : enhanced_tags) {
    add_to_key(plane.volume_key, where.tag, groups.raw(where));
  }
  add_to_key(plane.volume_key, {0x0018, 0x9089}, diffusion_direction(own, content));
  return plane;
}

}  // namespace

std::vector<FramePlane> frame_planes(const Item& root, Bytes content,
                                     const dicom::InstanceFacts& facts) {
  const Values values(root, content);
  const auto& type = facts.image_type;
  if (std::find(type.begin(), type.end(), "MOSAIC") != type.end()) return {};
  const Element* frames = root.find(per_frame_groups);
  if (frames == nullptr || frames->items.empty()) return classic_plane(values, facts);
  if (frames->items.size() != facts.frames) return {};
  const Item* shared = values.first_item(shared_groups);
  std::vector<FramePlane> planes;
  planes.reserve(frames->items.size());
  for (const Item& own : frames->items) {
    const auto plane = enhanced_plane(FrameGroups(&own, shared, content), own, values, content);
    if (!plane) return {};
    planes.push_back(*plane);
  }
  return planes;
}

}  // namespace efface::dicom_dcmtk
