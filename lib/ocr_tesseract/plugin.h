// The C boundary between the loader and libefface_ocr.so. No exception crosses it: failures travel
// as a struct of plain characters. Both sides are built from the same sources; `abi` and the sizes
// of the shared types refuse a library that was not.
#pragma once

#include <cstddef>
#include <vector>

#include "burned_in/reader.h"

namespace efface::ocr_tesseract {

/// Counted up when this header or what crosses it changes.
inline constexpr unsigned plugin_abi = 1;
inline constexpr const char* plugin_symbol = "efface_ocr_plugin";

struct PluginFault {
  int fault = 0;  ///< base::Fault
  char message[256] = {};
  char hint[256] = {};
};

/// Functions return false and fill the fault when they fail.
struct PluginApi {
  unsigned abi;
  std::size_t sizes[2];  ///< of Picture and Word
  const char* tesseract_version;
  bool (*create)(burned_in::TextReader*&, PluginFault&);
  bool (*read)(burned_in::TextReader&, const burned_in::Picture&, burned_in::TextReader::Layout,
               std::vector<burned_in::Word>&, PluginFault&);
  void (*destroy)(burned_in::TextReader*);
};

inline constexpr std::size_t plugin_sizes[2] = {sizeof(burned_in::Picture),
                                                sizeof(burned_in::Word)};

extern "C" {
using PluginFactory = const PluginApi* (*)();
}

}  // namespace efface::ocr_tesseract
