#include "face/model.h"

namespace efface::face {

const char* to_string(Feature feature) {
  switch (feature) {
    case Feature::eyes:
      return "eyes";
    case Feature::nose:
      return "nose";
    case Feature::mouth:
      return "mouth";
    case Feature::ears:
      return "ears";
  }
  return "?";
}

Label label_of(Feature feature) {
  return static_cast<Label>(static_cast<std::uint8_t>(Label::eyes) +
                            static_cast<std::uint8_t>(feature));
}

}  // namespace efface::face
