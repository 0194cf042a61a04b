#include "ocr_tesseract/load.h"

#include <dlfcn.h>

#include <algorithm>

#include "base/error.h"
#include "ocr_tesseract/plugin.h"

namespace efface::ocr_tesseract {
namespace {

using base::Error;
using base::Fault;

const PluginApi& open_plugin(const std::filesystem::path& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    throw Error(Fault::model, "the text reader (Tesseract) cannot be loaded",
                "install Tesseract (Debian: libtesseract5, tesseract-ocr-eng) and keep "
                "libefface_ocr.so where efface was installed");
  }
  const auto factory = reinterpret_cast<PluginFactory>(dlsym(library, plugin_symbol));
  const PluginApi* api = factory != nullptr ? factory() : nullptr;
  if (api == nullptr || api->abi != plugin_abi ||
      !std::equal(std::begin(api->sizes), std::end(api->sizes), std::begin(plugin_sizes))) {
    throw Error(Fault::model, "libefface_ocr.so does not belong to this build of efface",
                "build and install efface and libefface_ocr.so together");
  }
  return *api;
}

[[noreturn]] void raise(const PluginFault& fault) {
  throw Error(static_cast<Fault>(fault.fault), fault.message, fault.hint);
}

/// A reader on the other side of the boundary.
class LoadedReader : public burned_in::TextReader {
 public:
  explicit LoadedReader(const PluginApi& api) : api_(api) {
    PluginFault fault;
    if (!api_.create(reader_, fault)) raise(fault);
  }
  LoadedReader(const LoadedReader&) = delete;
  LoadedReader& operator=(const LoadedReader&) = delete;
  ~LoadedReader() override { api_.destroy(reader_); }

  std::vector<burned_in::Word> read(const burned_in::Picture& picture, Layout layout) override {
    std::vector<burned_in::Word> words;
    PluginFault fault;
    if (!api_.read(*reader_, picture, layout, words, fault)) raise(fault);
    return words;
  }

 private:
  const PluginApi& api_;
  burned_in::TextReader* reader_ = nullptr;
};

}  // namespace

std::unique_ptr<burned_in::TextReader> load_text_reader(const std::filesystem::path& plugin) {
  return std::make_unique<LoadedReader>(open_plugin(plugin));
}

std::string tesseract_version(const std::filesystem::path& plugin) {
  return open_plugin(plugin).tesseract_version;
}

}  // namespace efface::ocr_tesseract
