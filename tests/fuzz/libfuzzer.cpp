// One libFuzzer program a target: EFFACE_FUZZ_TARGET names the function.
#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  efface::fuzz::EFFACE_FUZZ_TARGET({data, size});
  return 0;
}
