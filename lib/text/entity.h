// The kinds of things that free text can give away, and what is done to each. Values only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace efface::text {

enum class Entity : std::uint8_t {
  name,
  date,
  time,
  age,  ///< over 89 (45 CFR 164.514(b)(2)(i)(C))
  phone,
  email,
  url,
  path,  ///< of a file; it holds names of users and places
  network_address,
  national_id,
  medical_record,
  accession,
  health_plan,
  account,
  payment_card,
  licence,
  vehicle,
  device,
  address,
  coordinates,
  institution,
  uid,
  number,     ///< long numbers and codes of which nobody says what they are
  whole_text  ///< text that could not be looked at as a whole
};
inline constexpr std::size_t entity_count = 24;

/// Lower case, hyphens: "medical-record". Used in data files, placeholders and the manifest.
std::string_view to_string(Entity entity);
std::optional<Entity> entity_from(std::string_view name);

enum class EntityAction : std::uint8_t {
  keep,     ///< not looked for
  remove,   ///< nothing is left
  replace,  ///< "[name]"
  mask,     ///< one asterisk a character
  hash      ///< "[name:0123456789ab]", keyed: equal values stay equal
};
std::string_view to_string(EntityAction action);
std::optional<EntityAction> entity_action_from(std::string_view name);

/// An action for each kind; replace where nothing else is said.
class Actions {
 public:
  Actions() { actions_.fill(EntityAction::replace); }
  EntityAction of(Entity entity) const { return actions_[static_cast<std::size_t>(entity)]; }
  void set(Entity entity, EntityAction action) {
    actions_[static_cast<std::size_t>(entity)] = action;
  }

 private:
  std::array<EntityAction, entity_count> actions_;
};

/// A place in a text: bytes from `begin` to before `end`.
struct Finding {
  std::size_t begin = 0, end = 0;
  Entity entity = Entity::number;
  friend auto operator<=>(const Finding&, const Finding&) = default;
};

}  // namespace efface::text
