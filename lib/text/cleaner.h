// Free text that keeps what is harmless and loses what identifies: the subject's own values, what
// recognisers know, names by their surroundings. It does not read or write files and does not know
// character sets (character_sets.h).
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/phi.h"
#include "text/entity.h"
#include "text/recognisers.h"
#include "text/subject_values.h"

namespace efface::text {

/// (domain, value) -> a digest under the project's key; thread-safe.
using KeyedDigest = std::function<base::Digest(std::string_view domain, std::string_view value)>;

struct Cleaned {
  base::Phi<std::string> text;          ///< UTF-8
  std::map<Entity, std::size_t> found;  ///< how many of each kind went; no values
  bool is_changed = false;
};

class Cleaner {
 public:
  /// `recognisers` must outlive the cleaner. `keyed` is needed where an action is hash; else throws
  /// base::Error of Fault::internal.
  Cleaner(const Recognisers& recognisers, const SubjectValues& subject, Actions actions,
          KeyedDigest keyed = {});

  /// Findings that overlap, and those of one kind with nothing but spaces and the like between, are
  /// one; its kind is that of the longest. Malformed UTF-8 and more than 1 MiB are not looked into:
  /// the whole text is treated as one finding. Time is linear in the text. `most_characters`: where
  /// placeholders make the text longer than that, findings are removed instead.
  Cleaned clean(std::string_view utf8,
                std::size_t most_characters = static_cast<std::size_t>(-1)) const;

  static constexpr std::size_t most_bytes = 1 << 20;

 private:
  const Recognisers& recognisers_;
  SubjectMatcher subject_;
  Actions actions_;
  KeyedDigest keyed_;

  std::vector<Finding> findings_in(std::string_view utf8) const;
  std::string written(std::string_view original, Entity entity, bool is_short) const;
  std::string rewritten(std::string_view utf8, const std::vector<Finding>& findings,
                        bool is_short) const;
};

}  // namespace efface::text
