// Which shared libraries this process has loaded, by the names of their files: what really answers
// calls, whatever was there when efface was built. Loads nothing, and asks no library itself: those
// that can say their release do so in their adapters (resolve.cpp).
#pragma once

#include <map>
#include <string>

namespace efface::cmd {

/// Library -> name of its file, links followed: "RE2" -> "libre2.so.9.0.0". A library that is not
/// loaded as a shared object is left out.
std::map<std::string, std::string> linked_library_files();

/// The same of those that come with the plugins, once they are loaded.
std::map<std::string, std::string> plugin_library_files();

}  // namespace efface::cmd
