#include "text/recognisers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "base/error.h"
#include "tests/support/errors.h"

namespace efface::text {
namespace {

std::vector<std::string> found(const std::string& recogniser, const std::string& text) {
  const FoldedText folded(text);
  std::vector<std::string> pieces;
  std::size_t begin = 0, end = 0;
  for (const Finding& finding : Recognisers::built_in().find_with(recogniser, folded)) {
    if (pieces.empty() || folded.source_of(finding.begin) >= end) {
      begin = folded.source_of(finding.begin);
      pieces.emplace_back();
    }  // else another pattern's, of the same place
    end = std::max(end, folded.source_end(finding.end));
    pieces.back() = text.substr(begin, end - begin);
  }
  return pieces;
}

TEST(Recognisers, EveryExampleInTheDataHolds) {
  const auto examples = Recognisers::built_in().examples();
  EXPECT_GT(examples.size(), 250U);
  for (const Recognisers::Example& example : examples) {
    EXPECT_EQ(found(example.recogniser, example.text), example.found)
        << example.recogniser << ": " << example.text;
  }
}

TEST(Recognisers, EachHasBothKindsOfExamplesAndAName) {
  std::map<std::string, int> positive, negative;
  for (const auto& example : Recognisers::built_in().examples()) {
    ++(example.found.empty() ? negative : positive)[example.recogniser];
  }
  const auto names = Recognisers::built_in().names();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  for (const std::string& name : names) {
    EXPECT_GT(positive[name], 0) << name;
    EXPECT_GT(negative[name], 0) << name;
  }
}

TEST(Recognisers, FindsEveryExampleAmongAllOthers) {
  for (const auto& example : Recognisers::built_in().examples()) {
    const FoldedText folded(example.text);
    std::vector<Finding> findings;
    Recognisers::built_in().find(folded, Actions(), findings);
    for (const std::string& piece : example.found) {
      const std::size_t begin = example.text.find(piece);
      const bool is_found = std::any_of(findings.begin(), findings.end(), [&](const Finding& f) {
        return folded.source_of(f.begin) <= begin &&
               folded.source_end(f.end) >= begin + piece.size();
      });
      EXPECT_TRUE(is_found) << example.recogniser << ": " << example.text;
    }
  }
}

TEST(Recognisers, DoNotLookForWhatIsKept) {
  Actions actions;
  actions.set(Entity::email, EntityAction::keep);
  std::vector<Finding> findings;
  Recognisers::built_in().find(FoldedText("a@b.org"), actions, findings);
  for (const Finding& finding : findings) EXPECT_NE(finding.entity, Entity::email);
}

base::Fault fault_of_data(std::string_view data) {
  return support::fault_of([&] { Recognisers recognisers({data}); });
}

TEST(Recognisers, RefuseDataThatTheyDoNotUnderstand) {
  EXPECT_EQ(fault_of_data("{"), base::Fault::bad_input);
  EXPECT_EQ(fault_of_data("{}"), base::Fault::bad_input);
  const auto with = [](const std::string& entity, const std::string& pattern,
                       const std::string& more) {
    return R"({"recognisers": [{"name": "x", "entity": ")" + entity + R"(", "patterns": [")" +
           pattern + R"("])" + more + "}]}";
  };
  EXPECT_EQ(fault_of_data(with("thing", "a", "")), base::Fault::bad_input);
  for (const char* pattern : {"a+", "a*", "a{2,}", "(", "{{none}}", "[a]b*"}) {
    EXPECT_EQ(fault_of_data(with("date", pattern, "")), base::Fault::bad_input) << pattern;
  }
  EXPECT_EQ(fault_of_data(with("date", "a", R"(, "check": "none")")), base::Fault::bad_input);
  EXPECT_EQ(fault_of_data(with("date", "a", R"(, "edges": "sharp")")), base::Fault::bad_input);
  EXPECT_EQ(fault_of_data(with("date", "a", R"(, "positive": ["a"])")), base::Fault::bad_input);
  EXPECT_NO_THROW(Recognisers({with("date", "[+*]a", "")}));
}

TEST(Recognisers, TimeIsLinearInHostileText) {
  const auto start = std::chrono::steady_clock::now();
  for (const char* unit : {"a", "1", "1 ", "1-", "1.", "@", "a@", "a.", ":", "\xC3\xA4", "00 ",
                           "jan ", "1/1/", "[[", "street ", "\n"}) {
    std::string text;
    while (text.size() < 100'000) text += unit;
    std::vector<Finding> findings;
    Recognisers::built_in().find(FoldedText(text), Actions(), findings);
  }
  const auto took = std::chrono::steady_clock::now() - start;
  RecordProperty(
      "milliseconds",
      static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  EXPECT_LT(took, std::chrono::seconds(60));
}

}  // namespace
}  // namespace efface::text
