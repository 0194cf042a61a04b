#include "batch/run.h"

#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "audit/journal.h"
#include "base/error.h"
#include "batch/committer.h"
#include "batch/context.h"
#include "batch/dicom_study.h"
#include "batch/image_study.h"
#include "batch/index.h"
#include "batch/input_watch.h"
#include "batch/instance.h"
#include "batch/lease.h"
#include "batch/maps_folder.h"
#include "batch/others.h"
#include "batch/qc_folder.h"
#include "batch/released.h"
#include "batch/shard.h"
#include "batch/sign.h"
#include "batch/staging.h"
#include "batch/taken_names.h"
#include "crypto_openssl/crypto.h"
#include "dicom_dcmtk/reader.h"

namespace efface::batch {

namespace {

/// Passes calls on one at a time.
class SerialObserver : public Observer {
 public:
  explicit SerialObserver(Observer& next) : next_(next) {}
  void files_found(std::uint64_t n) override {
    call([&] { next_.files_found(n); });
  }
  void studies_found(std::uint64_t n) override {
    call([&] { next_.studies_found(n); });
  }
  void file_done(const audit::InputRecord& r) override {
    call([&] { next_.file_done(r); });
  }
  void study_done(const audit::StudyRecord& r, bool before) override {
    call([&] { next_.study_done(r, before); });
  }
  void study_planned(const audit::StudyRecord& r) override {
    call([&] { next_.study_planned(r); });
  }
  void message(const std::string& text) override {
    call([&] { next_.message(text); });
  }

 private:
  template <class Call>
  void call(const Call& body) {
    const std::lock_guard lock(mutex_);
    body();
  }
  Observer& next_;
  std::mutex mutex_;
};

using InputSet = std::set<std::pair<std::string, std::uint64_t>>;  // token, bytes

/// What a journal says was finished, and what of it is worth another try.
struct Earlier {
  std::map<std::string, InputSet> finished;
};

bool deserves_retry(const audit::StudyRecord& study) {
  for (const audit::InputRecord& input : study.inputs) {
    if (!input.output.empty()) return false;
  }
  for (const audit::InputRecord& input : study.inputs) {
    if (input.outcome == audit::Outcome::failed && input.reason != "bad-input") return true;
  }
  return false;
}

Earlier take_up(audit::Journal& journal, const OutputTree& tree, Observer& observer,
                Released& released) {
  for (const auto& [token, study] : journal.earlier().prepared) {
    tree.commit(study);  // staged and synced when the run was killed: only the renames are missing
    journal.committed(token);
    tree.discard(token);
  }
  Earlier earlier;
  journal.for_each_committed([&](const audit::StudyRecord& study) {
    if (deserves_retry(study)) return;
    InputSet& inputs = earlier.finished[study.token];
    for (const audit::InputRecord& input : study.inputs) inputs.insert({input.token, input.bytes});
    released.add(study);
    observer.study_done(study, true);
  });
  return earlier;
}

void refuse_changed_inputs(const Earlier& earlier, const std::vector<StudyFiles>& studies) {
  for (const StudyFiles& study : studies) {
    const auto finished = earlier.finished.find(study.token);
    if (finished == earlier.finished.end()) continue;
    InputSet now;
    for (const IndexedFile& file : study.files) now.insert({file.token, file.bytes});
    if (now != finished->second) {
      throw base::Error(base::Fault::usage,
                        "the inputs of study " + study.token +
                            " differ from those that its outputs were made from",
                        "write to a new output directory");
    }
  }
}

template <class Visit>
void for_each_file(const std::vector<StudyFiles>& studies, const Visit& visit) {
  for (const StudyFiles& study : studies) {
    for (const IndexedFile& file : study.files) visit(file);
  }
}

audit::StudyRecord process(const StudyFiles& study, const std::filesystem::path& staging,
                           const Context& context) {
  switch (study.content) {
    case ContentKind::dicom:
      return process_dicom_study(study, staging, context);
    case ContentKind::image:
      return process_image(study, staging, context);
    case ContentKind::companion:
    case ContentKind::sidecar:
    case ContentKind::other:
    case ContentKind::not_a_file:
      break;
  }
  return process_others(study, staging, context);
}

/// The record of a study that could not be written.
audit::StudyRecord unwritten(const StudyFiles& study, const base::Error& error,
                             const Context& context) {
  audit::StudyRecord record;
  record.token = study.token;
  for (const IndexedFile& file : study.files) {
    record.inputs.push_back(new_record(file, study.token, context));
  }
  return refused_by_disk(std::move(record), error);
}

/// The record of a study of which a file changed while it was read.
audit::StudyRecord disturbed(const StudyFiles& study, const Context& context) {
  audit::StudyRecord record;
  record.token = study.token;
  for (const IndexedFile& file : study.files) {
    audit::InputRecord& input = record.inputs.emplace_back(new_record(file, study.token, context));
    input.outcome = audit::Outcome::failed;
    input.reason = "input-changed";
    input.detail = "a file of the study changed or could not be read while the study was handled";
  }
  return record;
}

/// The studies of one run, in any number of threads.
class StudyRunner {
 public:
  /// Without a committer nothing is written: a dry run.
  StudyRunner(const Context& context, Committer* committer, Released& released)
      : context_(context), committer_(committer), released_(released) {}

