// Made-up facts of images: slices as a scanner writes them, in any position of the patient.
#pragma once

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "dicom/facts.h"
#include "study/stack.h"
#include "volume/geometry.h"

namespace efface::study::test {

using volume::operator+;
using volume::operator*;
using volume::Vec3;

/// Row and column directions of a slice.
struct Directions {
  Vec3 row, column;
  Vec3 normal() const { return volume::cross(row, column); }
};

inline const Directions transverse{{1, 0, 0}, {0, 1, 0}};
inline const Directions sagittal{{0, 1, 0}, {0, 0, -1}};
inline const Directions coronal{{1, 0, 0}, {0, 0, -1}};

/// A transverse slice turned about all three axes.
inline Directions oblique() {
  const double a = 0.4, b = 0.3;
  const Vec3 row{std::cos(a), std::sin(a), 0};
  const Vec3 up{std::sin(a) * std::sin(b), -std::cos(a) * std::sin(b), std::cos(b)};
  return {row, volume::cross(up, row)};
}

inline double radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}

/// One MR image of a series; what tests do not care about is as scanners have it.
inline dicom::InstanceFacts slice(const std::string& uid, const Directions& directions,
                                  const Vec3& position, const std::string& volume_key = "") {
  dicom::InstanceFacts facts;
  facts.sop_class_uid = "1.2.840.10008.5.1.4.1.1.4";
  facts.study_uid = base::Phi<std::string>("1.2.3");
  facts.series_uid = base::Phi<std::string>("1.2.3.1");
  facts.frame_of_reference_uid = base::Phi<std::string>("1.2.3.9");
  facts.sop_instance_uid = base::Phi<std::string>(uid);
  facts.rows = 20;
  facts.columns = 30;
  facts.has_pixel_data = true;
  dicom::FramePlane plane;
  plane.position = position;
  plane.orientation = {directions.row[0],    directions.row[1],    directions.row[2],
                       directions.column[0], directions.column[1], directions.column[2]};
  plane.spacing = {0.9, 1.1};
  plane.thickness = 3;
  plane.volume_key = volume_key;
  facts.planes = {plane};
  return facts;
}

/// Slices at `places` (mm along the normal), named PREFIX and a number.
inline std::vector<dicom::InstanceFacts> slices(const std::string& prefix,
                                                const Directions& directions,
                                                const std::vector<double>& places,
                                                const Vec3& start = {-80, -90, 40},
                                                const std::string& volume_key = "") {
  std::vector<dicom::InstanceFacts> all;
  for (const double place : places) {
    all.push_back(slice(prefix + std::to_string(all.size()), directions,
                        start + place * directions.normal(), volume_key));
  }
  return all;
}

/// 0, step, 2 step, … : `count` of them.
inline std::vector<double> even(std::size_t count, double step) {
  std::vector<double> places;
  for (std::size_t i = 0; i < count; ++i) places.push_back(static_cast<double>(i) * step);
  return places;
}

inline void append(std::vector<dicom::InstanceFacts>& all,
                   const std::vector<dicom::InstanceFacts>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// All instances stacked.
inline Stacking stacked(const std::vector<dicom::InstanceFacts>& facts) {
  std::vector<std::size_t> members;
  for (std::size_t i = 0; i < facts.size(); ++i) members.push_back(i);
  return stack_frames(facts, members);
}

}  // namespace efface::study::test
