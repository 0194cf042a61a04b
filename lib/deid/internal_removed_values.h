// What the values that leave a file are known by, for the residue check. For lib/deid only; it
// finds nothing and decides nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dicom/dataset.h"

namespace efface::deid::internal {

/// Values of fewer bytes are not listed.
inline constexpr std::size_t least_value_bytes = 5;

/// Without spaces, NULs, tabs and ends of lines around it.
std::string_view without_padding(std::string_view text);

enum class Telling : std::uint8_t { nothing, where_or_when, who };

struct RemovedValues {
  std::vector<std::string> all;
  /// Those among them that say who somebody is: names, numbers of patients and visits, addresses of
  /// a network. An attribute that stays on purpose may not hold one. Only filled on request.
  std::vector<std::string> of_persons;
  /// Those of any class of HIPAA's Safe Harbor, dates and places too. Only filled on request.
  std::vector<std::string> identifying;
  bool lists_persons = false;  ///< the request

  /// Each value of five or more bytes without padding, at most its first 256 bytes, and the
  /// components of person names; everything below a sequence. Registered UIDs, numbers and codes of
  /// private attributes, and binary values that are not text are left out.
  void add(const dicom::Attribute& attribute);
  /// The values of `before` that `after` does not have.
  void add_all_but(const dicom::Attribute& before, const dicom::Attribute& after);
  /// The same for all attributes of a content item, but for names of public concepts, which are no
  /// one's values.
  void add_content_item(const dicom::DataSet& content_item);

 private:
  void add_value(std::string_view value, Telling telling);
  void add_text(const dicom::Attribute& attribute, dicom::Vr vr, std::string_view text);
};

}  // namespace efface::deid::internal
