// What may become of one DICOM instance, by what kind of object it is (PS3.4 annex B.5, PS3.6 annex
// A). Pure judgement on facts; the default is to withhold. Whether the study holds a head is known
// only later, so some treatments wait for that.
#pragma once

#include <string>

#include "dicom/facts.h"

namespace efface::study {

enum class Treatment : std::uint8_t {
  volume,             ///< MR, CT, PET image: stacked, shown to the model
  attributes,         ///< no picture of a face can be in it: clean the attributes, write
  unless_head,        ///< as `attributes`, but withheld when the study is known to hold a head
  only_without_head,  ///< as `attributes`, but only when every volume of the study is free of a
                      ///< head
  withhold            ///< no rule can clean it
};

/// Whether the pixels may hold text that names the patient.
enum class BurnedIn : std::uint8_t {
  unlikely,  ///< no pixels, or of a kind that devices do not write into
  denied,    ///< a kind that often holds text, but (0028,0301) says NO
  possible,  ///< the same without that
  stated     ///< (0028,0301) says YES
};

struct Classification {
  Treatment treatment = Treatment::withhold;
  std::string reason;  ///< stable code, for withhold and for the conditional treatments
  std::string detail;  ///< one sentence for people, no patient data
  BurnedIn text = BurnedIn::unlikely;
};

Classification classify(const dicom::InstanceFacts& facts);

}  // namespace efface::study
