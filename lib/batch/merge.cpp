#include "batch/merge.h"

#include <memory>
#include <span>

#include "audit/merge.h"
#include "audit/new_file.h"
#include "base/error.h"
#include "base/file.h"
#include "batch/others.h"
#include "batch/released.h"
#include "batch/sign.h"
#include "batch/staging.h"
#include "crypto_openssl/crypto.h"
#include "sidecar/waiting_table.h"

namespace efface::batch {

namespace fs = std::filesystem;
using base::Error;
using base::Fault;

namespace {

constexpr std::uint64_t largest_table = 1ULL << 30;

std::string hex_digest(const std::string& content) {
  return base::to_hex(crypto_openssl::sha256(std::as_bytes(std::span(content))));
}

/// The table as its shard left it.
sidecar::Cleaned read_waiting(const fs::path& shard, const audit::InputRecord& input) {
  const fs::path path = shard.parent_path() / waiting_tables_folder / input.output;
  if (!fs::is_regular_file(path)) {
    throw Error(Fault::usage,
                "a table that waits for the merge does not lie beside '" + shard.string() + "'",
                "leave shards' manifests where they are, and name the output directory");
  }
  const std::string text = base::read_text_file(path, largest_table);
  if (text.size() != input.output_bytes || hex_digest(text) != input.output_sha256) {
    throw Error(Fault::bad_input, "a table that waits beside '" + shard.string() + "' was changed");
  }
  return sidecar::decode_waiting_table(text);
}

/// OUTPUT of OUTPUT/.efface/shard-I-of-N/manifest.json.
fs::path output_of(const fs::path& shard) {
  return fs::absolute(shard).lexically_normal().parent_path().parent_path().parent_path();
}

class WaitingTables {
 public:
  /// `released`: of all shards.
  explicit WaitingTables(const Released& released) : released_(released) {}

  /// Writes the table, without putting it in place, and makes its record that of an output.
  void finish(audit::InputRecord& input, const fs::path& shard) {
    sidecar::Cleaned table = read_waiting(shard, input);
    sidecar::settle_rows(
        table, [&](const sidecar::ListedRow& row) { return released_.holds(input.output, row); });
    const fs::path place = output_of(shard) / input.output;
    base::make_directories(place.parent_path());
    files_.push_back(std::make_unique<audit::NewFile>(place, output_of(shard) / ".efface"));
    files_.back()->write(table.content);
    input.output_bytes = table.content.size();
    input.output_sha256 = hex_digest(table.content);
    describe(table, input);
  }

  void put_in_place() {
    for (const auto& file : files_) file->put_in_place();
  }

 private:
  const Released& released_;
  std::vector<std::unique_ptr<audit::NewFile>> files_;
};

}  // namespace

audit::ManifestTotals merge_shards(const std::vector<fs::path>& shards, const fs::path& manifest) {
  Released released;
  for (const fs::path& shard : shards) {
    audit::for_each_input(shard, [&](const audit::InputRecord& input) {
      if (!input.awaits_merge) released.add(input);
    });
  }
  WaitingTables tables(released);
  const auto finish = [&](audit::InputRecord& input, const fs::path& shard) {
    tables.finish(input, shard);
  };
  return audit::merge_manifests(shards, manifest, finish, [&] {
    tables.put_in_place();
    remove_signature(manifest);
  });
}

}  // namespace efface::batch
