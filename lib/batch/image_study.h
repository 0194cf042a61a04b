// One NIfTI, NRRD or MetaImage file, and the sidecars that go with it, from its voxels to a staged,
// checked output and a record.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "audit/record.h"
#include "batch/context.h"
#include "batch/index.h"

namespace efface::batch {

/// The name under which the manifest counts a text taken out of a header: a field that the format
/// or volume_itk defines by its own, any other as "FORMAT-field", since its name was made by a user
/// and may say who the patient is.
std::string header_field(std::string_view format, std::string_view field);

/// Bytes of an image's voxels in memory, about: a compressed file says less.
std::uint64_t likely_voxel_bytes(const IndexedFile& image);

audit::StudyRecord process_image(const StudyFiles& study, const std::filesystem::path& staging,
                                 const Context& context);

}  // namespace efface::batch
