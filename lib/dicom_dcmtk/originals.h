// The content of the Encrypted Attributes Sequence (PS3.15 E.1.1 and E.1.2; PS3.3 C.12.1.1.4.1):
// attributes of a file as a data set of their own, and back into the cleaned file. Encryption is
// the caller's affair, and so is the checksum, for which there is a place here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "dicom/tag.h"
#include "dicom/vr.h"
#include "dicom_dcmtk/reader.h"

namespace efface::dicom_dcmtk {

/// Which attributes of a file go into its envelope.
struct OriginalsChoice {
  std::vector<dicom::Tag> tags;  ///< of the top level, ascending; absent ones are skipped
  /// Attributes at any depth that stay out, by tag, VR and value as read (empty for a sequence).
  std::function<bool(dicom::Tag, dicom::Vr, std::string_view value)> is_left_out;
};

/// (0400,0550) Modified Attributes Sequence in explicit VR little endian, with one item: the chosen
/// attributes as they stand in the file, with everything below them; values in fragments and pixel
/// data are left out. Before the file is edited. Throws unsupported when it would exceed 4 GiB.
std::string encode_originals(DicomFile& file, const OriginalsChoice& choice);

/// `originals`, and behind it a private block (0401,0010) "EFFACE ENVELOPE 1" with `checksum`.
/// Re-identifiers that know nothing of it read the sequence before it.
std::string with_checksum(std::string originals, const base::Digest& checksum);

struct CheckedOriginals {
  std::string_view originals;  ///< as encode_originals() gave them
  base::Digest checksum;
};
/// Takes apart what with_checksum() made; nothing when it is not of that form.
std::optional<CheckedOriginals> without_checksum(std::string_view content);

/// The Encrypted Content (0400,0520) of the first item of (0400,0500). Throws bad_input when there
/// is no such sequence or its transfer syntax is not explicit VR little endian.
std::span<const std::byte> find_envelope(DicomFile& file);

/// Writes `destination` (which must not exist): `file` with its originals in place of what stands
/// there (PS3.15 E.1.2): (0400,0500), (0012,0063), (0012,0064) and (0028,0303) go and (0012,0062)
/// is NO, unless the originals hold them. Pixel data stay as they are. Afterwards `file` is spent.
/// Throws bad_input when the originals are not a data set with one item of (0400,0550), and as
/// write_edited() does.
void write_restored(DicomFile& file, std::string_view originals,
                    const std::filesystem::path& destination);

}  // namespace efface::dicom_dcmtk
