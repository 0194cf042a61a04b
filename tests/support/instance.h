// DICOM instances put together with DCMTK, for made-up studies. Thin: names for what DCMTK does,
// and an exception for every failure. No defaults are added behind the caller's back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dctk.h"

namespace efface::support {

/// "2.25." and a number drawn from both arguments.
std::string made_up_uid(std::uint64_t seed, std::uint64_t number);

/// The VR comes from the dictionary; several values are separated by backslashes.
void put(DcmItem& item, DcmTagKey tag, const std::string& value);
/// A value of any VR as raw bytes, for private attributes and for UN. Padded to even length.
void put_as(DcmItem& item, DcmTagKey tag, DcmEVR vr, const std::string& value);
void put_words(DcmItem& item, DcmTagKey tag, const std::vector<std::uint16_t>& words);
/// A new item at the end of a sequence, which is made when absent.
DcmItem& add_item(DcmItem& item, DcmTagKey sequence);
/// A coded entry (PS3.3 section 8.8) as the only item of a sequence.
void put_code(DcmItem& item, DcmTagKey sequence, const std::string& value,
              const std::string& scheme, const std::string& meaning);

/// How a file is laid out around its data set.
struct FileLayout {
  E_TransferSyntax syntax = EXS_LittleEndianExplicit;
  bool undefined_lengths = false;
  std::string preamble;             ///< at most 128 bytes
  std::string source_ae;            ///< (0002,0016)
  std::string private_information;  ///< (0002,0102)
  std::string tail;                 ///< bytes appended to the data set as they are
};

/// Writes Part 10 (folders are made). Throws std::runtime_error.
void save(DcmFileFormat& file, const std::filesystem::path& path, const FileLayout& layout = {});

}  // namespace efface::support
