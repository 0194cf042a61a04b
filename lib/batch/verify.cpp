#include "batch/verify.h"

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>
#include <unordered_set>

#include "audit/manifest_reader.h"
#include "audit/totals.h"
#include "base/error.h"
#include "base/file.h"
#include "batch/sign.h"
#include "batch/staging.h"

namespace efface::batch {

namespace fs = std::filesystem;

namespace {

constexpr const char* manifest_name = "manifest.json";
constexpr const char* own_folder = ".efface";

/// Relative, without dots, in the one way in which it can be written.
bool is_plain(const fs::path& path) {
  return !path.empty() && path.is_relative() && path == path.lexically_normal() &&
         path.has_filename() && *path.begin() != ".." && *path.begin() != own_folder;
}

class Verification {
 public:
  Verification(const fs::path& directory, const std::atomic<bool>& cancelled,
               const std::function<void(const VerifyFinding&)>& found)
      : directory_(directory), cancelled_(cancelled), found_(found) {}

  void check_manifest(const crypto_openssl::PublicKey* public_key) {
    const fs::path path = directory_ / manifest_name;
    if (!fs::is_regular_file(fs::symlink_status(path))) {
      return report("manifest-missing", manifest_name);
    }
    const base::MappedFile file(path);
    if (public_key != nullptr) check_signature(file, *public_key);
    const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()),
                                file.bytes().size());
    try {
      check_records(text);
    } catch (const base::Error& error) {
      if (error.fault() != base::Fault::bad_input) throw;
      report("manifest-damaged", manifest_name);
    }
  }

  void check_nothing_extra() {
    for (fs::recursive_directory_iterator i(directory_), end; i != end; ++i) {
      check_cancelled();
      const std::string path = i->path().lexically_relative(directory_).string();
      const bool is_directory = fs::is_directory(i->symlink_status());
      if (path == own_folder) {
        i.disable_recursion_pending();
      } else if (is_directory ? !folders_.contains(path) : !files_.contains(path)) {
        report("extra", path);
      }
    }
    check_own_folder();
  }

  const VerifyResult& result() const { return result_; }

 private:
  void check_signature(const base::MappedFile& manifest, const crypto_openssl::PublicKey& key) {
    const fs::path path = signature_path(directory_ / manifest_name);
    const std::string name = path.filename().string();
    if (!fs::is_regular_file(fs::symlink_status(path))) return report("signature-missing", name);
    const base::MappedFile file(path);
    const std::string_view signature(reinterpret_cast<const char*>(file.bytes().data()),
                                     file.bytes().size());
    if (!key.has_signed(manifest.bytes(), signature)) report("signature-wrong", name);
  }

  void check_records(std::string_view text) {
    audit::ManifestReader reader(text, manifest_name);
    audit::Totals totals;
    std::unordered_set<std::string> studies;
    for (std::string_view line; reader.next_volume(line);) totals.add(audit::read_volume(line));
    for (std::string_view line; reader.next_input(line);) {
      check_cancelled();
      const audit::InputRecord input = audit::read_input(line);
      totals.add(input);
      if (studies.insert(input.study).second) totals.add_study();
      if (!input.output.empty()) check_output(input);
    }
    if (totals.text() != reader.totals()) report("totals-disagree", manifest_name);
  }

  void check_output(const audit::InputRecord& input) {
    if (!is_plain(input.output)) return report("bad-path", input.output);
    ++result_.outputs;
    if (files_.contains(input.output)) return report("doubled", input.output);
    remember(input.output);
    const fs::path path = directory_ / input.output;
    const fs::file_status status = fs::symlink_status(path);
    if (!fs::exists(status)) return report("missing", input.output);
    if (!fs::is_regular_file(status)) return report("not-a-file", input.output);
    const FileDigest digest = digest_file(path);
    result_.bytes += digest.bytes;
    if (digest.bytes != input.output_bytes || base::to_hex(digest.sha256) != input.output_sha256) {
      report("changed", input.output);
    }
  }

  void remember(const fs::path& output) {
    files_.insert(output.string());
    for (fs::path d = output.parent_path(); !d.empty(); d = d.parent_path()) {
      if (!folders_.insert(d.string()).second) break;
    }
  }

  /// Journals may stay; outputs that were never released may not.
  void check_own_folder() {
    const fs::path own = directory_ / own_folder;
    std::error_code none;
    for (fs::recursive_directory_iterator i(own, none), end; i != end; ++i) {
      if (i->path().filename() == "staging" && !fs::is_empty(i->path())) {
        i.disable_recursion_pending();
        report("unfinished", i->path().lexically_relative(directory_).string());
      }
    }
  }

  void report(const std::string& kind, const std::string& path) {
    ++result_.findings;
    found_({kind, path});
  }

  void check_cancelled() const {
    if (cancelled_.load()) throw base::Error(base::Fault::cancelled, "interrupted");
  }

  fs::path directory_;
  const std::atomic<bool>& cancelled_;
  const std::function<void(const VerifyFinding&)>& found_;
  VerifyResult result_;
  std::unordered_set<std::string> files_{manifest_name, std::string(manifest_name) + ".sig"};
  std::unordered_set<std::string> folders_;
};

}  // namespace

VerifyResult verify_outputs(const fs::path& directory, const crypto_openssl::PublicKey* public_key,
                            const std::atomic<bool>& cancelled,
                            const std::function<void(const VerifyFinding&)>& found) {
  if (!fs::is_directory(directory)) {
    throw base::Error(base::Fault::io, "'" + directory.string() + "' is not a directory");
  }
  try {
    Verification verification(directory, cancelled, found);
    verification.check_manifest(public_key);
    verification.check_nothing_extra();
    return verification.result();
  } catch (const fs::filesystem_error& error) {
    throw base::system_error("cannot read '" + error.path1().string() + "'", error.code().value());
  }
}

}  // namespace efface::batch
