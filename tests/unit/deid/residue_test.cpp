#include "deid/residue.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"

namespace efface::deid {
namespace {

using Values = std::vector<std::string>;

ResidueScanner scanner(const Values& removed, const Values& kept = {}) {
  std::vector<base::Phi<std::string>> values(removed.begin(), removed.end());
  return ResidueScanner(values, kept);
}

std::vector<std::uint64_t> found(ResidueScanner scanner, const std::string& bytes,
                                 std::size_t piece = std::string::npos) {
  for (std::size_t i = 0; i < bytes.size(); i += std::min(piece, bytes.size())) {
    scanner.feed(std::as_bytes(std::span(bytes).subspan(i, std::min(piece, bytes.size() - i))));
  }
  std::vector<std::uint64_t> findings = scanner.findings();
  std::sort(findings.begin(), findings.end());
  return findings;
}

std::string utf16(const std::string& text, bool is_big_endian) {
  std::string bytes;
  for (const char c : text) {
    if (is_big_endian) bytes += '\0';
    bytes += c;
    if (!is_big_endian) bytes += '\0';
  }
  return bytes;
}

std::string noise(std::size_t length) {
  base::Random random(7);
  std::string bytes(length, '\0');
  for (char& c : bytes) c = static_cast<char>(random.below(256));
  return bytes;
}

TEST(Residue, FindsAValueAtEveryOffset) {
  const Values removed{"Mustermann", "Quincy", "4711-0815", "A much longer value than the others"};
  for (const std::string& value : removed) {
    for (std::size_t at = 0; at < 40; ++at) {
      std::string bytes(64 + value.size(), '.');
      bytes.replace(at, value.size(), value);
      EXPECT_EQ(found(scanner(removed), bytes), std::vector<std::uint64_t>{at}) << value;
    }
  }
}

TEST(Residue, FindsValuesThatStraddlePieces) {
  const std::string bytes = noise(1000) + "Mustermann" + noise(1000) + "Quincy";
  for (const std::size_t piece : {1, 2, 3, 5, 7, 64, 500, 1001, 1005, 1009}) {
    EXPECT_EQ(found(scanner({"Mustermann", "Quincy"}), bytes, piece),
              (std::vector<std::uint64_t>{1000, 2010}))
        << piece;
  }
}

TEST(Residue, FindsOtherEncodings) {
  const std::string name = "Mustermann^Erika";
  EXPECT_EQ(found(scanner({name}), "xx" + utf16(name, false)).size(), 1U);
  EXPECT_EQ(found(scanner({name}), "xxx" + utf16(name, true)).size(), 1U);
  EXPECT_EQ(found(scanner({"M\xFCller-L\xFC"
                           "denscheid"}),
                  "Müller-Lüdenscheid")
                .size(),
            1U);
  EXPECT_EQ(found(scanner({"Müller-Lüdenscheid"}),
                  "M\xFCller-L\xFC"
                  "denscheid")
                .size(),
            1U);
  EXPECT_EQ(found(scanner({"Müller-Lüdenscheid"}), utf16("M\xFCller-L\xFC"
                                                         "denscheid",
                                                         false))
                .size(),
            1U);
}

TEST(Residue, LeavesOutWhatProvesNothing) {
  const Values removed{"Doe",      "12345", "0.000000", "-1.5e3",     "AAAAAAA",
                       "ORIGINAL", "Brain", "19000101", "ANONYMIZED", ""};
  EXPECT_EQ(scanner(removed).pattern_count(), 0U);
  for (const std::string& value : removed) EXPECT_FALSE(is_telling(value)) << value;
  EXPECT_TRUE(is_telling("123456"));
  EXPECT_TRUE(is_telling("Brains"));
}

TEST(Residue, LeavesOutWhatStandsInKeptValues) {
  EXPECT_EQ(found(scanner({"*tfl3d1"}, {"*tfl3d1_16ns"}), "*tfl3d1_16ns").size(), 0U);
  EXPECT_EQ(found(scanner({"*tfl3d1"}, {"*tfl3d", "1"}), "*tfl3d1_16ns").size(), 1U);
}

TEST(Residue, DoesNotTakeNoisySamplesForShortValues) {
  std::string samples(100000, '\0');
  base::Random random(3);
  for (char& c : samples) c = static_cast<char>('0' + random.below(4));
  const std::string bytes = "header " + samples + " 123012 Mustermann^Erika";
  ResidueScanner aware = scanner({"123012", "Mustermann^Erika"});
  aware.expect_samples(7, 7 + samples.size());
  EXPECT_GT(found(scanner({"123012"}), bytes).size(), 1U);
  EXPECT_EQ(found(aware, bytes).size(), 2U);
  ResidueScanner strong = scanner({"Mustermann^Erika"});
  strong.expect_samples(0, bytes.size());
  EXPECT_EQ(found(strong, bytes).size(), 1U);
}

TEST(Residue, FindsNothingInNoise) {
  Values removed;
  for (int i = 0; i < 60; ++i) removed.push_back("Value" + std::to_string(i * 7919));
  EXPECT_TRUE(found(scanner(removed), noise(4 << 20)).empty());
}

TEST(Residue, FindsEachOfManyValues) {
  Values removed;
  for (int i = 0; i < 300; ++i) removed.push_back("Value" + std::to_string(100000 + i));
  std::string bytes = noise(5000);
  for (const std::string& value : removed) bytes += value + noise(37);
  EXPECT_EQ(found(scanner(removed), bytes).size(), removed.size());
}

}  // namespace
}  // namespace efface::deid
