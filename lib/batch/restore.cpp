#include "batch/restore.h"

#include <unistd.h>

#include <cstdio>
#include <system_error>

#include "base/file.h"
#include "batch/envelope.h"
#include "batch/walk.h"
#include "dicom_dcmtk/originals.h"
#include "dicom_dcmtk/reader.h"

namespace efface::batch {

namespace fs = std::filesystem;
using base::Error;
using base::Fault;

namespace {

/// Where a file goes below the output: its path below the input that is a directory, or its name.
fs::path place_of(const FoundFile& file, bool is_input_itself) {
  const fs::path name(file.name());
  if (is_input_itself) return name;
  fs::path below;
  for (auto part = std::next(name.begin()); part != name.end(); ++part) below /= *part;
  return below;
}

void move_into_place(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    throw base::system_error("cannot rename to '" + to.string() + "'", errno);
  }
  base::sync_path(to.parent_path());
}

void restore_file(const fs::path& path, const fs::path& destination,
                  const crypto_openssl::PrivateKey& key) {
  dicom_dcmtk::DicomFile file(path);
  std::string originals = open_originals(file, key);
  if (fs::exists(fs::symlink_status(destination))) {
    throw Error(Fault::usage, "'" + destination.string() + "' is there already",
                "choose a new output directory");
  }
  fs::create_directories(destination.parent_path());
  fs::path partial = destination;
  partial += ".partial-" + std::to_string(::getpid());
  try {
    dicom_dcmtk::write_restored(file, originals, partial);
    base::sync_path(partial);
    move_into_place(partial, destination);
  } catch (...) {
    std::error_code ignored;
    fs::remove(partial, ignored);
    crypto_openssl::wipe(originals);
    throw;
  }
  crypto_openssl::wipe(originals);
}

}  // namespace

RestoreResult restore(const RestoreOptions& options, const crypto_openssl::PrivateKey& key,
                      const std::function<void(const std::string&, const Error&)>& failed) {
  dicom_dcmtk::initialise();
  refuse_overlap(options.inputs, options.output);
  RestoreResult result;
  for (const FoundFile& file : walk(options.inputs, false)) {
    if (options.cancelled != nullptr && options.cancelled->load()) {
      throw Error(Fault::cancelled, "interrupted");
    }
    const bool is_input_itself = fs::path(file.name()).parent_path().empty();
    try {
      if (file.kind == FileKind::unreadable) throw Error(Fault::io, "it cannot be read");
      const bool is_dicom =
          file.kind == FileKind::regular && dicom_dcmtk::looks_like_dicom(file.path);
      if (!is_dicom && !is_input_itself) {
        ++result.skipped;
        continue;
      }
      if (!is_dicom) throw Error(Fault::bad_input, "not a DICOM file");
      restore_file(file.path, options.output / place_of(file, is_input_itself), key);
      ++result.restored;
    } catch (const Error& error) {
      if (error.fault() == Fault::no_space || error.fault() == Fault::internal) throw;
      ++result.failed;
      failed(file.path, error);
    } catch (const fs::filesystem_error& error) {
      ++result.failed;
      failed(file.path,
             base::system_error("its place in the output cannot be made", error.code().value()));
    }
  }
  return result;
}

}  // namespace efface::batch
