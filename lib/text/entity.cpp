#include "text/entity.h"

#include <algorithm>

namespace efface::text {

namespace {

constexpr std::array<std::string_view, entity_count> entity_names{
    "name",        "date",           "time",
    "age",         "phone",          "email",
    "url",         "path",           "network-address",
    "national-id", "medical-record", "accession",
    "health-plan", "account",        "payment-card",
    "licence",     "vehicle",        "device",
    "address",     "coordinates",    "institution",
    "uid",         "number",         "text"};
constexpr std::array<std::string_view, 5> action_names{"keep", "remove", "replace", "mask", "hash"};

template <class Value, std::size_t count>
std::optional<Value> find_in(const std::array<std::string_view, count>& names,
                             std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Value>(found - names.begin());
}

}  // namespace

std::string_view to_string(Entity entity) {
  return entity_names[static_cast<std::size_t>(entity)];
}

std::optional<Entity> entity_from(std::string_view name) {
  return find_in<Entity>(entity_names, name);
}

std::string_view to_string(EntityAction action) {
  return action_names[static_cast<std::size_t>(action)];
}

std::optional<EntityAction> entity_action_from(std::string_view name) {
  return find_in<EntityAction>(action_names, name);
}

}  // namespace efface::text
