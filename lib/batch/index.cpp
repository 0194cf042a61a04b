#include "batch/index.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/error.h"
#include "batch/bids.h"
#include "batch/shard.h"
#include "dicom_dcmtk/reader.h"
#include "sidecar/kind.h"
#include "volume_itk/image_file.h"

namespace efface::batch {

namespace {

struct Probed {
  IndexedFile file;
  std::string study;      ///< token
  std::string companion;  ///< path of the .img of a .hdr
  std::vector<std::uint64_t> subjects;
};

std::string_view directory_of(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
}

void probe_content(Probed& probed, const deid::Pseudonyms& pseudonyms) {
  IndexedFile& file = probed.file;
  const dicom_dcmtk::FileStart start(file.path);
  if (start.looks_like_dicom()) {
    file.content = ContentKind::dicom;
    file.kind = "dicom";
    const dicom_dcmtk::StudyKey key = start.study_key();
    probed.subjects = subjects_of(key.patient_id.reveal(), file.name(), pseudonyms);
    const std::string& uid = key.study_uid.reveal();
    probed.study = uid.empty() ? pseudonyms.path_token("study-of-file", file.name())
                               : pseudonyms.path_token("study", uid);
    return;
  }
  const volume_itk::ImageProbe image = volume_itk::probe_image(file.path);
  if (image.format == volume_itk::ImageFormat::none) {
    file.problem = image.reason;
    const sidecar::Kind kind = sidecar::kind_of(file.name());
    if (kind == sidecar::Kind::none) return;
    file.content = ContentKind::sidecar;
    file.kind = sidecar::to_string(kind);
    return;
  }
  file.content = ContentKind::image;
  file.kind = volume_itk::to_string(image.format);
  probed.companion = image.companion.string();
  probed.study = pseudonyms.path_token("image", file.name());
}

Probed probe(FoundFile&& found, const deid::Pseudonyms& pseudonyms) {
  Probed probed;
  IndexedFile& file = probed.file;
  file.path = std::move(found.path);
  file.name_length = found.name_length;
  file.bytes = found.bytes;
  file.version = found.version;
  file.token = pseudonyms.path_token("input", file.name());
  if (found.kind != FileKind::regular) {
    file.content = ContentKind::not_a_file;
    file.kind = to_string(found.kind);
  } else {
    try {
      probe_content(probed, pseudonyms);
    } catch (const base::Error& error) {
      file.problem = error.what();
      if (file.content != ContentKind::dicom) file.content = ContentKind::other;
    }
  }
  if (probed.subjects.empty()) probed.subjects = subjects_of({}, file.name(), pseudonyms);
  if (probed.study.empty()) {
    const bool dicom = file.content == ContentKind::dicom;
    probed.study = dicom ? pseudonyms.path_token("study-of-file", file.name())
                         : pseudonyms.path_token("directory", directory_of(file.name()));
  }
  return probed;
}

/// The .img of a NIfTI pair goes with its .hdr, whatever it looks like by itself.
void adopt_companions(std::vector<Probed>& probed) {
  std::map<std::string, std::string> study_of;
  for (const Probed& p : probed) {
    if (!p.companion.empty()) study_of[p.companion] = p.study;
  }
  for (Probed& p : probed) {
    const auto owner = study_of.find(p.file.path);
    if (owner == study_of.end() || p.study == owner->second) continue;
    p.study = owner->second;
    p.file.content = ContentKind::companion;
    p.file.kind = "nifti voxels";
    p.file.problem.clear();
  }
}

/// JSON and gradients of an image go where it goes: they have its name but for the ending.
void adopt_sidecars(std::vector<Probed>& probed) {
  std::map<std::string_view, const Probed*> image_with;
  for (const Probed& p : probed) {
    if (p.file.content == ContentKind::image) image_with[sidecar::stem_of(p.file.path)] = &p;
  }
  for (Probed& p : probed) {
    if (p.file.content != ContentKind::sidecar) continue;
    const auto image = image_with.find(sidecar::stem_of(p.file.path));
    if (image != image_with.end()) p.study = image->second->study;
  }
}

/// Two inputs can have files of the same name, which stand side by side: the later ones get a
/// number.
void make_tokens_unique(std::vector<Probed>& probed) {
  std::size_t first = 0;
  for (std::size_t i = 1; i < probed.size(); ++i) {
    if (probed[i].file.name() != probed[first].file.name()) {
      first = i;
    } else {
      probed[i].file.token += "-" + std::to_string(i - first + 1);
    }
  }
}

/// The studies by token, with room for their files; where a file's neighbour belongs to the same
/// study, it is not looked up.
class Grouping {
 public:
  explicit Grouping(const std::vector<Probed>& probed) {
    std::unordered_map<std::string_view, std::size_t> sizes;
    for (const Probed& p : probed) ++sizes[p.study];
    for (const auto& [token, size] : sizes) {
      StudyFiles& study = studies_[std::string(token)];
      study.token = token;
      study.files.reserve(size);
    }
  }
  StudyFiles& operator[](const std::string& token) {
    if (last_ == nullptr || last_->token != token) last_ = &studies_.at(token);
    return *last_;
  }
  std::map<std::string, StudyFiles>& studies() { return studies_; }

