// Shapes that look like characters, and rows of them: about the same height, on one line, of one
// brightness, set off from what is around them. Finds where text may stand, reads nothing.
#pragma once

#include <vector>

#include "burned_in/box.h"
#include "burned_in/picture.h"

namespace efface::burned_in {

/// A connected piece of strokes: a character, or several that touch.
struct Glyph {
  Box box;
  int level = 0;           ///< brightness of its strokes
  int contrast = 0;        ///< from the ground to the strokes, grey levels
  bool is_bright = false;  ///< on a darker ground
};

struct GlyphRow {
  Box box;
  int shapes = 0;          ///< separate ones
  int glyphs = 0;          ///< characters, by their widths
  int height = 0;          ///< of its characters, pixels
  int level = 0;           ///< brightness of its strokes
  double spread = 0;       ///< of that, grey levels
  int contrast = 0;        ///< from the ground to the strokes, grey levels
  bool is_bright = false;  ///< on a darker ground
};

struct Glyphs {
  std::vector<Glyph> single;   ///< sorted by place
  std::vector<GlyphRow> rows;  ///< those most like text first
};

/// Shapes of 5 to 56 pixels height, and rows of at least two characters of them, bright on dark and
/// dark on bright.
Glyphs find_glyphs(const Picture& picture);

}  // namespace efface::burned_in
