// make_demo_study: writes made-up studies (synthetic_study.h, canary.h) from the command line.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <map>
#include <string>

#include "tests/support/canary.h"
#include "tests/support/synthetic_study.h"

namespace {

using namespace efface::support;

struct Options {
  std::string output, kind = "demo";
  std::uint64_t seed = 1;
  std::size_t files = 100;
  std::vector<TagValue> tags;
};

int usage(FILE* out) {
  std::fputs(
      "usage: make_demo_study --output PATH [--kind KIND] [--seed N] [--files N] [--tag "
      "GGGG,EEEE=VALUE]...\n"
      "  demo    a head study with every kind of identifying attribute (default)\n"
      "  small   16 x 16 MR, CT, secondary capture and report; --tag sets an attribute in all\n"
      "  canary  marker strings in every hiding place, listed in markers.txt\n"
      "  bench   --files MR images of 230 kB that need no model\n"
      "  volume  one head series of 256 x 256 x 176 voxels\n"
      "  upside_down  the same, with a header that takes up for down\n"
      "  nifti   the demo head as NIfTI-1; PATH is a file, gzipped when it ends in .gz\n",
      out);
  return out == stderr ? 2 : 0;
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--output")
      options.output = value;
    else if (name == "--kind")
      options.kind = value;
    else if (name == "--seed")
      options.seed = std::strtoull(value.c_str(), nullptr, 10);
    else if (name == "--files")
      options.files = std::strtoull(value.c_str(), nullptr, 10);
    else if (name == "--tag" && value.find('=') != std::string::npos)
      options.tags.emplace_back(value.substr(0, value.find('=')),
                                value.substr(value.find('=') + 1));
    else
      return false;
  }
  return argc % 2 == 1 && !options.output.empty();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--help") == 0) return usage(stdout);
  Options o;
  if (!parse(argc, argv, o)) return usage(stderr);
  const std::map<std::string, std::function<void()>> kinds{
      {"demo", [&] { write_demo_study(o.output, o.seed); }},
      {"small", [&] { write_small_study(o.output, o.seed, o.tags); }},
      {"canary", [&] { write_canary_files(o.output, o.seed); }},
      {"bench", [&] { write_bench_files(o.output, o.seed, o.files); }},
      {"volume", [&] { write_bench_volume(o.output, o.seed); }},
      {"upside_down", [&] { write_bench_volume(o.output, o.seed, true); }},
      {"nifti", [&] { write_demo_nifti(o.output, o.seed); }},
  };
  const auto kind = kinds.find(o.kind);
  if (kind == kinds.end()) return usage(stderr);
  try {
    kind->second();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_demo_study: %s\n", error.what());
    return 1;
  }
  return 0;
}
