// Which inputs would be written under one name, where inputs keep their names: decided from all
// names before anything is written, so that it depends neither on threads nor on shards. Looks at
// no content.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "batch/index.h"

namespace efface::batch {

/// The name of a file's output, from the name that it would keep: DICOM is written uncompressed.
std::string kept_name(std::string name, ContentKind content);

/// Marks (IndexedFile::is_name_taken) every file whose output would have
/// * the name of the output of another study or image: then all of them, since nobody could tell
///   whose it is;
/// * the name of a folder of other outputs, or one that efface keeps for itself: manifest.json,
///   manifest.json.sig, .efface.
/// Files of one DICOM study among themselves are StudyInputs' task. `output_name` is what
/// Context::output_name() says of a file's name.
void mark_taken_names(std::vector<StudyFiles>& studies,
                      const std::function<std::string(const IndexedFile&)>& output_name);

}  // namespace efface::batch
