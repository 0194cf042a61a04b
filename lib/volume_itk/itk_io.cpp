#include <itkImageIOBase.h>
#include <itkMetaImageIO.h>
#include <itkNrrdImageIO.h>
#include <itkVersion.h>

#include <algorithm>
#include <new>

#include "base/error.h"
#include "volume_itk/internal_itk_io.h"

namespace efface::volume_itk {

namespace {

using volume::Vec3;
using Component = itk::IOComponentEnum;

itk::ImageIOBase::Pointer new_io(bool is_nrrd) {
  if (is_nrrd) return itk::NrrdImageIO::New().GetPointer();
  return itk::MetaImageIO::New().GetPointer();
}

/// Runs ITK and turns its exceptions, which quote headers, into ours.
template <class Call>
auto translated(const char* what, base::Fault fault, Call call) {
  try {
    return call();
  } catch (const itk::ExceptionObject&) {
    throw base::Error(fault, what);
  } catch (const std::bad_alloc&) {
    throw base::Error(base::Fault::resource, "no memory for the image");
  }
}

ValueType value_type(Component component) {
  switch (component) {
    case Component::UCHAR:
      return ValueType::u8;
    case Component::CHAR:
      return ValueType::i8;
    case Component::USHORT:
      return ValueType::u16;
    case Component::SHORT:
      return ValueType::i16;
    case Component::UINT:
      return ValueType::u32;
    case Component::INT:
      return ValueType::i32;
    case Component::ULONG:
    case Component::ULONGLONG:
      return sizeof(long) == 8 ? ValueType::u64 : ValueType::other;
    case Component::LONG:
    case Component::LONGLONG:
      return sizeof(long) == 8 ? ValueType::i64 : ValueType::other;
    case Component::FLOAT:
      return ValueType::f32;
    case Component::DOUBLE:
      return ValueType::f64;
    default:
      return ValueType::other;
  }
}

itk::ImageIORegion whole_region(const std::vector<std::size_t>& extent) {
  itk::ImageIORegion region(static_cast<unsigned>(extent.size()));
  for (unsigned axis = 0; axis < extent.size(); ++axis) {
    region.SetIndex(axis, 0);
    region.SetSize(axis, extent[axis]);
  }
  return region;
}

void read_header(itk::ImageIOBase& io, ItkPicture& picture) {
  for (unsigned axis = 0; axis < io.GetNumberOfDimensions(); ++axis) {
    picture.extent.push_back(io.GetDimensions(axis));
    picture.spacing.push_back(io.GetSpacing(axis));
    picture.origin.push_back(io.GetOrigin(axis));
    picture.direction.push_back(io.GetDirection(axis));
  }
  picture.components = io.GetNumberOfComponents();
  picture.type = picture.components == 1 && io.GetPixelType() == itk::IOPixelEnum::SCALAR
                     ? value_type(io.GetComponentType())
                     : ValueType::other;
  picture.pixel_type = static_cast<int>(io.GetPixelType());
  picture.component_type = static_cast<int>(io.GetComponentType());
  picture.bytes_per_voxel = picture.components * io.GetComponentSize();
}

std::size_t claimed_bytes(const ItkPicture& picture) {
  std::size_t bytes = picture.bytes_per_voxel;
  for (const std::size_t extent : picture.extent) {
    if (extent == 0 || __builtin_mul_overflow(bytes, extent, &bytes)) {
      throw base::Error(base::Fault::bad_input, "the dimensions of the image cannot be");
    }
  }
  return bytes;
}

}  // namespace

std::array<Vec3, 4> ItkPicture::columns() const {
  std::array<Vec3, 4> columns{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (axis >= extent.size()) {
      columns[axis][axis] = 1;
      continue;
    }
    for (std::size_t row = 0; row < std::min<std::size_t>(3, direction[axis].size()); ++row) {
      columns[axis][row] = direction[axis][row] * spacing[axis];
    }
    columns[3][axis] = origin[axis];
  }
  return columns;
}

ItkPicture read_by_itk_io(const std::filesystem::path& path, bool is_nrrd, std::size_t most_bytes,
                          std::vector<std::byte>& voxels) {
  const auto io = new_io(is_nrrd);
  ItkPicture picture;
  translated("the header of the image cannot be read", base::Fault::bad_input, [&] {
    io->SetFileName(path.string());
    io->ReadImageInformation();
    read_header(*io, picture);
  });
  const std::size_t bytes = claimed_bytes(picture);
  if (bytes == 0 || bytes > most_bytes) {
    throw base::Error(base::Fault::bad_input, "the file is shorter than its header tells");
  }
  translated("the voxels of the image cannot be read", base::Fault::bad_input, [&] {
    voxels.resize(bytes);
    io->SetIORegion(whole_region(picture.extent));
    io->Read(voxels.data());
  });
  return picture;
}

void write_by_itk_io(const std::filesystem::path& path, bool is_nrrd, const ItkPicture& picture,
                     std::span<const std::byte> voxels, bool compress) {
  // ITK chooses attached or detached by the ending of the name.
  std::filesystem::path written = path;
  written += is_nrrd ? ".nrrd" : ".mha";
  if (std::filesystem::exists(path) || std::filesystem::exists(written)) {
    throw base::Error(base::Fault::io, "'" + path.string() + "' exists already");
  }
  translated("the image cannot be written", base::Fault::io, [&] {
    const auto io = new_io(is_nrrd);
    io->SetNumberOfDimensions(static_cast<unsigned>(picture.extent.size()));
    for (unsigned axis = 0; axis < picture.extent.size(); ++axis) {
      io->SetDimensions(axis, picture.extent[axis]);
      io->SetSpacing(axis, picture.spacing[axis]);
      io->SetOrigin(axis, picture.origin[axis]);
      io->SetDirection(axis, picture.direction[axis]);
    }
    io->SetPixelType(static_cast<itk::IOPixelEnum>(picture.pixel_type));
    io->SetComponentType(static_cast<Component>(picture.component_type));
    io->SetNumberOfComponents(static_cast<unsigned>(picture.components));
    io->SetUseCompression(compress);
    io->SetIORegion(whole_region(picture.extent));
    io->SetFileName(written.string());
    io->Write(voxels.data());
  });
  std::filesystem::rename(written, path);
}

std::string library_version() {
  return itk::Version::GetITKVersion();
}

}  // namespace efface::volume_itk
