#include "audit/manifest.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <span>
#include <utility>
#include <vector>

#include "audit/manifest_text.h"
#include "audit/totals.h"
#include "base/error.h"
#include "base/file.h"

namespace efface::audit {

namespace {

namespace fs = std::filesystem;

/// A file that appears under its name when it is whole; until then, or when it never is, nothing.
class NewFile {
 public:
  explicit NewFile(fs::path path) : path_(std::move(path)), temporary_(path_) {
    temporary_ += ".partial-" + std::to_string(::getpid());
    ::unlink(temporary_.c_str());
    file_ = base::create_file(temporary_);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (!is_in_place_) ::unlink(temporary_.c_str());
  }

  void write(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= buffer_limit) flush();
  }

  /// All that was written to another new file so far.
  void append(NewFile& other) {
    other.flush();
    flush();
    base::append_file(file_, other.temporary_, temporary_);
  }

  void put_in_place() {
    flush();
    if (::fsync(file_.number()) != 0) {
      throw base::system_error("cannot sync '" + temporary_.string() + "'", errno);
    }
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
      throw base::system_error("cannot rename to '" + path_.string() + "'", errno);
    }
    is_in_place_ = true;
    const fs::path parent = path_.parent_path();
    base::sync_path(parent.empty() ? "." : parent);
  }

 private:
  static constexpr std::size_t buffer_limit = 1 << 20;

  void flush() {
    base::write_all(file_, std::as_bytes(std::span(buffer_)), temporary_);
    buffer_.clear();
  }

  fs::path path_, temporary_;
  base::FileDescriptor file_;
  std::string buffer_;
  bool is_in_place_ = false;
};

/// The items of an array, one a line.
class Lines {
 public:
  void write(NewFile& file, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      file.write(is_first_ ? "\n" : ",\n");
      file.write(line);
      is_first_ = false;
    }
  }

 private:
  bool is_first_ = true;
};

std::string totals_members(const Totals& totals) {
  std::string text;
  JsonText json(text);
  json.key("totals").open('{');
  totals.write(json);
  json.close('}');
  return text;
}

void write_array(JsonText& json, const char* key, const std::vector<std::string>& lines) {
  json.key(key).open('[');
  for (const std::string& line : lines) json.raw(line);
  json.close(']');
}

}  // namespace

ManifestTotals write_manifest(const fs::path& path, const RunHeader& header,
                              const Journal& journal) {
  Totals totals;
  std::vector<std::string> volumes;
  NewFile inputs(fs::path(path) += ".inputs");  // they follow what is known behind the last of them
  Lines input_list;
  journal.for_each_committed([&](const StudyRecord& study) {
    totals.add(study);
    for (std::string& line : volume_lines(study)) volumes.push_back(std::move(line));
    input_list.write(inputs, input_lines(study));
  });
  NewFile file(path);
  file.write("{\n");
  file.write(header_members(header, true, ",\n"));
  file.write(totals_members(totals));
  file.write(",\n\"volumes\":[");
  Lines().write(file, volumes);
  file.write("\n],\n\"inputs\":[");
  file.append(inputs);
  file.write("\n]\n}\n");
  file.put_in_place();
  return {totals.inputs(), totals.count(Outcome::written), totals.count(Outcome::withheld),
          totals.count(Outcome::failed)};
}

std::string to_json(const StudyRecord& study) {
  std::string text;
  JsonText json(text);
  json.open('{').member("study", study.token);
  write_array(json, "volumes", volume_lines(study));
  write_array(json, "inputs", input_lines(study));
  json.close('}');
  return text;
}

std::string canonical_text(const RunHeader& header) {
  return header_members(header, false, "\n");
}

}  // namespace efface::audit
