#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>

#include "base/error.h"
#include "dicom_dcmtk/internal_content.h"

namespace efface::dicom_dcmtk {

namespace {

constexpr int gzip_window = 15 + 16;
constexpr int raw_window = -15;
constexpr std::size_t chunk_bytes = 1 << 18;

/// A zlib stream that ends itself.
struct Inflater {
  z_stream stream{};
  explicit Inflater(int window) {
    if (::inflateInit2(&stream, window) != Z_OK) {
      throw base::Error(base::Fault::resource, "cannot start zlib");
    }
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { ::inflateEnd(&stream); }
};

/// zlib counts its input in 32 bits: hands it over piece by piece.
void refill(z_stream& stream, std::span<const std::byte>& input) {
  if (stream.avail_in != 0 || input.empty()) return;
  const std::size_t count = std::min<std::size_t>(input.size(), 1U << 30);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(input.data()));
  stream.avail_in = static_cast<uInt>(count);
  input = input.subspan(count);
}

/// A nameless file in the directory for temporary files.
base::FileDescriptor temporary_file() {
  const std::filesystem::path folder = std::filesystem::temp_directory_path();
  base::FileDescriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file.is_open()) return file;
  std::string name = (folder / "efface-XXXXXX").string();
  base::FileDescriptor named(::mkostemp(name.data(), O_CLOEXEC));
  if (!named.is_open()) throw base::system_error("cannot create a temporary file", errno);
  ::unlink(name.c_str());
  return named;
}

void inflate_into(std::span<const std::byte> input, int window, const base::FileDescriptor& to) {
  Inflater inflater(window);
  z_stream& stream = inflater.stream;
  std::vector<std::byte> buffer(chunk_bytes);
  std::uint64_t total = 0;
  for (;;) {
    refill(stream, input);
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    const int status = ::inflate(&stream, Z_NO_FLUSH);
    const std::size_t count = buffer.size() - stream.avail_out;
    total += count;
    if (total > max_inflated_bytes) {
      throw base::Error(base::Fault::bad_input, "compressed content unfolds beyond 4 GiB");
    }
    base::write_all(to, {buffer.data(), count}, "temporary file");
    if (status == Z_STREAM_END) {
      refill(stream, input);
      const bool another = window == gzip_window && stream.avail_in >= 2 &&
                           stream.next_in[0] == 0x1f && stream.next_in[1] == 0x8b;
      if (!another) return;
      ::inflateReset(&stream);
    } else if (status != Z_OK) {
      throw base::Error(base::Fault::bad_input, "compressed content is damaged or truncated");
    }
  }
}

}  // namespace

bool is_gzip(std::span<const std::byte> bytes) {
  return bytes.size() > 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

std::vector<std::byte> inflate_head(std::span<const std::byte> bytes, std::size_t limit,
                                    Packing packing) {
  Inflater inflater(packing == Packing::gzip ? gzip_window : raw_window);
  std::vector<std::byte> head(limit);
  refill(inflater.stream, bytes);
  inflater.stream.next_out = reinterpret_cast<Bytef*>(head.data());
  inflater.stream.avail_out = static_cast<uInt>(head.size());
  ::inflate(&inflater.stream, Z_SYNC_FLUSH);
  head.resize(limit - inflater.stream.avail_out);
  return head;
}

std::vector<std::byte> deflate_raw(std::span<const std::byte> bytes) {
  z_stream stream{};
  if (::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw_window, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
    throw base::Error(base::Fault::resource, "cannot start zlib");
  }
  std::vector<std::byte> output;
  std::vector<std::byte> buffer(chunk_bytes);
  int status = Z_OK;
  while (status != Z_STREAM_END) {
    refill(stream, bytes);
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    status = ::deflate(&stream, bytes.empty() ? Z_FINISH : Z_NO_FLUSH);
    output.insert(output.end(), buffer.begin(),
                  buffer.begin() + static_cast<std::ptrdiff_t>(buffer.size() - stream.avail_out));
  }
  ::deflateEnd(&stream);
  if (output.size() % 2 != 0) output.push_back(std::byte{0});
  return output;
}

Content::Content(const std::filesystem::path& path, base::Extent wanted)
    : readable_path_(path), map_(std::make_unique<base::MappedFile>(path, wanted)) {
  if (!is_gzip(bytes())) return;
  base::FileDescriptor temporary = temporary_file();
  inflate_into(bytes(), gzip_window, temporary);
  take(std::move(temporary));
}

void Content::inflate_from(std::size_t offset) {
  base::FileDescriptor temporary = temporary_file();
  base::write_all(temporary, bytes().first(offset), "temporary file");
  inflate_into(bytes().subspan(offset), raw_window, temporary);
  take(std::move(temporary));
}

void Content::take(base::FileDescriptor temporary) {
  readable_path_ = "/proc/self/fd/" + std::to_string(temporary.number());
  auto map = std::make_unique<base::MappedFile>(temporary, readable_path_);
  if (!source_) source_ = std::move(map_);
  map_ = std::move(map);
  unfolded_ = std::move(temporary);
}

}  // namespace efface::dicom_dcmtk
