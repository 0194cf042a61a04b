// The surface that an image shows, as anybody could rebuild it from the released voxels: resampled
// to an isotropic grid, separated from air, drawn by casting rays. Judges nothing: whether a face
// is to be seen is for the eyes of a reviewer.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "face/grid_ops.h"
#include "qc/raster.h"
#include "volume/volume.h"

namespace efface::qc {

/// The cube that every tile of a picture shows, so that all have one scale.
struct Frame {
  volume::Vec3 centre{};  ///< LPS mm
  double side_mm = 1;
};

/// What tells tissue from air in an MR or PET image, and how to show its values.
struct Levels {
  double background = 0;     ///< median of the values below Otsu's threshold
  double threshold = 0;      ///< 0.4 of the way from there to Otsu's threshold
  double low = 0, high = 1;  ///< black and white of a slice
};

/// From values clipped at their 99th percentile, so that bright vessels do not lift the threshold
/// over the skin. Of Hounsfield units: air -1000, surface -400, window -300…400. All zero when
/// there are no values.
Levels levels_of(std::vector<float> values, bool is_hounsfield);

struct Surface {
  Levels levels;
  volume::RegularGrid grid;
  std::vector<float> values;  ///< smoothed; background where nothing was measured
  face::Bits body;            ///< the largest piece above the threshold
};

/// At most about 2.5 million voxels of at least 2 mm. `threads` >= 1 changes the speed only.
/// Throws base::Error (bad_input) as volume::resample does.
Surface find_surface(const volume::Volume& image, unsigned threads);

/// The surface seen from the front (yaw 0), from the patient's left (90) or right (-90); superior
/// is up. Orthographic, lit from above the viewer's right, darker with distance; square, `pixels`
/// wide. Where no ray meets the body: `empty_colour`.
Raster render(const Surface& surface, const Frame& frame, double yaw_degrees, std::size_t pixels);

inline constexpr Colour empty_colour{16, 18, 24};

}  // namespace efface::qc
