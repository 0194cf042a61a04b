#include "cmd/loaded_libraries.h"

#include <link.h>

#include <array>
#include <filesystem>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

namespace efface::cmd {

namespace {

namespace fs = std::filesystem;

struct Library {
  const char* name;
  std::string_view file_start;
};

constexpr std::array linked{
    Library{"RE2", "libre2.so"},          Library{"ICU", "libicuuc.so"},
    Library{"zlib", "libz.so"},           Library{"pugixml", "libpugixml.so"},
    Library{"libpng", "libpng16.so"},     Library{"libjpeg", "libjpeg.so"},
    Library{"libtiff", "libtiff.so"},     Library{"OpenJPEG", "libopenjp2.so"},
    Library{"libstdc++", "libstdc++.so"},
};
constexpr std::array of_plugins{
    Library{"Leptonica", "liblept"},
    Library{"OpenBLAS", "libopenblas"},
    Library{"oneDNN", "libdnnl.so"},
    Library{"OpenMP", "libgomp.so"},
};

std::vector<fs::path> loaded_objects() {
  std::vector<fs::path> paths;
  const auto add = [](dl_phdr_info* object, std::size_t, void* list) {
    if (object->dlpi_name != nullptr && *object->dlpi_name == '/') {
      static_cast<std::vector<fs::path>*>(list)->emplace_back(object->dlpi_name);
    }
    return 0;
  };
  dl_iterate_phdr(add, &paths);
  return paths;
}

std::map<std::string, std::string> files_of(std::span<const Library> libraries) {
  std::map<std::string, std::string> files;
  for (const fs::path& path : loaded_objects()) {
    for (const Library& library : libraries) {
      if (!path.filename().string().starts_with(library.file_start)) continue;
      std::error_code is_gone;
      const fs::path file = fs::canonical(path, is_gone);
      files[library.name] = (is_gone ? path : file).filename().string();
    }
  }
  return files;
}

}  // namespace

std::map<std::string, std::string> linked_library_files() {
  return files_of(linked);
}

std::map<std::string, std::string> plugin_library_files() {
  return files_of(of_plugins);
}

}  // namespace efface::cmd
