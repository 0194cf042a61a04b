#include "burned_in/find_text.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/support/block_letters.h"

namespace efface::burned_in::test {
namespace {

using efface::test::draw;
using efface::test::plain;

/// Reads the words that it is told to see on a page (of an enlarged picture), and one on a line.
class ScriptedReader : public TextReader {
 public:
  std::vector<Word> read(const Picture&, Layout layout) override {
    ++(layout == Layout::line ? lines : pages);
    return layout == Layout::line ? line : page;
  }
  void see(const Box& box, double confidence, const std::string& text) {
    page.push_back({{2 * box.x, 2 * box.y, 2 * box.width, 2 * box.height},
                    confidence,
                    base::Phi<std::string>(text)});
  }
  void see_line(double confidence, const std::string& text) {
    line = {{{0, 0, 10, 10}, confidence, base::Phi<std::string>(text)}};
  }
  std::vector<Word> page, line;
  int pages = 0, lines = 0;
};

std::vector<Box> boxes_of(const std::vector<FoundText>& found) {
  std::vector<Box> boxes;
  for (const FoundText& text : found) boxes.push_back(text.box);
  return boxes;
}

TEST(FindText, BelievesSureWordsAndGivesThemAMargin) {
  ScriptedReader reader;
  const Box word{50, 50, 60, 12};
  reader.see(word, 92, "Garrison");
  const auto found = find_text(plain(300, 200, 0), reader, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].by, FoundText::By::reader);
  EXPECT_EQ(covered_part(grown(word, 2, 300, 200), boxes_of(found)), 1);
  EXPECT_LT(found[0].box.area(), 3 * word.area());
}

TEST(FindText, LeavesALoneCharacterAndWhatIsOnlyGuessed) {
  ScriptedReader reader;
  reader.see({50, 50, 10, 12}, 96, "R");
  reader.see({150, 50, 20, 12}, 40, "se");
  reader.see({50, 150, 40, 12}, 90, "~.-");
  EXPECT_TRUE(find_text(plain(300, 200, 0), reader, {}).empty());
}

TEST(FindText, KnowsTheWordsOfTheHeader) {
  ScriptedReader reader;
  reader.see({50, 50, 60, 12}, 3, "GARRlSON,");
  EXPECT_TRUE(find_text(plain(300, 200, 0), reader, {}).empty());
  EXPECT_EQ(find_text(plain(300, 200, 0), reader, {{}, {"GARRISON"}}).size(), 1U);
}

TEST(FindText, TakesDoubtfulNeighboursAlong) {
  ScriptedReader reader;
  reader.see({50, 50, 60, 12}, 92, "Garrison");
  reader.see({120, 50, 10, 12}, 10, "O");
  reader.see({50, 150, 10, 12}, 10, "O");
  EXPECT_EQ(find_text(plain(300, 200, 0), reader, {}).size(), 2U);
}

TEST(FindText, LooksCloserAtRowsThatThePageDidNotShow) {
  Picture picture = plain(300, 200, 0);
  const Box text = draw(picture, 30, 90, "TOR 74", 200);
  ScriptedReader reader;
  reader.see_line(70, "TOR74");
  const auto found = find_text(picture, reader, {});
  EXPECT_GE(reader.lines, 1);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].by, FoundText::By::reader);
  EXPECT_EQ(covered_part(text, boxes_of(found)), 1);
}

TEST(FindText, BlanksPrintThatNobodyCanRead) {
  Picture picture = plain(300, 200, 0);
  const Box text = draw(picture, 30, 90, "GARRISON", 200);
  ScriptedReader reader;
  const auto found = find_text(picture, reader, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].by, FoundText::By::shape);
  EXPECT_EQ(covered_part(text, boxes_of(found)), 1);
}

TEST(FindText, DoubtsShortRowsInsideTheImageButNotOnTheScreen) {
  Picture picture = plain(300, 200, 0);
  const Box text = draw(picture, 30, 90, "12 4", 200);
  ScriptedReader reader;
  EXPECT_TRUE(find_text(picture, reader, {}).empty());
  EXPECT_TRUE(find_text(picture, reader, {{{0, 0, 300, 200}}, {}}).empty());
  const auto found = find_text(picture, reader, {{{0, 0, 300, 80}}, {}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(covered_part(text, boxes_of(found)), 1);
}

TEST(FindText, CompletesWordsOfWhichAPartWasRead) {
  Picture picture = plain(300, 200, 0);
  const Box text = draw(picture, 30, 90, "A12479", 255);
  ScriptedReader reader;
  reader.see({30, 90, 46, 14}, 90, "A124");  // the page lost two digits
  reader.see_line(0, "");
  EXPECT_EQ(covered_part(text, boxes_of(find_text(picture, reader, {}))), 1);
}

TEST(ReaderPool, MakesOneReaderAtATimeAndKeepsIt) {
  int made = 0;
  ReaderPool pool([&] {
    ++made;
    return std::make_unique<ScriptedReader>();
  });
  EXPECT_EQ(made, 0);
  { pool.borrow(); }
  { pool.borrow(); }
  EXPECT_EQ(made, 1);
  {
    const auto first = pool.borrow();
    const auto second = pool.borrow();
    EXPECT_EQ(made, 2);
  }
}

TEST(ReaderPool, DoesNotTryAgainWhatFailed) {
  int tries = 0;
  ReaderPool pool([&]() -> std::unique_ptr<TextReader> {
    ++tries;
    throw base::Error(base::Fault::model, "no language data");
  });
  EXPECT_THROW(pool.borrow(), base::Error);
  EXPECT_THROW(pool.borrow(), base::Error);
  EXPECT_EQ(tries, 1);
}

}  // namespace
}  // namespace efface::burned_in::test
