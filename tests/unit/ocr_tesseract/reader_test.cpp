#include <gtest/gtest.h>

#include <cstdlib>

#include "base/error.h"
#include "burned_in/clues.h"
#include "burned_in/find_text.h"
#include "ocr_tesseract/load.h"
#include "tests/support/block_letters.h"
#include "tests/support/temporary_folder.h"

namespace efface::ocr_tesseract::test {
namespace {

using burned_in::TextReader;
using efface::test::draw;
using efface::test::plain;

std::string read_all(TextReader& reader, const burned_in::Picture& picture,
                     TextReader::Layout layout) {
  std::string text;
  for (const burned_in::Word& word : reader.read(picture, layout)) {
    text += burned_in::fold(word.text.reveal());
  }
  return text;
}

TEST(TesseractReader, ReadsPlainText) {
  const auto reader = load_text_reader(EFFACE_OCR_PLUGIN);
  burned_in::Picture picture = plain(640, 160, 255);
  const burned_in::Box box = draw(picture, 40, 60, "FOR GARRISON", 0, 2);
  EXPECT_NE(read_all(*reader, picture, TextReader::Layout::scattered).find("GARRISON"),
            std::string::npos);
  EXPECT_NE(read_all(*reader, picture, TextReader::Layout::line).find("GARRISON"),
            std::string::npos);
  for (const burned_in::Word& word : reader->read(picture, TextReader::Layout::scattered)) {
    EXPECT_FALSE(burned_in::intersection(word.box, box).is_empty());
  }
}

TEST(TesseractReader, DoesNotRememberTheLastPicture) {
  const auto reader = load_text_reader(EFFACE_OCR_PLUGIN);
  burned_in::Picture first = plain(640, 160, 255), second = first;
  draw(first, 40, 60, "GARRISON", 0, 4);
  draw(second, 40, 60, "DESTROVER", 0, 4);
  const std::string alone = read_all(*reader, second, TextReader::Layout::scattered);
  for (int i = 0; i < 3; ++i) read_all(*reader, first, TextReader::Layout::scattered);
  EXPECT_EQ(read_all(*reader, second, TextReader::Layout::scattered), alone);
  EXPECT_TRUE(read_all(*reader, plain(64, 64, 0), TextReader::Layout::scattered).empty());
}

TEST(TesseractReader, FindsSmallTextWithTheRest) {
  const auto reader = load_text_reader(EFFACE_OCR_PLUGIN);
  burned_in::Picture picture = plain(320, 240, 0);
  const burned_in::Box box = draw(picture, 20, 200, "ANNA SON 12", 255, 1);
  std::vector<burned_in::Box> boxes;
  for (const auto& text : burned_in::find_text(picture, *reader, {})) boxes.push_back(text.box);
  double covered = 0;
  for (int x = box.x; x < box.right(); ++x) {
    covered += burned_in::covered_part({x, box.y, 1, box.height}, boxes);
  }
  EXPECT_EQ(covered, box.width);
}

TEST(TesseractReader, SaysWhenItsLanguageDataAreMissing) {
  const support::Folder folder;
  ASSERT_EQ(setenv("TESSDATA_PREFIX", folder.path().c_str(), 1), 0);
  try {
    load_text_reader(EFFACE_OCR_PLUGIN);
    ADD_FAILURE() << "a reader without language data";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.fault(), base::Fault::model);
    EXPECT_NE(std::string(error.what()).find("language data"), std::string::npos);
  }
  unsetenv("TESSDATA_PREFIX");
}

TEST(TesseractReader, SaysWhenThePluginIsMissing) {
  EXPECT_THROW(load_text_reader("/nowhere/libefface_ocr.so"), base::Error);
}

}  // namespace
}  // namespace efface::ocr_tesseract::test
