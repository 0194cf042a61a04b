// Files beside images: XML cleaned, gzip unpacked, pictures decoded, and what a check makes of any
// bytes.
#include <string>
#include <vector>

#include "base/error.h"
#include "check/any_file.h"
#include "picture_codecs/read_picture.h"
#include "sidecar/clean.h"
#include "sidecar/gzip.h"
#include "sidecar/xml_values.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/targets.h"
#include "text/character_sets.h"

namespace efface::fuzz {

namespace {

template <class Run>
bool succeeds(const Run& run) {
  try {
    run();
    return true;
  } catch (const base::Error& error) {
    const bool is_foretold =
        error.fault() == base::Fault::bad_input || error.fault() == base::Fault::unsupported;
    require(is_foretold, "what cannot be read is bad input, or nothing that is handled");
    return false;
  }
}

}  // namespace

void xml(std::span<const std::uint8_t> bytes) {
  Input in(bytes);
  const std::string document = in.rest();
  const deid::Profile profile;
  const deid::Pseudonyms keyed = pseudonyms();
  const sidecar::Rules rules{profile, keyed, {}, "sub-1", {}, {}};
  std::string cleaned;
  const bool is_clean = succeeds(
      [&] { cleaned = sidecar::clean(sidecar::Kind::xml, "a.xml", document, rules).content; });
  if (!is_clean) return;
  require(text::is_utf8(cleaned), "cleaned XML is UTF-8");
  require(succeeds([&] {
            sidecar::visit_xml(cleaned, profile, [](const sidecar::XmlValue& value) {
              require(value.field.treatment != sidecar::Treatment::remove, "such fields go");
            });
          }),
          "cleaned XML is XML");
}

void gzip(std::span<const std::uint8_t> bytes) {
  Input in(bytes);
  const std::size_t most = 1U + in.byte() * 64U;
  const std::string packed = in.rest();
  require(sidecar::original_name(packed).size() <= packed.size(), "a name is part of the file");
  std::string unpacked;
  if (!succeeds([&] { unpacked = sidecar::inflated(packed, most); })) return;
  require(unpacked.size() <= most, "no more comes out than was allowed");
  require(sidecar::inflated(sidecar::deflated(unpacked), most) == unpacked,
          "what is packed unpacks");
}

void any_file(std::span<const std::uint8_t> bytes) {
  constexpr const char* names[] = {"a.xml", "a.json", "a.tsv", "a.csv",   "README",
                                   "a.txt", "a.gz",   "a",     "a.tsv.gz"};
  Input in(bytes);
  const char* name = names[in.byte() % std::size(names)];
  const std::string content = in.rest();
  for (const findings::Finding& finding : check::find_in_any_file({name, content}, {}).findings) {
    require(!findings::rule(finding.rule).summary.empty(), "every finding has a rule");
    require(!finding.reason.empty() && finding.count > 0, "every finding has a reason");
  }
}

void picture(std::span<const std::uint8_t> bytes) {
  succeeds([&] {
    std::size_t pixels = 0;
    for (const auto& page : picture_codecs::read_picture(std::as_bytes(bytes))) {
      require(page.samples.size() == page.layout.frame_bytes(), "every pixel has its samples");
      pixels += std::size_t{page.layout.columns} * page.layout.rows;
    }
    require(pixels <= picture_codecs::most_pixels, "no more pixels than are allowed");
  });
}

}  // namespace efface::fuzz
