#include "config/model_card.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace efface::config {
namespace {

using nlohmann::json;

json good_card() {
  return json::parse(R"({
    "schema": 1, "name": "face", "version": "1", "file": "face_v1.pt",
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "labels": ["air", "head", "brain", "eyes", "nose", "mouth", "ears"],
    "spacing_mm": 2.5, "orientation": "LPS", "size_multiple": 16,
    "normalisation": {"method": "percentile_clip", "low": 0.02, "high": 0.98,
                      "ct_clip_hu": [-900, 1100], "outside": 0.0},
    "training": {}, "measured": {}})");
}

json card_of_two() {
  json card = good_card();
  card["face_network"] = json::parse(R"({
    "file": "face_v1_face.pt", "spacing_mm": 1.5, "size_multiple": 8,
    "sha256": "f3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "normalisation": {"method": "percentile_clip", "low": 0.03, "high": 0.97,
                      "ct_clip_hu": [-800, 900], "outside": 0.0}})");
  return card;
}

class ModelCardFile : public testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        std::filesystem::temp_directory_path() / ("efface_card_" + std::to_string(getpid()));
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  face::ModelCards read_all(const std::string& text) {
    std::ofstream(directory_ / "card.json") << text;
    return read_model_card(directory_ / "card.json");
  }
  face::ModelCard read(const std::string& text) { return read_all(text).head; }
  /// The message of the error that a card with this change gives.
  std::string message_of(const std::string& pointer, const json& value, json card = good_card()) {
    card[json::json_pointer(pointer)] = value;
    return message_of(card);
  }
  /// The message of the error that this card gives; empty when it gives none.
  std::string message_of(const json& card) {
    try {
      read(card.dump());
    } catch (const base::Error& e) {
      EXPECT_EQ(e.fault(), base::Fault::model);
      return e.what();
    }
    return "";
  }

  std::filesystem::path directory_;
};

TEST_F(ModelCardFile, AGoodCardIsRead) {
  const face::ModelCard card = read(good_card().dump());
  EXPECT_EQ(card.name, "face");
  EXPECT_EQ(card.version, "1");
  EXPECT_EQ(card.weights_file, (directory_ / "face_v1.pt").string());
  EXPECT_EQ(card.weights_sha256.substr(0, 8), "e3b0c442");
  EXPECT_EQ(card.spacing_mm, 2.5);
  EXPECT_EQ(card.size_multiple, 16U);
  EXPECT_EQ(card.percentile_low, 0.02);
  EXPECT_EQ(card.percentile_high, 0.98);
  EXPECT_EQ(card.ct_clip_hu, (std::array<double, 2>{-900, 1100}));
}

TEST_F(ModelCardFile, EachMissingFieldIsNamed) {
  for (const char* field : {"schema", "name", "version", "file", "sha256", "labels", "spacing_mm",
                            "orientation", "size_multiple", "normalisation"}) {
    json card = good_card();
    card.erase(field);
    try {
      read(card.dump());
      ADD_FAILURE() << field;
    } catch (const base::Error& e) {
      EXPECT_NE(std::string(e.what()).find(std::string("'") + field + "'"), std::string::npos)
          << e.what();
    }
  }
}

TEST_F(ModelCardFile, WhatDoesNotFitIsRefused) {
  EXPECT_NE(message_of("/schema", 2).find("'schema'"), std::string::npos);
  EXPECT_NE(message_of("/sha256", "ABC").find("'sha256'"), std::string::npos);
  EXPECT_NE(message_of("/file", "../other.pt").find("'file'"), std::string::npos);
  EXPECT_NE(message_of("/labels/3", "hair").find("'labels'"), std::string::npos);
  EXPECT_NE(message_of("/orientation", "RAS").find("'orientation'"), std::string::npos);
  EXPECT_NE(message_of("/spacing_mm", 0).find("'spacing_mm'"), std::string::npos);
  EXPECT_NE(message_of("/spacing_mm", "3").find("'spacing_mm'"), std::string::npos);
  EXPECT_NE(message_of("/size_multiple", 0).find("'size_multiple'"), std::string::npos);
  EXPECT_NE(message_of("/normalisation/method", "zscore").find("method"), std::string::npos);
  EXPECT_NE(message_of("/normalisation/low", 0.99).find("low"), std::string::npos);
  EXPECT_NE(message_of("/normalisation/ct_clip_hu", json::array({5})).find("ct_clip_hu"),
            std::string::npos);
}

