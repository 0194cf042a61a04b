#include "tests/support/phantom.h"

#include <initializer_list>
#include <optional>

namespace efface::support {

namespace {

// The head is its own mirror image: most bodies are given for x >= 0 only.
Point to_left_half(Point p) {
  return {std::abs(p.x), p.y, p.z};
}

double cranium(Point p) {
  return ellipsoid(p, {0, 5, 2}, {76, 96, 85});
}

double face_mass(Point p, Point q) {
  double d = ellipsoid(p, {0, -8, -66}, {66, 56, 56});                      // temples, parotids
  d = smooth_union(d, ellipsoid(p, {0, -36, -68}, {58, 53, 56}), 18);       // mid face
  d = smooth_union(d, ellipsoid(p, {0, -42, -112}, {49, 45, 39}), 16);      // jaw
  d = smooth_union(d, sphere(q, {45, -62, -68}, 19), 14);                   // cheek bones
  d = smooth_union(d, ellipsoid(p, {0, -70, -97}, {30, 24, 24}), 14);       // around the mouth
  d = smooth_union(d, ellipsoid(p, {0, -79, -139}, {18, 14, 13}), 14);      // chin
  return smooth_union(d, rod(q, {0, -80, -27}, {32, -73, -26}, 9, 9), 14);  // brow
}

double neck(Point p) {
  const double x = p.x / 56, y = (p.y - 20 - 0.12 * (-90 - p.z)) / 58;
  const double radial = (std::sqrt(x * x + y * y) - 1) * 56;
  return std::max(radial, p.z + 60);
}

double nose(Point p, Point q) {
  double d = rod(p, {0, -82, -40}, {0, -103, -73}, 6, 9.5);
  d = smooth_union(d, sphere(q, {10.5, -95, -77}, 8), 5);                   // alae
  d = smooth_union(d, rod(p, {0, -90, -83}, {0, -103, -79}, 5.5, 6.5), 4);  // columella
  return smooth_cut(d, ellipsoid(q, {6.5, -96, -86}, {3, 4.5, 6}), 2);
}

double lips(Point p, Point q) {
  double d = ellipsoid(p, {0, -88, -96.5}, {24, 10.5, 5});
  d = smooth_union(d, ellipsoid(p, {0, -88, -106}, {22, 10, 6}), 2);
  return std::min(d, rod(q, {0, -88, -90}, {4, -92, -92}, 4, 3));
}

double pinna(Point q) {
  // The plate of the ear: turned about z so that its back edge stands off, then leaning out.
  const double c = std::cos(0.5), s = std::sin(0.5);
  const Point d = q - Point{74, 6, -49};
  const Point r{c * d.x - s * d.y, s * d.x + c * d.y, d.z};
  const double plate = ellipsoid(r, {0, 0, 0}, {7, 19, 33});
  return smooth_cut(plate, ellipsoid(r, {7, 0, -2}, {6, 11, 20}), 3);
}

double eyelids(Point q) {
  return sphere(q, {31, -71, -43}, 13.6);
}

double palpebral_fissure(Point q) {
  return ellipsoid(q, {31, -86, -43.5}, {12, 5, 0.8});
}

}  // namespace

double skin_distance(Point p) {
  const Point q = to_left_half(p);
  double d = smooth_union(cranium(p), face_mass(p, q), 22);
  d = smooth_union(d, neck(p), 24);
  d = smooth_cut(d, ellipsoid(q, {33, -93, -44}, {17, 14, 12}), 10);  // eye sockets
  d = smooth_union(d, eyelids(q), 5);
  d = smooth_cut(d, palpebral_fissure(q), 1);
  d = smooth_union(d, nose(p, q), 8);
  d = smooth_union(d, lips(p, q), 4);
  d = smooth_cut(d, rod(q, {0, -98, -119}, {14, -92, -118}, 6, 4), 8);   // groove above the chin
  d = smooth_cut(d, ellipsoid(p, {0, -100, -101.2}, {20, 10, 0.9}), 1);  // between the lips
  return smooth_union(d, pinna(q), 6);
}

namespace {

// Inner table of the skull: everything inside belongs to the brain and its fluid.
double brain_case(Point p) {
  double d = ellipsoid(p, {0, 6, 3}, {66, 84, 73});
  // The floor steps down from the orbits' roofs to the temporal fossae and the back.
  const double floor = -28 - 26 / (1 + std::exp(-(p.y + 38) / 6));
  d = -smooth_union(-d, p.z - floor, 8);
  d = smooth_union(d, ellipsoid(p, {0, 48, -52}, {52, 34, 27}), 8);
  return smooth_union(d, rod(p, {0, 16, -45}, {0, 26, -110}, 15, 9), 8);
}

// Waves that look like gyri: a warped gyroid of about 14 mm.
double gyri(Point p) {
  const Point w{p.x + 4 * std::sin(p.z / 11), p.y + 5 * std::sin(p.x / 13),
                p.z + 4 * std::sin(p.y / 12)};
  const double f = 1 / 3.2;
  return std::sin(w.x * f) * std::cos(w.y * f) + std::sin(w.y * f) * std::cos(w.z * f) +
         std::sin(w.z * f) * std::cos(w.x * f);
}

double ventricles(Point q) {
  double d = rod(q, {9, -28, 6}, {12, 16, 22}, 5, 6);
  d = smooth_union(d, rod(q, {12, 16, 22}, {24, 40, 4}, 6, 5), 4);
  d = std::min(d, rod(q, {24, 40, 4}, {32, 6, -24}, 4, 3));
  return std::min(d, ellipsoid(q, {0, 2, 0}, {2, 14, 12}));
}

Tissue brain_tissue(Point p, double depth) {
  const Point q = to_left_half(p);
  const bool cerebellum = ellipsoid(p, {0, 48, -52}, {48, 30, 24}) < 0;
  const bool stem = rod(p, {0, 12, -30}, {0, 25, -110}, 12, 6) < 0;
  if (stem) return Tissue::white_matter;
  if (cerebellum)
    return std::sin(length(p - Point{0, 30, -45}) * 1.3) > 0 ? Tissue::grey_matter
                                                             : Tissue::white_matter;
  if (q.x < 1.2 && p.z > 18) return Tissue::csf;  // between the hemispheres
  if (p.y > 14 && std::abs(p.z + 27 - 0.15 * p.y) < 1.5) return Tissue::csf;  // below the lobes
  if (ventricles(q) < 0) return Tissue::csf;
  if (ellipsoid(q, {12, 8, 2}, {10, 16, 10}) < 0) return Tissue::grey_matter;  // thalamus
  const double fold = gyri(p);
  if (depth < 2 || (fold > 1 && depth < 15)) return Tissue::csf;
  const bool cortex = depth < 5.5 || (fold > 0.2 && depth < 21);
  return cortex ? Tissue::grey_matter : Tissue::white_matter;
}

std::optional<Tissue> orbit_tissue(Point q) {
  if (sphere(q, {31, -71, -43}, 12) < 0)
    return ellipsoid(q, {31, -79.5, -43}, {4.5, 2.2, 4.5}) < 0 ? Tissue::lens : Tissue::vitreous;
  if (ellipsoid(q, {30, -56, -43}, {18, 26, 16}) > 0) return std::nullopt;
  if (rod(q, {30, -60, -43}, {14, -28, -40}, 2.6, 2.6) < 0) return Tissue::white_matter;
  for (const Point side :
       {Point{40, -62, -43}, Point{21, -62, -43}, Point{30, -62, -33}, Point{30, -62, -53}})
    if (rod(q, side, {16, -30, -40}, 2.4, 1.5) < 0) return Tissue::muscle;
  return Tissue::fat;
}

std::optional<Tissue> airways(Point p, Point q) {
  if (ellipsoid(p, {0, -58, -68}, {13, 34, 17}) < 0) {  // nasal cavity, septum, turbinates
    const bool wall = q.x < 1.3 || std::abs(q.x - 7) < 1.8 * (0.6 + std::sin(p.z / 2.5));
    return wall ? Tissue::mucosa : Tissue::air;
  }
  if (rod(q, {6, -86, -74}, {6, -96, -83}, 3, 3) < 0) return Tissue::air;     // nostrils
  if (ellipsoid(q, {28, -58, -71}, {12, 14, 15}) < 0) return Tissue::air;     // maxillary sinus
  if (rod(p, {0, -22, -70}, {0, -10, -140}, 8, 8) < 0) return Tissue::air;    // pharynx
  if (rod(p, {0, -10, -140}, {0, -2, -260}, 8, 8) < 0) return Tissue::air;    // trachea
  if (rod(q, {58, 3, -50}, {74, 4, -50}, 3, 4) < 0) return Tissue::air;       // ear canal
  if (ellipsoid(p, {0, -92, -101.2}, {21, 20, 1.4}) < 0) return Tissue::air;  // mouth
  if (ellipsoid(p, {0, -48, -92}, {18, 24, 3}) < 0) return Tissue::air;       // under the palate
  return std::nullopt;
}

// Distance to a horseshoe-shaped arch around the mouth cavity, in the plane of the teeth.
double arch(Point q, double z, double half_width, double front_y) {
  const double y = q.y < front_y + half_width ? q.y - front_y - half_width : 0;
  return length({std::sqrt(q.x * q.x + y * y) - half_width, 0, q.z - z});
}

std::optional<Tissue> facial_bones(Point p, Point q) {
  const double jaw = std::min(std::max(arch(q, -126, 40, -84) - 9, p.y + 5),
                              rod(q, {42, -12, -118}, {52, -10, -62}, 7, 6));
  if (jaw < 0) return jaw < -3 ? Tissue::marrow : Tissue::bone;
  if (arch(q, -95, 25, -84) < 5 && q.y < -45) return Tissue::bone;   // upper teeth
  if (arch(q, -108, 24, -82) < 5 && q.y < -45) return Tissue::bone;  // lower teeth
  const double spine = rod(p, {0, 40, -95}, {0, 48, -260}, 13, 14);
  if (spine < 0) {
    const bool disc = std::fmod(-p.z, 18.0) < 4;
    return disc ? Tissue::mucosa : spine < -2.5 ? Tissue::marrow : Tissue::bone;
  }
  const double zygoma = rod(q, {46, -66, -62}, {64, -18, -56}, 4.5, 3.5);
  if (zygoma < 0) return zygoma < -2 ? Tissue::marrow : Tissue::bone;
  if (ellipsoid(p, {0, -58, -87}, {24, 26, 3}) < 0) return Tissue::bone;  // palate
  return std::nullopt;
}

Tissue soft_tissue(Point p, Point q, double depth) {
  if (depth < 2) return Tissue::skin;
  if (pinna(q) < 0 && q.x > 66) return Tissue::mucosa;  // cartilage
  const double fat_mm = p.z < -50 ? 6 + 1.5 * std::sin(p.y / 9) : 4.5;
  if (depth < fat_mm && nose(p, q) > 0 && lips(p, q) > 0) return Tissue::fat;
  const bool seam = std::abs(std::sin(p.x / 7 + 1.3 * std::sin(p.z / 15))) < 0.12;
  return seam ? Tissue::fat : Tissue::muscle;
}

}  // namespace

Tissue tissue_at(Point p) {
  const double depth = -skin_distance(p);
  if (depth < 0) return Tissue::air;
  const Point q = to_left_half(p);
  const double inner = brain_case(p);
  if (inner < 0) return brain_tissue(p, -inner);
  if (const auto air = airways(p, q)) return *air;
  if (const auto eye = orbit_tissue(q)) return *eye;
  if (inner < 6.5 && depth > 3) return inner > 2 && inner < 4.5 ? Tissue::marrow : Tissue::bone;
  if (const auto bone = facial_bones(p, q); bone && depth > 3) return *bone;
  return soft_tissue(p, q, depth);
}

}  // namespace efface::support
