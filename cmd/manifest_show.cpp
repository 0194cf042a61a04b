#include "cmd/manifest_show.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "audit/manifest_reader.h"
#include "base/file.h"
#include "cmd/exit_codes.h"

namespace efface::cmd {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using audit::ManifestReader;

struct OpenManifest {
  explicit OpenManifest(const fs::path& path)
      : file(path),
        reader({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()},
               path.string()) {}
  base::MappedFile file;
  ManifestReader reader;
};

Json head_of(const ManifestReader& reader) {
  Json json = Json::object();
  for (const auto& [key, value] : reader.head()) json[key] = Json::parse(value);
  json["totals"] = Json::parse(reader.totals());
  return json;
}

/// {"a":{"b":1}} as lines "a.b 1".
void print_flat(const std::string& name, const Json& json) {
  if (json.is_object() && !json.empty()) {
    for (const auto& [key, value] : json.items()) {
      print_flat(name.empty() ? key : name + "." + key, value);
    }
    return;
  }
  fmt::print("{} {}\n", name, json.is_string() ? json.get<std::string>() : json.dump());
}

/// One kind of records of a manifest, in its order.
class Records {
 public:
  using Next = bool (ManifestReader::*)(std::string_view&);
  Records(ManifestReader& reader, Next next) : reader_(reader), next_(next) { advance(); }

  bool is_at_end() const { return !order_; }
  const audit::RecordOrder& order() const { return *order_; }
  std::string_view line() const { return line_; }
  void advance() {
    order_.reset();
    if ((reader_.*next_)(line_)) order_ = audit::order_of(line_);
  }

 private:
  ManifestReader& reader_;
  Next next_;
  std::string_view line_;
  std::optional<audit::RecordOrder> order_;
};

class Difference {
 public:
  explicit Difference(bool as_json) : as_json_(as_json) {}

  void heads(const Json& before, const Json& after) {
    std::set<std::string> keys;
    for (const Json* json : {&before, &after}) {
      for (const auto& [key, value] : json->items()) keys.insert(key);
    }
    for (const std::string& key : keys) {
      const Json old = before.value(key, Json()), now = after.value(key, Json());
      if (old == now) continue;
      if (old.is_object() && now.is_object()) {
        members(key, old, now);
      } else {
        report("head", key, {}, old.dump(), now.dump());
      }
    }
  }

  void records(const char* what, Records before, Records after) {
    while (!before.is_at_end() || !after.is_at_end()) {
      if (after.is_at_end() || (!before.is_at_end() && before.order() < after.order())) {
        report(what, before.order().first, before.order().second, "present", "absent");
        before.advance();
      } else if (before.is_at_end() || after.order() < before.order()) {
        report(what, after.order().first, after.order().second, "absent", "present");
        after.advance();
      } else {
        if (before.line() != after.line()) record(what, before, after);
        before.advance();
        after.advance();
      }
    }
  }

  int finish() const {
    if (as_json_) fmt::print("{}\n", all_.dump(1));
    return count_ == 0 ? exit_ok : exit_incomplete;
  }

 private:
  void members(const std::string& name, const Json& old, const Json& now) {
    for (const auto& [key, value] : now.items()) {
      const Json other = old.value(key, Json());
      if (other != value) report("head", name + "." + key, {}, other.dump(), value.dump());
    }
    for (const auto& [key, value] : old.items()) {
      if (!now.contains(key)) report("head", name + "." + key, {}, value.dump(), "null");
    }
  }

  void record(const char* what, const Records& before, const Records& after) {
    const Json old = Json::parse(before.line()), now = Json::parse(after.line());
    std::string changed;
    for (const Json* json : {&old, &now}) {
      for (const auto& [key, value] : json->items()) {
        if (old.value(key, Json()) == now.value(key, Json())) continue;
        if (changed.find(key) == std::string::npos) changed += (changed.empty() ? "" : ",") + key;
      }
    }
    report(what, before.order().first, before.order().second, "differs", changed);
  }

  void report(const char* what, const std::string& first, const std::string& second,
              const std::string& before, const std::string& after) {
    ++count_;
    if (as_json_) {
      Json json{{"what", what}, {"name", first}};
      if (!second.empty()) json["token"] = second;
      json["before"] = before;
      json["after"] = after;
      all_.push_back(std::move(json));
    } else {
      fmt::print("{} {}{}{}: {} -> {}\n", what, first, second.empty() ? "" : " ", second, before,
                 after);
    }
  }

  bool as_json_;
  std::size_t count_ = 0;
  Json all_ = Json::array();
};

}  // namespace

int show_manifest(const fs::path& manifest, bool as_json) {
  OpenManifest open(manifest);
  const Json head = head_of(open.reader);
  for (std::string_view line; open.reader.next_input(line);) continue;  // whole, or an error
  if (as_json) {
    fmt::print("{}\n", head.dump(1));
  } else {
    print_flat("", head);
  }
  return exit_ok;
}

int diff_manifests(const fs::path& before, const fs::path& after, bool as_json) {
  OpenManifest old(before), now(after);
  Difference difference(as_json);
  difference.heads(head_of(old.reader), head_of(now.reader));
  difference.records("volume", Records(old.reader, &ManifestReader::next_volume),
                     Records(now.reader, &ManifestReader::next_volume));
  difference.records("input", Records(old.reader, &ManifestReader::next_input),
                     Records(now.reader, &ManifestReader::next_input));
  return difference.finish();
}

}  // namespace efface::cmd
