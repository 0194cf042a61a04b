#include "cmd/shard_option.h"

#include <charconv>
#include <cstdint>

#include "base/error.h"

namespace efface::cmd {

namespace {

using base::Error;
using base::Fault;

constexpr std::uint64_t most_shards = 100'000;

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

batch::Shard from_text(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string::npos) {
    const auto index = number_in(std::string_view(text).substr(0, slash));
    const auto count = number_in(std::string_view(text).substr(slash + 1));
    if (index && count && *index >= 1 && *index <= *count && *count <= most_shards) {
      return {*index, *count};
    }
  }
  throw Error(Fault::usage, "--shard '" + text + "' is neither I/N nor auto",
              "--shard 3/8 is the third of eight parts");
}

std::uint64_t slurm_number(const char* name,
                           const std::function<const char*(const char*)>& variable) {
  const char* const text = variable(name);
  const auto number = text == nullptr ? std::nullopt : number_in(text);
  if (number) return *number;
  throw Error(Fault::usage, std::string("--shard auto finds no number in ") + name,
              "submit an array (sbatch --array=1-8), or write --shard I/N");
}

batch::Shard from_slurm(const std::function<const char*(const char*)>& variable) {
  const std::uint64_t id = slurm_number("SLURM_ARRAY_TASK_ID", variable);
  const std::uint64_t least = slurm_number("SLURM_ARRAY_TASK_MIN", variable);
  const std::uint64_t most = slurm_number("SLURM_ARRAY_TASK_MAX", variable);
  const std::uint64_t count = slurm_number("SLURM_ARRAY_TASK_COUNT", variable);
  const bool is_range = count >= 1 && count <= most_shards && least <= id && id <= most &&
                        (count == 1 ? least == most : (most - least) % (count - 1) == 0);
  const std::uint64_t step = is_range && count > 1 ? (most - least) / (count - 1) : 1;
  if (!is_range || step == 0 || (id - least) % step != 0) {
    throw Error(Fault::usage, "--shard auto needs an array of equal steps",
                "sbatch --array=1-8; to run one task again, write --shard I/N");
  }
  return {(id - least) / step + 1, count};
}

}  // namespace

std::optional<batch::Shard> parse_shard(const std::string& text,
                                        const std::function<const char*(const char*)>& variable) {
  if (text.empty()) return {};
  return text == "auto" ? from_slurm(variable) : from_text(text);
}

}  // namespace efface::cmd
