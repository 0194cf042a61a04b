#include "deid/icc_profile.h"

#include <gtest/gtest.h>

#include <vector>

namespace efface::deid {
namespace {

std::string big_endian(std::size_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

/// A profile with elements one after the other.
std::string profile(const std::vector<std::string>& elements, const std::string& behind = "") {
  std::string table = big_endian(elements.size()), data;
  for (const std::string& element : elements) {
    table +=
        "tagX" + big_endian(132 + 12 * elements.size() + data.size()) + big_endian(element.size());
    data += element;
  }
  std::string header(128, '\0');
  header.replace(12, 4, "mntr");
  header.replace(36, 4, "acsp");
  return header + table + data + behind;
}

const std::string zeros4(4, '\0');

std::string zeros(std::size_t count) {
  return std::string(count, '\0');
}

TEST(IccProfile, KeepsNumbersAndLosesTexts) {
  const std::string curve = "curv" + zeros4 + "numbers!";
  const std::string unicode = "mluc" + zeros4 + big_endian(1) + big_endian(12);
  EXPECT_EQ(without_texts(profile(
                {curve, "text" + zeros4 + "Jane's monitor",
                 "desc" + zeros4 + big_endian(5) + "Jane", unicode + "placesplaces" + "Jane"},
                "hidden")),
            profile({curve, "text" + zeros4 + zeros(14), "desc" + zeros4 + big_endian(5) + zeros(4),
                     unicode + "placesplaces" + zeros(4)},
                    zeros(6)));
}

TEST(IccProfile, LosesWhenAndOnWhichDeviceItWasMade) {
  std::string made = profile({"curv" + zeros4 + "numbers!"});
  made.replace(24, 12, "202011231530");
  made.replace(48, 8, "ACMEmod7");
  made.replace(80, 20, "creatdigestdigestdig");
  EXPECT_EQ(without_texts(made), profile({"curv" + zeros4 + "numbers!"}));
}

TEST(IccProfile, MustBeOne) {
  EXPECT_FALSE(without_texts("Jane"));
  EXPECT_FALSE(without_texts(std::string(200, 'x')));
  std::string beyond = profile({"curv" + zeros4 + "numbers!"});
  beyond.resize(beyond.size() - 1);
  EXPECT_FALSE(without_texts(beyond));
  std::string many = profile({});
  many.replace(128, 4, "\xFF\xFF\xFF\xFF");
  EXPECT_FALSE(without_texts(many));
}

}  // namespace
}  // namespace efface::deid
