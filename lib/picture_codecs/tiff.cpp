#include <tiffio.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "picture_codecs/internal_formats.h"

namespace efface::picture_codecs {

namespace {

/// The file as libtiff sees it: bytes in memory, read only.
struct Source {
  Bytes bytes;
  std::uint64_t at = 0;
};

Source& source_of(thandle_t handle) {
  return *static_cast<Source*>(handle);
}

tmsize_t read_some(thandle_t handle, void* to, tmsize_t size) {
  Source& source = source_of(handle);
  const std::uint64_t left =
      source.bytes.size() - std::min<std::uint64_t>(source.at, source.bytes.size());
  const std::uint64_t count =
      std::min(static_cast<std::uint64_t>(std::max<tmsize_t>(size, 0)), left);
  if (count > 0) std::memcpy(to, source.bytes.data() + source.at, count);
  source.at += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t write_nothing(thandle_t, void*, tmsize_t) {
  return 0;
}

toff_t seek(thandle_t handle, toff_t offset, int from) {
  Source& source = source_of(handle);
  const std::uint64_t start = from == SEEK_SET   ? 0
                              : from == SEEK_CUR ? source.at
                                                 : source.bytes.size();
  return source.at = start + offset;
}

int close_nothing(thandle_t) {
  return 0;
}

toff_t size_of(thandle_t handle) {
  return source_of(handle).bytes.size();
}

int say_nothing(TIFF*, void*, const char*, const char*, va_list) {
  return 1;
}

using Tiff = std::unique_ptr<TIFF, void (*)(TIFF*)>;

Tiff open(Source& source) {
  constexpr tmsize_t most_at_once = tmsize_t{1} << 29;
  const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(TIFFOpenOptionsAlloc(),
                                                                             TIFFOpenOptionsFree);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), most_at_once);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), say_nothing, nullptr);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), say_nothing, nullptr);
  return {TIFFClientOpenExt("picture", "rm", &source, read_some, write_nothing, seek, close_nothing,
                            size_of, nullptr, nullptr, options.get()),
          TIFFClose};
}

/// Grey of 16 bits keeps them; everything else as libtiff shows it in 8 bits a colour.
bool is_deep_grey(TIFF* tiff) {
  std::uint16_t bits = 0, samples = 0, photometric = 0;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  const bool is_told = TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric) == 1;
  return is_told && bits == 16 && samples == 1 && photometric <= PHOTOMETRIC_MINISBLACK &&
         TIFFIsTiled(tiff) == 0;
}

void read_deep_grey(TIFF* tiff, Page& page) {
  const std::size_t row_bytes = std::size_t{2} * page.layout.columns;
  std::uint16_t format = SAMPLEFORMAT_UINT;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
  if (format > SAMPLEFORMAT_INT) refuse("the picture's kind of pixels is not handled");
  page.layout.is_signed = format == SAMPLEFORMAT_INT;
  if (static_cast<std::size_t>(TIFFScanlineSize64(tiff)) != row_bytes) is_damaged();
  for (std::uint32_t row = 0; row < page.layout.rows; ++row) {
    if (TIFFReadScanline(tiff, page.samples.data() + row * row_bytes, row, 0) != 1) is_damaged();
  }
}

void read_colours(TIFF* tiff, Page& page) {
  char problem[1024] = {};
  if (TIFFRGBAImageOK(tiff, problem) != 1) refuse("the picture's kind of pixels is not handled");
  std::vector<std::uint32_t> pixels(std::size_t{page.layout.columns} * page.layout.rows);
  const int is_read = TIFFReadRGBAImageOriented(tiff, page.layout.columns, page.layout.rows,
                                                pixels.data(), ORIENTATION_TOPLEFT, 1);
  if (is_read != 1) is_damaged();
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    page.samples[3 * i] = static_cast<std::byte>(TIFFGetR(pixels[i]));
    page.samples[3 * i + 1] = static_cast<std::byte>(TIFFGetG(pixels[i]));
    page.samples[3 * i + 2] = static_cast<std::byte>(TIFFGetB(pixels[i]));
  }
}

}  // namespace

std::vector<Page> read_tiff(Bytes file) {
  Source source{file};
  const Tiff tiff = open(source);
  if (!tiff) is_damaged();
  std::vector<Page> pages;
  std::size_t pixels = 0;
  do {
    if (pages.size() == most_pages) refuse("the picture has too many pages to look at");
    std::uint32_t columns = 0, rows = 0;
    TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &columns);
    TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &rows);
    const bool is_deep = is_deep_grey(tiff.get());
    Page& page =
        pages.emplace_back(new_page(columns, rows, is_deep ? 1 : 3, is_deep ? 16 : 8, pixels));
    pixels += std::size_t{columns} * rows;
    is_deep ? read_deep_grey(tiff.get(), page) : read_colours(tiff.get(), page);
  } while (TIFFReadDirectory(tiff.get()) == 1);
  return pages;
}

}  // namespace efface::picture_codecs
