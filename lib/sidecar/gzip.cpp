#include "sidecar/gzip.h"

#include <zlib.h>

#include <array>

#include "base/error.h"

namespace efface::sidecar {

namespace {

constexpr int with_gzip_header = 15 + 16;

[[noreturn]] void refuse(const char* problem) {
  throw base::Error(base::Fault::bad_input, problem);
}

/// zlib's state, closed whatever happens. `End`: inflateEnd or deflateEnd.
template <int (*End)(z_stream*)>
class Stream : public z_stream {
 public:
  explicit Stream(std::string_view input) : z_stream{} {
    next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    if (input.size() > 1U << 30U) refuse("the compressed table is too large");
    avail_in = static_cast<uInt>(input.size());
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { End(this); }

  /// One call of zlib's; what came out is added to `output`.
  template <class Step>
  int step(const Step& call, std::string& output) {
    std::array<char, 1 << 16> piece{};
    next_out = reinterpret_cast<Bytef*>(piece.data());
    avail_out = static_cast<uInt>(piece.size());
    const int status = call(this);
    output.append(piece.data(), piece.size() - avail_out);
    return status;
  }
};

}  // namespace

std::string inflated(std::string_view gzip, std::size_t most_bytes) {
  std::string output;
  Stream<inflateEnd> stream(gzip);
  if (inflateInit2(&stream, with_gzip_header) != Z_OK) {
    throw base::Error(base::Fault::resource, "no memory to decompress");
  }
  for (;;) {
    const int status = stream.step([](z_stream* s) { return inflate(s, Z_NO_FLUSH); }, output);
    if (output.size() > most_bytes) refuse("the table is too large when it is decompressed");
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0) return output;
      if (inflateReset(&stream) != Z_OK) refuse("the gzip data are damaged");
    } else if (status != Z_OK) {
      refuse("the gzip data are damaged or cut short");
    }
  }
}

bool is_gzip(std::string_view bytes) {
  return bytes.starts_with("\x1F\x8B\x08");
}

std::string_view original_name(std::string_view gzip) {
  constexpr std::size_t fixed = 10;  // RFC 1952, 2.3
  constexpr unsigned has_extra = 4, has_name = 8;
  if (!is_gzip(gzip) || gzip.size() < fixed) return {};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(gzip[i]); };
  std::size_t at = fixed;
  if ((byte(3) & has_extra) != 0) {
    if (gzip.size() < at + 2) return {};
    at += 2 + byte(at) + (static_cast<std::size_t>(byte(at + 1)) << 8U);
  }
  if ((byte(3) & has_name) == 0 || at >= gzip.size()) return {};
  return gzip.substr(at, gzip.find('\0', at) - at);
}

std::string deflated(std::string_view bytes) {
  std::string output;
  Stream<deflateEnd> stream(bytes);
  const int ready = deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, with_gzip_header, 8,
                                 Z_DEFAULT_STRATEGY);
  if (ready != Z_OK) throw base::Error(base::Fault::resource, "no memory to compress");
  int status = Z_OK;
  while (status == Z_OK) {
    status = stream.step([](z_stream* s) { return deflate(s, Z_FINISH); }, output);
  }
  if (status != Z_STREAM_END) throw base::Error(base::Fault::internal, "zlib refused to compress");
  return output;
}

}  // namespace efface::sidecar
