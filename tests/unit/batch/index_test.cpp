#include "batch/index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "made_context.h"
#include "tests/support/packing.h"
#include "tests/support/synthetic_study.h"
#include "tests/support/temporary_folder.h"

namespace efface::batch::test {
namespace {

namespace fs = std::filesystem;
using support::content_of;
using support::Folder;
using support::put;

std::vector<StudyFiles> indexed(const std::vector<fs::path>& inputs, std::size_t threads = 2) {
  TaskPool pool(threads);
  return index_files(walk(inputs, false), made_pseudonyms(), pool);
}

/// The least NIfTI-1: a header of 348 bytes for 2 x 2 x 2 voxels of 16 bits. `magic`: "n+1" for a
/// single file, "ni1" for the header of a pair.
std::string nifti_header(const char* magic) {
  std::string header(348, '\0');
  const auto put16 = [&](std::size_t at, int value) {
    header[at] = static_cast<char>(value & 255);
    header[at + 1] = static_cast<char>(value >> 8);
  };
  put16(0, 348);
  const int dim[8] = {3, 2, 2, 2, 1, 1, 1, 1};
  for (std::size_t i = 0; i < 8; ++i) put16(40 + 2 * i, dim[i]);
  put16(70, 4);                                                     // signed 16 bits
  put16(72, 16);                                                    // bits a voxel
  for (std::size_t i = 0; i < 4; ++i) put16(78 + 4 * i, 0x3F80);    // pixdim 1.0
  if (magic[1] == '+') header[110] = '\xb0', header[111] = '\x43';  // vox_offset 352.0
  std::copy(magic, magic + 3, header.begin() + 344);
  return header;
}

/// "content: names", for each study, sorted.
std::multiset<std::string> described(const std::vector<StudyFiles>& studies) {
  const std::map<ContentKind, std::string> words{{ContentKind::dicom, "dicom"},
                                                 {ContentKind::image, "image"},
                                                 {ContentKind::companion, "companion"},
                                                 {ContentKind::other, "other"},
                                                 {ContentKind::not_a_file, "not a file"}};
  std::multiset<std::string> all;
  for (const StudyFiles& study : studies) {
    std::set<std::string> names;
    for (const IndexedFile& file : study.files) {
      names.insert(std::string(file.name()) + " (" + std::string(file.kind) + ")");
    }
    std::string text = words.at(study.content) + ":";
    for (const std::string& name : names) text += " " + name;
    all.insert(text);
  }
  return all;
}

TEST(Index, GroupsDicomByStudyWhereverTheFilesLie) {
  const Folder folder;
  support::write_small_study(folder / "one", 1);
  support::write_small_study(folder / "two", 2);
  fs::create_directories(folder / "in/deep/er");
  fs::rename(folder / "one/mr.dcm", folder / "in/first");
  fs::rename(folder / "one/ct.dcm", folder / "in/deep/er/second.jpg");
  fs::rename(folder / "two/sr.dcm", folder / "in/deep/third.dcm");
  EXPECT_EQ(described(indexed({folder / "in"})),
            (std::multiset<std::string>{"dicom: in/deep/er/second.jpg (dicom) in/first (dicom)",
                                        "dicom: in/deep/third.dcm (dicom)"}));
}

TEST(Index, TakesEveryImageFileAlone) {
  const Folder folder;
  const std::string single = nifti_header("n+1") + std::string(4 + 16, '\0');
  put(folder / "in/a.nii", single);
  put(folder / "in/b", single);
  put(folder / "in/pair.hdr", nifti_header("ni1"));
  put(folder / "in/pair.img", std::string(16, '\3'));
  put(folder / "in/lonely.img", std::string(16, '\3'));
  EXPECT_EQ(
      described(indexed({folder / "in"})),
      (std::multiset<std::string>{"image: in/a.nii (nifti1)", "image: in/b (nifti1)",
                                  "image: in/pair.hdr (nifti1-pair) in/pair.img (nifti voxels)",
                                  "other: in/lonely.img (other)"}));
}

TEST(Index, PutsSidecarsBesideTheirImagesAndTheRestBehindAllImages) {
  const Folder folder;
  put(folder / "in/a/scan.nii", nifti_header("n+1") + std::string(20, '\0'));
  put(folder / "in/a/scan.json", "{}");
  put(folder / "in/a/scan.bval", "0 1000");
  put(folder / "in/a/other.json", "{}");
  const std::vector<StudyFiles> studies = indexed({folder / "in"});
  ASSERT_EQ(studies.size(), 2U);
  EXPECT_EQ(studies[0].content, ContentKind::image);
  EXPECT_EQ(studies[0].files.size(), 3U);
  EXPECT_GT(studies[1].turn, studies[0].turn);
  EXPECT_EQ(studies[1].files[0].kind, "json sidecar");
}

TEST(Index, TellsImagesOfASessionOfItsStructuralOnes) {
  const Folder folder;
  const auto image = [&](const std::string& name) {
    put(folder.path() / name, nifti_header("n+1") + std::string(20, '\0'));
  };
  for (const char* name :
       {"d/sub-1/ses-1/anat/sub-1_ses-1_FLAIR.nii", "d/sub-1/ses-1/anat/sub-1_ses-1_T1w.nii",
        "d/sub-1/ses-1/func/sub-1_ses-1_bold.nii", "d/sub-1/ses-2/func/sub-1_ses-2_bold.nii",
        "d/sub-2/anat/sub-2_T1w.nii", "d/sub-2/func/sub-2_bold.nii", "d/anat/T1w.nii",
        "d/func/bold.nii"})
    image(name);
  std::map<std::string, std::vector<std::string>> structural;
  for (const StudyFiles& study : indexed({folder.path() / "d"})) {
    auto& names = structural[fs::path(study.files.front().path).filename().string()];
    for (const std::string& path : study.structural)
      names.push_back(fs::path(path).filename().string());
  }
  using Names = std::vector<std::string>;
  EXPECT_EQ(structural["sub-1_ses-1_bold.nii"],
            (Names{"sub-1_ses-1_T1w.nii", "sub-1_ses-1_FLAIR.nii"}));
  EXPECT_EQ(structural["sub-1_ses-1_T1w.nii"], Names{"sub-1_ses-1_FLAIR.nii"}) << "not itself";
  EXPECT_EQ(structural["sub-1_ses-2_bold.nii"], Names{}) << "another session";
  EXPECT_EQ(structural["sub-2_bold.nii"], Names{"sub-2_T1w.nii"}) << "a subject without sessions";
  EXPECT_EQ(structural["bold.nii"], Names{}) << "no subject";
}

TEST(Index, KeepsTheRestByFolder) {
  const Folder folder;
  put(folder / "in/notes.txt", "a note of some length that is no image");
  put(folder / "in/empty", "");
  put(folder / "in/sub/table.csv", "a,b,c\n1,2,3\n");
  fs::create_symlink("notes.txt", folder / "in/link");
  EXPECT_EQ(described(indexed({folder / "in"})),
            (std::multiset<std::string>{
                "other: in/empty (other) in/link (symbolic link) in/notes.txt (text)",
                "other: in/sub/table.csv (table)"}));
}

/// Everything of an index but the paths.
std::vector<std::string> lines(const std::vector<StudyFiles>& studies) {
  std::vector<std::string> all;
  for (const StudyFiles& study : studies) {
    all.push_back(study.token);
    for (const IndexedFile& file : study.files) {
      all.push_back(" " + file.token + " " + std::to_string(file.bytes) + " " +
                    std::string(file.name()));
    }
  }
  return all;
}

TEST(Index, IsTheSameForAnyThreadsAndOrder) {
  const Folder folder;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    support::write_small_study(folder / "a" / std::to_string(seed % 3) / std::to_string(seed),
                               seed);
  }
  put(folder / "b/x", "text");
  const std::vector<std::string> expected = lines(indexed({folder / "a", folder / "b"}, 1));
  EXPECT_EQ(expected.size(), 21U + 81U);
  EXPECT_EQ(lines(indexed({folder / "b", folder / "a"}, 1)), expected);
  EXPECT_EQ(lines(indexed({folder / "b", folder / "a"}, 5)), expected);
}

TEST(Index, SortsStudiesAndFilesByToken) {
  const Folder folder;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    support::write_small_study(folder / std::to_string(seed), seed);
  }
  const std::vector<StudyFiles> studies = indexed({folder.path()});
  const auto by_token = [](const auto& a, const auto& b) { return a.token < b.token; };
  EXPECT_TRUE(std::is_sorted(studies.begin(), studies.end(), by_token));
  for (const StudyFiles& study : studies) {
    EXPECT_TRUE(std::is_sorted(study.files.begin(), study.files.end(), by_token));
  }
}

