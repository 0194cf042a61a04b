// The folder of --qc: a picture of each volume that is released, and one page over all of them.
// Pictures are drawn from staged outputs before they are committed, so that a committed volume has
// its picture whenever the run is killed; the page is made from the journal and the pictures that
// are there. What goes wrong with a picture never changes an output: it is a message and a row
// without a picture.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "audit/journal.h"
#include "audit/record.h"
#include "batch/observer.h"
#include "batch/options.h"
#include "qc/picture.h"
#include "volume/volume.h"

namespace efface::batch {

class QcFolder {
 public:
  /// Takes up `options.qc`: a new or empty folder, or one whose page bears the same `mark` (of the
  /// run: what it depends on but for pace). Throws Error{usage} otherwise, Error{io | no_space}.
  QcFolder(const RunOptions& options, const audit::RunHeader& header, std::string mark,
           Observer& observer);

  /// Draws one volume. `load` gives the first time point of the staged output, never of an input.
  /// Thread-safe for distinct volumes. Rethrows nothing but Error{cancelled}.
  void draw(const std::string& volume_token, const std::function<volume::Volume()>& load,
            qc::Regions regions) const;

  /// Replaces index.html by that of the studies committed so far. When the run is finished,
  /// pictures of what was not released after all are deleted.
  void write_page(const audit::Journal& journal, bool is_finished) const;

 private:
  void claim() const;
  void delete_strays(const std::vector<std::string>& wanted) const;

  const RunOptions& options_;
  std::string tool_version_, model_, mark_;
  Observer& observer_;
};

}  // namespace efface::batch
