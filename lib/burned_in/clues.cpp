#include "burned_in/clues.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

namespace efface::burned_in {

namespace {

using dicom::Tag;

constexpr std::array identifying{
    Tag{0x0010, 0x0010},  // patient's name
    Tag{0x0010, 0x0020},  // patient's ID
    Tag{0x0010, 0x1000},  // other patient IDs
    Tag{0x0010, 0x1001},  // other patient names
    Tag{0x0008, 0x0050},  // accession number
    Tag{0x0008, 0x0080},  // institution name
    Tag{0x0008, 0x0090},  // referring physician
    Tag{0x0008, 0x1048},  // physicians of record
    Tag{0x0008, 0x1050},  // performing physician
    Tag{0x0008, 0x1070},  // operators
    Tag{0x0020, 0x0010},  // study ID
};
constexpr std::array dates{Tag{0x0010, 0x0030}, Tag{0x0008, 0x0020}, Tag{0x0008, 0x0021},
                           Tag{0x0008, 0x0022}, Tag{0x0008, 0x0023}};
constexpr Tag ultrasound_regions{0x0018, 0x6011};

void add_word(const std::string& word, Clues& clues) {
  const std::string folded = fold(word);
  if (folded.size() >= 3) clues.known_words.push_back(folded);
}

void add_words(const std::string& text, Clues& clues) {
  std::string word;
  for (const char c : text + ' ') {
    if (c != ' ' && c != '^' && c != '\\' && c != '=' && c != ',') {
      word += c;
      continue;
    }
    add_word(word, clues);
    word.clear();
  }
}

void add_date(const std::string& date, Clues& clues) {
  const std::string digits = fold(date);
  if (digits.size() < 8) return;
  const std::string year = digits.substr(0, 4), month = digits.substr(4, 2),
                    day = digits.substr(6, 2);
  for (const std::string& shown : {year + month + day, month + day + year, day + month + year}) {
    clues.known_words.push_back(shown);
  }
}

int coordinate(const dicom::DataSet& item, std::uint16_t element) {
  const dicom::Attribute* attribute = item.find({0x0018, element});
  if (attribute == nullptr || attribute->value.reveal().size() < 4) return -1;
  std::uint32_t number = 0;
  for (std::size_t i = 4; i-- > 0;) {
    number = number << 8 | static_cast<unsigned char>(attribute->value.reveal()[i]);
  }
  return number > 65535 ? -1 : static_cast<int>(number);
}

void add_regions(const dicom::DataSet& data_set, Clues& clues) {
  const dicom::Attribute* sequence = data_set.find(ultrasound_regions);
  if (sequence == nullptr) return;
  for (const dicom::DataSet& item : sequence->items) {
    const int left = coordinate(item, 0x6018), top = coordinate(item, 0x601A);
    const int right = coordinate(item, 0x601C), bottom = coordinate(item, 0x601E);
    if (left < 0 || top < 0 || right <= left || bottom <= top) continue;
    clues.image_regions.push_back({left, top, right - left + 1, bottom - top + 1});
  }
}

}  // namespace

std::string fold(const std::string& text) {
  std::string folded;
  for (const char c : text) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isalnum(letter) != 0) folded += static_cast<char>(std::toupper(letter));
  }
  return folded;
}

Clues clues_of(const dicom::DataSet& data_set) {
  Clues clues;
  for (const Tag tag : identifying) add_words(data_set.text(tag), clues);
  for (const Tag tag : dates) add_date(data_set.text(tag), clues);
  add_regions(data_set, clues);
  std::sort(clues.known_words.begin(), clues.known_words.end());
  clues.known_words.erase(std::unique(clues.known_words.begin(), clues.known_words.end()),
                          clues.known_words.end());
  return clues;
}

}  // namespace efface::burned_in
