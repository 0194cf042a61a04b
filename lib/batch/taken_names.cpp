#include "batch/taken_names.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_set>

namespace efface::batch {

namespace {

/// A file that may be written, by the hash of its output's name: of hundreds of thousands of names
/// only those are spelt out that may be equal.
struct Named {
  std::size_t hash = 0, study = 0, file = 0;
};

bool may_be_written(const IndexedFile& file) {
  return file.content != ContentKind::other && file.content != ContentKind::not_a_file;
}

bool is_efface_s_own(std::string_view name) {
  return name == "manifest.json" || name == "manifest.json.sig" || name == ".efface" ||
         name.starts_with(".efface/");
}

class AllNames {
 public:
  AllNames(std::vector<StudyFiles>& studies,
           const std::function<std::string(const IndexedFile&)>& output_name)
      : studies_(studies), output_name_(output_name) {
    for (std::size_t s = 0; s < studies_.size(); ++s) {
      for (std::size_t f = 0; f < studies_[s].files.size(); ++f) add(s, f);
    }
    std::sort(all_.begin(), all_.end(),
              [](const Named& a, const Named& b) { return a.hash < b.hash; });
  }

  void mark() {
    for (auto begin = all_.begin(); begin != all_.end();) {
      const auto end =
          std::find_if(begin, all_.end(), [&](const Named& n) { return n.hash != begin->hash; });
      if (end - begin > 1) mark_equal(begin, end);
      begin = end;
    }
    for (const Named& named : all_) {
      if (folder_hashes_.contains(named.hash) && folders_.contains(name_of(named))) take(named);
    }
  }

 private:
  using Iterator = std::vector<Named>::const_iterator;

  IndexedFile& file_of(const Named& named) const { return studies_[named.study].files[named.file]; }
  void take(const Named& named) const { file_of(named).is_name_taken = true; }
  std::string name_of(const Named& named) const {
    const IndexedFile& file = file_of(named);
    return kept_name(output_name_(file), file.content);
  }

  void add(std::size_t study, std::size_t file) {
    const Named named{0, study, file};
    if (!may_be_written(file_of(named))) return;
    const std::string name = name_of(named);
    if (is_efface_s_own(name)) take(named);
    all_.push_back({std::hash<std::string>()(name), study, file});
    for (std::size_t end = name.rfind('/'); end != name.npos; end = name.rfind('/', end - 1)) {
      const auto [folder, is_new] = folders_.insert(name.substr(0, end));
      if (!is_new || end == 0) break;  // those above it are known, too
      folder_hashes_.insert(std::hash<std::string>()(*folder));
    }
  }

  void mark_equal(Iterator begin, Iterator end) const {
    std::map<std::string, std::vector<Named>> by_name;
    for (; begin != end; ++begin) by_name[name_of(*begin)].push_back(*begin);
    for (const auto& [name, members] : by_name) {
      const bool is_of_one_study = studies_[members[0].study].content == ContentKind::dicom &&
                                   std::all_of(members.begin(), members.end(), [&](const Named& n) {
                                     return n.study == members[0].study;
                                   });
      if (is_of_one_study || members.size() < 2) continue;
      for (const Named& member : members) take(member);
    }
  }

  std::vector<StudyFiles>& studies_;
  const std::function<std::string(const IndexedFile&)>& output_name_;
  std::vector<Named> all_;
  std::unordered_set<std::string> folders_;
  std::unordered_set<std::size_t> folder_hashes_;
};

}  // namespace

std::string kept_name(std::string name, ContentKind content) {
  if (content == ContentKind::dicom && name.ends_with(".gz")) name.resize(name.size() - 3);
  return name;
}

void mark_taken_names(std::vector<StudyFiles>& studies,
                      const std::function<std::string(const IndexedFile&)>& output_name) {
  AllNames(studies, output_name).mark();
}

}  // namespace efface::batch
