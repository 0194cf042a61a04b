#include "volume_itk/png_file.h"

#include <itkPNGImageIO.h>

#include <new>

#include "base/error.h"
#include "base/file.h"

namespace efface::volume_itk {

namespace fs = std::filesystem;

namespace {

void write_by_itk(const fs::path& path, std::size_t width, std::size_t height,
                  std::span<const std::uint8_t> rgb) {
  const auto io = itk::PNGImageIO::New();
  itk::ImageIORegion region(2);
  io->SetNumberOfDimensions(2);
  const std::size_t extent[] = {width, height};
  for (unsigned axis = 0; axis < 2; ++axis) {
    io->SetDimensions(axis, extent[axis]);
    region.SetIndex(axis, 0);
    region.SetSize(axis, extent[axis]);
  }
  io->SetPixelType(itk::IOPixelEnum::RGB);
  io->SetComponentType(itk::IOComponentEnum::UCHAR);
  io->SetNumberOfComponents(3);
  io->SetUseCompression(true);
  io->SetIORegion(region);
  io->SetFileName(path.string());
  io->Write(rgb.data());
}

}  // namespace

void write_png(const fs::path& path, std::size_t width, std::size_t height,
               std::span<const std::uint8_t> rgb) {
  if (rgb.size() != 3 * width * height || rgb.empty()) {
    throw base::Error(base::Fault::internal, "a picture has another size than its pixels");
  }
  fs::path temporary = path;
  temporary.replace_filename("." + path.filename().string() + ".partial");
  try {
    write_by_itk(temporary, width, height, rgb);
    base::sync_path(temporary);
    fs::rename(temporary, path);
    base::sync_path(path.has_parent_path() ? path.parent_path() : ".");
  } catch (const itk::ExceptionObject&) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    const auto free = fs::space(path.has_parent_path() ? path.parent_path() : ".", ignored);
    const bool is_full = !ignored && free.available < rgb.size();
    throw base::Error(is_full ? base::Fault::no_space : base::Fault::io,
                      "cannot write '" + path.string() + "'");
  } catch (const fs::filesystem_error& error) {
    throw base::system_error("cannot write '" + path.string() + "'", error.code().value());
  } catch (const std::bad_alloc&) {
    throw base::Error(base::Fault::resource, "no memory to write a picture");
  }
}

}  // namespace efface::volume_itk
