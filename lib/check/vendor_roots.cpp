#include "check/vendor_roots.h"

#include <algorithm>
#include <array>
#include <utility>

namespace efface::check {

namespace {

// Each with where it can be looked up:
//  F  files of that manufacturer ((0008,0070)) in public test data
//  D  DCMTK's dcmdata/dcuid.h: private transfer syntaxes with their owner's name
//  G  GDCM's dictionaries: private SOP classes, and creators of private groups that are the root
//  C  dcm4che's UID: private SOP classes
//  T  dicom3tools' dictionary: private transfer syntaxes
//  I  IANA's registry of private enterprise numbers
// Others name the program that is known to write them. Roots of toolkits and of free registries
// (DCMTK, GDCM, pydicom, dcm4che, PixelMed, ClearCanvas, Merge, OsiriX, Medical Connections) say
// nothing: de-identifiers use them. So do roots that nobody could look up.
constexpr auto roots = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"1.2.124.113532", "Agfa (Mitra)"},          // C: 1.2.124.113532.3500.7, .8
    {"1.2.246.352", "Varian"},                   // coding scheme 99VMS, context groups of Eclipse
    {"1.2.276.0.20", "Brainlab"},                // implementation class UID of DICOM Proxy
    {"1.2.276.0.75", "Carl Zeiss Meditec"},      // private SOP classes of PLEX Elite, FORUM
    {"1.2.392.200036.9116", "Canon (Toshiba)"},  // F; G: 1.2.392.200036.9116.7.8.1.1.1
    {"1.2.392.200036.9125", "FUJIFILM"},         // G: Fuji's CR image, 1.2.392.200036.9125.1.1.2
    {"1.2.392.200036.9163", "PreXion"},          // root of PreXion's DICOM library
    {"1.2.392.200036", "a maker in Japan"},      // the arc of the three before
    {"1.2.752.24", "Sectra"},                    // T: Sectra Compression, 1.2.752.24.3.7.6
    {"1.2.840.113619", "GE"},                    // F; D: 1.2.840.113619.5.2; G: .4
    {"1.2.840.113663", "Philips (ATL)"},         // F, ultrasound; G: creator 1.2.840.113663.1
    {"1.2.840.113681", "Hologic"},               // G: creator; images of Selenia
    {"1.2.840.113704", "Philips (Picker, Algotec)"},  // F, CT; T: 1.2.840.113704.7.0.4.4
    {"1.2.840.114340", "SonoSite"},                   // F
    {"1.3.12.2.1107", "Siemens"},                     // F; G: 1.3.12.2.1107.5.9.1
    {"1.3.46.423632", "Elekta"},                      // Synergy XVI, as RTK reads it
    {"1.3.46.670589", "Philips"},                     // F; G: 1.3.46.670589.2, .5, .11, .33
    {"1.3.51", "Agfa"},                               // F: 1.3.51.0.7, 1.3.51.5156
    {"1.3.6.1.4.1.17694", "Elekta"},                  // I
    {"1.3.6.1.4.1.20029", "Mortara"},                 // F, I
    {"1.3.6.1.4.1.2452", "Helax (Oncentra)"},         // I
    {"1.3.6.1.4.1.25790", "Sirona"},                  // I
    {"1.3.6.1.4.1.28708", "FUJIFILM"},                // I
    {"1.3.6.1.4.1.29659", "Carestream"},              // I
    {"1.3.6.1.4.1.3775", "Agfa"},                     // I
    {"1.3.6.1.4.1.5264", "Varian"},                   // I
    {"1.3.6.1.4.1.54260", "Mindray"},                 // I
    {"1.3.6.1.4.1.55350", "Siemens"},                 // I
    {"1.3.6.1.4.1.60072", "Hologic"},                 // I
    {"2.16.756.5.5.100", "Bruker"},                   // VisuUid of ParaVision
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