TEST(Index, GivesEveryFileATokenOfItsOwn) {
  const Folder folder;
  for (const char* name : {"p/in/a", "q/in/a", "r/in/a"}) put(folder / name, name);
  std::set<std::string> tokens;
  for (const StudyFiles& study : indexed({folder / "p/in", folder / "q/in", folder / "r/in"})) {
    for (const IndexedFile& file : study.files) {
      tokens.insert(file.token);
      EXPECT_EQ(file.token.find("in"), std::string::npos) << "a token tells no name";
    }
  }
  EXPECT_EQ(tokens.size(), 3U);
}

TEST(Index, LosesNoDamagedFile) {
  const Folder folder;
  support::write_small_study(folder / "whole", 1);
  const std::string whole = content_of(folder / "whole/mr.dcm");
  put(folder / "in/cut.dcm", whole.substr(0, 200));
  put(folder / "in/gzip.nii.gz", "\x1f\x8b\x08 this is not gzip at all, whatever it says");
  EXPECT_EQ(
      described(indexed({folder / "in"})),
      (std::multiset<std::string>{"dicom: in/cut.dcm (dicom)", "other: in/gzip.nii.gz (other)"}));
}

TEST(Index, ReadsGzippedDicom) {
  const Folder folder;
  support::write_small_study(folder / "whole", 1);
  fs::create_directories(folder / "in");
  const std::string whole = content_of(folder / "whole/mr.dcm");
  put(folder / "in/mr.dcm.gz", support::gzipped(whole));
  fs::rename(folder / "whole/ct.dcm", folder / "in/ct.dcm");
  EXPECT_EQ(described(indexed({folder / "in"})),
            std::multiset<std::string>{"dicom: in/ct.dcm (dicom) in/mr.dcm.gz (dicom)"});
}

TEST(Index, OfNothingIsEmpty) {
  const Folder folder;
  EXPECT_TRUE(indexed({folder.path()}).empty());
}

}  // namespace
}  // namespace efface::batch::test
