// Gathers the edits of a plan and the values they take out of the file, while a walk over the data
// set keeps the path. For lib/deid only; it decides nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dicom/dataset.h"
#include "dicom/edit.h"

namespace efface::deid::internal {

class EditList {
 public:
  void enter(dicom::Tag sequence, std::uint32_t item) { path_.parents.push_back({sequence, item}); }
  void leave() { path_.parents.pop_back(); }
  bool is_top_level() const { return path_.parents.empty(); }

  /// The attribute goes, with everything below it.
  void remove(const dicom::Attribute& attribute);
  /// The content item whose attributes the path names goes, with everything below it.
  void cut_out(const dicom::DataSet& content_item);
  /// A Content Sequence goes, since all its items do.
  void cut_all_out(const dicom::Attribute& sequence);
  /// The attribute stays without a value (a sequence without items).
  void empty(const dicom::Attribute& attribute, dicom::Vr vr);
  /// A new value. No edit when the attribute has it already.
  void replace(const dicom::Attribute& attribute, dicom::Action action, dicom::Vr vr,
               std::string value);
  /// Text that stays, unless a value that was removed elsewhere turns out to be in it: then take()
  /// puts a dummy in its place (Action::clean). `attribute` must live until then.
  void keep_text(const dicom::Attribute& attribute, dicom::Vr vr);
  /// An attribute that efface writes at the top level; nothing counts as removed.
  void add(dicom::Tag tag, dicom::Vr vr, std::string value);

  /// Edits ascending by path, removed values ascending and each once.
  dicom::EditPlan take();

 private:
  struct KeptText {
    dicom::TagPath path;
    const dicom::Attribute* attribute;
    dicom::Vr vr;
  };
  dicom::TagPath path_;
  dicom::EditPlan plan_;
  std::vector<std::string> removed_;
  std::vector<KeptText> kept_texts_;

  void clean_kept_texts();

  void push(dicom::Tag tag, dicom::Action action, dicom::Vr vr, std::string value);
};

/// Appends what a removed attribute's values are known by: each value of five or more bytes without
/// padding, at most its first 256 bytes, and the components of person names; everything below a
/// sequence. Registered UIDs, numbers and codes of private attributes, and binary values that are
/// not text are left out.
void append_removed_values(const dicom::Attribute& attribute, std::vector<std::string>& values);

}  // namespace efface::deid::internal
