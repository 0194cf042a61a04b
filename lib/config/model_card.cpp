#include "config/model_card.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"

namespace efface::config {
namespace {

using base::Error;
using base::Fault;
using nlohmann::json;

constexpr std::uint64_t card_limit_bytes = 1 << 20;
constexpr std::array<const char*, face::label_count> label_names{"air",  "head",  "brain", "eyes",
                                                                 "nose", "mouth", "ears"};

[[noreturn]] void fail(const std::string& field, const std::string& what) {
  throw Error(Fault::model, "model card: '" + field + "' " + what, "see models/README.md");
}

/// The field of an object, which must have type T.
template <class T>
T get(const json& object, const std::string& name, const std::string& prefix = {}) {
  const auto found = object.find(name);
  if (found == object.end()) fail(prefix + name, "is missing");
  try {
    return found->get<T>();
  } catch (const json::exception&) {
    fail(prefix + name, "has the wrong type");
  }
}

bool is_sha256(const std::string& text) {
  if (text.size() != 64) return false;
  for (const char c : text)
    if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) return false;
  return true;
}

void read_normalisation(const json& network, const std::string& outer, face::ModelCard& result) {
  const auto n = get<json>(network, "normalisation", outer);
  const std::string prefix = outer + "normalisation.";
  if (!n.is_object()) fail(outer + "normalisation", "is not an object");
  if (get<std::string>(n, "method", prefix) != "percentile_clip")
    fail(prefix + "method", "is not known to this version of efface");
  if (get<double>(n, "outside", prefix) != 0) fail(prefix + "outside", "must be 0");
  result.percentile_low = get<double>(n, "low", prefix);
  result.percentile_high = get<double>(n, "high", prefix);
  if (!(result.percentile_low >= 0 && result.percentile_low < result.percentile_high &&
        result.percentile_high <= 1))
    fail(prefix + "low", "and 'high' must be 0 <= low < high <= 1");
  result.ct_clip_hu = get<std::array<double, 2>>(n, "ct_clip_hu", prefix);
  if (!(result.ct_clip_hu[0] < result.ct_clip_hu[1])) fail(prefix + "ct_clip_hu", "must rise");
}

void check_labels(const json& card) {
  const auto labels = get<std::vector<std::string>>(card, "labels");
  if (!std::equal(labels.begin(), labels.end(), label_names.begin(), label_names.end()))
    fail("labels", "must be air, head, brain, eyes, nose, mouth, ears");
}

/// What card and `face_network` have in common: `object` is one of them, `prefix` its name.
void read_network(const json& object, const std::filesystem::path& card_path,
                  const std::string& prefix, face::ModelCard& result) {
  const std::filesystem::path file = get<std::string>(object, "file", prefix);
  if (file.empty() || file.has_parent_path())
    fail(prefix + "file", "must be a file name beside the card");
  result.weights_file = (std::filesystem::absolute(card_path).parent_path() / file).string();
  result.weights_sha256 = get<std::string>(object, "sha256", prefix);
  if (!is_sha256(result.weights_sha256)) fail(prefix + "sha256", "is not 64 lower-case hex digits");
  result.spacing_mm = get<double>(object, "spacing_mm", prefix);
  if (!(result.spacing_mm >= 0.5 && result.spacing_mm <= 10))
    fail(prefix + "spacing_mm", "must lie between 0.5 and 10");
  const auto multiple = get<int>(object, "size_multiple", prefix);
  if (multiple < 1 || multiple > 128) fail(prefix + "size_multiple", "must lie between 1 and 128");
  result.size_multiple = static_cast<std::size_t>(multiple);
  read_normalisation(object, prefix, result);
}

/// Points {raw score, share}: shares do not fall, raw scores rise, all within 0…1.
face::Calibration read_calibration(const json& object, const std::string& name) {
  const std::string prefix = "calibration.";
  const auto points = get<face::Calibration>(object, name, prefix);
  std::array<double, 2> last{-1, 0};
  for (const auto& point : points) {
    if (!(point[0] > last[0] && point[1] >= last[1] && point[0] >= 0 && point[0] <= 1 &&
          point[1] <= 1))
      fail(prefix + name, "must hold rising points between 0 and 1");
    last = point;
  }
  return points;
}

}  // namespace

face::ModelCards read_model_card(const std::filesystem::path& card_path) {
  const std::string text = base::read_text_file(card_path, card_limit_bytes);
  const json card = json::parse(text, nullptr, false);
  if (!card.is_object())
    throw Error(Fault::model, "model card '" + card_path.string() + "' is not a JSON object",
                "see models/README.md");
  if (get<int>(card, "schema") != 1) fail("schema", "must be 1: the card is for another version");
  face::ModelCards result;
  result.head.name = get<std::string>(card, "name");
  result.head.version = get<std::string>(card, "version");
  read_network(card, card_path, {}, result.head);
  check_labels(card);
  if (get<std::string>(card, "orientation") != "LPS") fail("orientation", "must be LPS");
  if (card.contains("face_network")) {
    const auto second = get<json>(card, "face_network");
    if (!second.is_object()) fail("face_network", "is not an object");
    result.face.emplace();
    result.face->name = result.head.name;
    result.face->version = result.head.version;
    read_network(second, card_path, "face_network.", *result.face);
    if (result.face->spacing_mm > result.head.spacing_mm)
      fail("face_network.spacing_mm", "must not be coarser than spacing_mm");
  }
  if (card.contains("calibration")) {
    const auto calibration = get<json>(card, "calibration");
    if (!calibration.is_object()) fail("calibration", "is not an object");
    result.calibrations.removed = read_calibration(calibration, "removed");
    result.calibrations.none = read_calibration(calibration, "none");
  }
  return result;
}

}  // namespace efface::config
