// Tables that are compressed (RFC 1952), as bytes. Knows nothing of what is in them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace efface::sidecar {

/// All members of `gzip` in a row. Throws bad_input when it is damaged, cut short, followed by
/// anything else, or holds more than `most_bytes`: memory grows with what comes out, to no more.
std::string inflated(std::string_view gzip, std::size_t most_bytes);

bool is_gzip(std::string_view bytes);

/// The name of the file that was compressed, where the first member holds one (FNAME).
std::string_view original_name(std::string_view gzip);

/// One member without a name and a time: equal bytes give equal bytes.
std::string deflated(std::string_view bytes);

}  // namespace efface::sidecar
