#include <png.h>

#include "picture_codecs/internal_formats.h"

namespace efface::picture_codecs {

namespace {

/// libpng's simple interface: it keeps its messages and does not print them.
class Png {
 public:
  explicit Png(Bytes file) {
    image_.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_memory(&image_, file.data(), file.size()) == 0) is_damaged();
  }
  Png(const Png&) = delete;
  Png& operator=(const Png&) = delete;
  ~Png() { png_image_free(&image_); }

  Page read() {
    const bool is_deep = (image_.format & PNG_FORMAT_FLAG_LINEAR) != 0;
    const unsigned bits = is_deep ? 16 : 8;
    Page page = new_page(image_.width, image_.height, 1, bits);
    // With its transparency apart, so that what is transparent is seen too.
    image_.format = is_deep ? PNG_FORMAT_LINEAR_Y_ALPHA : PNG_FORMAT_GA;
    std::vector<std::byte> pixels(2 * page.samples.size());
    if (png_image_finish_read(&image_, nullptr, pixels.data(), 0, nullptr) == 0) is_damaged();
    const std::size_t width = bits / 8;
    for (std::size_t i = 0; i < page.samples.size(); ++i) {
      page.samples[i] = pixels[i / width * 2 * width + i % width];
    }
    return page;
  }

 private:
  png_image image_{};
};

}  // namespace

std::vector<Page> read_png(Bytes file) {
  return {Png(file).read()};
}

}  // namespace efface::picture_codecs
