// What a run shares, with nothing real in it: a fixed key, one worker, an observer that is silent,
// and a segmenter that sees the heads it was told to see, one a call.
#pragma once

#include <stdexcept>
#include <utility>
#include <vector>

#include "batch/context.h"
#include "crypto_openssl/crypto.h"
#include "tests/support/synthetic_head.h"

namespace efface::batch::test {

/// Labels each grid as `heads` say, in the order of the calls, whatever the values are.
class ScriptedSegmenter : public face::Segmenter {
 public:
  const face::ModelCard& card() const override { return card_; }
  face::DeviceReport device() const override { return {"cpu", "a script"}; }
  face::Probabilities segment(const face::ModelInput& input) override {
    if (calls == heads.size()) throw std::logic_error("the script has ended");
    face::test::SyntheticHead head = heads[calls++];
    head.grid = input.grid;
    return head.probabilities();
  }

  std::vector<face::test::SyntheticHead> heads;
  std::size_t calls = 0;

 private:
  face::ModelCard card_;
};

inline deid::Pseudonyms made_pseudonyms() {
  base::Digest key;
  key.bytes.fill(7);
  return deid::Pseudonyms([key](std::string_view domain, std::string_view value) {
    return crypto_openssl::hmac_sha256(key, domain, value);
  });
}

struct MadeContext {
  RunOptions options;
  deid::Pseudonyms pseudonyms = made_pseudonyms();
  ScriptedSegmenter segmenter;
  TaskPool pool{1};
  Observer observer;
  VolumeGate voxels;
  Context context{.options = options,
                  .pseudonyms = pseudonyms,
                  .networks = face::Networks(segmenter),
                  .pool = pool,
                  .observer = observer,
                  .voxels = voxels};
};

}  // namespace efface::batch::test
