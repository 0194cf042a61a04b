#include "batch/check.h"

#include <array>
#include <exception>
#include <mutex>
#include <string_view>
#include <utility>

#include "batch/check_dicom.h"
#include "batch/check_files.h"
#include "batch/check_sink.h"
#include "batch/context.h"
#include "batch/index.h"
#include "batch/walk.h"
#include "check/file_name.h"
#include "crypto_openssl/crypto.h"
#include "dicom_dcmtk/reader.h"

namespace efface::batch {

namespace {

/// Whether a path lies in a folder that is none of the data set's.
bool is_passed_over(std::string_view name) {
  constexpr std::array<std::string_view, 3> folders{".git", ".datalad", ".efface"};
  for (std::size_t start = 0; start < name.size();) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    const std::string_view part = name.substr(start, end - start);
    if (end < name.size() && std::find(folders.begin(), folders.end(), part) != folders.end()) {
      return true;
    }
    start = end + 1;
  }
  return false;
}

/// The path that the user knows the file by, below the inputs.
void check_name(const IndexedFile& file, CheckSink& sink) {
  findings::Finding finding = check::find_in_name(file.name());
  if (!finding.rule.empty()) sink.add(file.path, std::move(finding));
}

/// Paths as the user named the inputs: relative below relative ones.
class ShownPaths {
 public:
  explicit ShownPaths(const std::vector<std::filesystem::path>& inputs) {
    for (const std::filesystem::path& input : inputs) {
      if (input.is_relative()) relative_.push_back({without_slash(absolute(input)), input});
    }
  }

  std::string operator()(const std::string& path) const {
    for (const auto& [whole, given] : relative_) {
      if (path == whole.native()) return without_slash(given.lexically_normal()).string();
      const bool is_below =
          path.size() > whole.native().size() + 1 && path.starts_with(whole.native() + "/");
      if (!is_below) continue;
      const std::string rest = path.substr(whole.native().size() + 1);
      return (given / rest).lexically_normal().string();
    }
    return path;
  }

 private:
  static std::filesystem::path without_slash(const std::filesystem::path& path) {
    const std::filesystem::path normal = path.lexically_normal();
    return normal.has_filename() ? normal : normal.parent_path();
  }
  std::vector<std::pair<std::filesystem::path, std::filesystem::path>> relative_;
};

void check_study(const StudyFiles& study, const CheckOptions& options, const Context& context,
                 CheckSink& sink) {
  for (const IndexedFile& file : study.files) check_name(file, sink);
  if (study.content == ContentKind::dicom) {
    return check_dicom_study(study, options, context, sink);
  }
  if (study.content == ContentKind::image) return check_image(study, options, context, sink);
  for (const IndexedFile& file : study.files) {
    context.check_cancelled();
    if (file.content == ContentKind::not_a_file) {
      sink.add(file.path, "not-checked", "",
               "a " + std::string(file.kind) + " is not followed or opened");
    } else {
      check_other_file(file, options, context, sink);
    }
  }
}

/// What the parts of a run that a check uses want to know.
RunOptions run_options(const CheckOptions& options) {
  RunOptions run;
  run.inputs = options.inputs;
  run.profile = options.profile;
  run.jobs = options.jobs;
  run.cancelled = options.cancelled;
  return run;
}

/// The studies of one check, in any number of threads; the first error ends it.
class StudyChecker {
 public:
  StudyChecker(const CheckOptions& options, const Context& context, CheckSink& sink)
      : options_(options), context_(context), sink_(sink) {}

  void start(const StudyFiles& study) {
    context_.pool.start([this, &study] {
      if (has_failed()) return;
      try {
        check_study(study, options_, context_, sink_);
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!error_) error_ = std::current_exception();
      }
    });
  }
  bool has_failed() {
    const std::lock_guard lock(mutex_);
    return error_ != nullptr;
  }
  void finish() {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  const CheckOptions& options_;
  const Context& context_;
  CheckSink& sink_;
  std::mutex mutex_;
  std::exception_ptr error_;
};

}  // namespace

CheckResult check(const CheckOptions& options, const face::Networks& networks,
                  burned_in::ReaderPool& text_readers, Observer& observer) {
  dicom_dcmtk::initialise();
  const RunOptions run = run_options(options);
  const deid::Pseudonyms pseudonyms(
      [key = crypto_openssl::random_key()](std::string_view domain, std::string_view value) {
        return crypto_openssl::hmac_sha256(key, domain, value);
      });
  std::vector<FoundFile> found = walk(options.inputs, options.follow_links);
  std::erase_if(found, [](const FoundFile& file) { return is_passed_over(file.name()); });
  CheckResult result;
  const ShownPaths shown(options.inputs);
  for (const FoundFile& file : found) result.files.push_back(shown(file.path));
  std::sort(result.files.begin(), result.files.end());
  observer.files_found(found.size());

  VolumeGate voxels = VolumeGate::for_threads(options.jobs);
  CheckSink sink;
  {
    TaskPool pool(options.jobs);
    const std::vector<StudyFiles> studies = index_files(std::move(found), pseudonyms, pool);
    const Context context{run,     pseudonyms, networks, pool,    observer,
                          nullptr, voxels,     nullptr,  nullptr, &text_readers};
    StudyChecker checker(options, context, sink);
    for (const StudyFiles& study : studies) {
      if (checker.has_failed()) break;
      checker.start(study);
      pool.wait_below(options.jobs + 1);
    }
    pool.wait_below(1);
    checker.finish();
    context.check_cancelled();
  }
  result.findings = sink.take(shown);
  return result;
}

}  // namespace efface::batch
