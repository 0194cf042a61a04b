#include "batch/others.h"

#include <algorithm>

#include "base/file.h"
#include "batch/bids.h"
#include "batch/instance.h"
#include "batch/released.h"
#include "sidecar/clean.h"
#include "sidecar/kind.h"
#include "sidecar/waiting_table.h"

namespace efface::batch {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t largest_sidecar = 64ULL << 20;

void withhold_other(const IndexedFile& file, bool is_of_withheld, audit::InputRecord& input) {
  if (file.content == ContentKind::not_a_file) {
    withhold(input, "not-a-regular-file",
             "a " + std::string(file.kind) + " is not followed or opened");
  } else if (is_of_withheld) {
    withhold(input, "image-withheld", "no image of its subject or session is released");
  } else if (file.content == ContentKind::sidecar) {
    withhold(input, "sidecar-without-image",
             "it belongs to no image, and is written under its own name alone (--names keep)");
  } else {
    withhold(input, "unknown-format",
             file.problem.empty() ? "neither DICOM nor a known image format"
                                  : without_quotes(file.problem));
  }
}

/// The file that a row of a table names, as it is released; relative to the table's folder.
std::string listed_output(std::string_view table, std::string_view listed, const Context& context) {
  const std::string path = (fs::path(table).parent_path() / listed).lexically_normal().string();
  return context.output_name(path);
}

/// The label of a subject or session as it is released, "sub-" before that of a subject.
std::string listed_label(const std::string& label, const Context& context) {
  if (label.empty() || !context.released->knows_folders()) return {};
  const bool is_whole = label.starts_with("sub-") || label.starts_with("ses-");
  return context.output_name((is_whole ? "" : "sub-") + label);
}

/// Leaves the rows whose images, subjects and sessions are released. A shard does not know what
/// others release: a table of many subjects then waits for efface manifest merge.
std::string settled_or_waiting(sidecar::Cleaned& cleaned, const IndexedFile& file,
                               const std::string& output, const Context& context,
                               audit::InputRecord& record) {
  for (sidecar::ListedRow& row : cleaned.rows) {
    if (!row.file.empty()) row.file = listed_output(file.name(), row.file, context);
    row.label = listed_label(row.label, context);
  }
  const bool is_of_many = bids_label(file.name()).empty();
  if (context.options.shard && is_of_many && !cleaned.rows.empty()) {
    record.awaits_merge = true;
    return sidecar::encode_waiting_table(cleaned);
  }
  sidecar::settle_rows(
      cleaned, [&](const sidecar::ListedRow& row) { return context.released->holds(output, row); });
  return cleaned.content;
}

/// Of what lies in the folder of a subject or session of whom no image is released, nothing is.
bool is_of_withheld_images(const IndexedFile& file, const Context& context) {
  if (context.released == nullptr) return false;
  const std::string output = context.output_name(file.name());
  const std::vector<std::string_view> folders = labelled_folders(output);
  return std::any_of(folders.begin(), folders.end(), [&](std::string_view folder) {
    return context.released->lacks_images_of(folder);
  });
}

/// The names that the JSON beside a compressed table gives its columns.
std::vector<std::string> columns_beside(const std::string& path) {
  const fs::path json = std::string(sidecar::stem_of(path)) + ".json";
  if (!fs::exists(json)) return {};
  return sidecar::columns_of(base::read_text_file(json, largest_sidecar));
}

void write_new(const std::string& content, const fs::path& staged) {
  base::make_directories(staged.parent_path());
  const base::FileDescriptor file = base::create_file(staged);
  base::write_all(file, std::as_bytes(std::span(content)), staged);
}

sidecar::Rules rules_for(const IndexedFile& file, bool lists_others, const Context& context) {
  const std::string_view label = bids_label(file.name());
  const std::string folder = fs::path(file.name()).parent_path().string();
  sidecar::Rules rules{context.options.profile,
                       context.pseudonyms,
                       context.options.text_actions,
                       label.empty() ? folder : "sub-" + std::string(label),
                       {}};
  rules.notes_rows = lists_others && context.released != nullptr;
  if (sidecar::kind_of(file.name()) == sidecar::Kind::tsv_gz) {
    rules.columns = columns_beside(file.path);
  }
  if (context.options.relabel) {
    rules.renamed = [&context](std::string_view path) {
      return relabelled(path, context.pseudonyms);
    };
  }
  return rules;
}

}  // namespace

void describe(const sidecar::Cleaned& cleaned, audit::InputRecord& record) {
  for (const auto& [field, counts] : cleaned.fields) {
    audit::ActionCounts& sums = record.actions[field];
    for (std::size_t a = 0; a < counts.size(); ++a) sums[a] += counts[a];
  }
  for (const auto& [kind, places] : cleaned.text) record.text[kind] += places;
  if (cleaned.rows_dropped == 0) return;
  constexpr auto remove = static_cast<std::size_t>(dicom::Action::remove);
  record.actions["rows of what is not released"][remove] += cleaned.rows_dropped;
}

void clean_sidecar(const IndexedFile& file, const std::string& output, const fs::path& staging,
                   bool lists_others, const Context& context, audit::InputRecord& record) {
  try {
    context.check_cancelled();
    record.sha256 = base::to_hex(digest_file(file.path).sha256);
    if (context.options.dry_run) {
      record.outcome = audit::Outcome::written;
      record.output = output;
      return;
    }
    const std::string content = base::read_text_file(file.path, largest_sidecar);
    sidecar::Cleaned cleaned = sidecar::clean(sidecar::kind_of(file.name()), file.name(), content,
                                              rules_for(file, lists_others, context));
    const fs::path staged = staging / output;
    write_new(settled_or_waiting(cleaned, file, output, context, record), staged);
    const FileDigest digest = digest_file(staged);
    record.outcome = audit::Outcome::written;
    record.output = output;
    record.output_bytes = digest.bytes;
    record.output_sha256 = base::to_hex(digest.sha256);
    describe(cleaned, record);
  } catch (...) {
    record_failure(record);
  }
}

audit::StudyRecord process_others(const StudyFiles& study, const fs::path& staging,
                                  const Context& context) {
  audit::StudyRecord record;
  record.token = study.token;
  for (const IndexedFile& file : study.files) {
    context.check_cancelled();
    audit::InputRecord input = new_record(file, study.token, context);
    const bool is_sidecar = file.content == ContentKind::sidecar;
    const bool is_kept = is_sidecar && context.options.names == Names::keep;
    const bool is_taken = is_kept && file.is_name_taken;
    if (is_kept && !is_taken && !is_of_withheld_images(file, context)) {
      clean_sidecar(file, context.output_name(file.name()), staging, true, context, input);
    } else {
      withhold_other(file, is_kept, input);
      if (is_taken) withhold_taken_name(input);
      if (file.content != ContentKind::not_a_file) {
        try {
          input.sha256 = base::to_hex(digest_file(file.path).sha256);
        } catch (const base::Error& error) {
          input.outcome = audit::Outcome::failed;
          input.reason = "io";
          input.detail = "cannot be read";
        }
      }
    }
    context.observer.file_done(input);
    record.inputs.push_back(std::move(input));
  }
  return record;
}

}  // namespace efface::batch
