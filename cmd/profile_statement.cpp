#include "cmd/profile_statement.h"

#include <fmt/format.h>

#include "deid/option.h"
#include "deid/profile_rows.h"

namespace efface::cmd {

namespace {

/// Methods that this choice carries out; of the first three the program decides image by image.
bool is_in_force(const deid::Method& method, const deid::Profile& profile) {
  if (method.option) {
    return profile.has(*method.option) || *method.option == deid::Option::clean_structured_content;
  }
  if (method.name == "basic") return !deid::keeps_more_than_standard(profile);
  return method.name == "clean-visual-features" || method.name == "clean-pixel-data";
}

std::string methods_table(const deid::Profile& profile) {
  std::string text =
      "| Profile or option | Code | De-identifier | Re-identifier | Configurable |\n"
      "|---|---|---|---|---|\n";
  for (const deid::Method& method : deid::methods()) {
    text += fmt::format("| {} | {} | {} | N | Y |\n", method.meaning, method.code,
                        is_in_force(method, profile) ? "Y" : "N");
  }
  return text;
}

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '|') safe += '\\';
    safe += c == '\n' ? ' ' : c;
  }
  return safe;
}

std::string rows_table(const deid::Profile& profile) {
  std::string text = "| Attribute | Tag | Action | Comment |\n|---|---|---|---|\n";
  for (const deid::ProfileRow& row : deid::profile_rows(profile)) {
    std::string name = row.name;
    if (!row.private_creator.empty()) name = row.private_creator + ": " + name;
    text += fmt::format("| {} | {} | {} | {}; {} |\n", escaped(name), row.tag, to_string(row.code),
                        in_words(row.code), escaped(row.reason));
  }
  return text;
}

constexpr const char* head = R"(# De-identification: conformance of efface {version}
Written after PS3.2 sections N.8.4.4 and N.11.2.6. Table E.1-1 of PS3.15, edition {edition}
(SHA-256 of its rows {sha256}).{changes}

## Attribute confidentiality profiles (N.8.4.4)
)";

constexpr const char* strategy = R"(
Clean Recognizable Visual Features is claimed in an image only where a face was removed from it or the
model found none to be there; Clean Pixel Data where every frame was read and what looks like text blanked
(`--pixels clean`, the default; not for MR, CT and PET images as a scanner reconstructs them, unless (0028,0301)
says YES); Clean Structured Content where a content tree was cleaned. Options are
chosen for a run; what was carried out stands in (0012,0064) of each output.

Attributes that a later edition of the standard defines and this one does not are removed, as are private
attributes that the table below does not keep. A profile file changes single rows.

## Attribute confidentiality details (N.11.2.6)
Rows hold at every depth, in sequences, private ones that are kept and UN too.

* Dummies (D) are constants valid for the VR: `ANONYMIZED` for text, `ANON` for codes, 1900-01-01 for
  dates, 0 for numbers. Identifiers that stay in use, such as patient's name and ID, are pseudonyms:
  HMAC-SHA-256 of the value under the project's key.
* UIDs (U) become 2.25.… from HMAC-SHA-256 of the original under the project's key: the same UID becomes
  the same one in every instance, study and run that has the key, so that references hold within all that
  was de-identified with it. Registered UIDs stay.
* Modified dates move by a number of whole weeks that depends on the patient and the key: intervals hold
  over all studies of a patient.
* Encrypted Attributes Data Sets are written when a run asks for them (--encrypt-attributes), one in each
  instance, for one recipient: explicit VR little endian, AES-256-CBC, key transport by RSA (PKCS #1 v1.5,
  2048 bits or more). They hold every attribute of the top level that was removed or changed, there or
  below, private ones included; no pixel data, overlays, curves, icons, encapsulated documents, nor private
  or unknown binary values above 4096 bytes. `efface restore` puts back what efface sealed, and no more is
  claimed for it as a re-identifier.

)";

}  // namespace

std::string conformance_statement(const ChosenProfile& chosen) {
  std::string changes;
  if (!chosen.file_sha256.empty()) {
    changes = fmt::format(" Rows changed by the profile file \"{}\", SHA-256 {}.", chosen.file_name,
                          chosen.file_sha256);
  }
  return fmt::format(fmt::runtime(head), fmt::arg("version", EFFACE_VERSION),
                     fmt::arg("edition", deid::table_edition()),
                     fmt::arg("sha256", deid::table_sha256()), fmt::arg("changes", changes)) +
         methods_table(chosen.profile) + strategy + rows_table(chosen.profile);
}

}  // namespace efface::cmd
