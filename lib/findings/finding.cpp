#include "findings/finding.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace efface::findings {

namespace {

using enum Severity;

constexpr auto all_rules = std::to_array<Rule>({
    {"attribute.date", error, "A date or time that the profile removes or shifts"},
    {"attribute.description", warning, "Free text that the profile removes"},
    {"attribute.duplicate", warning, "A second attribute with the same tag"},
    {"attribute.identifying", error, "A value that the profile removes or replaces"},
    {"attribute.other", warning, "An attribute that the profile removes, of no class of HIPAA"},
    {"attribute.private", warning, "Private attributes that the profile removes"},
    {"claim.dates-removed", error, "(0028,0303) says REMOVED, and dates are there"},
    {"claim.identity-removed", error,
     "(0012,0062) says YES, and what names a person or a case is there"},
    {"claim.no-burned-in-text", error, "(0028,0301) says NO, and text stands in the pixels"},
    {"claim.no-recognizable-features", error, "(0028,0302) says NO, and a face can be seen"},
    {"dates.not-shifted-together", error, "Dates of one study that disagree with each other"},
    {"document.text", note, "Names, dates or numbers in a document about the data set"},
    {"exif.identifying", error, "Metadata of a picture that say who, where or with what"},
    {"face.uncertain", note, "A volume that may show a face"},
    {"face.visible", error, "A face can be rebuilt from the volume"},
    {"file-name.identifying", error, "The name of a file or folder says who or when"},
    {"file.preamble", warning, "Bytes in front of a DICOM file that nothing describes"},
    {"file.trailing", warning, "Bytes behind the pixel data that viewers do not show"},
    {"header.text", note,
     "Free text in the header of a NIfTI, NRRD or MetaImage file, or in a colour profile"},
    {"not-checked", warning, "A file that could not be looked into, or not in full"},
    {"pixels.text", error, "Text stands in the pixels"},
    {"pixels.text-like", note, "Something in the pixels looks like characters"},
    {"sidecar.field", error, "A field of a JSON, TSV, CSV, TXT or XML file that identifies"},
    {"sidecar.other", warning, "A field that the profile removes, a time or of no class of HIPAA"},
    {"text.name", error, "A name of a person in free text"},
    {"text.pattern", error, "A date, number, address or the like in free text"},
    {"text.repeated", error, "A value that the profile removes elsewhere, repeated in free text"},
    {"thumbnail", warning, "A small copy of an image inside the file"},
    {"uid.vendor-root", error, "A UID below the root of a manufacturer: an original"},
});

static_assert(std::is_sorted(all_rules.begin(), all_rules.end(),
                             [](const Rule& a, const Rule& b) { return a.id < b.id; }));

bool is_kind(const std::string& kind) {
  if (kind == "error" || kind == "warning" || kind == "note") return true;
  return std::any_of(all_rules.begin(), all_rules.end(), [&](const Rule& known) {
    return known.id == kind || known.id.starts_with(kind + ".");
  });
}

}  // namespace

const char* to_string(Severity severity) {
  switch (severity) {
    case note:
      return "note";
    case warning:
      return "warning";
    case error:
      return "error";
  }
  return "error";
}

std::span<const Rule> rules() {
  return all_rules;
}

const Rule& rule(std::string_view id) {
  const auto found = std::find_if(all_rules.begin(), all_rules.end(),
                                  [id](const Rule& known) { return known.id == id; });
  if (found == all_rules.end()) throw base::Error(base::Fault::internal, "no such rule of check");
  return *found;
}

FailOn::FailOn() : kinds_{"error", "warning"} {}

FailOn::FailOn(const std::vector<std::string>& kinds) : kinds_(kinds.begin(), kinds.end()) {
  const bool is_none = kinds_.size() == 1 && kinds_.contains("none");
  if (is_none) kinds_.clear();
  for (const std::string& kind : kinds_) {
    if (is_kind(kind)) continue;
    throw base::Error(base::Fault::usage, "--fail-on: '" + kind + "' is no kind of finding",
                      "error, warning, note, none, or rules of efface check --list-rules");
  }
}

bool FailOn::includes(const Finding& finding) const {
  const std::string& id = finding.rule;
  return kinds_.contains(id) || kinds_.contains(id.substr(0, id.find('.'))) ||
         kinds_.contains(to_string(finding.severity()));
}

}  // namespace efface::findings
