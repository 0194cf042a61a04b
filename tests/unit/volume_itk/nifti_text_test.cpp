// Which texts of a NIfTI header may stay.
#include <gtest/gtest.h>

#include "image_maker.h"
#include "tests/support/temporary_folder.h"
#include "volume_itk/internal_nifti.h"

namespace efface::volume_itk {
namespace {

using support::Folder;
using test::NiftiMaker;

TEST(NiftiText, NamesOfToolsMayStay) {
  for (const char* name :
       {"FSL5.0", "FSL3.3", "FSL 6.0.5", "SPM12", "AFNI_21.3.0", "AFNI", "ITK 5.2.1", "FreeSurfer",
        "FreeSurfer 7.1.1", "ANTs v2.3.5", "MRtrix version: 3.0.2", "nibabel 5.0.0"}) {
    EXPECT_TRUE(is_tool_name(name)) << name;
  }
}

TEST(NiftiText, NothingElseMayStay) {
  for (const char* text :
       {"", "Jane Doe", "FSL5.0 Jane Doe", "SPM12345678", "FSL 19700101", "ITK 1970.01.01",
        "FreeSurfer May 11 2020", "TE=2.4;Time=103355.000", "6.0.5:9e026117", "fsl", "FSL5.0\n",
        "Doe FSL5.0", "FSL5.0.1.2.3", "FSL.Doe", "ITK v", "012345", "1.2.840.113619"}) {
    EXPECT_FALSE(is_tool_name(text)) << text;
  }
}

TEST(NiftiText, AToolsNameStaysInTheFile) {
  Folder folder;
  for (const bool version_2 : {false, true}) {
    NiftiMaker maker;
    maker.version_2 = version_2;
    maker.texts = {{"descrip", "FSL5.0"}};
    const std::string name = version_2 ? "2" : "1";
    support::put(folder / name, maker.file());
    const ImageFile image(folder / name);
    EXPECT_TRUE(image.free_texts().empty());
    image.write(folder / (name + "b"));
    EXPECT_EQ(support::content_of(folder / (name + "b")), maker.file());
  }
}

TEST(NiftiText, WhatHidesBehindTheEndOfATextGoes) {
  Folder folder;
  NiftiMaker maker;
  maker.texts = {{"descrip", std::string("FSL5.0\0Doe^Jane", 15)},
                 {"intent_name", std::string("\0hidden", 7)}};
  support::put(folder / "a", maker.file());
  const ImageFile image(folder / "a");
  EXPECT_EQ(image.free_texts().size(), 2U);
  image.write(folder / "b");
  const std::string bytes = support::content_of(folder / "b");
  EXPECT_EQ(bytes.find("Jane"), std::string::npos);
  EXPECT_EQ(bytes.find("hidden"), std::string::npos);
}

TEST(NiftiText, AnExtensionThatTheHeaderDeniesGoesToo) {
  Folder folder;
  NiftiMaker maker;
  maker.extension = "Doe^Jane";
  std::string bytes = maker.file();
  bytes[348] = 0;
  support::put(folder / "a", bytes);
  const ImageFile image(folder / "a");
  ASSERT_EQ(image.free_texts().size(), 1U);
  EXPECT_NE(image.free_texts()[0].second.reveal().find("Doe^Jane"), std::string::npos);
  image.write(folder / "b");
  EXPECT_EQ(support::content_of(folder / "b").find("Jane"), std::string::npos);
}

}  // namespace
}  // namespace efface::volume_itk
