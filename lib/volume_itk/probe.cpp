#include <array>

#include "volume_itk/image_file.h"
#include "volume_itk/internal_bytes.h"
#include "volume_itk/internal_nifti.h"
#include "volume_itk/internal_text_header.h"

namespace efface::volume_itk {

namespace fs = std::filesystem;

namespace {

ImageProbe none(const char* reason) {
  ImageProbe probe;
  probe.reason = reason;
  return probe;
}

/// The .img beside a .hdr, gzipped or not.
fs::path companion_of(const fs::path& header) {
  fs::path stem = header;
  if (stem.extension() == ".gz" || stem.extension() == ".GZ") stem.replace_extension();
  stem.replace_extension();
  for (const char* ending : {".img", ".img.gz", ".IMG", ".IMG.GZ"}) {
    fs::path image = stem;
    image += ending;
    std::error_code ignored;
    if (fs::is_regular_file(image, ignored)) return image;
  }
  return {};
}

ImageProbe probe_nifti(const fs::path& path, const NiftiKind& kind, bool gzip) {
  ImageProbe probe;
  probe.gzip = gzip;
  if (kind.is_pair) {
    probe.format = kind.is_version_2 ? ImageFormat::nifti2_pair : ImageFormat::nifti1_pair;
    probe.companion = companion_of(path);
  } else {
    probe.format = kind.is_version_2 ? ImageFormat::nifti2 : ImageFormat::nifti1;
  }
  return probe;
}

ImageProbe probe_text(const fs::path& path, bool nrrd, bool gzip) {
  if (gzip) return none("an NRRD or MetaImage file inside gzip is not handled");
  const Head head = read_head(path, most_header_bytes);
  const auto header = nrrd ? parse_nrrd(head.bytes) : parse_metaimage(head.bytes);
  if (!header) return none("an NRRD or MetaImage header without an end");
  if (header->is_detached) {
    return none("a detached NRRD or MetaImage header: its voxels are in other files");
  }
  ImageProbe probe;
  probe.format = nrrd ? ImageFormat::nrrd : ImageFormat::metaimage;
  return probe;
}

}  // namespace

const char* to_string(ImageFormat format) {
  switch (format) {
    case ImageFormat::none:
      return "none";
    case ImageFormat::nifti1:
      return "nifti1";
    case ImageFormat::nifti2:
      return "nifti2";
    case ImageFormat::nifti1_pair:
      return "nifti1-pair";
    case ImageFormat::nifti2_pair:
      return "nifti2-pair";
    case ImageFormat::nrrd:
      return "nrrd";
    case ImageFormat::metaimage:
      return "metaimage";
  }
  return "none";
}

ImageProbe probe_image(const fs::path& path) {
  const Head head = read_head(path, 4096);
  if (const auto kind = nifti_kind(head.bytes)) return probe_nifti(path, *kind, head.gzip);
  if (is_analyze(head.bytes)) {
    return none("an Analyze 7.5 header: it does not say how the voxels lie in space");
  }
  const bool nrrd = is_nrrd(head.bytes);
  if (nrrd || is_metaimage(head.bytes)) return probe_text(path, nrrd, head.gzip);
  return {};
}

}  // namespace efface::volume_itk
