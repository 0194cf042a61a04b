// Gathers the edits of a plan and the values they take out of the file, while a walk over the data
// set keeps the path. For lib/deid only; it decides nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "deid/free_text.h"
#include "deid/internal_content.h"
#include "deid/internal_removed_values.h"
#include "dicom/dataset.h"
#include "dicom/edit.h"

namespace efface::deid::internal {

class EditList {
 public:
  /// `may_retain`: whether the profile keeps anything that the Basic Profile takes out.
  explicit EditList(bool may_retain) { removed_.lists_persons = may_retain; }

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
  /// A value of a fixed form (a date, a number, a UID) that an option keeps: that it stood
  /// elsewhere too, where it was removed, is no residue.
  void retain(const dicom::Attribute& attribute);
  /// The same for text, unless a value that was removed elsewhere turns out to be in it, in any
  /// case of letters, or it equals one that says who somebody is: then it is cleaned like text that
  /// stays.
  void retain_text(const dicom::Attribute& attribute, dicom::Vr vr);
  /// Free text of which `cleaned` is left. What is left of it is kept on purpose, unless a value
  /// that identifies (deid::SafeHarbor) and was removed elsewhere turns out to be in it, in any
  /// case of letters: then it becomes a dummy.
  void clean_text(const dicom::Attribute& attribute, dicom::Vr vr, FreeText::Cleaned cleaned);
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
  RemovedValues removed_, retained_;
  struct CleanedText {
    KeptText text;
    dicom::Attribute left;  ///< with the new value
    std::map<std::string, std::uint64_t> found;
  };
  std::vector<KeptText> kept_texts_, retained_texts_;
  std::vector<CleanedText> cleaned_texts_;

  void push(dicom::Tag tag, dicom::Action action, dicom::Vr vr, std::string value);
  dicom::TagPath path_to(const dicom::Attribute& attribute) const;
  void clean(KeptText& text);
  void leave_retained_ones_out();
  void settle_retained_texts();
  void settle_cleaned_texts();
  void clean_kept_texts();
};

}  // namespace efface::deid::internal
