// Carries an edit plan out: writes the cleaned instance to a new file. Unchanged pixel data is
// copied byte for byte inside the kernel; preamble and file meta are made anew; everything after
// the pixel data is dropped; nothing but the edits changes.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dicom/edit.h"
#include "dicom_dcmtk/reader.h"

namespace efface::dicom_dcmtk {

/// New pixel data, native (uncompressed) bytes in the sample layout of the decoded image: frames in
/// order, little endian, as pixels.h returned them.
struct NewPixels {
  std::vector<std::byte> bytes;
};

struct WriteReport {
  bool pixels_copied = false;     ///< byte for byte from the input
  bool pixels_reencoded = false;  ///< new pixels; `transfer_syntax_uid` says how they are stored
  std::string transfer_syntax_uid;
};

/// Writes `destination` (which must not exist). The data set keeps its transfer syntax, except: big
/// endian and deflated inputs keep theirs when the pixels are copied; new pixels of a compressed
/// image are re-encoded losslessly in the same family where DCMTK can (JPEG -> JPEG lossless
/// process 14, JPEG-LS lossless, RLE), otherwise written as explicit VR little endian. Media
/// Storage SOP Instance UID follows (0008,0018). Group lengths are dropped, sequences are written
/// as they were (defined or undefined length). Applies `plan` to `file`'s own data set: afterwards
/// `file` is spent.
WriteReport write_edited(DicomFile& file, const dicom::EditPlan& plan,
                         const std::filesystem::path& destination,
                         const std::optional<NewPixels>& new_pixels);

}  // namespace efface::dicom_dcmtk
