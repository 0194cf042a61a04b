// Free text of one study's attributes, cleaned (PS3.15 E.3.5 Clean Descriptors): decoded by its
// character set, searched for the study's own values and for what identifies anybody, encoded
// again. Joins lib/text to lib/deid; which attributes are free text is decided there.
#pragma once

#include <string>
#include <string_view>

#include "deid/free_text.h"
#include "text/cleaner.h"

namespace efface::descriptors {

class StudyText : public deid::FreeText {
 public:
  /// `keyed` is needed where an action is hash.
  StudyText(const text::SubjectValues& subject, const text::Actions& actions,
            text::KeyedDigest keyed);

  /// Values of LO and SH keep to 64 and 16 characters, those of ST and LT to 1024 and 10240.
  std::optional<Cleaned> clean(dicom::Vr vr, std::string_view value,
                               std::string_view character_set) const override;

 private:
  text::Cleaner cleaner_;
};

}  // namespace efface::descriptors
