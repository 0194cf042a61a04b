#include "batch/released.h"

#include <gtest/gtest.h>

namespace efface::batch {
namespace {

audit::InputRecord written(const std::string& output, const std::string& kind) {
  audit::InputRecord input;
  input.outcome = audit::Outcome::written;
  input.output = output;
  input.kind = kind;
  return input;
}

sidecar::ListedRow row(const std::string& file, const std::string& label) {
  sidecar::ListedRow listed;
  listed.file = file;
  listed.label = label;
  return listed;
}

TEST(Released, HoldsRowsOfWhatIsThere) {
  Released released;
  released.add(written("set/sub-1/ses-2/anat/sub-1_T1w.nii.gz", "nifti1"));
  released.add(written("set/sub-2/beh/sub-2_events.tsv", "table"));
  audit::InputRecord withheld = written("set/sub-3/anat/sub-3_T1w.nii.gz", "nifti1");
  withheld.outcome = audit::Outcome::withheld;
  released.add(withheld);
  const std::string table = "set/participants.tsv";
  EXPECT_TRUE(released.holds(table, row("", "sub-1")));
  EXPECT_TRUE(released.holds(table, row("", "2")));
  EXPECT_FALSE(released.holds(table, row("", "sub-3")));
  EXPECT_TRUE(released.holds("set/sub-1/sub-1_sessions.tsv", row("", "ses-2")));
  EXPECT_FALSE(released.holds("set/sub-1/sub-1_sessions.tsv", row("", "ses-1")));
  EXPECT_TRUE(released.holds("set/phenotype/a.tsv", row("", "sub-2")));
  EXPECT_FALSE(released.holds("other/participants.tsv", row("", "sub-1")));
  EXPECT_TRUE(released.holds(table, row("set/sub-1/ses-2/anat/sub-1_T1w.nii.gz", "")));
  EXPECT_FALSE(released.holds(table, row("set/sub-2/beh/sub-2_events.tsv", "")));  // no image
  EXPECT_FALSE(released.holds(table, row("set/sub-3/anat/sub-3_T1w.nii.gz", "sub-1")));
}

TEST(Released, LacksImagesThatWereExpectedAlone) {
  Released released;
  released.expect("sub-1/ses-1/a.nii");
  released.expect("sub-1/ses-2/a.nii");
  released.add(written("sub-1/ses-1/a.nii", "nifti1"));
  EXPECT_FALSE(released.lacks_images_of("sub-1"));
  EXPECT_TRUE(released.lacks_images_of("sub-1/ses-2"));
  EXPECT_FALSE(released.lacks_images_of("sub-2"));
}

}  // namespace
}  // namespace efface::batch
