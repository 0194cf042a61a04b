#include "study/classify.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "slices.h"

namespace efface::study::test {
namespace {

constexpr const char* storage = "1.2.840.10008.5.1.4.1.1.";

/// A whole, harmless object of a class: `tail` below storage classes.
dicom::InstanceFacts object(const std::string& tail) {
  dicom::InstanceFacts facts = slice("1.2.3.4", transverse, {0, 0, 0});
  facts.sop_class_uid = storage + tail;
  return facts;
}

Classification of(const std::string& tail,
                  const std::function<void(dicom::InstanceFacts&)>& change = {}) {
  dicom::InstanceFacts facts = object(tail);
  if (change) change(facts);
  return classify(facts);
}

void without_pixels(dicom::InstanceFacts& facts) {
  facts.has_pixel_data = false;
}
void without_text(dicom::InstanceFacts& facts) {
  facts.burned_in_annotation = "NO";
}

const std::vector<std::string> volume_classes{"2",   "2.1", "2.2",   "4",  "4.1",
                                              "4.4", "128", "128.1", "130"};

TEST(Classify, ShowsMrCtAndPetToTheModel) {
  for (const std::string& tail : volume_classes) {
    EXPECT_EQ(of(tail).treatment, Treatment::volume) << tail;
    EXPECT_EQ(of(tail, without_pixels).treatment, Treatment::attributes) << tail;
  }
}

TEST(Classify, WithholdsVolumesThatCannotBePlaced) {
  for (const std::string& tail : volume_classes) {
    EXPECT_EQ(of(tail, [](auto& f) { f.planes.clear(); }).reason, "no-geometry");
    EXPECT_EQ(of(tail, [](auto& f) { f.frames = 2; }).reason, "no-geometry")
        << "a frame without a plane would never be looked at";
    EXPECT_EQ(of(tail,
                 [](auto& f) {
                   f.image_type = {"ORIGINAL", "PRIMARY", "M", "MOSAIC"};
                 })
                  .reason,
              "mosaic");
    EXPECT_EQ(of(tail, [](auto& f) { f.has_embedded_overlay = true; }).reason, "overlay-in-pixels");
  }
}

TEST(Classify, TrustsNoPictureThatWasComputedFromAVolume) {
  for (const std::string& tail : volume_classes) {
    EXPECT_EQ(of(tail, [](auto& f) { f.samples_per_pixel = 3; }).treatment,
              Treatment::only_without_head);
    for (const char* type : {"MIP", "MNIP", "PROJECTION IMAGE", "VRT", "SSD", "VOLUME_RENDER",
                             "SURFACE_RENDER", "SCREEN SAVE"}) {
      const Classification c = of(tail, [&](auto& f) {
        f.image_type = {"DERIVED", "SECONDARY", type};
      });
      EXPECT_EQ(c.treatment, Treatment::only_without_head) << type;
      EXPECT_EQ(c.reason, "rendering-of-head");
    }
    EXPECT_EQ(of(tail,
                 [](auto& f) {
                   f.image_type = {"DERIVED", "SECONDARY", "MPR"};
                 })
                  .treatment,
              Treatment::volume)
        << "a reformatted slice lies where its plane says";
  }
}

TEST(Classify, KnowsWherePixelsMayHoldText) {
  const auto says_yes = [](auto& f) { f.burned_in_annotation = "YES"; };
  for (const char* tail : {"1", "1.1", "1.2.1", "12.1", "3.1", "6.1", "6.2", "14.1", "13.1.3",
                           "77.1.1", "77.1.6", "481.1", "481.23"}) {
    EXPECT_EQ(of(tail).treatment, Treatment::attributes) << tail;
    EXPECT_EQ(of(tail).text, BurnedIn::possible) << tail;
    EXPECT_EQ(of(tail, says_yes).text, BurnedIn::stated) << tail;
    const bool are_tiles = std::string(tail) == "77.1.6";
    EXPECT_EQ(of(tail, without_text).text, are_tiles ? BurnedIn::unlikely : BurnedIn::denied)
        << tail;
    EXPECT_EQ(of(tail, without_pixels).text, BurnedIn::unlikely) << tail;
    for (const std::uint32_t stored : {12U, 16U}) {
      const auto overlay = [&](auto& f) {
        f.has_embedded_overlay = true;
        f.bits_allocated = 16;
        f.bits_stored = stored;
      };
      EXPECT_EQ(of(tail, overlay).reason, stored == 16 ? "" : "overlay-in-pixels");
    }
  }
  for (const char* label : {"LABEL", "OVERVIEW"}) {
    const auto slide = [&](auto& f) {
      without_text(f);
      f.image_type = {"ORIGINAL", "PRIMARY", label};
    };
    EXPECT_EQ(of("77.1.6", slide).reason, "slide-label");
  }
}

TEST(Classify, ExpectsTextInVolumesThatWereDrawnOnAScreen) {
  const auto derived = [](auto& f) { f.image_type = {"DERIVED", "SECONDARY", "MPR"}; };
  for (const std::string& tail : volume_classes) {
    EXPECT_EQ(of(tail).text, BurnedIn::unlikely) << tail;
    EXPECT_EQ(of(tail, derived).text, BurnedIn::possible) << tail;
    EXPECT_EQ(of(tail, [](auto& f) { f.samples_per_pixel = 3; }).text, BurnedIn::possible) << tail;
    const Classification stated = of(tail, [](auto& f) { f.burned_in_annotation = "YES"; });
    EXPECT_EQ(stated.text, BurnedIn::stated) << tail;
    EXPECT_EQ(stated.treatment, Treatment::volume) << tail;
    EXPECT_EQ(of(tail,
                 [&](auto& f) {
                   derived(f);
                   without_text(f);
                 })
                  .text,
              BurnedIn::unlikely);
  }
}

TEST(Classify, HoldsBackWhatMayShowAFace) {
  for (const char* tail : {"7", "7.1", "7.2", "7.4", "4.3"}) {
    EXPECT_EQ(of(tail).treatment, Treatment::only_without_head) << tail;
    EXPECT_EQ(of(tail, without_text).treatment, Treatment::only_without_head) << tail;
    EXPECT_EQ(of(tail).text, BurnedIn::possible) << tail;
  }
  for (const char* tail : {"481.3", "66.4", "66.5", "66.7", "66.8", "68.1", "68.2"}) {
    EXPECT_EQ(of(tail, without_pixels).treatment, Treatment::only_without_head) << tail;
  }
  for (const char* tail : {"20", "30", "13.1.1", "13.1.2"}) {
    EXPECT_EQ(of(tail).treatment, Treatment::only_without_head) << tail;
  }
  for (const char* tail : {"11.1", "11.4", "11.8"}) {
    EXPECT_EQ(of(tail, without_pixels).treatment, Treatment::unless_head) << tail;
  }
}

TEST(Classify, CleansAttributesOfWhatHasNoPicture) {
  for (const char* tail : {"88.11", "88.33", "88.59", "88.67", "9.1.1", "9.2.1", "66.1", "66.2",
                           "66.3", "66.6", "481.5", "481.8", "481.9", "67"}) {
    EXPECT_EQ(of(tail, without_pixels).treatment, Treatment::attributes) << tail;
    EXPECT_EQ(of(tail).reason, "unexpected-pixels") << tail;
  }
  EXPECT_EQ(of("481.2").treatment, Treatment::attributes) << "doses are stored as pixels";
  EXPECT_EQ(of("11.1").reason, "unexpected-pixels");
}

TEST(Classify, WithholdsWhatNoRuleCanClean) {
  const std::vector<std::pair<const char*, const char*>> cases{{"104.1", "encapsulated-document"},
                                                               {"104.3", "encapsulated-document"},
                                                               {"77.1.4", "photograph"},
                                                               {"77.1.4.1", "photograph"},
                                                               {"77.1.7", "photograph"},
                                                               {"77.1.5.1", "biometric-image"},
                                                               {"9.4.1", "voice"},
                                                               {"66", "raw-data"},
                                                               {"4.2", "raw-data"},
                                                               {"999.1", "unknown-object"},
                                                               {"40", "unknown-object"},
                                                               {"66.9", "unknown-object"},
                                                               {"22", "unknown-object"}};
  for (const auto& [tail, reason] : cases) {
    EXPECT_EQ(of(tail, without_text).treatment, Treatment::withhold) << tail;
    EXPECT_EQ(of(tail, without_text).reason, reason) << tail;
  }
}

TEST(Classify, TakesNoClassForAnotherThatBeginsAlike) {
  for (const char* tail : {"44", "20.1", "299", "4.", "", "4.1.1", "481", "88", "881.1"}) {
    EXPECT_EQ(of(tail).reason, "unknown-object") << tail;
  }
  for (const char* uid : {"", "1.2.840.10008.1.1", "1.2.840.113619.4.2", "1.2.840.10008.5.1.4.1.1",
                          "1.3.6.1.4.1.1466.5.1.4.1.1.4"}) {
    dicom::InstanceFacts facts = object("4");
    facts.sop_class_uid = uid;
    EXPECT_EQ(classify(facts).reason, "unknown-object") << uid;
  }
  dicom::InstanceFacts directory = object("4");
  directory.sop_class_uid = "1.2.840.10008.1.3.10";
  EXPECT_EQ(classify(directory).reason, "dicomdir");
}

TEST(Classify, LetsNothingOverruleWhatTheFileAdmits) {
  for (const char* tail : {"4", "2.1", "1.1", "7", "88.11", "66.4", "11.1", "481.2"}) {
    EXPECT_EQ(of(tail, [](auto& f) { f.is_truncated = true; }).reason, "truncated") << tail;
    EXPECT_EQ(of(tail, [](auto& f) { f.has_encapsulated_document = true; }).reason,
              "encapsulated-document")
        << tail;
  }
}

TEST(Classify, CleansNoTextFromWhatIsNoPicture) {
  for (const char* tail : {"88.11", "66.4", "11.1", "481.2", "481.3", "66.1"}) {
    EXPECT_EQ(of(tail, [](auto& f) { f.burned_in_annotation = "YES"; }).reason, "burned-in-text")
        << tail;
  }
}

TEST(Classify, GivesAReasonForEveryConditionAndSaysNothingOfThePatient) {
  for (const char* tail : {"4", "4.3", "7", "66.4", "11.1", "104.1", "77.1.4", "999", "1", "20"}) {
    for (const bool has_pixels : {true, false}) {
      dicom::InstanceFacts facts = object(tail);
      facts.has_pixel_data = has_pixels;
      facts.patient_id = base::Phi<std::string>("SECRET");
      facts.modality = "SECRET";
      const Classification c = classify(facts);
      const bool is_free = c.treatment == Treatment::volume || c.treatment == Treatment::attributes;
      EXPECT_EQ(c.reason.empty(), is_free) << tail;
      EXPECT_EQ(c.detail.empty(), is_free) << tail;
      EXPECT_EQ((c.reason + c.detail).find("SECRET"), std::string::npos);
      EXPECT_EQ(c.reason.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace efface::study::test
