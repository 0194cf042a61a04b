// Value representations (PS3.5 section 6.2) and what can be said of each without a data set.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace efface::dicom {

/// The two characters of the VR packed into a number; `none` where no VR is known.
enum class Vr : std::uint16_t {
  none = 0,
#define EFFACE_VR(a, b) \
  a##b = (static_cast<std::uint16_t>(#a[0]) << 8) | static_cast<std::uint16_t>(#b[0])
  EFFACE_VR(A, E),
  EFFACE_VR(A, S),
  EFFACE_VR(A, T),
  EFFACE_VR(C, S),
  EFFACE_VR(D, A),
  EFFACE_VR(D, S),
  EFFACE_VR(D, T),
  EFFACE_VR(F, D),
  EFFACE_VR(F, L),
  EFFACE_VR(I, S),
  EFFACE_VR(L, O),
  EFFACE_VR(L, T),
  EFFACE_VR(O, B),
  EFFACE_VR(O, D),
  EFFACE_VR(O, F),
  EFFACE_VR(O, L),
  EFFACE_VR(O, V),
  EFFACE_VR(O, W),
  EFFACE_VR(P, N),
  EFFACE_VR(S, H),
  EFFACE_VR(S, L),
  EFFACE_VR(S, Q),
  EFFACE_VR(S, S),
  EFFACE_VR(S, T),
  EFFACE_VR(S, V),
  EFFACE_VR(T, M),
  EFFACE_VR(U, C),
  EFFACE_VR(U, I),
  EFFACE_VR(U, L),
  EFFACE_VR(U, N),
  EFFACE_VR(U, R),
  EFFACE_VR(U, S),
  EFFACE_VR(U, T),
  EFFACE_VR(U, V)
#undef EFFACE_VR
};

/// From two characters; Vr::none for anything that PS3.5 does not list.
Vr vr_from(std::string_view two_characters);
std::string to_string(Vr vr);

/// Values are characters (all VRs but the numeric binary ones, OB…OW, SQ and UN).
bool is_text(Vr vr);
/// Encoded by (0008,0005) Specific Character Set: LO LT PN SH ST UC UT (PS3.5 section 6.1.2.3).
bool uses_character_set(Vr vr);

}  // namespace efface::dicom
