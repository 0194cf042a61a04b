// DICOM files as values. Accepts Part 10 files and bare data sets (no preamble, no meta, any of the
// three uncompressed encodings, or deflated), or compressed by gzip as a whole, from a path.
// Element headers are walked over a map of the file, each length checked against what holds it;
// DCMTK gives the dictionary and the codecs. Bounded: values above 64 KiB and pixel data stay in
// the file. Every failure is base::Error{bad_input | unsupported | io}. The map follows the file:
// it must not be cut short while a DicomFile lives.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/phi.h"
#include "dicom/dataset.h"
#include "dicom/facts.h"

namespace efface::dicom_dcmtk {

/// Silences DCMTK's loggers (they print values) and registers its codecs. Call once, before
/// anything else in this module; safe to call again. Its dictionary is loaded when a tag is first
/// looked up; where it is missing, that throws io.
void initialise();

/// True when the content is DICOM: "DICM" at offset 128, or a plausible data set at offset 0 (first
/// elements of groups 0002 or 0008 in ascending order with sane VRs and lengths), also inside gzip.
/// Reads at most 4 KiB.
bool looks_like_dicom(const std::filesystem::path& path);

/// Where the pixel data of the top level lie in DicomFile::content().
struct PixelSpan {
  bool present = false;
  bool encapsulated = false;         ///< undefined length: fragments up to the sequence delimiter
  std::uint64_t element_offset = 0;  ///< of the tag (7FE0,0010) (or 0008, 0009)
  std::uint64_t value_offset = 0;
  std::uint64_t value_length = 0;  ///< all bytes up to the end of the element, delimiter included
};

/// A file parsed once, up to its pixel data and after it. Movable; not shared between threads.
class DicomFile {
 public:
  explicit DicomFile(const std::filesystem::path& path, base::Extent wanted = base::Extent::parts);
  DicomFile(DicomFile&&) noexcept;
  DicomFile& operator=(DicomFile&&) noexcept;
  ~DicomFile();

  const std::filesystem::path& path() const;
  dicom::InstanceFacts facts() const;
  /// The data set at every depth, without pixel data; sequences hidden in UN (PS3.5 6.2.2 note 2)
  /// and in private attributes are parsed as items. A value of undefined length that is not a
  /// sequence (the fragments of a compressed icon) is never loaded.
  dicom::DataSet attributes() const;
  /// The file meta information (group 0002) and preamble as found, for the record of what is
  /// dropped: its values count as removed. A preamble that is not all zero comes first, with tag
  /// (0000,0000).
  dicom::DataSet meta() const;
  /// Second attributes of a tag at one level, at any depth: they are not part of attributes() and
  /// not written, but their values were in the file. What describes the image must not occur twice
  /// with different values: that is bad_input.
  dicom::DataSet dropped() const;
  PixelSpan pixels() const;
  std::string transfer_syntax_uid() const;
  /// Bytes after the pixel data (private groups, signatures, padding): dropped on writing.
  std::uint64_t trailing_bytes() const;

  /// The bytes that PixelSpan's offsets mean: the file's, or what they unfold to when the file is
  /// compressed by gzip or its data set is deflated.
  std::span<const std::byte> content() const;
  /// The bytes of the file itself.
  std::span<const std::byte> source() const;
  /// Whether the file had to be unfolded: it then holds a temporary file open.
  bool is_unfolded() const;
  /// The same piece by piece, for its digest: however large, it takes little memory.
  void visit_source(const std::function<void(std::span<const std::byte>)>& show) const;

  struct State;    ///< for this module only
  State& state();  ///< for this module only

 private:
  std::unique_ptr<State> state_;
};

/// The first pass over many files: only what groups them. Stops at (0020,000E).
struct StudyKey {
  base::Phi<std::string> study_uid, patient_id;
};
StudyKey read_study_key(const std::filesystem::path& path);

/// Both first looks at a file, opened once: its beginning (16 KiB) is enough for most.
class FileStart {
 public:
  explicit FileStart(const std::filesystem::path& path);
  /// As the function of this name.
  bool looks_like_dicom() const;
  /// As read_study_key().
  StudyKey study_key() const;

 private:
  std::filesystem::path path_;
  std::vector<std::byte> bytes_;
  std::uint64_t file_size_ = 0;
};

}  // namespace efface::dicom_dcmtk
