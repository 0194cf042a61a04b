// Carries an edit plan out: writes the cleaned instance to a new file. Unchanged pixel data is
// copied byte for byte inside the kernel; preamble and file meta are made anew; everything after
// the pixel data is dropped; nothing but the edits changes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dicom/edit.h"
#include "dicom/sample_layout.h"
#include "dicom_dcmtk/reader.h"

namespace efface::dicom_dcmtk {

/// New pixel data one frame at a time, so that memory holds no more: as FrameReader gives frames.
struct FrameStream {
  dicom::SampleLayout layout;
  std::size_t frames = 1;
  /// Native bytes of one frame, little endian. Called in order; an exception ends the writing.
  std::function<std::vector<std::byte>(std::size_t)> read;
};

/// New pixel data, native (uncompressed) bytes in the sample layout of the decoded image: frames in
/// order, little endian, as pixels.h returned them; or `stream`, when it is set.
struct NewPixels {
  std::vector<std::byte> bytes = {};
  std::optional<FrameStream> stream = std::nullopt;
};

struct WriteReport {
  bool pixels_copied = false;     ///< byte for byte from the input
  bool pixels_reencoded = false;  ///< new pixels; `transfer_syntax_uid` says how they are stored
  std::string transfer_syntax_uid;
  /// Where the value of the pixel data stands in the written file; equal when there is none, and
  /// when the data set is deflated, so that no byte of it stands for itself.
  std::uint64_t blanked_bytes = 0;  ///< of comments and the like inside compressed frames
  std::uint64_t pixels_begin = 0, pixels_end = 0;
  bool is_deflated = false;
};

/// Writes `destination` (which must not exist), mode 0666 less the umask, not synced.
/// * The data set keeps its transfer syntax (deflated stays deflated), except that new pixels of a
///   compressed image are re-encoded losslessly in the same family where DCMTK can (JPEG -> JPEG
///   lossless process 14, JPEG-LS lossless, RLE), decoded again to prove it, and otherwise written
///   as explicit VR little endian. Of a stream each frame by itself; colour is stored as it was
///   decoded (RGB for YBR of JPEG), and (0028,0004) and (0028,0006) say so.
/// * Of compressed frames that stay, comments, application segments and what follows the image are
///   set to 0 in place (dicom/code_stream.h); unsupported when a frame cannot be followed.
/// * Of native pixel data that stay, what the image does not need is dropped.
/// * Media Storage SOP Instance UID follows (0008,0018). Group lengths, trailing padding and what
///   follows the pixel data are dropped. Sequences keep defined or undefined length, UN that held
///   items stays UN, odd lengths are padded (those of pixel data too). Of attributes that occur
///   twice the first is written.
/// * An edit's VR, where given, is written; without one the VR as read stays. Numbers in an edit
/// are
///   little endian, as attributes() gives them.
/// Applies `plan` to `file`'s own data set: afterwards `file` is spent, attributes() and facts()
/// show what was written. Throws bad_input for a truncated file, unsupported for a DICOMDIR and for
/// new pixels of a compressed colour image, internal when the plan does not fit the file, io or
/// no_space; a destination that was begun stays behind, for the caller's staging to remove.
WriteReport write_edited(DicomFile& file, const dicom::EditPlan& plan,
                         const std::filesystem::path& destination,
                         const std::optional<NewPixels>& new_pixels);

}  // namespace efface::dicom_dcmtk
