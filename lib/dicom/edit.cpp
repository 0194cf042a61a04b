#include "dicom/edit.h"

namespace efface::dicom {

const char* to_string(Action action) {
  switch (action) {
    case Action::remove:
      return "remove";
    case Action::empty:
      return "empty";
    case Action::pseudonym:
      return "pseudonym";
    case Action::dummy:
      return "dummy";
    case Action::replace_uid:
      return "replace_uid";
    case Action::shift_date:
      return "shift_date";
    case Action::clean:
      return "clean";
    case Action::add:
      return "add";
  }
  return "?";
}

}  // namespace efface::dicom
