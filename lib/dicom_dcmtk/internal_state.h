// What a DicomFile holds, for the parts of this module.
#pragma once

#include <string>

#include "dicom_dcmtk/internal_content.h"
#include "dicom_dcmtk/internal_parse.h"
#include "dicom_dcmtk/reader.h"

namespace efface::dicom_dcmtk {

struct DicomFile::State {
  explicit State(const std::filesystem::path& file_path, std::optional<dicom::Tag> stop_after = {},
                 base::Extent wanted = base::Extent::parts);

  std::filesystem::path path;
  Content content;
  std::uint64_t meta_offset = 0;  ///< of the first element of the file
  Item meta;
  Encoding encoding;
  std::string transfer_syntax_uid;
  bool is_deflated = false;
  bool is_spent = false;  ///< edits were applied to `data`
  ParsedDataSet data;

  Bytes bytes() const { return content.bytes(); }
  bool has_compressed_pixels() const { return data.pixels.present && data.pixels.encapsulated; }
};

/// Values of single attributes at one level, for facts. Absent and malformed values are empty, 0 or
/// none.
class Values {
 public:
  Values(const Item& item, Bytes content) : item_(item), content_(content) {}

  std::string raw(dicom::Tag tag) const;               ///< without padding at the end
  std::string text(dicom::Tag tag) const;              ///< and without spaces at the front
  std::vector<double> decimals(dicom::Tag tag) const;  ///< DS, or FD and FL
  std::optional<std::uint16_t> us(dicom::Tag tag) const;
  const Item* first_item(dicom::Tag sequence) const;

 private:
  const Item& item_;
  Bytes content_;
};

/// Items as plain values, at every depth (convert.cpp).
dicom::DataSet to_data_set(const Item& item, Bytes content);

/// The planes of all frames (frames.cpp); empty when they are not stated.
std::vector<dicom::FramePlane> frame_planes(const Item& root, Bytes content,
                                            const dicom::InstanceFacts& facts);

namespace transfer_syntax {
inline constexpr const char* implicit_little = "1.2.840.10008.1.2";
inline constexpr const char* explicit_little = "1.2.840.10008.1.2.1";
inline constexpr const char* deflated = "1.2.840.10008.1.2.1.99";
inline constexpr const char* explicit_big = "1.2.840.10008.1.2.2";
inline constexpr const char* ge_private = "1.2.840.113619.5.2";
inline constexpr const char* jpeg_lossless = "1.2.840.10008.1.2.4.70";
inline constexpr const char* jpeg_ls_lossless = "1.2.840.10008.1.2.4.80";
inline constexpr const char* rle = "1.2.840.10008.1.2.5";
}  // namespace transfer_syntax

}  // namespace efface::dicom_dcmtk
