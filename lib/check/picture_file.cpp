#include "check/picture_file.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "check/free_text.h"
#include "check/pseudonym.h"

namespace efface::check {

namespace {

using findings::Finding;

struct ExifField {
  std::uint16_t tag;
  std::string_view name;
};

/// Fields that say who, when, or which very device; those of free text are read.
constexpr auto telling_fields = std::to_array<ExifField>({
    {0x0132, "DateTime"},
    {0x013B, "Artist"},
    {0x013C, "HostComputer"},
    {0x8298, "Copyright"},
    {0x8825, "GPS position"},
    {0x9003, "DateTimeOriginal"},
    {0x9004, "DateTimeDigitized"},
    {0x9C9D, "XPAuthor"},
    {0xA420, "ImageUniqueID"},
    {0xA430, "CameraOwnerName"},
    {0xA431, "BodySerialNumber"},
    {0xA435, "LensSerialNumber"},
});
constexpr auto text_fields = std::to_array<ExifField>({
    {0x010D, "DocumentName"},
    {0x010E, "ImageDescription"},
    {0x02BC, "XMP"},
    {0x83BB, "IPTC"},
    {0x9286, "UserComment"},
    {0x9C9B, "XPTitle"},
    {0x9C9C, "XPComment"},
    {0x9C9E, "XPKeywords"},
    {0x9C9F, "XPSubject"},
});
constexpr std::uint16_t exif_folder = 0x8769, thumbnail_offset = 0x0201;

std::string_view name_of(std::span<const ExifField> fields, std::uint16_t tag) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [tag](const ExifField& field) { return field.tag == tag; });
  return found == fields.end() ? std::string_view() : found->name;
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class PictureFindings {
 public:
  void add(const char* rule, std::string place, std::string reason) {
    if (places_.insert(rule + place).second) {
      all_.push_back({rule, {}, std::move(place), std::move(reason), 1});
    }
  }
  /// Zeros are left out: they pad, and XP fields are UTF-16.
  void add_text(std::string_view bytes, std::string place) {
    std::string text(bytes);
    std::erase(text, '\0');
    Finding finding = find_in_text(text, std::move(place));
    if (!finding.rule.empty()) all_.push_back(std::move(finding));
  }
  std::vector<Finding> take() { return std::move(all_); }

 private:
  std::vector<Finding> all_;
  std::set<std::string> places_;
};

/// The folders (IFDs) of a TIFF structure.
class TiffReader {
 public:
  TiffReader(std::span<const std::byte> bytes, PictureFindings& findings)
      : bytes_(bytes), findings_(findings) {}

  void read() {
    if (bytes_.size() < 8) return;
    is_big_endian_ = bytes_[0] == std::byte{'M'};
    std::uint64_t next = number(4, 4);
    for (int folder = 0; next != 0 && folder < most_folders && seen_.insert(next).second;
         ++folder) {
      next = read_folder(next);
    }
  }

 private:
  static constexpr int most_folders = 64;

  std::uint64_t number(std::uint64_t at, unsigned size) const {
    if (at + size > bytes_.size()) return 0;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i) {
      const unsigned from = is_big_endian_ ? i : size - 1 - i;
      value = value << 8U | std::to_integer<std::uint64_t>(bytes_[at + from]);
    }
    return value;
  }

  /// The offset of the next folder.
  std::uint64_t read_folder(std::uint64_t at) {
    constexpr std::uint64_t entry_bytes = 12;
    const std::uint64_t count = number(at, 2);
    if (at + 2 + count * entry_bytes > bytes_.size()) return 0;
    for (std::uint64_t i = 0; i < count; ++i) read_entry(at + 2 + i * entry_bytes);
    return number(at + 2 + count * entry_bytes, 4);
  }

  void read_entry(std::uint64_t at) {
    const auto tag = static_cast<std::uint16_t>(number(at, 2));
    if (tag == exif_folder) {
      const std::uint64_t folder = number(at + 8, 4);
      if (seen_.insert(folder).second) read_folder(folder);
    } else if (tag == thumbnail_offset) {
      findings_.add("thumbnail", "EXIF", "a small copy of the picture");
    } else if (const auto name = name_of(text_fields, tag); !name.empty()) {
      findings_.add_text(value_of(at), "EXIF " + std::string(name));
    } else if (const auto telling = name_of(telling_fields, tag);
               !telling.empty() && (tag == 0x8825 || !is_placeholder(value_of(at)))) {
      findings_.add("exif.identifying", "EXIF " + std::string(telling),
                    "metadata of the picture say who, where, when or with which device");
    }
  }

  std::string_view value_of(std::uint64_t entry) const {
    constexpr std::uint64_t in_place = 4;
    const std::uint64_t length = number(entry + 4, 4);
    const std::uint64_t at = length <= in_place ? entry + 8 : number(entry + 8, 4);
    if (at + length > bytes_.size()) return {};
    return text_of(bytes_.subspan(at, length));
  }

  std::span<const std::byte> bytes_;
  PictureFindings& findings_;
  std::set<std::uint64_t> seen_;
  bool is_big_endian_ = false;
};

