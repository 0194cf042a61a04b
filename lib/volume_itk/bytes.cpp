#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "base/error.h"
#include "base/file.h"
#include "volume_itk/internal_bytes.h"

namespace efface::volume_itk {

namespace {

constexpr std::size_t chunk_bytes = 1 << 18;
constexpr std::size_t most_trailing_text = 64 << 10;
constexpr std::uint64_t most_trailing = 64 << 20;
// Level 4 deflates MR and CT to within 1 % of level 6 in less than half the time.
constexpr int deflate_level = 4;

using Bytes = std::span<const std::byte>;
using Sink = std::function<bool(Bytes)>;  // false: enough

[[noreturn]] void fail_damaged() {
  throw base::Error(base::Fault::bad_input, "the gzip data are damaged or cut short");
}

bool has_gzip_magic(Bytes bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

/// zlib's state, closed whatever happens.
class Inflater {
 public:
  Inflater() {
    if (inflateInit2(&stream_, 15 + 32) != Z_OK) {
      throw base::Error(base::Fault::resource, "no memory to decompress");
    }
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }

  /// Inflates every member of `in` until the sink has enough.
  void run(Bytes in, const Sink& sink) {
    std::vector<std::byte> out(chunk_bytes);
    while (true) {
      const std::size_t piece =
          std::min<std::size_t>(in.size(), 1U << 30);  // zlib counts in 32 bits
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
      stream_.avail_in = static_cast<uInt>(piece);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data());
      stream_.avail_out = static_cast<uInt>(out.size());
      const int status = inflate(&stream_, Z_NO_FLUSH);
      in = in.subspan(piece - stream_.avail_in);
      if (!sink({out.data(), out.size() - stream_.avail_out})) return;
      if (status == Z_STREAM_END) {
        if (!has_gzip_magic(in)) return;  // padding behind the last member says nothing
        if (inflateReset(&stream_) != Z_OK) fail_damaged();
      } else if (status != Z_OK) {
        fail_damaged();  // Z_BUF_ERROR: the input is used up
      }
    }
  }

 private:
  z_stream stream_{};
};

/// Passes bytes, decompressed when they are packed, to the sink.
void pass(Bytes bytes, bool is_packed, const Sink& sink) {
  if (is_packed) return Inflater().run(bytes, sink);
  for (std::size_t at = 0; at < bytes.size(); at += chunk_bytes) {
    if (!sink(bytes.subspan(at, std::min(chunk_bytes, bytes.size() - at)))) return;
  }
}

/// Appends with room for at most `expected` bytes, doubling as bytes come, so that a header that
/// lies costs nothing.
void append(std::vector<std::byte>& to, Bytes bytes, std::uint64_t expected) {
  const std::size_t needed = to.size() + bytes.size();
  if (needed > to.capacity()) {
    to.reserve(std::max<std::size_t>(needed, std::min<std::uint64_t>(expected, needed * 2)));
  }
  to.insert(to.end(), bytes.begin(), bytes.end());
}

}  // namespace

Head read_head(const std::filesystem::path& path, std::size_t length) {
  Head head;
  const auto sink = [&](Bytes bytes) {
    bytes = bytes.first(std::min(bytes.size(), length - head.bytes.size()));
    head.bytes.insert(head.bytes.end(), bytes.begin(), bytes.end());
    return head.bytes.size() < length;
  };
  const base::FileDescriptor file = base::open_for_reading(path);
  std::vector<std::byte> raw(std::max<std::size_t>(length, 4096));
  const ssize_t count = ::pread(file.number(), raw.data(), raw.size(), 0);
  if (count < 0) throw base::system_error("cannot read '" + path.string() + "'", errno);
  raw.resize(static_cast<std::size_t>(count));
  head.gzip = has_gzip_magic(raw);
  if (!head.gzip) {
    sink(raw);
    return head;
  }
  try {
    Inflater().run(raw, sink);
  } catch (const base::Error&) {
    // The piece of the file that was read ends within a member.
  }
  return head;
}

namespace {

Content collect(Bytes bytes, bool is_packed, std::uint64_t expected) {
  Content content;
  content.gzip = is_packed;
  std::uint64_t trailing = 0;
  pass(bytes, is_packed, [&](Bytes piece) {
    const std::uint64_t missing = expected - content.bytes.size();
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(missing, piece.size()));
    append(content.bytes, piece.first(wanted), expected);
    piece = piece.subspan(wanted);
    trailing += piece.size();
    if (trailing > most_trailing) {
      throw base::Error(base::Fault::bad_input, "far more data follow than the header tells of");
    }
    piece = piece.first(std::min(piece.size(), most_trailing_text - content.trailing.size()));
    content.trailing.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return true;
  });
  if (content.bytes.size() < expected) {
    throw base::Error(base::Fault::bad_input, "the file is shorter than its header tells");
  }
  return content;
}

}  // namespace

Content read_content(const std::filesystem::path& path, std::uint64_t expected) {
  const base::MappedFile file(path);
  return collect(file.bytes(), has_gzip_magic(file.bytes()), expected);
}

Content read_part(const std::filesystem::path& path, std::uint64_t offset, Packing packing,
                  std::uint64_t expected) {
  const base::MappedFile file(path);
  const Bytes bytes = file.bytes();
  const auto start = static_cast<std::size_t>(std::min<std::uint64_t>(offset, bytes.size()));
  return collect(bytes.subspan(start), packing == Packing::gzip, expected);
}

Content read_all(const std::filesystem::path& path, std::uint64_t limit) {
  const base::MappedFile file(path);
  Content content;
  content.gzip = has_gzip_magic(file.bytes());
  pass(file.bytes(), content.gzip, [&](Bytes bytes) {
    append(content.bytes, bytes, limit);
    if (content.bytes.size() > limit) {
      throw base::Error(base::Fault::bad_input, "the header file is too large to be one");
    }
    return true;
  });
  return content;
}

namespace {

/// zlib's state for writing.
class Deflater {
 public:
  Deflater() {
    if (deflateInit2(&stream_, deflate_level, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw base::Error(base::Fault::resource, "no memory to compress");
    }
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { deflateEnd(&stream_); }

  void run(Bytes in, const std::function<void(Bytes)>& sink) {
    std::vector<std::byte> out(chunk_bytes);
    int status = Z_OK;
    while (status != Z_STREAM_END) {
      const std::size_t piece = std::min<std::size_t>(in.size(), 1U << 30);
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
      stream_.avail_in = static_cast<uInt>(piece);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data());
      stream_.avail_out = static_cast<uInt>(out.size());
      status = deflate(&stream_, piece == in.size() ? Z_FINISH : Z_NO_FLUSH);
      in = in.subspan(piece - stream_.avail_in);
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
        throw base::Error(base::Fault::internal, "zlib refused to compress");
      }
      sink({out.data(), out.size() - stream_.avail_out});
    }
  }

 private:
  z_stream stream_{};
};

}  // namespace

void write_content(const std::filesystem::path& path, Bytes bytes, bool gzip) {
  const base::FileDescriptor file = base::create_file(path);
  if (!gzip) return base::write_all(file, bytes, path);
  Deflater().run(bytes, [&](Bytes piece) { base::write_all(file, piece, path); });
}

}  // namespace efface::volume_itk
