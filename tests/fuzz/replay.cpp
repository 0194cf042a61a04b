// Replays the kept corpus of one target, each file as it is and in many small mutations that are
// the same on every machine. Usage: fuzz_replay TARGET CORPUS_FOLDER
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "tests/fuzz/targets.h"

namespace {

using Bytes = std::vector<std::uint8_t>;

std::vector<Bytes> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Bytes> corpus;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return corpus;
}

// Overwrites, inserts, deletes or doubles a few bytes.
Bytes mutate(Bytes bytes, std::mt19937& random) {
  for (int n = 1 + static_cast<int>(random() % 4); n > 0 && !bytes.empty(); --n) {
    const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(random() % bytes.size());
    switch (random() % 4) {
      case 0:
        *at = static_cast<std::uint8_t>(random());
        break;
      case 1:
        bytes.insert(at, static_cast<std::uint8_t>(random()));
        break;
      case 2:
        bytes.erase(at);
        break;
      default: {
        const Bytes tail(at, bytes.end());
        bytes.insert(bytes.end(), tail.begin(), tail.end());
      }
    }
    if (bytes.size() > 4096) bytes.resize(4096);
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto* target = std::find_if(
      std::begin(efface::fuzz::targets), std::end(efface::fuzz::targets),
      [&](const efface::fuzz::Target& t) { return std::strcmp(t.name, argv[1]) == 0; });
  if (target == std::end(efface::fuzz::targets)) return 2;
  const std::vector<Bytes> corpus = read_corpus(argv[2]);
  if (corpus.empty()) {
    std::fprintf(stderr, "no corpus in '%s'\n", argv[2]);
    return 1;
  }
  constexpr int mutations = 2000;
  std::mt19937 random(1);
  for (const Bytes& bytes : corpus) {
    target->run(bytes);
    for (int n = 0; n < mutations; ++n) target->run(mutate(bytes, random));
  }
  std::printf("%s: %zu inputs, %d mutations of each\n", target->name, corpus.size(), mutations);
  return 0;
}
