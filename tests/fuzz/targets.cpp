#include "tests/fuzz/targets.h"

#include <cstdio>
#include <cstdlib>
#include <set>

#include "deid/dates.h"
#include "deid/plan_edits.h"
#include "deid/residue.h"
#include "dicom/uid.h"
#include "tests/fuzz/input.h"

namespace efface::fuzz {

namespace {

// Tags that have rules of their own are drawn more often than any others.
dicom::Tag draw_tag(Input& in) {
  constexpr dicom::Tag known[] = {
      {0x0008, 0x0018}, {0x0008, 0x0020}, {0x0008, 0x0050}, {0x0008, 0x1140}, {0x0010, 0x0010},
      {0x0010, 0x0020}, {0x0012, 0x0062}, {0x0012, 0x0064}, {0x0020, 0x000D}, {0x0020, 0x0052},
      {0x0029, 0x0010}, {0x0029, 0x1001}, {0x0040, 0x0275}, {0x0040, 0xA040}, {0x0040, 0xA043},
      {0x0040, 0xA123}, {0x0040, 0xA160}, {0x0040, 0xA168}, {0x0040, 0xA730}, {0x0008, 0x0100},
      {0x0008, 0x0102}, {0x0008, 0x0104}, {0x5000, 0x2500}, {0x6000, 0x3000}, {0xFFFA, 0xFFFA},
      {0xFFFC, 0xFFFC}, {0x0004, 0x1130}, {0x0008, 0x0005}, {0x0008, 0x2218}, {0x7FE0, 0x0010}};
  const std::uint8_t choice = in.byte();
  if (choice < std::size(known)) return known[choice];
  const std::uint16_t group = in.word();
  return {group, in.word()};
}

dicom::DataSet draw_data_set(Input& in, int depth) {
  constexpr dicom::Vr vrs[] = {dicom::Vr::AE, dicom::Vr::AS, dicom::Vr::CS, dicom::Vr::DA,
                               dicom::Vr::DS, dicom::Vr::DT, dicom::Vr::FD, dicom::Vr::IS,
                               dicom::Vr::LO, dicom::Vr::LT, dicom::Vr::OB, dicom::Vr::PN,
                               dicom::Vr::SH, dicom::Vr::SQ, dicom::Vr::TM, dicom::Vr::UI,
                               dicom::Vr::UN, dicom::Vr::US, dicom::Vr::UT, dicom::Vr::none};
  dicom::DataSet out;
  for (int count = in.byte() % 12; count > 0 && !in.is_empty(); --count) {
    dicom::Attribute attribute;
    attribute.tag = draw_tag(in);
    attribute.vr = vrs[in.byte() % std::size(vrs)];
    if (attribute.vr == dicom::Vr::SQ) {
      for (int items = depth < 5 ? in.byte() % 3 : 0; items > 0; --items)
        attribute.items.push_back(draw_data_set(in, depth + 1));
    } else {
      attribute.value = base::Phi(in.text(in.byte() % 40));
      attribute.length = attribute.value.reveal().size();
    }
    out.attributes.push_back(std::move(attribute));
  }
  std::stable_sort(out.attributes.begin(), out.attributes.end(),
                   [](const auto& a, const auto& b) { return a.tag < b.tag; });
  const auto repeated = std::unique(out.attributes.begin(), out.attributes.end(),
                                    [](const auto& a, const auto& b) { return a.tag == b.tag; });
  out.attributes.erase(repeated, out.attributes.end());
  return out;
}

const dicom::Edit* find_edit(const dicom::EditPlan& plan, const dicom::TagPath& path) {
  const auto at = std::lower_bound(plan.edits.begin(), plan.edits.end(), path,
                                   [](const auto& edit, const auto& p) { return edit.path < p; });
  return at != plan.edits.end() && at->path == path ? &*at : nullptr;
}

// Private attributes go at every depth; nothing is planned below what goes.
void check_level(const dicom::DataSet& level, const dicom::EditPlan& plan, dicom::TagPath path,
                 bool is_removed) {
  for (const dicom::Attribute& attribute : level.attributes) {
    path.tag = attribute.tag;
    const dicom::Edit* edit = find_edit(plan, path);
    require(!(is_removed && edit != nullptr), "no edits below a removed sequence");
    const bool goes = is_removed || (edit != nullptr && edit->action == dicom::Action::remove);
    const bool must_go = attribute.tag.is_private() && !attribute.tag.is_group_length();
    require(goes || !must_go, "private attributes are removed");  // the writer drops group lengths
    for (std::size_t i = 0; i < attribute.items.size(); ++i) {
      dicom::TagPath below = path;
      below.parents.push_back({attribute.tag, static_cast<std::uint32_t>(i)});
      const bool emptied = edit != nullptr && edit->action == dicom::Action::empty;
      below.tag = dicom::item_tag;
      const bool is_cut = find_edit(plan, below) != nullptr;
      check_level(attribute.items[i], plan, below, goes || emptied || is_cut);
    }
  }
}

}  // namespace

// FNV-1a, spread over 32 bytes.
deid::Pseudonyms pseudonyms() {
  return deid::Pseudonyms([](std::string_view domain, std::string_view value) {
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    const auto feed = [&](std::string_view text) {
      for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ULL;
    };
    feed(domain);
    feed(value);
    base::Digest digest;
    for (auto& byte : digest.bytes) {
      feed("+");
      byte = static_cast<std::uint8_t>(hash >> 24);
    }
    return digest;
  });
}

void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

void uid(std::span<const std::uint8_t> bytes) {
  const std::string text(bytes.begin(), bytes.end());
  const std::string replaced = pseudonyms().uid(text);
  require(replaced == pseudonyms().uid(text), "the same UID gives the same replacement");
  if (!dicom::is_valid_uid(text)) return;
  require(text.size() <= 64, "a UID has at most 64 characters");
  require(text.find_first_not_of("0123456789.") == std::string::npos, "digits and dots");
  require(dicom::is_valid_uid(replaced), "a replacement is a valid UID");
  require((replaced == text) == dicom::is_registered_uid(text), "only registered UIDs stay");
}

void date(std::span<const std::uint8_t> bytes) {
  Input in(bytes);
  const dicom::Vr vr = in.byte() % 2 == 0 ? dicom::Vr::DA : dicom::Vr::DT;
  const int days = 7 * (in.byte() - 128);
  const std::string text = in.rest();
  const auto shifted = deid::shifted_dates(vr, text, days);
  if (!shifted) return;
  const auto back = deid::shifted_dates(vr, *shifted, -days);
  require(back.has_value(), "a shifted date is a date");
  require(deid::shifted_dates(vr, *back, days) == shifted, "shifts can be taken back");
}

void residue(std::span<const std::uint8_t> bytes) {
  Input in(bytes);
  const std::size_t step = 1U + in.byte() % 32U;
  std::vector<base::Phi<std::string>> removed;
  for (int count = in.byte() % 5; count > 0; --count)
    removed.emplace_back(in.text(in.byte() % 24U));
  const std::string haystack = in.rest();
  const auto all = std::as_bytes(std::span(haystack));
  deid::ResidueScanner whole(removed, {}), pieces(removed, {});
  whole.feed(all);
  for (std::size_t at = 0; at < all.size(); at += step)
    pieces.feed(all.subspan(at, std::min(step, all.size() - at)));
  const std::set<std::uint64_t> found(whole.findings().begin(), whole.findings().end());
  const std::set<std::uint64_t> found_in_pieces(pieces.findings().begin(), pieces.findings().end());
  const bool is_complete = whole.findings().size() < 1024 && pieces.findings().size() < 1024;
  require(!is_complete || found == found_in_pieces, "the pieces a file is fed in do not matter");
  require(whole.pattern_count() > 0 || whole.findings().empty(), "no pattern, no finding");
}

void plan_edits(std::span<const std::uint8_t> bytes) {
  Input in(bytes);
  deid::Profile profile;
  profile.dates = in.byte() % 2 == 0 ? deid::Dates::removed : deid::Dates::modified;
  deid::PlanContext context;
  context.subject = "subject";
  context.face_removed = in.byte() % 2 != 0;
  const dicom::DataSet data_set = draw_data_set(in, 0);
  const dicom::EditPlan plan = deid::plan_edits(data_set, profile, context, pseudonyms());
  require(std::is_sorted(plan.edits.begin(), plan.edits.end(),
                         [](const auto& a, const auto& b) { return a.path < b.path; }),
          "edits ascend by path");
  check_level(data_set, plan, {}, false);
}

}  // namespace efface::fuzz
