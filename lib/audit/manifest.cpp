#include "audit/manifest.h"

#include <utility>
#include <vector>

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
