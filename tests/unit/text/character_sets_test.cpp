#include "text/character_sets.h"

#include <gtest/gtest.h>

#include <chrono>

#include "base/random.h"

namespace efface::text {
namespace {

std::string decoded(const std::string& sets, const std::string& bytes,
                    Shape shape = Shape::values) {
  const Decoded result = CharacterSets(sets).decode(bytes, shape);
  const auto* text = std::get_if<base::Phi<std::string>>(&result);
  return text == nullptr ? std::string("<") + to_string(std::get<Undecodable>(result)) + ">"
                         : text->reveal();
}

bool is_undecodable(const std::string& sets, const std::string& bytes,
                    Shape shape = Shape::values) {
  return std::holds_alternative<Undecodable>(CharacterSets(sets).decode(bytes, shape));
}

struct Example {
  const char* sets;
  std::string bytes, utf8;
};

/// The person names of PS3.5 Annexes H, I, J and K.
const std::vector<Example>& standard_names() {
  static const std::vector<Example> names{
      {"\\ISO 2022 IR 87",
       "Yamada^Tarou=\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B=\x1B$B$d$^$@\x1B(B^\x1B$B$?$m$&\x1B(B",
       "Yamada^Tarou=山田^太郎=やまだ^たろう"},
      {"ISO 2022 IR 13\\ISO 2022 IR 87",
       "\xD4\xCF\xC0\xDE^\xC0\xDB\xB3=\x1B$B;3ED\x1B(J^\x1B$BB@O:\x1B(J="
       "\x1B$B$d$^$@\x1B(J^\x1B$B$?$m$&\x1B(J",
       "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"},
      {"\\ISO 2022 IR 149",
       "Hong^Gildong=\x1B$)C\xFB\xF3^\x1B$)C\xD1\xCE\xD4\xD7=\x1B$)C\xC8\xAB^"
       "\x1B$)C\xB1\xE6\xB5\xBF",
       "Hong^Gildong=洪^吉洞=홍^길동"},
      {"ISO_IR 192", "Wang^XiaoDong=王^小東", "Wang^XiaoDong=王^小東"},
      {"GB18030", "Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB", "Wang^XiaoDong=王^小东"},
      {"GBK", "Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB", "Wang^XiaoDong=王^小东"},
      {"\\ISO 2022 IR 58", "Zhang^XiaoDong=\x1B$)A\xD5\xC5^\x1B$)A\xD0\xA1\xB6\xAB",
       "Zhang^XiaoDong=张^小东"},
  };
  return names;
}

TEST(CharacterSets, DecodesTheNamesOfTheStandard) {
  for (const Example& name : standard_names()) {
    EXPECT_EQ(decoded(name.sets, name.bytes, Shape::person_name), name.utf8) << name.sets;
  }
}

TEST(CharacterSets, EncodesTheNamesOfTheStandardAsItDoes) {
  for (const Example& name : standard_names()) {
    const auto bytes = CharacterSets(name.sets).encode(name.utf8, Shape::person_name);
    ASSERT_TRUE(bytes) << name.sets;
    EXPECT_EQ(*bytes, name.bytes) << name.sets;
  }
}

TEST(CharacterSets, DecodesOneCharacterOfEverySingleByteSet) {
  const Example examples[] = {
      {"ISO_IR 100", "Buc^J\xE9r\xF4me", "Buc^Jérôme"},
      {"ISO_IR 101", "Wa\xB3\xEAsa", "Wałęsa"},
      {"ISO_IR 109", "\xAA\xFEx", "Şŝx"},
      {"ISO_IR 110", "\xAA\xE6", "Ēæ"},
      {"ISO_IR 144",
       "\xBB\xEE\xDA"
       "ce\xDC\xD1yp\xD3",
       "Люкceмбypг"},
      {"ISO_IR 127", "\xE2\xC8\xC7\xE6\xEA^\xE4\xE6\xD2\xC7\xD1", "قباني^لنزار"},
      {"ISO_IR 126", "\xC4\xE9\xEF\xED\xF5\xF3\xE9\xEF\xF2", "Διονυσιος"},
      {"ISO_IR 138", "\xF9\xF8\xE5\xEF^\xE3\xE1\xE5\xF8\xE4", "שרון^דבורה"},
      {"ISO_IR 148",
       "\xC7"
       "avu\xFEo\xF0lu",
       "Çavuşoğlu"},
      {"ISO_IR 203", "\xBC\xBDuvre \xA4", "Œœuvre €"},
      {"ISO_IR 166", "\xB9\xD2\xC2", "นาย"},
      {"ISO_IR 13", "\xD4\xCF\xC0\xDE", "ﾔﾏﾀﾞ"},
      {"ISO_IR 6", "plain", "plain"},
      {"", "plain", "plain"},
  };
  for (const Example& example : examples) {
    EXPECT_EQ(decoded(example.sets, example.bytes), example.utf8) << example.sets;
    EXPECT_EQ(CharacterSets(example.sets).encode(example.utf8, Shape::values), example.bytes);
  }
}

TEST(CharacterSets, DecodesExtensionsBesideEachOther) {
  // Latin 1, Greek, Cyrillic, JIS X 0212 and Korean in one value.
  const std::string sets =
      "ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 126\\ISO 2022 IR 87\\ISO 2022 IR 159\\"
      "ISO 2022 IR 149";
  const std::string utf8 = "Ärzte Люкс Διον 山田 丂 홍";
  const auto bytes = CharacterSets(sets).encode(utf8, Shape::text);
  ASSERT_TRUE(bytes);
  EXPECT_NE(bytes->find("\x1B-L"), std::string::npos);
  EXPECT_NE(bytes->find("\x1B-F"), std::string::npos);
  EXPECT_NE(bytes->find("\x1B$(D"), std::string::npos);
  EXPECT_EQ(decoded(sets, *bytes, Shape::text), utf8);
}

TEST(CharacterSets, FirstSetsReturnAtDelimiters) {
  const std::string sets = "ISO 2022 IR 100\\ISO 2022 IR 144";
  EXPECT_EQ(decoded(sets, "\x1B-L\xBB\n\xE9"), "Л\né");
  EXPECT_EQ(decoded(sets, "\x1B-L\xBB\\\xE9"), "Л\\é");
  EXPECT_EQ(decoded(sets, "\x1B-L\xBB\\\xE9", Shape::text), "Л\\щ");
  EXPECT_EQ(decoded(sets, "\x1B-L\xBB^\xE9=\xE9", Shape::person_name), "Л^é=é");
  EXPECT_EQ(decoded(sets, "\x1B-L\xBB^\xE9", Shape::values), "Л^щ");
}

TEST(CharacterSets, DelimitersInsideTwoByteCharactersAreNone) {
  // 24 5E is a kana, 5C 5C a kanji, in JIS X 0208; B8 5C is a kanji of GBK.
  EXPECT_EQ(decoded("\\ISO 2022 IR 87", "\x1B$B$^\x5C\x5C\x1B(B", Shape::person_name), "ま樛");
  EXPECT_EQ(decoded("GBK", "\xB8\x5C"), "竆");
  EXPECT_EQ(decoded("GB18030", "\x81\x30\x81\x30"), "\xC2\x80");
}

TEST(CharacterSets, AsciiBytesMeanThemselves) {
  std::string printable;
  for (char c = ' '; c <= '~'; ++c) printable += c;
  for (const char* sets : {"", "ISO_IR 100", "ISO_IR 144", "ISO_IR 166", "ISO_IR 192", "GB18030",
                           "GBK", "\\ISO 2022 IR 87", "ISO 2022 IR 6\\ISO 2022 IR 58"}) {
    EXPECT_EQ(decoded(sets, printable), printable) << sets;
  }
  // No byte of a two-byte set becomes an ASCII delimiter.
  const std::string rows = decoded("\\ISO 2022 IR 87", "\x1B$B!@!0!a\x1B(B");
  EXPECT_EQ(rows.find_first_of("\\^="), std::string::npos) << rows;
}

TEST(CharacterSets, ReadsShiftJisWhereJisX0201CannotBe) {
  EXPECT_EQ(decoded("ISO_IR 13", "\x8E\x52\x93\x63^\x91\xBE\x98\x59"), "山田^太郎");
  EXPECT_EQ(CharacterSets("ISO_IR 13").encode("山田^太郎", Shape::person_name),
            "\x8E\x52\x93\x63^\x91\xBE\x98\x59");
}

TEST(CharacterSets, TermsAreReadAsFilesSpellThem) {
  for (const char* sets : {"ISO_IR 100 ", "ISO IR 100", "ISO-IR 100", "ISO_IR_100",
                           "ISO 2022 IR 100", "ISO_2022_IR_100"}) {
    EXPECT_EQ(decoded(sets, "\xE9"), "é") << sets;
  }
}

TEST(CharacterSets, WhatTheSetsDoNotExplainIsUndecodable) {
  EXPECT_TRUE(is_undecodable("", "J\xE9r\xF4me"));
  EXPECT_TRUE(is_undecodable("ISO_IR 192", "J\xE9r\xF4me"));
  EXPECT_TRUE(is_undecodable("ISO_IR 192", "\xC0\xAF"));
  EXPECT_TRUE(is_undecodable("ISO_IR 192", "\xED\xA0\x80"));
  EXPECT_TRUE(is_undecodable("ISO_IR 100", "\x1B$B;3ED\x1B(B"));
  EXPECT_TRUE(is_undecodable("\\ISO 2022 IR 87", "\x1B$)C\xFB\xF3"));
  EXPECT_TRUE(is_undecodable("\\ISO 2022 IR 87", "\x1B$B;"));
  EXPECT_TRUE(is_undecodable("\\ISO 2022 IR 149", "\xFB\xF3"));
  EXPECT_TRUE(is_undecodable("\\ISO 2022 IR 149", "\x1B$)C\xFB"));
  EXPECT_TRUE(is_undecodable("\\ISO 2022 IR 149", "\x1B"));
  EXPECT_TRUE(is_undecodable("GB18030", "\xFF\xFF"));
  EXPECT_TRUE(is_undecodable("GBK", "\xCD"));
  EXPECT_TRUE(is_undecodable("ISO_IR 166", "\xFF"));
  EXPECT_TRUE(is_undecodable("ISO_IR 13", "\x80\xFF"));
  for (const char* sets :
       {"ISO_IR 999", "latin1", "UTF-8", "ISO_IR", "ISO_IR 1000000000000", "ISO_IR 100\\ISO_IR 192",
        "ISO_IR 192\\ISO 2022 IR 87", "ISO_IR 100\\GBK"}) {
    EXPECT_FALSE(CharacterSets(sets).is_known()) << sets;
    EXPECT_TRUE(is_undecodable(sets, "plain")) << sets;
  }
}

TEST(CharacterSets, WhatTheSetsLackCannotBeEncoded) {
  EXPECT_FALSE(CharacterSets("").encode("é", Shape::text));
  EXPECT_FALSE(CharacterSets("ISO_IR 100").encode("Wałęsa", Shape::text));
  EXPECT_FALSE(CharacterSets("ISO_IR 100").encode("\x1B", Shape::text));
  EXPECT_FALSE(CharacterSets("ISO_IR 192").encode("\xC3", Shape::text));
  EXPECT_FALSE(CharacterSets("\\ISO 2022 IR 87").encode("홍", Shape::text));
}

TEST(CharacterSets, WhatDecodesEncodesAgain) {
  base::Random random(3);
  const char* pieces[] = {"\x1B$B", "\x1B(B", "\x1B-A", "\x1B-L",   "\x1B$)C", "\\", "^",     "\n",
                          ";3ED",   "abc",    "\xE9",   "\xFB\xF3", " ",       "=",  "\x1B(J"};
  int decodable = 0;
  for (int n = 0; n < 20000; ++n) {
    std::string bytes;
    for (auto count = random.below(8); count > 0; --count) bytes += pieces[random.below(15)];
    const CharacterSets sets("ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 87\\ISO 2022 IR 149");
    const Decoded text = sets.decode(bytes, Shape::person_name);
    const auto* utf8 = std::get_if<base::Phi<std::string>>(&text);
    if (utf8 == nullptr) continue;
    ++decodable;
    ASSERT_TRUE(is_utf8(utf8->reveal()));
    ASSERT_TRUE(sets.encode(utf8->reveal(), Shape::person_name)) << utf8->reveal();
  }
  EXPECT_GT(decodable, 1000);
}

TEST(CharacterSets, MegabytesTakeNoLongerThanTheirLength) {
  const auto start = std::chrono::steady_clock::now();
  std::string toggling;
  while (toggling.size() < 4'000'000) toggling += "\x1B$B;3\x1B(B";
  EXPECT_FALSE(is_undecodable("\\ISO 2022 IR 87", toggling));
  EXPECT_FALSE(is_undecodable("ISO_IR 100", std::string(4'000'000, '\xE9')));
  EXPECT_TRUE(is_undecodable("\\ISO 2022 IR 149", std::string(4'000'000, '\xE9')));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

}  // namespace
}  // namespace efface::text
