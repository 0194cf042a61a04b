#include "deid/internal_outside.h"

namespace efface::deid::internal {

using dicom::Tag;
using dicom::Vr;

bool is_outside(Tag tag, bool is_top_level) {
  if (tag.is_private()) return false;
  if (tag.group <= 0x0006) return true;
  if (tag.group >= 0x5000 && tag.group <= 0x50FF) return true;  // curves
  if (tag.group >= 0x6000 && tag.group <= 0x60FF) return true;  // overlays, their planes included
  if (tag.group >= 0x7F00 && tag.group < 0x7FE0) return true;   // variable pixel data (retired)
  if (tag.group == 0x7FE0) return !is_top_level || tag.element > 0x0010;
  return false;
}

bool is_identifier(Tag tag) {
  return tag == Tag{0x0012, 0x0040} || tag == Tag{0x0012, 0x0042} || tag == Tag{0x0040, 0x0512} ||
         tag == Tag{0x0040, 0x0551};
}

bool may_hold_uid(Vr vr) {
  switch (vr) {
    case Vr::LO:
    case Vr::LT:
    case Vr::SH:
    case Vr::ST:
    case Vr::UC:
    case Vr::UR:
    case Vr::UT:
      return true;
    default:
      return false;
  }
}

}  // namespace efface::deid::internal
