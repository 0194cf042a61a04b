#include "batch/faces.h"

#include <gtest/gtest.h>

#include "made_context.h"

namespace efface::batch::test {
namespace {

using face::Verdict;
using face::test::SyntheticHead;
using study::Extent;

/// An image of a head and what the model will say of it.
struct Shown {
  SyntheticHead head;
  FaceVolume volume;
};

/// The head as an image of 4 mm a voxel, from `low` to 120 mm along x and over all of it else.
Shown shown(const SyntheticHead& head, const std::string& frame_of_reference = "1",
            double low_x = -116) {
  Shown made{head, {}};
  volume::StackGrid& grid = made.volume.grid;
  grid.columns = static_cast<std::size_t>((120 - low_x) / 4);
  grid.rows = 60;
  grid.step_i = {4, 0, 0};
  grid.step_j = {0, 4, 0};
  grid.slice_thickness_mm = 4;
  for (std::size_t k = 0; k < 60; ++k)
    grid.slice_origin.push_back({low_x, -126, -136 + 4 * static_cast<double>(k)});
  made.volume.frame_of_reference = frame_of_reference;
  made.volume.load = [head, grid](std::size_t) {
    volume::Volume image{grid, std::vector<float>(grid.voxel_count()), {}, false};
    std::minstd_rand random(1);
    for (std::size_t v = 0; v < image.values.size(); ++v) {
      const std::size_t in_slice = v % (grid.columns * grid.rows);
      const auto at = grid.patient_mm(static_cast<double>(in_slice % grid.columns),
                                      static_cast<double>(in_slice / grid.columns),
                                      v / (grid.columns * grid.rows));
      const bool is_air = head.label_at(head.head_mm(at)) == face::Label::air;
      image.values[v] = static_cast<float>((is_air ? 10 : 500) + random() % 30);
    }
    return image;
  };
  return made;
}

/// A head whose face the model overlooks.
SyntheticHead faceless() {
  SyntheticHead head;
  head.has = {false, false, false, false};
  return head;
}

/// No head at all, but something of the kind of tissue.
SyntheticHead body() {
  SyntheticHead head = faceless();
  head.has_brain = false;
  return head;
}

Shown thin(Shown shown, Extent extent) {
  shown.volume.extent = extent;
  shown.volume.grid.slice_origin = {{shown.volume.grid.slice_origin[30]}};
  return shown;
}

class StudyFacesTest : public testing::Test {
 protected:
  /// Judges the volumes of one study. Every full one is loaded once, or again when it is uncertain
  /// and when it may tell of another.
  const StudyFaces& judge(const std::vector<Shown>& study) {
    volumes_.clear();
    loaded_ = 0;
    std::size_t full = 0;
    for (const Shown& one : study) {
      volumes_.push_back(one.volume);
      volumes_.back().load = [&, one](std::size_t t) { return load(one.volume, one.head, t); };
      if (one.volume.extent == Extent::full) ++full;
    }
    faces_ = std::make_unique<StudyFaces>(volumes_, made_.context);
    EXPECT_GE(loaded_, full);
    EXPECT_LE(loaded_, 3 * full);
    return *faces_;
  }

  /// From now on the model sees this head. The context's pool of one thread loads a volume after
  /// the model has seen the one before.
  volume::Volume load(const FaceVolume& volume, const SyntheticHead& head, std::size_t t) {
    ++loaded_;
    made_.segmenter.head = head;
    return volume.load(t);
  }

