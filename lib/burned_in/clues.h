// What an image's header says of the text in its pixels: which words identify the patient, and
// which part of an ultrasound screen shows the patient's inside. Reads data sets, no pixels.
#pragma once

#include <string>
#include <vector>

#include "burned_in/box.h"
#include "dicom/dataset.h"

namespace efface::burned_in {

/// What is known beforehand of the text in an image.
struct Clues {
  /// Parts of the picture that show the patient's inside (PS3.3 C.8.5.5, (0018,6011)): what lies
  /// outside is the device's screen, where whatever looks like text is. Empty when nothing is
  /// stated.
  std::vector<Box> image_regions;
  /// Words of the header that identify, as fold() gives them: a word like one of them is believed
  /// whatever the reader's confidence.
  std::vector<std::string> known_words;
};

/// Letters and digits of ASCII text, upper case.
std::string fold(const std::string& text);

/// Names, identifiers, dates (in the orders that screens show) and institutions of the top level.
/// Words of fewer than three characters say nothing and are left out.
Clues clues_of(const dicom::DataSet& data_set);

}  // namespace efface::burned_in
