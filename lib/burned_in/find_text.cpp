#include "burned_in/find_text.h"

#include <algorithm>
#include <cstdlib>

#include "burned_in/glyph_rows.h"

namespace efface::burned_in {

namespace {

constexpr int large_picture = 1400;  // columns from which pictures are read as they are
constexpr int line_height = 36;      // pixels that rows are enlarged to
constexpr int level_range = 72;  // grey levels around a row's strokes that are shown to the reader
constexpr int same_level = 40;   // grey levels between the characters of a word
constexpr int tall_part = 6;     // words taller than this part of the picture need characters
constexpr int tall = 32;         // pixels from which texture looks like letters more often than not

/// At most one character differs, is missing or is too many.
bool is_nearly(const std::string& a, const std::string& b) {
  if (a.size() > b.size()) return is_nearly(b, a);
  if (b.size() - a.size() > 1) return false;
  std::size_t i = 0;
  while (i < a.size() && a[i] == b[i]) ++i;
  const std::size_t rest = a.size() == b.size() ? i + 1 : i;
  return i == a.size() || a.compare(rest, std::string::npos, b, i + 1, std::string::npos) == 0;
}

/// The row with its strokes black on white, whatever is behind them; enlarged.
Picture as_print(const Picture& picture, const GlyphRow& row) {
  const int factor = std::clamp(line_height / std::max(1, row.height), 1, 6);
  const Box part = grown(row.box, std::max(4, row.height / 2), picture.columns, picture.rows);
  Picture print = enlarged(picture, part, factor);
  const int range = std::clamp(row.contrast, 16, level_range);
  for (std::uint8_t& grey : print.grey) {
    const int distance = row.is_bright ? row.level - grey : grey - row.level;
    grey = static_cast<std::uint8_t>(std::clamp(distance * 255 / range, 0, 255));
  }
  return print;
}

class Finder {
 public:
  Finder(const Picture& picture, TextReader& reader, const Clues& clues)
      : picture_(picture), reader_(reader), clues_(clues), glyphs_(find_glyphs(picture)) {}

  std::vector<FoundText> run() {
    read_page();
    read_rows();
    add_neighbours();
    for (Accepted& text : accepted_) extend(text.box);
    std::vector<FoundText> found;
    for (const auto& [box, by, is_sure] : accepted_) {
      found.push_back({with_margin(box), by, is_sure});
    }
    return found;
  }

 private:
  struct Accepted {
    Box box;
    FoundText::By by;
    bool is_sure = false;
  };

  bool is_on_screen(const Box& box) const {
    return !clues_.image_regions.empty() && covered_part(box, clues_.image_regions) < 0.5;
  }

  /// Speckle is read as letters now and then.
  bool is_in_image(const Box& box) const { return covered_part(box, clues_.image_regions) > 0.9; }

  bool is_known(const std::string& folded) const {
    return folded.size() >= 3 &&
           std::any_of(clues_.known_words.begin(), clues_.known_words.end(),
                       [&](const std::string& known) {
                         return is_nearly(folded, known) ||
                                (folded.size() >= 4 && known.find(folded) != std::string::npos);
                       });
  }

  bool is_sure(const Word& word) const {
    const std::string folded = fold(word.text.reveal());
    return is_known(folded) || (folded.size() >= 4 && word.confidence >= 85);
  }

  /// The strokes of a word or row: what sets them off from the ground.
  struct Ink {
    int level = 0, contrast = 0;
    bool is_bright = false;
  };

  /// Whether there is room above the box, or below: a line of pixels without strokes. Lines of text
  /// have some between them, texture has not.
  bool is_clear(const Box& box, const Ink& ink) const {
    const int band = std::max(2, box.height / 5);
    for (int distance = 1; distance <= band; ++distance) {
      if (strokes_in({box.x, box.y - distance, box.width, 1}, ink) < 0.08) return true;
      if (strokes_in({box.x, box.bottom() + distance - 1, box.width, 1}, ink) < 0.08) return true;
    }
    return false;
  }

  double strokes_in(const Box& box, const Ink& ink) const {
    const Box inside = intersection(box, {0, 0, picture_.columns, picture_.rows});
    if (inside.is_empty()) return 1;
    const int half = std::min(same_level, ink.contrast / 2);
    long count = 0;
    for (int y = inside.y; y < inside.bottom(); ++y) {
      for (int x = inside.x; x < inside.right(); ++x) {
        const int grey = picture_.at(x, y);
        count += (ink.is_bright ? grey > ink.level - half : grey < ink.level + half) ? 1 : 0;
      }
    }
    return static_cast<double>(count) / static_cast<double>(inside.area());
  }

