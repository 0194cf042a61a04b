#include <itkImageIOBase.h>
#include <itkMetaImageIO.h>
#include <itkNrrdImageIO.h>
#include <itkVersion.h>

#include <new>

#include "base/error.h"
#include "volume_itk/internal_picture.h"

namespace efface::volume_itk {

namespace {

using Component = itk::IOComponentEnum;

itk::ImageIOBase::Pointer new_io(bool is_nrrd) {
  if (is_nrrd) return itk::NrrdImageIO::New().GetPointer();
  return itk::MetaImageIO::New().GetPointer();
}

Component component(ValueType type) {
  switch (type) {
    case ValueType::u8:
      return Component::UCHAR;
    case ValueType::i8:
      return Component::CHAR;
    case ValueType::u16:
      return Component::USHORT;
    case ValueType::i16:
      return Component::SHORT;
    case ValueType::u32:
      return Component::UINT;
    case ValueType::i32:
      return Component::INT;
    case ValueType::u64:
      return Component::ULONGLONG;
    case ValueType::i64:
      return Component::LONGLONG;
    case ValueType::f32:
      return Component::FLOAT;
    case ValueType::f64:
      return Component::DOUBLE;
    case ValueType::other:
      break;
  }
  throw base::Error(base::Fault::unsupported, "colour and vector voxels are not written");
}

void describe(const Picture& picture, itk::ImageIOBase& io) {
  const auto dimensions = static_cast<unsigned>(picture.extent.size());
  io.SetNumberOfDimensions(dimensions);
  itk::ImageIORegion region(dimensions);
  for (unsigned axis = 0; axis < dimensions; ++axis) {
    io.SetDimensions(axis, picture.extent[axis]);
    io.SetSpacing(axis, picture.spacing[axis]);
    io.SetOrigin(axis, picture.origin[axis]);
    io.SetDirection(axis, picture.direction[axis]);
    region.SetIndex(axis, 0);
    region.SetSize(axis, picture.extent[axis]);
  }
  io.SetPixelType(itk::IOPixelEnum::SCALAR);
  io.SetComponentType(component(picture.type));
  io.SetNumberOfComponents(1);
  io.SetUseCompression(picture.packing != Packing::none);
  io.SetIORegion(region);
}

}  // namespace

void write_by_itk(const std::filesystem::path& path, bool is_nrrd, const Picture& picture,
                  std::span<const std::byte> voxels) {
  // ITK chooses attached or detached by the ending of the name.
  std::filesystem::path written = path;
  written += is_nrrd ? ".nrrd" : ".mha";
  if (std::filesystem::exists(path) || std::filesystem::exists(written)) {
    throw base::Error(base::Fault::io, "'" + path.string() + "' exists already");
  }
  try {
    const auto io = new_io(is_nrrd);
    describe(picture, *io);
    io->SetFileName(written.string());
    io->Write(voxels.data());
    std::filesystem::rename(written, path);
  } catch (const itk::ExceptionObject&) {
    throw base::Error(base::Fault::io, "cannot write '" + path.string() + "'");
  } catch (const std::filesystem::filesystem_error& error) {
    throw base::system_error("cannot write '" + path.string() + "'", error.code().value());
  } catch (const std::bad_alloc&) {
    throw base::Error(base::Fault::resource, "no memory to write the image");
  }
}

std::string library_version() {
  return itk::Version::GetITKVersion();
}

}  // namespace efface::volume_itk
