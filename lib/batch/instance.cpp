#include "batch/instance.h"

#include <exception>
#include <functional>
#include <new>
#include <optional>
#include <span>
#include <system_error>

#include "base/error.h"
#include "batch/burned_in_text.h"
#include "batch/envelope.h"
#include "crypto_openssl/crypto.h"
#include "deid/kept_values.h"
#include "deid/plan_edits.h"
#include "deid/replaced_identifiers.h"
#include "deid/residue.h"
#include "deid/table.h"

namespace efface::batch {

namespace fs = std::filesystem;

namespace {

void count_actions(const dicom::EditPlan& plan, audit::InputRecord& record) {
  for (const dicom::Edit& edit : plan.edits) {
    const bool is_item = edit.path.tag == dicom::item_tag;
    const dicom::Tag tag = is_item ? edit.path.parents.back().tag : edit.path.tag;
    const std::string name = tag.is_private() ? "private" : dicom::to_string(tag);
    ++record.actions[name][static_cast<std::size_t>(edit.action)];
    if (edit.action == dicom::Action::add) continue;
    const deid::SafeHarbor kind = deid::safe_harbor_class(tag, edit.vr);
    if (kind != deid::SafeHarbor::none) ++record.safe_harbor[deid::to_string(kind)];
  }
}

/// The meta information and the preamble are made anew. Not counted: what describes the object and
/// the software that wrote it.
void count_meta_actions(const dicom::DataSet& meta, audit::InputRecord& record) {
  constexpr dicom::Tag sop_instance{0x0002, 0x0003};
  constexpr std::uint16_t first_of_senders = 0x0016;  // application entities, private information
  for (const dicom::Attribute& attribute : meta.attributes) {
    const dicom::Tag tag = attribute.tag;
    const bool is_preamble = tag.group == 0;
    if (!is_preamble && tag != sop_instance && tag.element < first_of_senders) continue;
    const auto action = tag == sop_instance ? dicom::Action::replace_uid : dicom::Action::remove;
    ++record.actions[dicom::to_string(tag)][static_cast<std::size_t>(action)];
    const deid::SafeHarbor kind = deid::safe_harbor_class(tag, attribute.vr);
    if (kind != deid::SafeHarbor::none) ++record.safe_harbor[deid::to_string(kind)];
  }
}

/// Whether something was found that is no part of a value that stays on purpose.
bool has_residue(const deid::ResidueScanner& scanner, const dicom::EditPlan& plan,
                 const std::function<std::span<const std::byte>()>& content) {
  if (scanner.findings().empty()) return false;
  return plan.retained_values.empty() || !scanner.is_explained_by(plan.retained_values, content());
}

/// Whether a removed value stands in the data set that a deflated file unfolds to: its own bytes
/// cannot show it.
bool has_residue_inside(const fs::path& staged, const dicom::EditPlan& plan,
                        const std::vector<std::string>& kept) {
  const dicom_dcmtk::DicomFile back(staged);
  deid::ResidueScanner scanner(plan.removed_values, kept);
  const dicom_dcmtk::PixelSpan pixels = back.pixels();
  scanner.expect_samples(pixels.value_offset, pixels.value_offset + pixels.value_length);
  scanner.feed(back.content());
  return has_residue(scanner, plan, [&] { return back.content(); });
}

void write_and_check(InstanceJob& job, dicom_dcmtk::DicomFile& file, const dicom::EditPlan& plan,
                     const std::vector<std::string>& kept, deid::ResidueScanner& scanner,
                     audit::InputRecord& record) {
  const fs::path staged = job.staging / job.output;
  const dicom_dcmtk::WriteReport report = dicom_dcmtk::write_edited(file, plan, staged, job.pixels);
  scanner.expect_samples(report.pixels_begin, report.pixels_end);
  const FileDigest digest = check_staged(staged, scanner);
  std::optional<dicom_dcmtk::DicomFile> back;  // mapped only when something was found
  const auto content = [&] { return back.emplace(staged).source(); };
  if (has_residue(scanner, plan, content) ||
      (report.is_deflated && has_residue_inside(staged, plan, kept))) {
    fs::remove(staged);
    record.actions.clear();
    record.safe_harbor.clear();
    record.text.clear();
    return withhold(record, "residue", "a removed value still stood in the output");
  }
  record.outcome = audit::Outcome::written;
  record.output = job.output;
  record.output_bytes = digest.bytes;
  record.output_sha256 = base::to_hex(digest.sha256);
  record.transfer_syntax_uid = report.transfer_syntax_uid;
  record.pixels = report.blanked_bytes > 0  ? "copied, comments blanked"
                  : report.pixels_copied    ? "copied"
                  : report.pixels_reencoded ? "changed, " + report.transfer_syntax_uid
                                            : "";
}

/// Deals with text in the pixels as the options say. False: the image is withheld.
bool settle_burned_in_text(dicom_dcmtk::DicomFile& file, const dicom::DataSet& data_set,
                           InstanceJob& job, const Context& context, audit::InputRecord& record) {
  if (job.text == study::BurnedIn::unlikely) return true;
  if (context.options.pixels != Pixels::clean) {
    if (context.options.pixels == Pixels::keep) record.burned_in.decision = "kept";
    return true;
  }
  if (context.options.dry_run) {
    record.burned_in.decision = "planned";
    return true;
  }
  try {
    clean_burned_in_text(file, data_set, job, context, record.burned_in);
    return true;
  } catch (const base::Error& error) {
    record.burned_in = {};
    const std::string why = without_quotes(error.what());
    if (error.fault() == base::Fault::model) {
      withhold(record, "text-reader-missing", "text in the pixels cannot be looked for: " + why);
    } else if (error.fault() == base::Fault::unsupported ||
               error.fault() == base::Fault::bad_input) {
      withhold(record, "burned-in-text-possible",
               "the pixels may hold text, and cannot be read: " + why);
    } else {
      throw;
    }
    return false;
  }
}

bool was_read(const audit::BurnedInRecord& text) {
  return text.decision == "none_found" || text.decision == "blanked";
}

}  // namespace

audit::InputRecord new_record(const IndexedFile& file, const std::string& study,
                              const Context& context) {
  audit::InputRecord record;
  record.token = file.token;
  if (context.options.record_paths) record.path = file.path;
  record.kind = file.kind;
  record.bytes = file.bytes;
  record.study = study;
  return record;
}

std::string without_quotes(const std::string& message) {
  const std::size_t first = message.find('\''), last = message.rfind('\'');
  if (first == std::string::npos) return message;
  return message.substr(0, first) + "the file" + message.substr(last + 1);
}

void withhold(audit::InputRecord& record, const std::string& reason, const std::string& detail) {
  record.outcome = audit::Outcome::withheld;
  record.reason = reason;
  record.detail = detail;
}

void withhold_taken_name(audit::InputRecord& record) {
  withhold(record, "name-taken",
           "another output would have the same name, or it is a name that efface needs itself");
}

void record_failure(audit::InputRecord& record) {
  record.outcome = audit::Outcome::failed;
  try {
    throw;
  } catch (const base::Error& error) {
    switch (error.fault()) {
      case base::Fault::bad_input:
        record.reason = "bad-input";
        break;
      case base::Fault::unsupported:
        record.outcome = audit::Outcome::withheld;
        record.reason = "unsupported";
        break;
      case base::Fault::io:
        record.reason = "io";
        break;
      case base::Fault::resource:
        record.reason = "out-of-memory";
        break;
      default:
        throw;
    }
    record.detail = without_quotes(error.what());
  } catch (const std::bad_alloc&) {
    record.reason = "out-of-memory";
    record.detail = "not enough memory";
  }
}

void process_instance(InstanceJob& job, const Context& context, audit::InputRecord& record) {
  context.check_cancelled();
  dicom_dcmtk::DicomFile file = job.opened
                                    ? std::move(*job.opened)
                                    : dicom_dcmtk::DicomFile(job.file->path, base::Extent::whole);
  crypto_openssl::Sha256 sha;
  file.visit_source([&](std::span<const std::byte> piece) { sha.update(piece); });
  record.sha256 = base::to_hex(sha.finish());
  const dicom::DataSet data_set = file.attributes();
  if (!settle_burned_in_text(file, data_set, job, context, record)) return;
  deid::PlanContext plan_context;
  plan_context.subject = job.patient;
  plan_context.sop_class_uid = job.facts->sop_class_uid;
  plan_context.face_removed = job.face_checked;
  plan_context.pixels_changed = job.pixels.has_value();
  plan_context.free_text = job.free_text;
  plan_context.text_cleaned = was_read(record.burned_in);
  dicom::EditPlan plan =
      deid::plan_edits(data_set, context.options.profile, plan_context, context.pseudonyms);
  const dicom::DataSet meta = file.meta();
  deid::count_meta_as_removed(meta, plan);
  deid::count_dropped_as_removed(file.dropped(), plan);
  record.text = std::move(plan.found_in_text);
  count_actions(plan, record);
  count_meta_actions(meta, record);
  const crypto_openssl::Recipient* recipient = context.options.recipient.get();
  if (recipient != nullptr) {
    ++record.actions["(0400,0500)"][static_cast<std::size_t>(dicom::Action::add)];
  }
  if (context.options.dry_run) {
    record.outcome = audit::Outcome::written;
    record.output = job.output;
    return;
  }
  const std::vector<std::string> kept = deid::kept_values(data_set, plan);
  deid::ResidueScanner scanner(plan.removed_values, kept);
  if (recipient != nullptr) {
    plan.envelope = seal_originals(file, data_set, plan, *recipient, scanner);
  }
  if (job.identifiers != nullptr) {
    *job.identifiers = deid::replaced_identifiers(data_set, plan);
    decode_patient_ids(*job.identifiers, data_set.text({0x0008, 0x0005}));
  }
  write_and_check(job, file, plan, kept, scanner, record);
}

}  // namespace efface::batch