  /// Character-like shapes of one brightness in a word.
  struct Support {
    Ink ink;
    Box core;         ///< around them
    double part = 0;  ///< of the word's width
  };

  bool is_in(const Glyph& glyph, const Box& word) const {
    if (4 * glyph.box.height < word.height || glyph.box.height > word.height + 2) return false;
    const Box common = intersection(glyph.box, word);
    return !common.is_empty() && 2 * common.area() > glyph.box.area();
  }

  bool is_of(const Glyph& glyph, const Ink& ink) const {
    return glyph.is_bright == ink.is_bright && std::abs(glyph.level - ink.level) <= same_level / 2;
  }

  /// The best one; none where there is no room above or below.
  Support support(const Box& word) const {
    std::vector<const Glyph*> inside;
    for (const Glyph& glyph : glyphs_.single) {
      if (is_in(glyph, word)) inside.push_back(&glyph);
    }
    Support best;
    std::vector<Ink> tried;
    for (const Glyph* glyph : inside) {
      const Ink ink{glyph->level, glyph->contrast, glyph->is_bright};
      const bool is_known = std::any_of(tried.begin(), tried.end(), [&](const Ink& other) {
        return other.is_bright == ink.is_bright && std::abs(other.level - ink.level) <= 8;
      });
      if (is_known) continue;
      tried.push_back(ink);
      const Support found = support_by(inside, word, ink);
      if (found.part > best.part && is_clear(found.core, ink)) best = found;
    }
    return best;
  }

  Support support_by(const std::vector<const Glyph*>& inside, const Box& word,
                     const Ink& ink) const {
    Support found{ink, {}, 0};
    std::vector<char> columns(static_cast<std::size_t>(std::max(1, word.width)), 0);
    for (const Glyph* glyph : inside) {
      if (!is_of(*glyph, ink)) continue;
      found.core = around(found.core, glyph->box);
      const Box common = intersection(glyph->box, word);
      for (int x = common.x; x < common.right(); ++x) {
        columns[static_cast<std::size_t>(x - word.x)] = 1;
      }
    }
    found.part = static_cast<double>(std::count(columns.begin(), columns.end(), 1)) /
                 static_cast<double>(columns.size());
    return found;
  }

  bool is_word(const Word& word, const Box& box) const {
    const std::string folded = fold(word.text.reveal());
    if (is_known(folded)) return true;
    const std::size_t length = folded.size();
    const double confidence = word.confidence;
    if (length < 2) return false;
    if (box.height > picture_.rows / tall_part && support(box).part < 0.4) return false;
    if (box.width < 2 * static_cast<int>(length) || box.height < 5) return false;
    const bool is_stretched = 2 * box.width > 3 * box.height * static_cast<int>(length);
    if (is_stretched && confidence < 80) return false;
    if (length >= 3 && confidence >= 80) return true;
    if (support(box).part < 0.4) return confidence >= (length >= 4 ? 60 : 75) && length >= 3;
    if (is_in_image(box)) return confidence >= (length >= 3 ? 45 : 60);
    if (is_on_screen(box)) return true;
    if (box.height > tall) return confidence >= 60;
    return confidence >= (length >= 3 ? 20 : 60);
  }

  void read_page() {
    const int factor = picture_.columns < large_picture ? 2 : 1;
    const Box all{0, 0, picture_.columns, picture_.rows};
    const Picture page = factor > 1 ? enlarged(picture_, all, factor) : picture_;
    for (const Word& word : reader_.read(page, TextReader::Layout::scattered)) {
      const Box box{word.box.x / factor, word.box.y / factor,
                    (word.box.width + factor - 1) / factor + 1,
                    (word.box.height + factor - 1) / factor + 1};
      if (is_word(word, box)) {
        accepted_.push_back({box, FoundText::By::reader, is_sure(word)});
      } else if (box.height <= tall && !fold(word.text.reveal()).empty()) {
        doubtful_.push_back(box);
      }
    }
  }

  void read_rows() {
    for (const GlyphRow& row : glyphs_.rows) {
      if (covered_part(row.box, boxes()) > 0.8) continue;
      bool has_sure_word = false;
      if (read_row(row, has_sure_word)) {
        accepted_.push_back({row.box, FoundText::By::reader, has_sure_word});
      } else if (is_surely_text(row)) {
        accepted_.push_back({row.box, FoundText::By::shape});
      }
    }
  }