TEST_F(ModelCardFile, ASecondNetworkIsThereOnlyIfTheCardNamesIt) {
  EXPECT_FALSE(read_all(good_card().dump()).face.has_value());
  const face::ModelCards cards = read_all(card_of_two().dump());
  ASSERT_TRUE(cards.face.has_value());
  EXPECT_EQ(cards.face->name, "face");
  EXPECT_EQ(cards.face->version, "1");
  EXPECT_EQ(cards.face->weights_file, (directory_ / "face_v1_face.pt").string());
  EXPECT_EQ(cards.face->weights_sha256.substr(0, 8), "f3b0c442");
  EXPECT_EQ(cards.face->spacing_mm, 1.5);
  EXPECT_EQ(cards.face->size_multiple, 8U);
  EXPECT_EQ(cards.face->percentile_low, 0.03);
  EXPECT_EQ(cards.face->percentile_high, 0.97);
  EXPECT_EQ(cards.face->ct_clip_hu, (std::array<double, 2>{-800, 900}));
}

TEST_F(ModelCardFile, TheSecondNetworkDoesNotChangeTheFirst) {
  const face::ModelCard alone = read(good_card().dump()), first = read(card_of_two().dump());
  EXPECT_EQ(first.weights_file, alone.weights_file);
  EXPECT_EQ(first.weights_sha256, alone.weights_sha256);
  EXPECT_EQ(first.spacing_mm, alone.spacing_mm);
  EXPECT_EQ(first.size_multiple, alone.size_multiple);
  EXPECT_EQ(first.percentile_low, alone.percentile_low);
  EXPECT_EQ(first.ct_clip_hu, alone.ct_clip_hu);
}

TEST_F(ModelCardFile, EachMissingFieldOfTheSecondNetworkIsNamed) {
  for (const char* field : {"file", "sha256", "spacing_mm", "size_multiple", "normalisation"}) {
    json card = card_of_two();
    card["face_network"].erase(field);
    EXPECT_NE(message_of(card).find(std::string("'face_network.") + field + "'"), std::string::npos)
        << field << ": " << message_of(card);
  }
}

TEST_F(ModelCardFile, WhatDoesNotFitTheSecondNetworkIsRefused) {
  const std::pair<const char*, json> changes[] = {
      {"file", "../other.pt"},
      {"file", "/tmp/other.pt"},
      {"file", ""},
      {"file", 7},
      {"sha256", "ABC"},
      {"sha256", std::string(64, 'A')},
      {"sha256", std::string(63, 'a')},
      {"sha256", nullptr},
      {"spacing_mm", 0},
      {"spacing_mm", -2},
      {"spacing_mm", "2"},
      {"spacing_mm", 2.6},  // coarser than the first
      {"size_multiple", 0},
      {"size_multiple", 1000},
      {"normalisation", "percentile_clip"},
      {"normalisation/method", "zscore"},
      {"normalisation/low", 0.99},
      {"normalisation/outside", 1},
      {"normalisation/ct_clip_hu", json::array({900, -800})}};
  for (const auto& [field, value] : changes) {
    const std::string message =
        message_of(std::string("/face_network/") + field, value, card_of_two());
    EXPECT_NE(message.find("face_network." + std::string(field).substr(0, 6)), std::string::npos)
        << field << ' ' << value << ": " << message;
  }
  for (const json& value : {json(nullptr), json("face_v1_face.pt"), json::array(), json(true)})
    EXPECT_NE(message_of("/face_network", value).find("'face_network'"), std::string::npos);
}

TEST_F(ModelCardFile, WhatIsNoJsonIsRefused) {
  EXPECT_THROW(read("not json"), base::Error);
  EXPECT_THROW(read("[1, 2]"), base::Error);
  EXPECT_THROW(read_model_card(directory_ / "absent.json"), base::Error);
}

}  // namespace
}  // namespace efface::config
