#include "batch/taken_names.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace efface::batch {
namespace {

StudyFiles study(const std::string& token, ContentKind content,
                 const std::vector<std::pair<std::string, ContentKind>>& files) {
  StudyFiles study;
  study.token = token;
  study.content = content;
  for (const auto& [name, kind] : files) {
    IndexedFile& file = study.files.emplace_back();
    file.path = "/in/" + name;
    file.name_length = static_cast<std::uint32_t>(name.size());
    file.content = kind;
  }
  return study;
}

/// "token/name" of what is marked.
std::set<std::string> taken(std::vector<StudyFiles> studies) {
  mark_taken_names(studies, [](const IndexedFile& file) { return std::string(file.name()); });
  std::set<std::string> marked;
  for (const StudyFiles& s : studies) {
    for (const IndexedFile& file : s.files) {
      if (file.is_name_taken) marked.insert(s.token + "/" + std::string(file.name()));
    }
  }
  return marked;
}

constexpr auto dicom = ContentKind::dicom, image = ContentKind::image,
               sidecar = ContentKind::sidecar, other = ContentKind::other;
using Marked = std::set<std::string>;

TEST(TakenNames, AreThoseOfSeveralStudies) {
  EXPECT_EQ(taken({study("a", dicom, {{"s/1", dicom}, {"s/2", dicom}}),
                   study("b", dicom, {{"s/1", dicom}, {"s/3", dicom}}),
                   study("c", image, {{"s/i.nii", image}, {"s/i.json", sidecar}}),
                   study("d", other, {{"s/i.json", sidecar}})}),
            (Marked{"a/s/1", "b/s/1", "c/s/i.json", "d/s/i.json"}));
}

TEST(TakenNames, DoNotDependOnTheOrder) {
  std::vector<StudyFiles> studies{study("a", dicom, {{"1", dicom}}),
                                  study("b", dicom, {{"1.gz", dicom}}),
                                  study("c", image, {{"1", image}})};
  const Marked all = taken(studies);
  EXPECT_EQ(all, (Marked{"a/1", "b/1.gz", "c/1"})) << "DICOM is written uncompressed";
  std::reverse(studies.begin(), studies.end());
  EXPECT_EQ(taken(studies), all);
}

TEST(TakenNames, AreLeftToAStudyWhoseOwnTheyAre) {
  EXPECT_EQ(taken({study("a", dicom, {{"1", dicom}, {"1.gz", dicom}})}), Marked());
}

TEST(TakenNames, AreNotTakenByWhatIsNeverWritten) {
  EXPECT_EQ(taken({study("a", dicom, {{"x", dicom}}), study("b", other, {{"x", other}}),
                   study("c", other, {{"x", ContentKind::not_a_file}})}),
            Marked());
}

TEST(TakenNames, AreThoseOfFolders) {
  EXPECT_EQ(taken({study("a", dicom, {{"s/x.gz", dicom}}),
                   study("b", dicom, {{"s/x/deep/1", dicom}, {"s/x/deep/2", dicom}}),
                   study("c", dicom, {{"s/xy", dicom}})}),
            Marked{"a/s/x.gz"});
}

TEST(TakenNames, AreThoseThatEffaceNeedsItself) {
  EXPECT_EQ(taken({study("a", other, {{"manifest.json", sidecar}}),
                   study("b", dicom, {{".efface/x", dicom}, {"s/manifest.json", dicom}})}),
            (Marked{"a/manifest.json", "b/.efface/x"}));
}

}  // namespace
}  // namespace efface::batch