  /// Printed by a machine, whatever it says.
  static bool is_even(const GlyphRow& row) {
    return row.spread <= 6 && row.contrast >= 80 && row.height <= 28;
  }

  bool is_surely_text(const GlyphRow& row) const {
    if (row.shapes < 3 || !is_clear(row.box, {row.level, row.contrast, row.is_bright}))
      return false;
    if (is_on_screen(row.box)) return row.glyphs >= 3 && row.spread <= 16;
    return is_even(row) && row.glyphs >= 5;
  }

  /// A closer look at one row. True when something in it can be read: then all of it is text.
  bool read_row(const GlyphRow& row, bool& has_sure_word) {
    std::size_t letters = 0;
    double confidence = 0;
    for (const Word& word : reader_.read(as_print(picture_, row), TextReader::Layout::line)) {
      const std::string folded = fold(word.text.reveal());
      has_sure_word = has_sure_word || is_sure(word);
      if (is_known(folded)) return true;
      letters += folded.size();
      confidence += word.confidence * static_cast<double>(folded.size());
    }
    if (letters < 2) return false;
    confidence /= static_cast<double>(letters);
    const bool has_room = is_clear(row.box, {row.level, row.contrast, row.is_bright});
    if (row.height > tall && !has_room) return false;
    if (row.height > tall || !has_room) return letters >= 3 && confidence >= 80;
    if (is_on_screen(row.box)) return confidence >= 20;
    if (is_in_image(row.box)) return confidence >= (letters >= 3 ? 60 : 80);
    if (is_even(row) && letters >= 3) return confidence >= 25;
    return confidence >= (letters >= 5 ? 50 : letters >= 3 ? 62 : 85);
  }

  /// Doubtful words beside accepted ones, on the same line, belong to them.
  void add_neighbours() {
    for (bool has_grown = true; has_grown;) {
      has_grown = false;
      for (auto place = doubtful_.begin(); place != doubtful_.end();) {
        if (is_beside_accepted(*place)) {
          accepted_.push_back({*place, FoundText::By::reader});
          place = doubtful_.erase(place);
          has_grown = true;
        } else {
          ++place;
        }
      }
    }
  }

  static bool is_beside(const Box& a, const Box& b, int gap_limit) {
    const int large = std::max(a.height, b.height), small = std::min(a.height, b.height);
    if (2 * small < large) return false;
    const int common = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
    const int gap = std::max(a.x, b.x) - std::min(a.right(), b.right());
    return 2 * common >= small && gap <= gap_limit;
  }

  bool is_beside_accepted(const Box& box) const {
    return std::any_of(accepted_.begin(), accepted_.end(), [&](const Accepted& other) {
      return is_beside(box, other.box, 2 * std::max(box.height, other.box.height));
    });
  }

  /// Takes in characters of the same line and brightness that the reader left out.
  void extend(Box& box) const {
    const Support own = support(box);
    if (own.core.is_empty()) return;
    const int height = own.core.height;
    Box line = own.core;
    for (bool has_grown = true; has_grown;) {
      has_grown = false;
      for (const Glyph& glyph : glyphs_.single) {
        if (intersection(glyph.box, line) == glyph.box || !is_of(glyph, own.ink)) continue;
        if (2 * glyph.box.height > 3 * height || glyph.box.width > 4 * height) continue;
        if (!is_beside(glyph.box, {line.x, own.core.y, line.width, height}, height)) continue;
        const Box longer = around(line, glyph.box);
        if (longer.width > own.core.width + 6 * height) continue;
        line = longer;
        has_grown = true;
      }
    }
    box = around(box, line);
  }

  std::vector<Box> boxes() const {
    std::vector<Box> all;
    for (const Accepted& accepted : accepted_) all.push_back(accepted.box);
    return all;
  }

  Box with_margin(const Box& box) const {
    return grown(box, std::max(2, box.height / 4), picture_.columns, picture_.rows);
  }

  const Picture& picture_;
  TextReader& reader_;
  const Clues& clues_;
  const Glyphs glyphs_;
  std::vector<Accepted> accepted_;
  std::vector<Box> doubtful_;
};

}  // namespace

const char* to_string(FoundText::By by) {
  switch (by) {
    case FoundText::By::rule:
      return "rule";
    case FoundText::By::reader:
      return "reader";
    case FoundText::By::shape:
      return "shape";
  }
  return "";
}

std::vector<FoundText> find_text(const Picture& picture, TextReader& reader, const Clues& clues) {
  return Finder(picture, reader, clues).run();
}

}  // namespace efface::burned_in
