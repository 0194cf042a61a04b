#include "picture_codecs/read_picture.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.h"
#include "picture_codecs/internal_formats.h"

namespace efface::picture_codecs {

void refuse(const char* what) {
  throw base::Error(base::Fault::unsupported, what);
}

void is_damaged() {
  throw base::Error(base::Fault::bad_input, "the picture is damaged or cut short");
}

Page new_page(std::uint64_t columns, std::uint64_t rows, unsigned samples, unsigned bits,
              std::size_t pixels_before) {
  if (columns == 0 || rows == 0) is_damaged();
  if (columns > most_pixels || rows > (most_pixels - pixels_before) / columns) {
    refuse("the picture is too large to look at");
  }
  Page page;
  page.layout.columns = static_cast<std::uint32_t>(columns);
  page.layout.rows = static_cast<std::uint32_t>(rows);
  page.layout.samples_per_pixel = samples;
  page.layout.bits_allocated = page.layout.bits_stored = bits;
  page.layout.high_bit = bits - 1;
  page.layout.photometric_interpretation = samples == 1 ? "MONOCHROME2" : "RGB";
  page.samples.resize(page.layout.frame_bytes());
  return page;
}

std::vector<Page> read_picture(Bytes file) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (text.starts_with("\x89PNG\r\n\x1A\n")) return read_png(file);
  if (text.starts_with("\xFF\xD8\xFF")) return read_jpeg(file);
  if (text.starts_with(std::string_view("II*\0", 4)) ||
      text.starts_with(std::string_view("MM\0*", 4))) {
    return read_tiff(file);
  }
  if (text.starts_with("BM")) return read_bmp(file);
  refuse("pictures of this format are not decoded");
}

}  // namespace efface::picture_codecs