  void start(const StudyFiles& study) {
    context_.pool.start([this, &study] {
      if (is_stopping()) return;
      try {
        if (committer_ == nullptr) {
          const audit::StudyRecord planned = process(study, {}, context_);
          released_.add(planned);
          context_.observer.study_planned(planned);
        } else {
          write(study);
        }
      } catch (...) {
        stop(std::current_exception());
      }
    });
  }

  bool is_stopping() {
    const std::lock_guard lock(mutex_);
    return error_ != nullptr || (committer_ != nullptr && committer_->has_failed());
  }

  /// When all started studies are done.
  void finish() {
    if (committer_ != nullptr) committer_->finish();
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void write(const StudyFiles& study) {
    try {
      const InputWatch watch(study);
      audit::StudyRecord record = process(study, context_.output->begin(study.token), context_);
      if (!watch.is_undisturbed()) {
        context_.output->discard(study.token);
        context_.observer.message("study " + study.token +
                                  ": an input changed, or could not be read");
        record = disturbed(study, context_);
      }
      if (failed_in_passing(study, record)) {
        throw base::Error(base::Fault::io, "an output could not be written",
                          "run the same command again: it tries again");
      }
      released_.add(record);
      committer_->add(std::move(record));
    } catch (const base::Error& error) {
      context_.output->discard(study.token);
      if (error.fault() != base::Fault::no_space && error.fault() != base::Fault::io) throw;
      context_.observer.message("study " + study.token + ": " + error.what());
      committer_->add(unwritten(study, error, context_));
    }
  }

  void stop(std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
  }

  const Context& context_;
  Committer* committer_;
  Released& released_;
  std::mutex mutex_;
  std::exception_ptr error_;
};

/// What two runs must share to be one: everything but the pace, and what changes no output.
std::string run_digest(audit::RunHeader header) {
  for (const char* pace : audit::pace_options) header.options.erase(pace);
  const std::string text = audit::canonical_text(header);
  return base::to_hex(crypto_openssl::sha256(std::as_bytes(std::span(text))));
}

}  // namespace

RunResult run(const RunOptions& options, const face::Networks& networks,
              burned_in::ReaderPool& text_readers, Observer& caller) {
  dicom_dcmtk::initialise();
  const bool has_qc = !options.qc.empty() && !options.dry_run;
  if (!options.dry_run) refuse_overlap(options.inputs, options.output);
  if (has_qc) {
    refuse_overlap(options.inputs, options.output, options.qc, "folder for pictures");
  }
  if (!options.maps.empty() && !options.dry_run) {
    refuse_overlap(options.inputs, options.output, options.maps, "folder for maps");
    if (has_qc) refuse_overlap({options.qc}, options.output, options.maps, "folder for maps");
  }
  SerialObserver observer(caller);
  const deid::Pseudonyms pseudonyms(
      [key = options.key](std::string_view domain, std::string_view value) {
        return crypto_openssl::hmac_sha256(key, domain, value);
      });
  audit::RunHeader header = options.header;
  header.key_is_random = options.key_is_random;
  header.key_fingerprint =
      base::to_hex(crypto_openssl::hmac_sha256(options.key, "fingerprint", ""), 8);

  std::optional<OutputTree> tree;
  std::unique_ptr<Lease> lease;
  std::unique_ptr<audit::Journal> journal;
  Earlier earlier;
  Released released;
  if (!options.dry_run) {
    tree.emplace(options.output, options.names, options.shard);
    claim_output(tree->root(), run_digest(header), options.shard ? options.shard->count : 0);
    lease = std::make_unique<Lease>(tree->own_folder(), options.cancelled);
    tree->remove_leftovers();
    journal = std::make_unique<audit::Journal>(tree->journal_path(), run_digest(header));
    earlier = take_up(*journal, *tree, observer, released);
  }

  std::optional<QcFolder> qc;
  if (has_qc) {
    qc.emplace(options, header, run_digest(header).substr(0, 16), observer);
    qc->write_page(*journal, false);
  }

  std::optional<MapsFolder> maps;
  if (journal && !options.maps.empty()) {
    maps.emplace(options, run_digest(header));
    maps->require_all(*journal);
  }

  VolumeGate voxels = VolumeGate::for_threads(options.jobs);
  std::vector<StudyFiles> studies;
  {
    TaskPool pool(options.jobs);
    std::vector<FoundFile> found = walk(options.inputs, options.follow_links);
    observer.files_found(found.size());
    studies = index_files(std::move(found), pseudonyms, pool);
    const auto output_name = [&](const IndexedFile& file) {
      return options.relabel ? relabelled(file.name(), pseudonyms) : std::string(file.name());
    };
    for_each_file(studies, [&](const IndexedFile& f) { released.found(f.name()); });
    if (options.names == Names::keep) mark_taken_names(studies, output_name);
    if (options.shard) {
      header.shard = shard_record(studies, *options.shard);
      keep_shard(studies, *options.shard, pseudonyms);
    }
    for_each_file(studies, [&](const IndexedFile& f) {
      const bool is_image = f.content == ContentKind::dicom || f.content == ContentKind::image;
      if (is_image) released.expect(output_name(f));
    });
    observer.studies_found(studies.size());
    refuse_changed_inputs(earlier, studies);
    const Context context{options,
                          pseudonyms,
                          networks,
                          pool,
                          observer,
                          tree ? &*tree : nullptr,
                          voxels,
                          qc ? &*qc : nullptr,
                          maps ? &*maps : nullptr,
                          &text_readers,
                          &released};
    std::optional<Committer> committer;
    if (journal) {
      committer.emplace(*tree, *journal, observer, 2 * options.jobs,
                        [&] { lease->require_held(); });
    }
    StudyRunner runner(context, committer ? &*committer : nullptr, released);
    std::uint32_t turn = 0;
    for (const StudyFiles& study : studies) {
      if (earlier.finished.contains(study.token)) continue;
      const bool is_cancelled = options.cancelled != nullptr && options.cancelled->load();
      if (is_cancelled || runner.is_stopping()) break;
      if (study.turn != turn) pool.wait_below(1);
      turn = study.turn;
      runner.start(study);
      pool.wait_below(options.jobs + 1);
    }
    pool.wait_below(1);
    runner.finish();
    context.check_cancelled();
  }

  RunResult result;
  if (journal) {
    const face::DeviceReport device = networks.head.device();
    header.device = device.device;
    header.device_reason = device.reason;
    if (maps) maps->write_maps(*journal);
    lease->require_held();
    remove_signature(tree->manifest_path());
    result.totals = audit::write_manifest(tree->manifest_path(), header, *journal, options.jobs);
    if (options.signing_key) sign_manifest(tree->manifest_path(), *options.signing_key);
    tree->finish();
    if (qc) qc->write_page(*journal, true);
  }
  return result;
}

}  // namespace efface::batch
