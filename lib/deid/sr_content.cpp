#include "deid/sr_content.h"

#include <algorithm>
#include <array>

namespace efface::deid {

const SrRow* find_sr_row(std::string_view code_value, std::string_view scheme,
                         std::string_view value_type) {
  const std::span<const SrRow> rows = sr_rows();
  auto row =
      std::lower_bound(rows.begin(), rows.end(), code_value,
                       [](const SrRow& r, std::string_view value) { return r.code_value < value; });
  for (; row != rows.end() && row->code_value == code_value; ++row) {
    if (row->scheme == scheme && row->value_type == value_type) return &*row;
  }
  return nullptr;
}

bool is_public_scheme(std::string_view designator) {
  using namespace std::string_view_literals;
  static constexpr std::array schemes{"ACR"sv,        "ASTM-sigpurpose"sv,
                                      "BARI"sv,       "BI"sv,
                                      "C4"sv,         "CD2"sv,
                                      "CTCAE"sv,      "CVX"sv,
                                      "DC"sv,         "DCM"sv,
                                      "DCMUID"sv,     "FMA"sv,
                                      "HL7V3AC"sv,    "HPC"sv,
                                      "I10"sv,        "I10C"sv,
                                      "I10P"sv,       "I11"sv,
                                      "I9"sv,         "I9C"sv,
                                      "IBSI"sv,       "ICDO3"sv,
                                      "IEEE"sv,       "ISO3166_1"sv,
                                      "ISO639_1"sv,   "ISO639_2"sv,
                                      "ISO_2022"sv,   "ITIS_TSN"sv,
                                      "LN"sv,         "MA"sv,
                                      "MDC"sv,        "MDNS"sv,
                                      "MGI"sv,        "NCDR [2.0b]"sv,
                                      "NCIt"sv,       "NDC"sv,
                                      "NEU"sv,        "NICIP"sv,
                                      "POS"sv,        "PUBCHEM_CID"sv,
                                      "RADELEMENT"sv, "RADLEX"sv,
                                      "RFC3066"sv,    "RFC5646"sv,
                                      "RO"sv,         "RXNORM"sv,
                                      "SCT"sv,        "SNM3"sv,
                                      "SRT"sv,        "UBERON"sv,
                                      "UCUM"sv,       "UMLS"sv,
                                      "UNS"sv};
  return std::find(schemes.begin(), schemes.end(), designator) != schemes.end();
}

}  // namespace efface::deid
