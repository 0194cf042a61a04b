// What all parts of a run share. References only; everything in it is thread-safe or constant.
#pragma once

#include "base/error.h"
#include "batch/bids.h"
#include "batch/maps_folder.h"
#include "batch/observer.h"
#include "batch/options.h"
#include "batch/qc_folder.h"
#include "batch/released.h"
#include "batch/staging.h"
#include "batch/task_pool.h"
#include "batch/volume_gate.h"
#include "burned_in/reader.h"
#include "deid/pseudonyms.h"
#include "face/model.h"

namespace efface::batch {

struct Context {
  const RunOptions& options;
  const deid::Pseudonyms& pseudonyms;
  face::Networks networks;
  TaskPool& pool;
  Observer& observer;
  const OutputTree* output = nullptr;  ///< null in a dry run
  /// Passed by a study whose voxels come into memory, so that memory stays bounded.
  VolumeGate& voxels;
  const QcFolder* qc = nullptr;                   ///< null when no pictures are asked for
  const MapsFolder* maps = nullptr;               ///< null when no maps are asked for
  burned_in::ReaderPool* text_readers = nullptr;  ///< null when none is to be had
  const Released* released = nullptr;             ///< of the images done so far

  /// Where a file stands in the output when names are kept: its path below its input, with other
  /// subject labels where they are asked for.
  std::string output_name(std::string_view name) const {
    return options.relabel ? relabelled(name, pseudonyms) : std::string(name);
  }

  /// Throws Error{cancelled} after SIGINT or SIGTERM.
  void check_cancelled() const {
    if (options.cancelled != nullptr && options.cancelled->load()) {
      throw base::Error(base::Fault::cancelled, "interrupted",
                        "run the same command again: it resumes");
    }
  }
};

}  // namespace efface::batch
