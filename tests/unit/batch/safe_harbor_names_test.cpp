// Modules that may not include one another must use the same words: deid counts by them, audit
// lists them, the schema asks for them.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "audit/manifest.h"
#include "audit/totals.h"
#include "deid/table.h"

namespace efface::batch {
namespace {

/// The members of "safe_harbor" in the totals of a run without inputs, sorted.
std::vector<std::string> names_in_totals() {
  std::string text;
  audit::JsonText json(text);
  audit::Totals().write(json);
  std::vector<std::string> names;
  const std::size_t start = text.find("\"safe_harbor\":{");
  if (start == std::string::npos) return names;
  const std::size_t end = text.find('}', start);
  std::size_t quote = text.find('{', start);
  while ((quote = text.find('"', quote)) < end) {
    const std::size_t close = text.find('"', quote + 1);
    names.push_back(text.substr(quote + 1, close - quote - 1));
    quote = close + 1;
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> names_in_deid() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < deid::safe_harbor_count; ++i) {
    const auto identifier = static_cast<deid::SafeHarbor>(i);
    if (identifier != deid::SafeHarbor::none) names.emplace_back(deid::to_string(identifier));
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(SafeHarborNames, AreTheSameInDeidAndInTheManifest) {
  EXPECT_EQ(names_in_deid().size(), 18U) << "45 CFR 164.514(b)(2)(i), A to R";
  EXPECT_EQ(names_in_totals(), names_in_deid());
}

TEST(SafeHarborNames, StandInTheSchema) {
  const std::string schema(audit::manifest_schema());
  for (const std::string& name : names_in_deid()) {
    EXPECT_NE(schema.find('"' + name + '"'), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace efface::batch
