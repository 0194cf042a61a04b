// Fuzz targets for the pure parsers: each takes any bytes and aborts when a promise of the header
// is broken. Run by libFuzzer (clang) to search, and by the replay driver (any compiler) as a test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "deid/pseudonyms.h"

namespace efface::fuzz {

using Run = void (*)(std::span<const std::uint8_t>);

struct Target {
  const char* name;  ///< also the folder of its corpus
  Run run;
};

void uid(std::span<const std::uint8_t> bytes);
void date(std::span<const std::uint8_t> bytes);
void residue(std::span<const std::uint8_t> bytes);
void plan_edits(std::span<const std::uint8_t> bytes);
void character_sets(std::span<const std::uint8_t> bytes);
void clean_text(std::span<const std::uint8_t> bytes);
void code_stream(std::span<const std::uint8_t> bytes);
void icc_profile(std::span<const std::uint8_t> bytes);
void xml(std::span<const std::uint8_t> bytes);
void gzip(std::span<const std::uint8_t> bytes);
void any_file(std::span<const std::uint8_t> bytes);
void picture(std::span<const std::uint8_t> bytes);

inline constexpr Target targets[] = {{"uid", uid},
                                     {"date", date},
                                     {"residue", residue},
                                     {"plan_edits", plan_edits},
                                     {"character_sets", character_sets},
                                     {"clean_text", clean_text},
                                     {"code_stream", code_stream},
                                     {"icc_profile", icc_profile},
                                     {"xml", xml},
                                     {"gzip", gzip},
                                     {"any_file", any_file},
                                     {"picture", picture}};

/// Aborts with the text of what was promised.
void require(bool holds, const char* promise);

/// Stands in for the keyed digest.
deid::Pseudonyms pseudonyms();

}  // namespace efface::fuzz
