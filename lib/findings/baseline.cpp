#include "findings/baseline.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "findings/plain_text.h"

namespace efface::findings {

using Json = nlohmann::ordered_json;

Baseline::Baseline(std::string_view json) {
  const base::Error wrong(base::Fault::usage, "the baseline is none of efface check",
                          "write one with --write-baseline FILE");
  try {
    const Json file = Json::parse(json);
    if (file.at("format") != "efface-check-baseline-1") throw wrong;
    for (const Json& known : file.at("known")) {
      known_.emplace(known.at("rule"), bytes_of(known.at("path").get<std::string>()),
                     known.at("place"));
    }
  } catch (const Json::exception&) {
    throw wrong;
  }
}

std::string baseline_text(const std::vector<Finding>& findings) {
  Json known = Json::array();
  for (const Finding& finding : findings) {
    known.push_back(
        {{"rule", finding.rule}, {"path", uri_of(finding.path)}, {"place", finding.place}});
  }
  const Json file{{"format", "efface-check-baseline-1"}, {"known", std::move(known)}};
  return file.dump(1) + "\n";
}

}  // namespace efface::findings
