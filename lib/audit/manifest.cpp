#include "audit/manifest.h"

#include <utility>
#include <vector>

#include "audit/in_order.h"
#include "audit/manifest_text.h"
#include "audit/new_file.h"
#include "audit/totals.h"

namespace efface::audit {

namespace {

namespace fs = std::filesystem;

void write_array(JsonText& json, const char* key, const std::vector<std::string>& lines) {
  json.key(key).open('[');
  for (const std::string& line : lines) json.raw(line);
  json.close(']');
}

/// What the manifest says of one study.
struct StudyText {
  Totals totals;
  std::vector<std::string> volumes, inputs;
};

}  // namespace

ManifestTotals write_manifest(const fs::path& path, const RunHeader& header, const Journal& journal,
                              std::size_t threads) {
  Totals totals;
  std::vector<std::string> volumes;
  NewFile inputs(fs::path(path) += ".inputs");  // they follow what is known behind the last of them
  Lines input_list;
  const std::vector<std::string> tokens = journal.committed_tokens();
  const auto describe = [&](std::size_t i) {
    const StudyRecord study = journal.committed_record(tokens[i]);
    StudyText text{{}, volume_lines(study), input_lines(study)};
    text.totals.add(study);
    return text;
  };
  in_order(tokens.size(), threads, describe, [&](StudyText text) {
    totals.add(text.totals);
    for (std::string& line : text.volumes) volumes.push_back(std::move(line));
    input_list.write(inputs, text.inputs);
  });
  NewFile file(path);
  file.write("{\n");
  file.write(header_members(header, true, ",\n"));
  file.write("\"totals\":" + totals.text());
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
