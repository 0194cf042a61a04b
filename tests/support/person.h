// A person who does not exist, with everything a hospital would write into her or his images.
#pragma once

#include "tests/support/instance.h"

namespace efface::support {

struct Person {
  std::string name, id, birth_date, sex, age, address, telephone, email, accession;
  std::string study_date;

  static Person from_seed(std::uint64_t seed);
};

/// Patient, study, equipment and clinical-trial attributes, nested requests, private blocks: the
/// places where real archives carry identity. UTF-8.
void put_identity(DcmItem& item, const Person& person, std::uint64_t seed);

/// SOP class and instance, study, series and frame of reference.
struct Identifiers {
  std::string sop_class, instance, study, series, frame_of_reference;
};
void put_identifiers(DcmItem& item, const Identifiers& identifiers);

}  // namespace efface::support
