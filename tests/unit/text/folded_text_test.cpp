#include "text/folded_text.h"

#include <gtest/gtest.h>

#include "text/word_list.h"

namespace efface::text {
namespace {

TEST(FoldedText, LeavesOutWhatDoesNotChangeTheMeaning) {
  EXPECT_EQ(fold("GARRISON"), "garrison");
  EXPECT_EQ(fold("Jérôme Çavuşoğlu"), "jerome cavusoglu");
  EXPECT_EQ(fold("Je\xCC\x81ro\xCC\x82me"), "jerome");  // combining marks
  EXPECT_EQ(fold("Straße Łódź Ærø œuvre"), "strasse lodz aero oeuvre");
  EXPECT_EQ(fold("ＧＡＲＲＩＳＯＮ　１２３"), "garrison 123");
  EXPECT_EQ(fold("Gar\xE2\x80\x8Brison\xC2\xAD"), "garrison");  // zero-width space, soft hyphen
  EXPECT_EQ(fold("٠٣‐١٢"), "03-12");
  EXPECT_EQ(fold("O’Brien"), "o'brien");
  EXPECT_EQ(fold("Διονύσιος"), fold("ΔΙΟΝΥΣΙΟΣ"));
  EXPECT_EQ(fold("Ёлкин"), fold("елкин"));
  EXPECT_EQ(fold("ヤマダ"), fold("やまだ"));
  EXPECT_EQ(fold("タロウ"), "たろう");
  EXPECT_EQ(fold("ﾔﾏﾀﾞ"), fold("ヤマダ"));
  EXPECT_EQ(fold("홍길동"), "홍길동");
  EXPECT_EQ(fold("מַיִם"), "מים");
  EXPECT_EQ(fold(std::string("a\0b\tc\r\nd", 8)), "a b c\n\nd");
  EXPECT_EQ(fold(""), "");
}

TEST(FoldedText, KnowsWhereEachByteComesFrom) {
  const std::string original = "x Straße é山y";
  const FoldedText folded(original);
  EXPECT_EQ(folded.text(), "x strasse e山y");
  const std::size_t ss = folded.text().find("sse");
  EXPECT_EQ(folded.source_of(ss), original.find("ß"));
  EXPECT_EQ(folded.source_of(ss + 1), original.find("ß"));
  EXPECT_FALSE(folded.is_boundary(ss + 1));
  EXPECT_EQ(folded.source_end(ss + 1), original.find("ß") + 2);  // half of it is all of it
  EXPECT_EQ(folded.source_end(folded.text().size()), original.size());
  const std::size_t e = folded.text().find("e山");
  EXPECT_EQ(folded.source_end(e + 1), original.find("山"));
  EXPECT_EQ(folded.source_of(folded.text().size()), original.size());
}

TEST(FoldedText, TakesTheMarksOfAMatchAlong) {
  const std::string original = "e\xCC\x81!";
  const FoldedText folded(original);
  ASSERT_EQ(folded.text(), "e!");
  EXPECT_EQ(folded.source_end(1), 3U);
}

TEST(Words, AreRunsOfLettersOfOneKindOfScript) {
  const auto spelt = [](const std::string& text) {
    std::string all;
    for (const Word& word : words_of(text))
      all += text.substr(word.begin, word.end - word.begin) + "|";
    return all;
  };
  EXPECT_EQ(spelt("o'brien, mary-ann_x7y"), "o|brien|mary|ann|x|y|");
  EXPECT_EQ(spelt("山田mri検査"), "山田|mri|検査|");
  EXPECT_EQ(spelt("«иван» петров—7"), "иван|петров|");
  EXPECT_EQ(spelt(""), "");
}

}  // namespace
}  // namespace efface::text
