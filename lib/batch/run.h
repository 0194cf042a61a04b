// A whole run: walk, index, study after study to staged and checked outputs, commit, journal,
// manifest. A run that was killed is taken up by calling it again with the same options and key.
#pragma once

#include "audit/manifest.h"
#include "batch/observer.h"
#include "batch/options.h"
#include "burned_in/reader.h"
#include "face/model.h"

namespace efface::batch {

struct RunResult {
  audit::ManifestTotals totals;
  /// Nothing withheld, nothing failed.
  bool is_complete() const { return totals.withheld == 0 && totals.failed == 0; }
};

/// Throws Error for what stops the whole run: usage, an unwritable output directory, a device or
/// model that cannot be used, cancellation. Everything else becomes records. In a dry run nothing
/// is written and the observer gets each study's plan. `text_readers` are asked for readers when
/// the first image has to be read; that none can be had withholds the image, not the run.
RunResult run(const RunOptions& options, const face::Networks& networks,
              burned_in::ReaderPool& text_readers, Observer& observer);

}  // namespace efface::batch
