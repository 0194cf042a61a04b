// Voxels of DICOM stacks: loading a volume for the model, erasing faces in all files of a series at
// once, and the digest that proves that nothing else changed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "audit/record.h"
#include "batch/context.h"
#include "batch/faces.h"
#include "batch/index.h"
#include "dicom/facts.h"
#include "dicom_dcmtk/pixels.h"
#include "dicom_dcmtk/rewriter.h"
#include "study/stack.h"

namespace efface::batch {

/// Bytes of the decoded pixels of some instances, as their headers state them.
std::uint64_t stored_bytes(const std::vector<dicom::InstanceFacts>& facts,
                           const std::vector<std::size_t>& instances);

/// Real-world values of time point `t` of a stack (the last frame there is, where a slice has
/// fewer). `path_of` an instance may name its staged output as well as its input.
volume::Volume load_volume(const study::Stack& stack, std::size_t t,
                           const std::vector<dicom::InstanceFacts>& facts,
                           const std::function<std::filesystem::path(std::size_t)>& path_of,
                           TaskPool& pool);

/// The decoded pixels of a series while faces are erased from its stacks.
class SeriesVoxels {
 public:
  SeriesVoxels(const std::vector<dicom::InstanceFacts>& facts,
               const std::vector<IndexedFile>& files, const Context& context)
      : facts_(facts), files_(files), context_(context) {}

  /// Erases in every time point of the stack; completes the counts and the digest of `record`.
  /// Returns the mask, empty when no voxel of this stack lies in a face region.
  face::VoxelMask erase_face(const study::Stack& stack, const FaceJudgement& judgement,
                             audit::VolumeRecord& record);
  /// Instances with at least one changed voxel, ascending.
  std::vector<std::size_t> changed() const;
  /// Moves the new pixels of one instance out. Thread-safe for distinct instances.
  std::optional<dicom_dcmtk::NewPixels> take(std::size_t instance);

 private:
  void decode(const study::Stack& stack);

  const std::vector<dicom::InstanceFacts>& facts_;
  const std::vector<IndexedFile>& files_;
  const Context& context_;
  std::map<std::size_t, dicom_dcmtk::DecodedPixels> pixels_;
  std::map<std::size_t, bool> is_changed_;
};

/// SHA-256 (hex) over the voxels outside `mask` in staged files: `staged` maps instances to paths.
std::string untouched_digest(const study::Stack& stack, const face::VoxelMask& mask,
                             const std::map<std::size_t, std::filesystem::path>& staged,
                             const Context& context);

}  // namespace efface::batch
