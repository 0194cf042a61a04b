// Made-up facts of images: slices as a scanner writes them, in any position of the patient.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
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
using Facts = std::vector<dicom::InstanceFacts>;

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
inline Facts slices(const std::string& prefix, const Directions& directions,
                    const std::vector<double>& places, const Vec3& start = {-80, -90, 40},
                    const std::string& volume_key = "") {
  Facts all;
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

inline void append(Facts& all, const Facts& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// All instances stacked.
inline Stacking stacked(const Facts& facts) {
  std::vector<std::size_t> members;
  for (std::size_t i = 0; i < facts.size(); ++i) members.push_back(i);
  return stack_frames(facts, members);
}

/// Names of the frames at each slice, e.g. "a0 b0|a1 b1".
inline std::string names(const Stack& stack, const Facts& facts) {
  std::string text;
  for (const auto& slice : stack.frames) {
    if (!text.empty()) text += '|';
    for (std::size_t i = 0; i < slice.size(); ++i) {
      if (i > 0) text += ' ';
      text += facts[slice[i].instance].sop_instance_uid.reveal();
    }
  }
  return text;
}

/// The grid's voxels lie where each frame says that they lie, in order along the normal.
inline void expect_places(const Stack& stack, const Facts& facts) {
  const volume::StackGrid& grid = stack.grid;
  ASSERT_EQ(stack.frames.size(), grid.slices());
  double last = -std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < grid.slices(); ++k) {
    const double along = volume::dot(grid.slice_origin[k], grid.normal());
    EXPECT_GT(along, last);
    last = along;
    for (const FrameRef& ref : stack.frames[k]) {
      const dicom::FramePlane& plane = facts[ref.instance].planes[ref.frame];
      const auto& o = plane.orientation;
      const Vec3 expected = Vec3(plane.position) + 7 * plane.spacing[1] * Vec3{o[0], o[1], o[2]} +
                            5 * plane.spacing[0] * Vec3{o[3], o[4], o[5]};
      const Vec3 voxel = grid.patient_mm(7, 5, k);
      for (std::size_t axis = 0; axis < 3; ++axis) EXPECT_NEAR(voxel[axis], expected[axis], 0.02);
    }
  }
}

}  // namespace efface::study::test
