// Small contents packed and unpacked by zlib at one go: gzip members and raw deflate. For tests; a
// content of more than a few megabytes is not its business.
#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>

namespace efface::support {

/// The window bits by which zlib tells the wrappings apart.
enum class Wrapping : int { gzip = 15 + 16, zlib = 15, none = -15 };

inline std::string packed(const std::string& bytes, Wrapping wrapping) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, static_cast<int>(wrapping), 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("not packed whole");
  return out;
}

/// One gzip member.
inline std::string gzipped(const std::string& bytes) {
  return packed(bytes, Wrapping::gzip);
}

/// As in a deflated DICOM file (PS3.5 section A.5), not padded.
inline std::string raw_deflated(const std::string& bytes) {
  return packed(bytes, Wrapping::none);
}

/// The first member, up to 1 MiB; what was unpacked before any damage.
inline std::string gunzipped(const std::string& bytes) {
  z_stream stream{};
  inflateInit2(&stream, static_cast<int>(Wrapping::gzip));
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

}  // namespace efface::support