void read_jpeg(std::span<const std::byte> bytes, PictureFindings& findings) {
  constexpr unsigned first_application = 0xE0, iptc = 0xED, comment = 0xFE, scan = 0xDA;
  constexpr std::string_view small_copy("JFXX\0", 5), more_pictures("MPF\0", 4);
  const auto byte = [&](std::size_t i) { return std::to_integer<unsigned>(bytes[i]); };
  for (std::size_t at = 2; at + 4 <= bytes.size() && byte(at) == 0xFF;) {
    const unsigned marker = byte(at + 1);
    const std::size_t length = byte(at + 2) << 8U | byte(at + 3);
    if (marker == scan || length < 2 || at + 2 + length > bytes.size()) return;
    const auto segment = bytes.subspan(at + 4, length - 2);
    const std::string_view text = text_of(segment);
    if (marker == first_application + 1 && text.starts_with(std::string_view("Exif\0\0", 6))) {
      TiffReader(segment.subspan(6), findings).read();
    } else if (marker == first_application + 1 && text.starts_with("http://ns.adobe.com/")) {
      findings.add_text(text, "XMP");
    } else if (marker == first_application && text.starts_with(small_copy)) {
      findings.add("thumbnail", "JFXX", "a small copy of the picture");
    } else if (marker == first_application + 2 && text.starts_with(more_pictures)) {
      findings.add("thumbnail", "MPF", "more pictures behind the first, which nobody looks at");
    } else if (marker == iptc) {
      findings.add_text(text, "IPTC");
    } else if (marker == comment) {
      findings.add_text(text, "comment");
    }
    at += 2 + length;
  }
}

void read_png(std::span<const std::byte> bytes, PictureFindings& findings) {
  constexpr std::size_t signature = 8, around = 12;
  for (std::size_t at = signature; at + around <= bytes.size();) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      length = length << 8U | std::to_integer<std::size_t>(bytes[at + i]);
    }
    if (length > bytes.size() - at - around) return;
    const std::string_view kind = text_of(bytes.subspan(at + 4, 4));
    const auto chunk = bytes.subspan(at + 8, length);
    if (kind == "eXIf") TiffReader(chunk, findings).read();
    const std::string_view text = text_of(chunk);
    const std::size_t flag = text.find('\0') + 1;  // npos + 1 is 0
    const bool is_packed =
        kind == "zTXt" || (kind == "iTXt" && flag > 0 && flag < text.size() && text[flag] == 1);
    if (is_packed) {
      findings.add("not-checked", std::string(kind), "compressed text, which is not read");
    } else if (kind == "tEXt" || kind == "iTXt") {
      findings.add_text(text, std::string(kind));
    }
    at += around + length;
  }
}

/// Comments; blocks are followed over their sub-blocks.
void read_gif(std::span<const std::byte> bytes, PictureFindings& findings) {
  constexpr std::size_t screen = 13, image = 10;
  constexpr unsigned extension = 0x21, picture = 0x2C, comment = 0xFE;
  const auto byte = [&](std::size_t i) {
    return i < bytes.size() ? std::to_integer<unsigned>(bytes[i]) : 0U;
  };
  const auto palette = [](unsigned flags) {
    return (flags & 0x80U) != 0 ? std::size_t{3} << ((flags & 7U) + 1U) : 0U;
  };
  std::size_t at = screen + palette(byte(10));
  while (at < bytes.size() && (byte(at) == extension || byte(at) == picture)) {
    const bool is_comment = byte(at) == extension && byte(at + 1) == comment;
    at += byte(at) == extension ? 2 : image + palette(byte(at + image - 1)) + 1;
    std::string text;
    for (; byte(at) != 0 && at + byte(at) < bytes.size(); at += byte(at) + 1) {
      if (is_comment) text += text_of(bytes.subspan(at + 1, byte(at)));
    }
    ++at;
    if (is_comment) findings.add_text(text, "comment");
  }
}

void read_webp(std::span<const std::byte> bytes, PictureFindings& findings) {
  constexpr std::size_t first = 12, around = 8;
  for (std::size_t at = first; at + around <= bytes.size();) {
    std::size_t length = 0;
    for (std::size_t i = 4; i > 0; --i) {
      length = length << 8U | std::to_integer<std::size_t>(bytes[at + 3 + i]);
    }
    if (length > bytes.size() - at - around) return;
    const std::string_view kind = text_of(bytes.subspan(at, 4));
    const auto chunk = bytes.subspan(at + around, length);
    if (kind == "EXIF") TiffReader(chunk, findings).read();
    if (kind == "XMP ") findings.add_text(text_of(chunk), "XMP");
    at += around + length + length % 2;
  }
}

bool is_bmp(std::string_view begin) {
  // "BM" alone begins many a text; bytes 6 to 9 are reserved and zero.
  return begin.size() >= 10 && begin.starts_with("BM") &&
         begin.substr(6, 4) == std::string_view("\0\0\0\0", 4);
}

}  // namespace

std::optional<std::vector<Finding>> find_in_picture(std::span<const std::byte> bytes) {
  PictureFindings findings;
  constexpr std::size_t longest_mark = 12;
  const std::string_view begin =
      text_of(bytes.first(std::min<std::size_t>(bytes.size(), longest_mark)));
  if (begin.starts_with("\xFF\xD8\xFF")) {
    read_jpeg(bytes, findings);
  } else if (begin.starts_with("\x89PNG\r\n\x1A\n")) {
    read_png(bytes, findings);
  } else if (begin.starts_with(std::string_view("II*\0", 4)) ||
             begin.starts_with(std::string_view("MM\0*", 4))) {
    TiffReader(bytes, findings).read();
  } else if (begin.starts_with("GIF87a") || begin.starts_with("GIF89a")) {
    read_gif(bytes, findings);
  } else if (begin.starts_with("RIFF") && begin.ends_with("WEBP")) {
    read_webp(bytes, findings);
  } else if (!is_bmp(begin)) {
    return std::nullopt;
  }
  return findings.take();
}

}  // namespace efface::check