 private:
  std::map<std::string, StudyFiles> studies_;
  StudyFiles* last_ = nullptr;
};

std::string_view image_of(const StudyFiles& study) {
  for (const IndexedFile& file : study.files)
    if (file.content == ContentKind::image) return file.path;
  return {};
}

/// Structural images of a session may tell where the face is in its other images.
void add_structural_images(std::vector<StudyFiles>& studies) {
  std::map<std::string_view, std::vector<std::string_view>> structural;
  for (const StudyFiles& study : studies) {
    const std::string_view image = image_of(study), session = bids_session(image);
    if (!session.empty() && is_bids_anat(image)) structural[session].push_back(image);
  }
  const auto is_t1 = [](std::string_view path) { return sidecar::stem_of(path).ends_with("_T1w"); };
  for (auto& [session, images] : structural) {
    std::sort(images.begin(), images.end(), [&](std::string_view a, std::string_view b) {
      return std::pair(!is_t1(a), a) < std::pair(!is_t1(b), b);
    });
  }
  for (StudyFiles& study : studies) {
    const std::string_view image = image_of(study);
    const auto images = structural.find(bids_session(image));
    if (images == structural.end()) continue;
    for (const std::string_view other : images->second)
      if (other != image) study.structural.emplace_back(other);
  }
}

std::uint32_t turn_of(const StudyFiles& study) {
  if (study.content == ContentKind::dicom || study.content == ContentKind::image) return 0;
  constexpr std::uint32_t last = 1000;
  const std::string_view folder = directory_of(study.files.front().name());
  if (bids_label(folder).empty()) return last;
  const auto depth = static_cast<std::uint32_t>(std::count(folder.begin(), folder.end(), '/'));
  return last - 1 - std::min(depth, last - 2);
}

}  // namespace

std::vector<StudyFiles> index_files(std::vector<FoundFile> found,
                                    const deid::Pseudonyms& pseudonyms, TaskPool& pool) {
  std::vector<Probed> probed(found.size());
  constexpr std::size_t block = 32;
  pool.parallel_for((found.size() + block - 1) / block, [&](std::size_t b) {
    for (std::size_t i = b * block; i < std::min(found.size(), (b + 1) * block); ++i) {
      probed[i] = probe(std::move(found[i]), pseudonyms);
    }
  });
  adopt_companions(probed);
  adopt_sidecars(probed);
  make_tokens_unique(probed);
  Grouping grouping(probed);
  for (Probed& p : probed) {
    StudyFiles& study = grouping[p.study];
    const bool is_main =
        p.file.content == ContentKind::dicom || p.file.content == ContentKind::image;
    if (is_main) study.content = p.file.content;
    study.files.push_back(std::move(p.file));
    study.subjects.insert(study.subjects.end(), p.subjects.begin(), p.subjects.end());
  }
  std::vector<StudyFiles> result;
  for (auto& [token, study] : grouping.studies()) {
    std::sort(study.files.begin(), study.files.end(),
              [](const IndexedFile& a, const IndexedFile& b) { return a.token < b.token; });
    std::sort(study.subjects.begin(), study.subjects.end());
    study.subjects.erase(std::unique(study.subjects.begin(), study.subjects.end()),
                         study.subjects.end());
    study.subjects.shrink_to_fit();
    result.push_back(std::move(study));
  }
  for (StudyFiles& study : result) study.turn = turn_of(study);
  add_structural_images(result);
  std::stable_sort(result.begin(), result.end(),
                   [](const StudyFiles& a, const StudyFiles& b) { return a.turn < b.turn; });
  return result;
}

}  // namespace efface::batch
