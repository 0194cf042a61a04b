// What a run shares, with nothing real in it: a fixed key, one worker, an observer that is silent,
// and a segmenter that sees the head it was told to see.
#pragma once

#include <stdexcept>
#include <utility>
#include <vector>

#include "batch/context.h"
#include "crypto_openssl/crypto.h"
#include "tests/support/synthetic_head.h"

namespace efface::batch::test {

/// Labels each grid as `head` lies in the patient's system, whatever the values are and however
/// they are turned.
class HeadSegmenter : public face::Segmenter {
 public:
  HeadSegmenter() { card_.spacing_mm = 5; }  // coarser than in life, so that tests are quick
  const face::ModelCard& card() const override { return card_; }
  face::DeviceReport device() const override { return {"cpu", "made"}; }
  face::Probabilities segment(const face::ModelInput& input) override {
    face::test::SyntheticHead shown = head;
    shown.grid = input.grid;
    return shown.probabilities();
  }

  face::test::SyntheticHead head;

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
  HeadSegmenter segmenter;
  TaskPool pool{1};
  Observer observer;
  VolumeGate voxels{2};
  Context context{.options = options,
                  .pseudonyms = pseudonyms,
                  .networks = face::Networks(segmenter),
                  .pool = pool,
                  .observer = observer,
                  .voxels = voxels};
};

}  // namespace efface::batch::test
