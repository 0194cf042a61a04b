// Files told apart by their bytes, and what stands in them.
#include "check/any_file.h"

#include <gtest/gtest.h>

#include "check/xml_text.h"
#include "sidecar/clean.h"
#include "sidecar/gzip.h"
#include "tests/support/errors.h"

namespace efface::check {
namespace {

/// "rule place" of each finding, sorted by the rules of the finder.
std::vector<std::string> found_in(std::string_view name, std::string_view content,
                                  std::vector<std::string> columns = {}) {
  std::vector<std::string> all;
  for (const findings::Finding& finding :
       find_in_any_file({name, content, std::move(columns)}, {}).findings) {
    all.push_back(finding.rule + " " + finding.place);
  }
  return all;
}

using Found = std::vector<std::string>;

TEST(FindInXml, ElementsAndAttributesAreFields) {
  const std::string text =
      "<?xml version=\"1.0\"?><!-- by Dr. Hansen --><scan xmlns:d=\"urn:x\" operator=\"Ada Byron\">"
      "<d:PatientName><Family>Garrison</Family></d:PatientName><EchoTime>0.004</EchoTime>"
      "<DicomAttribute keyword=\"StudyInstanceUID\"><Value>1.3.12.2.1107.5</Value></DicomAttribute>"
      "<Comment>mail erika@example.org</Comment><p name=\"StationName\" value=\"MR4\"/></scan>";
  EXPECT_EQ(found_in("a.xml", text),
            (Found{"sidecar.field /scan/@operator", "sidecar.field /scan/PatientName/Family",
                   "sidecar.field /scan/p/@value", "text.name /comment",
                   "text.pattern /scan/Comment", "uid.vendor-root /scan/DicomAttribute/Value"}));
}

TEST(FindInXml, TextThatAnElementOrACommentDividesIsWhole) {
  EXPECT_EQ(found_in("a.xml", "<a>seen by Dr. <!-- x -->Hansen</a>"), Found{"text.name /a"});
}

TEST(FindInXml, NamesOfElementsAreNotShownWhenTheyTell) {
  const auto found = found_in("a.xml", "<a><rater_2019-03-04>7</rater_2019-03-04><b/></a>");
  EXPECT_EQ(found, Found{"text.pattern /a/*"});
}

TEST(FindInXml, WhatIsNotPlainIsReadAsTextAndSaidToBe) {
  EXPECT_EQ(found_in("a.xml", "<!DOCTYPE a><a>Dr. Hansen</a>"),
            (Found{"text.name line 1", "not-checked "}));
  EXPECT_EQ(found_in("a.svg", "<?xml version=\"1.0\"?><a><b></a>"), Found{"not-checked "});
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "<a>";
  EXPECT_EQ(found_in("a.xml", deep), Found{"not-checked "});
}

TEST(FindInGzip, TablesByTheirColumns) {
  const std::string table = sidecar::deflated("0.5\tOlivia Smith\n1.5\tn/a\n");
  EXPECT_EQ(found_in("sub-1_physio.tsv.gz", table, {"cardiac", "operator"}),
            Found{"sidecar.field column operator"});
  EXPECT_EQ(found_in("sub-1_physio.tsv.gz", sidecar::deflated("0.5\t1\n")), Found{});
}

TEST(FindInGzip, TextAndJsonAndNothingElse) {
  EXPECT_EQ(found_in("a.txt.gz", sidecar::deflated("fine\nDr. Hansen\n")),
            Found{"text.name line 2"});
  EXPECT_EQ(found_in("a.json.gz", sidecar::deflated(R"({"StationName":"MR4"})")),
            Found{"sidecar.field /StationName"});
  EXPECT_EQ(found_in("a.csv.gz", sidecar::deflated("mrn,x\n447100,1\n")),
            Found{"sidecar.field column mrn"});
  EXPECT_EQ(found_in("a.gz", sidecar::deflated(std::string("\0\1\2", 3))), Found{"not-checked "});
  EXPECT_EQ(found_in("a.gz", sidecar::deflated(sidecar::deflated("Dr. Hansen"))),
            Found{"not-checked "});
}

TEST(FindInGzip, DamageAndSizeAndNamesInTheHeader) {
  const std::string packed = sidecar::deflated("1\t2\n");
  EXPECT_EQ(found_in("a.tsv.gz", packed.substr(0, packed.size() - 4)), Found{"not-checked "});
  EXPECT_EQ(found_in("a.txt.gz", sidecar::deflated(std::string(most_bytes_of_text + 1, '0'))),
            Found{"not-checked "});
  const std::string named = std::string("\x1F\x8B\x08\x08", 4) + packed.substr(4, 6) +
                            std::string("olivia_smith.tsv\0", 17) + packed.substr(10);
  EXPECT_EQ(sidecar::original_name(named), "olivia_smith.tsv");
  EXPECT_EQ(found_in("a.tsv.gz", named), Found{"file-name.identifying gzip header"});
  EXPECT_EQ(sidecar::original_name(packed), "");
  EXPECT_EQ(sidecar::original_name(std::string("\x1F\x8B\x08\x04\0\0\0\0\0\0\xFF\xFF", 12)), "");
}

TEST(FindInAnyFile, DocumentsAndArchivesAreNotChecked) {
  for (const std::string begin : {"%PDF-1.4 text alone", "\n\n%PDF-1.7", "PK\x03\x04 text alone",
                                  "{\\rtf1 text alone}", "%!PS-Adobe-3.0", "\xD0\xCF\x11\xE0"}) {
    EXPECT_EQ(found_in("a.txt", begin), Found{"not-checked "}) << begin;
  }
  EXPECT_EQ(found_in("a.bin", std::string("\0\1", 2)), Found{"not-checked "});
  EXPECT_EQ(found_in("a.nii", "version https://git-lfs.github.com/spec/v1\noid sha256:00\n"),
            Found{"not-checked "});
  EXPECT_EQ(found_in("a.nii", "/annex/objects/MD5E-s1--00.nii\n"), Found{"not-checked "});
  EXPECT_EQ(found_in("a.txt", "plain"), Found{});
}

TEST(FindInAnyFile, DocumentsAboutADataSetNamePeopleOnPurpose) {
  EXPECT_EQ(found_in("x/README", "by Dr. Hansen"), Found{"document.text line 1"});
  EXPECT_EQ(found_in("dataset_description.json",
                     R"({"Name":"S","Authors":["Dr. Hansen"],"StationName":"MR4"})"),
            (Found{"document.text /Authors/0", "sidecar.field /StationName"}));
}

TEST(FindInAnyFile, PicturesOfEveryKind) {
  const auto is_picture = [](std::string_view content) {
    return find_in_any_file({"a", content}, {}).is_picture;
  };
  EXPECT_TRUE(is_picture(std::string("BM\x3A\0\0\0\0\0\0\0\x36\0\0\0", 14)));
  EXPECT_FALSE(is_picture("BMI was 23.5 and more"));
  EXPECT_TRUE(is_picture(std::string("RIFF\x04\0\0\0WEBP", 12)));
  std::string gif("GIF89a\1\0\1\0\0\0\0", 13);
  gif += std::string("\x21\xFE\x0A", 3) + "Dr. Hansen" + std::string("\0\x3B", 2);
  EXPECT_TRUE(is_picture(gif));
  EXPECT_EQ(found_in("a.gif", gif), Found{"text.name comment"});
  const std::string jfxx("\xFF\xD8\xFF\xE0\0\x08JFXX\0\x10\xFF\xDA\0\2", 16);
  EXPECT_EQ(found_in("a.jpg", jfxx), Found{"thumbnail JFXX"});
}

}  // namespace
}  // namespace efface::check