  MadeContext made_;
  std::vector<FaceVolume> volumes_;
  std::unique_ptr<StudyFaces> faces_;
  std::size_t loaded_ = 0;
};

const char cleaned[] = "cleaned by the face that another volume of its frame of reference shows";

TEST_F(StudyFacesTest, AFaceIsRemovedByItsOwnRegion) {
  const StudyFaces& faces = judge({shown({})});
  EXPECT_EQ(faces[0].verdict, Verdict::removed) << faces[0].reason;
  EXPECT_TRUE(faces[0].seen_by_model);
  ASSERT_EQ(faces[0].regions.size(), 1U);
  EXPECT_GT(faces[0].regions[0]->grid.voxel_count(), 0U);
  ASSERT_NE(faces[0].air, nullptr);
  EXPECT_GT(faces[0].air->at({100, -120, 80}, 0), 0.9F);
  EXPECT_TRUE(faces.may_hold_head());
  EXPECT_FALSE(faces.is_free_of_heads());
}

TEST_F(StudyFacesTest, AStudyOfABodyIsFreeOfHeads) {
  const StudyFaces& faces = judge({shown(body())});
  EXPECT_EQ(faces[0].verdict, Verdict::no_head) << faces[0].reason;
  EXPECT_TRUE(faces[0].regions.empty());
  EXPECT_FALSE(faces.may_hold_head());
  EXPECT_TRUE(faces.is_free_of_heads());
}

TEST_F(StudyFacesTest, NothingSeenIsNotFreeOfHeads) {
  EXPECT_FALSE(judge({}).is_free_of_heads());
  const StudyFaces& faces = judge({thin(shown({}), Extent::thin_transverse)});
  EXPECT_FALSE(faces.is_free_of_heads());
  EXPECT_FALSE(faces.may_hold_head());
}

TEST_F(StudyFacesTest, ARegionIsSharedWithinItsFrameOfReferenceAlone) {
  const StudyFaces& faces = judge(
      {shown({}, "1"), shown(body(), "1"), shown(body(), "2"), shown({}, ""), shown(body(), "")});
  ASSERT_EQ(faces[1].regions.size(), 1U);
  EXPECT_EQ(faces[1].regions[0], faces[0].regions[0]);
  EXPECT_TRUE(faces[2].regions.empty());
  EXPECT_EQ(faces[3].regions.size(), 1U) << "without a frame of reference: its own";
  EXPECT_TRUE(faces[4].regions.empty()) << "and shares it with none";
  EXPECT_FALSE(faces.is_free_of_heads());
}

TEST_F(StudyFacesTest, AnUncertainVolumeIsCleanedByAnotherThatCoversIt) {
  ASSERT_EQ(judge({shown(faceless())})[0].verdict, Verdict::uncertain);
  EXPECT_TRUE(faces_->may_hold_head());
  for (const bool is_first : {true, false}) {
    const std::size_t u = is_first ? 0 : 1;
    const StudyFaces& faces =
        is_first ? judge({shown(faceless()), shown({})}) : judge({shown({}), shown(faceless())});
    EXPECT_EQ(faces[u].verdict, Verdict::removed);
    EXPECT_EQ(faces[u].reason, cleaned);
    ASSERT_EQ(faces[u].regions.size(), 2U) << "as it lies there, and as carried here";
    EXPECT_EQ(faces[u].regions[0], faces[1 - u].regions[0]);
  }
}

TEST_F(StudyFacesTest, AnUncertainVolumeStaysSoWhereNothingCoversIt) {
  const auto verdict = [&](const Shown& other) {
    const StudyFaces& faces = judge({shown(faceless()), other});
    EXPECT_NE(faces[0].reason, cleaned);
    EXPECT_TRUE(faces.may_hold_head());
    return faces[0].verdict;
  };
  EXPECT_EQ(verdict(shown({}, "2")), Verdict::uncertain) << "another frame of reference";
  EXPECT_EQ(verdict(shown({}, "")), Verdict::uncertain) << "no frame of reference";
  EXPECT_EQ(verdict(shown(body())), Verdict::uncertain) << "no face seen there";
  SyntheticHead half;
  half.in_view = [](const volume::Vec3& p) { return p[0] > -60; };
  EXPECT_EQ(verdict(shown(half, "1", -56)), Verdict::uncertain) << "a part of its field of view";
  EXPECT_EQ((*faces_)[1].verdict, Verdict::removed) << (*faces_)[1].reason;
}

TEST_F(StudyFacesTest, AWiderUncertainVolumeIsCleanedByAnotherThatShowsAllOfTheHead) {
  const SyntheticHead head;
  const auto wide = [&](const volume::Vec3& moved_mm) {
    Shown made = shown(faceless());
    for (volume::Vec3& origin : made.volume.grid.slice_origin)
      for (std::size_t a = 0; a < 3; ++a) origin[a] += moved_mm[a];
    made.volume.load = [load_still = made.volume.load, grid = made.volume.grid](std::size_t t) {
      volume::Volume image = load_still(t);
      image.grid = grid;
      return image;
    };
    return made;
  };
  SyntheticHead narrow;
  narrow.in_view = [](const volume::Vec3& p) { return p[0] > -92; };
  const StudyFaces& faces = judge({wide({0, 0, 0}), shown(narrow, "1", -92)});
  EXPECT_EQ(faces[0].verdict, Verdict::removed) << faces[0].reason;
  EXPECT_EQ(faces[0].reason, cleaned);
  EXPECT_EQ(faces[0].regions.size(), 2U) << "as the frame of reference has it, and as carried";
  EXPECT_EQ(judge({wide({0, 0, 22}), shown(narrow, "1", -92)})[0].verdict, Verdict::uncertain)
      << "the head moved";
}

TEST_F(StudyFacesTest, WhatIsLeftOfADefacedHeadDoesNotSpeakForAnother) {
  SyntheticHead defaced;
  defaced.change = [](const volume::Vec3& p, face::Label label) {
    return p[1] < -30 && p[2] < -55 && label != face::Label::brain ? face::Label::air : label;
  };
  Shown other = shown(defaced);
  const auto load_whole = other.volume.load;
  other.volume.load = [load_whole, grid = other.volume.grid](std::size_t t) {
    volume::Volume image = load_whole(t);
    for (std::size_t v = 0; v < image.values.size(); ++v) {
      const std::size_t in_slice = v % (grid.columns * grid.rows);
      const auto p = grid.patient_mm(static_cast<double>(in_slice % grid.columns),
                                     static_cast<double>(in_slice / grid.columns),
                                     v / (grid.columns * grid.rows));
      if (p[1] < -30 && p[2] < -55) image.values[v] = 10;
    }
    return image;
  };
  const StudyFaces& faces = judge({shown(faceless()), other});
  ASSERT_EQ(faces[1].verdict, Verdict::removed) << faces[1].reason;
  EXPECT_EQ(faces[0].verdict, Verdict::uncertain) << faces[0].reason;
}

TEST_F(StudyFacesTest, ThinStacksAreNotShownToTheModel) {
  const StudyFaces& faces = judge({thin(shown({}, "1"), Extent::thin_transverse),
                                   thin(shown({}, "2"), Extent::thin_other),
                                   thin(shown({}, "3"), Extent::scattered_transverse)});
  EXPECT_EQ(faces[0].verdict, Verdict::no_face);
  EXPECT_EQ(faces[1].verdict, Verdict::uncertain);
  EXPECT_EQ(faces[2].verdict, Verdict::uncertain);
  EXPECT_NE(faces[1].reason, faces[2].reason);
  for (std::size_t v = 0; v < 3; ++v) {
    EXPECT_FALSE(faces[v].seen_by_model);
    EXPECT_TRUE(faces[v].regions.empty());
    EXPECT_EQ(faces[v].air, nullptr);
  }
  EXPECT_TRUE(faces.may_hold_head());
}

TEST_F(StudyFacesTest, ThinStacksAreCleanedByAVolumeThatCoversThem) {
  const StudyFaces& faces =
      judge({thin(shown({}), Extent::thin_transverse), thin(shown({}), Extent::thin_other),
             thin(shown({}), Extent::scattered_transverse), shown({})});
  EXPECT_EQ(faces[0].verdict, Verdict::no_face);
  EXPECT_EQ(faces[1].verdict, Verdict::removed);
  EXPECT_EQ(faces[2].verdict, Verdict::removed);
  for (std::size_t v = 0; v < 3; ++v) {
    EXPECT_EQ(faces[v].regions, faces[3].regions) << "the face is removed wherever it lies";
    EXPECT_NE(faces[v].air, nullptr);
  }
}

TEST_F(StudyFacesTest, TheWorstTimePointDecides) {
  FaceVolume timed = shown({}).volume;
  timed.time_points = 9;
  timed.load = [&](std::size_t t) {
    const bool is_middle = t != 0 && t != 8;
    return load(shown({}).volume, is_middle ? faceless() : SyntheticHead(), t);
  };
  const StudyFaces faces({timed}, made_.context);
  EXPECT_EQ(loaded_, 4U) << "the middle one twice";
  EXPECT_EQ(faces[0].verdict, Verdict::uncertain) << "its own other time points do not excuse it";
  EXPECT_EQ(faces[0].regions.size(), 2U);
}

TEST_F(StudyFacesTest, AnUncertainVolumeIsCleanedByWhatItsSessionShows) {
  ASSERT_EQ(judge({shown({})})[0].regions.size(), 1U);
  const face::FaceRegion face_of_another = *(*faces_)[0].regions[0];
  FaceVolume timed = shown(faceless()).volume;
  timed.time_points = 9;
  timed.load = [&](std::size_t t) { return load(shown(faceless()).volume, faceless(), t); };
  std::size_t asked = 0, refused_at = 9;
  const FaceOfSession session = [&](const volume::Volume& image) {
    EXPECT_EQ(image.grid.slices(), 60U);
    return asked++ == refused_at ? std::vector<face::FaceRegion>{} : std::vector{face_of_another};
  };
  const StudyFaces cleaned_by_session({timed}, made_.context, session);
  EXPECT_EQ(asked, 3U) << "first, middle and last time point";
  EXPECT_EQ(cleaned_by_session[0].verdict, Verdict::removed);
  EXPECT_EQ(cleaned_by_session[0].reason,
            "cleaned by the face that another image of its session shows");
  EXPECT_EQ(cleaned_by_session[0].regions.size(), 3U);
  EXPECT_TRUE(cleaned_by_session.may_hold_head());

  asked = 0;
  refused_at = 1;
  const StudyFaces refused({timed}, made_.context, session);
  EXPECT_EQ(refused[0].verdict, Verdict::uncertain) << "one time point shows the head elsewhere";
  EXPECT_TRUE(refused[0].regions.empty());
}

TEST_F(StudyFacesTest, TheSessionIsNotAskedOfWhatIsClear) {
  const Shown clear = shown({});
  FaceVolume volume = clear.volume;
  volume.load = [&](std::size_t t) { return load(clear.volume, clear.head, t); };
  const StudyFaces faces({volume}, made_.context, [](const volume::Volume&) {
    ADD_FAILURE() << "asked";
    return std::vector<face::FaceRegion>{};
  });
  EXPECT_EQ(faces[0].verdict, Verdict::removed);
}

TEST_F(StudyFacesTest, StopsWhenItIsInterrupted) {
  const std::atomic<bool> cancelled{true};
  made_.options.cancelled = &cancelled;
  FaceVolume volume = shown({}).volume;
  volume.load = [&](std::size_t t) { return load(shown({}).volume, {}, t); };
  EXPECT_THROW(StudyFaces({volume}, made_.context), base::Error);
  EXPECT_EQ(loaded_, 0U);
}

TEST(Untouched, IsEveryVoxelOutsideTheMaskInRuns) {
  std::vector<std::byte> bytes;
  for (int i = 0; i < 12; ++i) bytes.push_back(static_cast<std::byte>(i));
  const auto fed = [&](const face::VoxelMask& mask) {
    std::string all;
    visit_untouched(mask, {2, bytes}, [&](std::span<const std::byte> run) {
      for (const std::byte b : run) all += static_cast<char>('a' + static_cast<int>(b));
      all += ' ';
    });
    return all;
  };
  EXPECT_EQ(fed({0, 1, 0, 0, 3, 0}), "ab efgh kl ");
  EXPECT_EQ(fed({1, 0, 0, 0, 0, 4}), "cdefghij ");
  EXPECT_EQ(fed({0, 0, 0, 0, 0, 0}), "abcdefghijkl ");
  EXPECT_EQ(fed({1, 1, 2, 2, 3, 4}), "");
}

}  // namespace
}  // namespace efface::batch::test
