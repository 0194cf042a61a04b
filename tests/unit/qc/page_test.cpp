#include "qc/page.h"

#include <gtest/gtest.h>

#include <cmath>

namespace efface::qc {
namespace {

PageRow row(const std::string& volume, double score,
            face::Verdict verdict = face::Verdict::removed) {
  PageRow r;
  r.volume = volume + std::string(32 - volume.size(), '0');
  r.study = std::string(32, 'e');
  r.kind = "nifti1";
  r.size = {10, 20, 30};
  r.spacing_mm = {1, 1, 1.5};
  r.verdict = verdict;
  r.score = score;
  r.is_released = verdict != face::Verdict::uncertain;
  r.picture = volume + ".png";
  return r;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST(Rows, ComeWithTheWorstScoreFirst) {
  std::vector<PageRow> rows{row("a", 0.9), row("d", 0.2), row("b", 0.2), row("c", std::nan(""))};
  sort_rows(rows);
  std::string order;
  for (const PageRow& r : rows) order += r.volume.front();
  EXPECT_EQ(order, "cbda");
}

TEST(Page, DoesNotDependOnTheOrderOfVolumes) {
  const PageHead head{"1.0", "net 2", "0123", true};
  EXPECT_EQ(page_of(head, {row("a", 0.9), row("b", 0.2)}),
            page_of(head, {row("b", 0.2), row("a", 0.9)}));
}

TEST(Page, ShowsNoPictureOfWhatIsNotReleased) {
  PageRow withheld = row("ab", 0.1, face::Verdict::uncertain);
  withheld.reason = "eyes found behind the brain";
  withheld.withheld_for = "face-uncertain";
  const std::string page = page_of({"1.0", "net 2", "0123", true}, {withheld, row("cd", 0.5)});
  EXPECT_EQ(count(page, "<img"), 1U);
  EXPECT_EQ(page.find("ab.png"), std::string::npos);
  EXPECT_NE(page.find("src=\"cd.png\""), std::string::npos);
  EXPECT_NE(page.find("eyes found behind the brain"), std::string::npos);
  EXPECT_NE(page.find("face-uncertain"), std::string::npos);
}

TEST(Page, SaysWhenAPictureIsMissing) {
  PageRow lost = row("ab", 0.1);
  lost.picture.clear();
  const std::string page = page_of({"1.0", "net 2", "0123", true}, {lost});
  EXPECT_EQ(count(page, "<img"), 0U);
  EXPECT_NE(page.find("No picture"), std::string::npos);
}

TEST(Page, EscapesWhatIsNoMarkup) {
  PageRow odd = row("ab", 0.1);
  odd.reason = "<script>alert(\"1\")</script> & more";
  const std::string page = page_of({"1.0", "net 2", "0123", true}, {odd});
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more"),
            std::string::npos);
}

TEST(Page, NeedsNothingFromElsewhere) {
  const std::string page = page_of({"1.0", "net 2", "0123", true}, {row("ab", 0.1)});
  for (const char* foreign : {"http:", "https:", "//", "<script", "<link", "@import", "url("}) {
    EXPECT_EQ(page.find(foreign), std::string::npos) << foreign;
  }
  EXPECT_NE(page.find("prefers-color-scheme:dark"), std::string::npos);
}

TEST(Page, CountsWhatEachFilterShows) {
  const std::string page =
      page_of({"1.0", "net 2", "0123", true},
              {row("a", 0.9), row("b", 0.2), row("c", 0.3, face::Verdict::no_head),
               row("d", 0.4, face::Verdict::uncertain)});
  for (const char* label : {"all (4)", "face removed (2)", "no face in view (0)", "no head (1)",
                            "uncertain (1)", "withheld (1)"}) {
    EXPECT_NE(page.find(label), std::string::npos) << label;
  }
  EXPECT_EQ(count(page, "<section class=\"removed\""), 2U);
  EXPECT_EQ(count(page, "<section class=\"uncertain withheld\""), 1U);
}

TEST(Page, TellsVolumesRemovedAndUnfinishedRuns) {
  PageRow r = row("ab", 0.123);
  r.removed_ml = {10, 20.25, 0, 5};
  std::string page = page_of({"1.0", "net 2", "0123", false}, {r});
  EXPECT_NE(page.find("35.2 ml"), std::string::npos);
  EXPECT_NE(page.find("nose 20.2"), std::string::npos);
  EXPECT_NE(page.find("0.12"), std::string::npos);
  EXPECT_NE(page.find("has not finished"), std::string::npos);
  page = page_of({"1.0", "net 2", "0123", true}, {r});
  EXPECT_EQ(page.find("has not finished"), std::string::npos);
}

TEST(Mark, IsReadBackFromThePagesHead) {
  const std::string page = page_of({"1.0", "net 2", "0123456789abcdef", true}, {});
  EXPECT_EQ(mark_of_page(page.substr(0, 4096)), "0123456789abcdef");
  EXPECT_EQ(mark_of_page("<html>"), "");
  EXPECT_EQ(mark_of_page("<meta name=\"generator\" content=\"efface run 12"), "");
}

}  // namespace
}  // namespace efface::qc
