#include "check/vendor_roots.h"

#include <algorithm>
#include <array>
#include <utility>

namespace efface::check {

namespace {

// From the manufacturers' DICOM conformance statements (section on UIDs, implementation class UID),
// where ISO's registration arcs name the organisation.
constexpr auto roots = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"1.2.124.113532", "Agfa (Mitra)"},
    {"1.2.156.112605", "United Imaging"},
    {"1.2.246.352", "Varian"},
    {"1.2.276.0.20", "Brainlab"},
    {"1.2.392.200036", "a member of JIRA (Canon, Toshiba, FUJIFILM, Hitachi, Shimadzu, Konica)"},
    {"1.2.752.243", "RaySearch"},
    {"1.2.752.24", "Sectra"},
    {"1.2.840.113564", "Carestream (Kodak)"},
    {"1.2.840.113619", "GE"},
    {"1.2.840.113681", "Hologic"},
    {"1.2.840.113704", "Philips (Picker)"},
    {"1.3.12.2.1107", "Siemens"},
    {"1.3.46.423632", "Elekta"},
    {"1.3.46.670589", "Philips"},
    {"1.3.51", "Agfa"},
    {"1.3.6.1.4.1.2452", "Elekta (IMPAC)"},
    {"2.16.756.5.5.100", "Bruker"},
});

}  // namespace

std::string_view manufacturer_of(std::string_view uid) {
  const auto found = std::find_if(roots.begin(), roots.end(), [uid](const auto& root) {
    return uid.starts_with(root.first) && uid.size() > root.first.size() &&
           uid[root.first.size()] == '.';
  });
  return found == roots.end() ? std::string_view() : found->second;
}

}  // namespace efface::check
