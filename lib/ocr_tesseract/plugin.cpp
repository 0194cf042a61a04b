// The one exported function of libefface_ocr.so.
#include "ocr_tesseract/plugin.h"

#include <algorithm>
#include <exception>
#include <new>
#include <string>

#include "base/error.h"
#include "ocr_tesseract/tesseract_reader.h"

namespace efface::ocr_tesseract {
namespace {

void put(char (&to)[256], const std::string& text) {
  const std::size_t n = std::min(text.size(), sizeof(to) - 1);
  std::copy_n(text.begin(), n, to);
  to[n] = 0;
}

/// Runs and turns every exception into a fault.
template <class Run>
bool guarded(PluginFault& fault, Run run) {
  const auto fail = [&](base::Fault kind, const std::string& message, const std::string& hint) {
    fault.fault = static_cast<int>(kind);
    put(fault.message, message);
    put(fault.hint, hint);
    return false;
  };
  try {
    run();
    return true;
  } catch (const base::Error& e) {
    return fail(e.fault(), e.what(), e.hint());
  } catch (const std::bad_alloc&) {
    return fail(base::Fault::resource, "out of memory", "");
  } catch (...) {
    // What it says could quote the picture. Another picture may succeed.
    return fail(base::Fault::unsupported, "a failure in Tesseract", "");
  }
}

bool create(burned_in::TextReader*& reader, PluginFault& fault) {
  return guarded(fault, [&] { reader = make_tesseract_reader().release(); });
}

bool read(burned_in::TextReader& reader, const burned_in::Picture& picture,
          burned_in::TextReader::Layout layout, std::vector<burned_in::Word>& words,
          PluginFault& fault) {
  return guarded(fault, [&] { words = reader.read(picture, layout); });
}

void destroy(burned_in::TextReader* reader) {
  delete reader;
}

}  // namespace
}  // namespace efface::ocr_tesseract

extern "C" __attribute__((visibility("default"))) const efface::ocr_tesseract::PluginApi*
efface_ocr_plugin() {
  using namespace efface::ocr_tesseract;
  static const std::string version = tesseract_version();
  static const PluginApi api{
      plugin_abi, {plugin_sizes[0], plugin_sizes[1]}, version.c_str(), create, read, destroy};
  return &api;
}
