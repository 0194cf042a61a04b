// GDCM for what DCMTK cannot decode. GDCM's own logger quotes files: it is switched off.
#include <gdcmImageReader.h>
#include <gdcmTrace.h>
#include <gdcmVersion.h>

#include <bit>
#include <exception>
#include <new>

#include "base/error.h"
#include "volume_itk/image_file.h"

namespace efface::volume_itk {

namespace {

constexpr unsigned long most_decoded_bytes = 8UL << 30;

void silence_gdcm() {
  static const bool done = [] {
    gdcm::Trace::DebugOff();
    gdcm::Trace::WarningOff();
    gdcm::Trace::ErrorOff();
    return true;
  }();
  (void)done;
}

std::vector<std::byte> decode(const std::filesystem::path& path) {
  gdcm::ImageReader reader;
  reader.SetFileName(path.c_str());
  if (!reader.Read()) {
    throw base::Error(base::Fault::unsupported, "GDCM finds no pixel data that it can decode");
  }
  const gdcm::Image& image = reader.GetImage();
  const unsigned long length = image.GetBufferLength();
  if (length == 0 || length > most_decoded_bytes) {
    throw base::Error(base::Fault::bad_input, "the size of the pixel data cannot be");
  }
  std::vector<std::byte> bytes(length);
  if (!image.GetBuffer(reinterpret_cast<char*>(bytes.data()))) {
    throw base::Error(base::Fault::bad_input, "the compressed pixel data are damaged");
  }
  return bytes;
}

}  // namespace

std::vector<std::byte> decode_dicom_pixels(const std::filesystem::path& path) {
  static_assert(std::endian::native == std::endian::little, "GDCM gives native byte order");
  silence_gdcm();
  try {
    return decode(path);
  } catch (const base::Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw base::Error(base::Fault::resource, "no memory to decode the pixel data");
  } catch (const std::exception&) {  // its message may quote the file
    throw base::Error(base::Fault::bad_input, "the compressed pixel data are damaged");
  }
}

std::string dicom_library_version() {
  return gdcm::Version::GetVersion();
}

}  // namespace efface::volume_itk
