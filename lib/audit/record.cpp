#include "audit/record.h"

namespace efface::audit {

const char* to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::written:
      return "written";
    case Outcome::withheld:
      return "withheld";
    case Outcome::failed:
      return "failed";
  }
  return "?";
}

}  // namespace efface::audit
