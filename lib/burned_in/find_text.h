// Where text stands in a frame: words that a reader sees, and rows of characters that it cannot
// make out. When in doubt it is text: a blanked patch costs less than a name. A lone character (a
// marker of a side, a tick of a scale) is left.
#pragma once

#include <vector>

#include "burned_in/box.h"
#include "burned_in/clues.h"
#include "burned_in/picture.h"
#include "burned_in/reader.h"

namespace efface::burned_in {

struct FoundText {
  Box box;  ///< with a margin
  enum class By : std::uint8_t {
    rule,    ///< a known region of the device
    reader,  ///< words that were read
    shape    ///< looks like text, could not be read
  } by = By::reader;
  /// A word that the header knows, or one of four letters or more that the reader is sure of; never
  /// speckle that happens to look like some.
  bool is_sure = false;
};
const char* to_string(FoundText::By by);

std::vector<FoundText> find_text(const Picture& picture, TextReader& reader, const Clues& clues);

}  // namespace efface::burned_in
