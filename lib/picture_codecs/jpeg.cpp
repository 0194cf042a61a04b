#include <csetjmp>
#include <cstdio>  // jpeglib.h wants it

#include <jpeglib.h>

#include "picture_codecs/internal_formats.h"

namespace efface::picture_codecs {

namespace {

/// libjpeg's errors come back by longjmp: between setjmp and there nothing has a destructor.
struct Errors {
  jpeg_error_mgr manager;  ///< first, so that the library's pointer is one to this
  std::jmp_buf back;
  bool is_out_of_memory;
};

[[noreturn]] void leave(j_common_ptr info) {
  std::longjmp(reinterpret_cast<Errors*>(info->err)->back, 1);
}

void say_nothing(j_common_ptr) {}

/// Warnings of damaged data; others (level 0 and more) are remarks.
void note(j_common_ptr info, int level) {
  if (level < 0) ++info->err->num_warnings;
}

enum class Outcome : std::uint8_t { read, damaged, unknown_colours };

/// The size alone where `samples` is null, else all rows into it.
Outcome decode(Bytes file, std::uint32_t& columns, std::uint32_t& rows, std::byte* samples) {
  jpeg_decompress_struct info{};
  Errors errors{};
  info.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = leave;
  errors.manager.output_message = say_nothing;
  errors.manager.emit_message = note;
  if (setjmp(errors.back) != 0) {
    jpeg_destroy_decompress(&info);
    return Outcome::damaged;
  }
  jpeg_create_decompress(&info);
  info.mem->max_memory_to_use = 1L << 30;
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(file.data()), file.size());
  jpeg_read_header(&info, TRUE);
  columns = info.image_width;
  rows = info.image_height;
  const bool has_grey = info.jpeg_color_space == JCS_GRAYSCALE ||
                        info.jpeg_color_space == JCS_YCbCr || info.jpeg_color_space == JCS_RGB;
  Outcome outcome = has_grey ? Outcome::read : Outcome::unknown_colours;
  if (has_grey && samples != nullptr) {
    info.out_color_space = JCS_GRAYSCALE;
    jpeg_start_decompress(&info);
    while (info.output_scanline < info.output_height) {
      auto* row = reinterpret_cast<JSAMPLE*>(samples + std::size_t{info.output_scanline} * columns);
      jpeg_read_scanlines(&info, &row, 1);
    }
    if (errors.manager.num_warnings > 0) outcome = Outcome::damaged;
  }
  jpeg_destroy_decompress(&info);
  return outcome;
}

}  // namespace

std::vector<Page> read_jpeg(Bytes file) {
  std::uint32_t columns = 0, rows = 0;
  const auto require = [](Outcome outcome) {
    if (outcome == Outcome::damaged) is_damaged();
    if (outcome == Outcome::unknown_colours) refuse("the colours of the picture are not handled");
  };
  require(decode(file, columns, rows, nullptr));
  Page page = new_page(columns, rows, 1, 8);
  require(decode(file, columns, rows, page.samples.data()));
  return {std::move(page)};
}

}  // namespace efface::picture_codecs
