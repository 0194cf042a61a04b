#include "dicom/vr.h"

#include <algorithm>
#include <array>

namespace efface::dicom {

namespace {

constexpr std::array all{Vr::AE, Vr::AS, Vr::AT, Vr::CS, Vr::DA, Vr::DS, Vr::DT, Vr::FD, Vr::FL,
                         Vr::IS, Vr::LO, Vr::LT, Vr::OB, Vr::OD, Vr::OF, Vr::OL, Vr::OV, Vr::OW,
                         Vr::PN, Vr::SH, Vr::SL, Vr::SQ, Vr::SS, Vr::ST, Vr::SV, Vr::TM, Vr::UC,
                         Vr::UI, Vr::UL, Vr::UN, Vr::UR, Vr::US, Vr::UT, Vr::UV};

}  // namespace

Vr vr_from(std::string_view two_characters) {
  if (two_characters.size() != 2) return Vr::none;
  const auto code =
      static_cast<std::uint16_t>((static_cast<unsigned char>(two_characters[0]) << 8) |
                                 static_cast<unsigned char>(two_characters[1]));
  const auto vr = static_cast<Vr>(code);
  return std::find(all.begin(), all.end(), vr) == all.end() ? Vr::none : vr;
}

std::string to_string(Vr vr) {
  if (vr == Vr::none) return "??";
  const auto code = static_cast<std::uint16_t>(vr);
  return {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
}

bool is_text(Vr vr) {
  switch (vr) {
    case Vr::AE:
    case Vr::AS:
    case Vr::CS:
    case Vr::DA:
    case Vr::DS:
    case Vr::DT:
    case Vr::IS:
    case Vr::LO:
    case Vr::LT:
    case Vr::PN:
    case Vr::SH:
    case Vr::ST:
    case Vr::TM:
    case Vr::UC:
    case Vr::UI:
    case Vr::UR:
    case Vr::UT:
      return true;
    default:
      return false;
  }
}

bool uses_character_set(Vr vr) {
  switch (vr) {
    case Vr::LO:
    case Vr::LT:
    case Vr::PN:
    case Vr::SH:
    case Vr::ST:
    case Vr::UC:
    case Vr::UT:
      return true;
    default:
      return false;
  }
}

}  // namespace efface::dicom
