#include "batch/voxels.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <set>

#include "base/error.h"
#include "crypto_openssl/crypto.h"
#include "volume_itk/image_file.h"

namespace efface::batch {

namespace fs = std::filesystem;

namespace {

/// A stack's series of voxels as one contiguous array per time point, gathered from its files'
/// frames.
constexpr std::uint64_t largest_series_bytes = 4ULL << 30;

dicom_dcmtk::DecodedPixels decode_file(const fs::path& path) {
  dicom_dcmtk::DicomFile file(path);
  return dicom_dcmtk::decode_pixels(file, volume_itk::decode_dicom_pixels);
}

const study::FrameRef& frame_at(const study::Stack& stack, std::size_t k, std::size_t t) {
  const auto& frames = stack.frames[k];
  return frames[std::min(t, frames.size() - 1)];
}

std::size_t frame_bytes(const study::Stack& stack, std::size_t bytes_per_voxel) {
  return stack.grid.columns * stack.grid.rows * bytes_per_voxel;
}

std::set<std::size_t> instances_of(const study::Stack& stack) {
  std::set<std::size_t> instances;
  for (const auto& slice : stack.frames) {
    for (const study::FrameRef& frame : slice) instances.insert(frame.instance);
  }
  return instances;
}

void check_size(const dicom_dcmtk::DecodedPixels& pixels, const study::Stack& stack,
                std::size_t frame) {
  if (pixels.bytes.size() < (frame + 1) * frame_bytes(stack, pixels.bytes_per_voxel)) {
    throw base::Error(base::Fault::bad_input,
                      "pixel data are shorter than rows, columns and frames");
  }
}

/// Real-world values of one slice, appended into `out` at slice k.
void place_slice(const dicom::InstanceFacts& facts, const dicom_dcmtk::DecodedPixels& pixels,
                 std::size_t frame, std::size_t k, volume::Volume& out) {
  const dicom::FramePlane& plane = facts.planes[frame];
  const dicom_dcmtk::RealFrame real =
      dicom_dcmtk::real_values(facts, pixels, frame, plane.rescale_slope, plane.rescale_intercept);
  const std::size_t count = out.grid.columns * out.grid.rows;
  if (real.values.size() != count) {
    throw base::Error(base::Fault::bad_input, "pixel data do not match rows and columns");
  }
  std::copy(real.values.begin(), real.values.end(),
            out.values.begin() + static_cast<std::ptrdiff_t>(k * count));
  std::copy(real.valid.begin(), real.valid.end(),
            out.valid.begin() + static_cast<std::ptrdiff_t>(k * count));
}

volume::Volume empty_volume(const study::Stack& stack,
                            const std::vector<dicom::InstanceFacts>& facts) {
  volume::Volume volume;
  volume.grid = stack.grid;
  volume.values.resize(stack.grid.voxel_count());
  volume.valid.resize(stack.grid.voxel_count());
  volume.is_hounsfield = facts[stack.frames.front().front().instance].modality == "CT";
  return volume;
}

}  // namespace

std::uint64_t stored_bytes(const std::vector<dicom::InstanceFacts>& facts,
                           const std::vector<std::size_t>& instances) {
  std::uint64_t bytes = 0;
  for (const std::size_t i : instances) {
    const dicom::InstanceFacts& f = facts[i];
    bytes += std::uint64_t{f.rows} * f.columns * f.frames * std::max(f.bits_allocated, 8U) / 8;
  }
  return bytes;
}

volume::Volume load_volume(const study::Stack& stack, std::size_t t,
                           const std::vector<dicom::InstanceFacts>& facts,
                           const std::function<fs::path(std::size_t)>& path_of, TaskPool& pool) {
  volume::Volume volume = empty_volume(stack, facts);
  std::map<std::size_t, std::vector<std::size_t>> slices_of;  // instance -> slices it gives
  for (std::size_t k = 0; k < stack.frames.size(); ++k) {
    slices_of[frame_at(stack, k, t).instance].push_back(k);
  }
  const std::vector<std::pair<std::size_t, std::vector<std::size_t>>> work(slices_of.begin(),
                                                                           slices_of.end());
  pool.parallel_for(work.size(), [&](std::size_t w) {
    const auto& [instance, slices] = work[w];
    const dicom_dcmtk::DecodedPixels pixels = decode_file(path_of(instance));
    for (const std::size_t k : slices) {
      const std::size_t frame = frame_at(stack, k, t).frame;
      check_size(pixels, stack, frame);
      place_slice(facts[instance], pixels, frame, k, volume);
    }
  });
  return volume;
}

void SeriesVoxels::decode(const study::Stack& stack) {
  std::vector<std::size_t> missing;
  for (const std::size_t i : instances_of(stack)) {
    if (pixels_.find(i) == pixels_.end()) missing.push_back(i);
  }
  if (stored_bytes(facts_, missing) > largest_series_bytes) {
    throw base::Error(base::Fault::unsupported, "the series is too large to hold in memory");
  }
  for (const std::size_t i : missing) pixels_[i];
  context_.pool.parallel_for(missing.size(), [&](std::size_t n) {
    context_.check_cancelled();
    pixels_.find(missing[n])->second = decode_file(files_[missing[n]].path);
  });
}

face::VoxelMask SeriesVoxels::erase_face(const study::Stack& stack, const FaceJudgement& judgement,
                                         audit::VolumeRecord& record) {
  face::MaskCounts counts;
  face::VoxelMask mask = face::mask_of(stack.grid, judgement.regions, counts);
  record.voxels_removed = counts.removed;
  record.brain_overlap_voxels = counts.brain_overlap;
  if (std::all_of(mask.begin(), mask.end(), [](std::uint8_t m) { return m == 0; })) return {};
  decode(stack);
  crypto_openssl::Sha256 untouched;
  const std::size_t voxel_bytes = pixels_.at(stack.frames.front().front().instance).bytes_per_voxel;
  const std::size_t bytes = frame_bytes(stack, voxel_bytes);
  std::vector<std::byte> buffer(bytes * stack.grid.slices());
  for (std::size_t t = 0; t < stack.time_points(); ++t) {
    context_.check_cancelled();
    volume::Volume real = empty_volume(stack, facts_);
    for (std::size_t k = 0; k < stack.grid.slices(); ++k) {
      const study::FrameRef& ref = frame_at(stack, k, t);
      const dicom_dcmtk::DecodedPixels& pixels = pixels_.at(ref.instance);
      if (pixels.bytes_per_voxel != voxel_bytes) {
        throw base::Error(base::Fault::unsupported,
                          "slices of one volume differ in bits allocated");
      }
      check_size(pixels, stack, ref.frame);
      place_slice(facts_[ref.instance], pixels, ref.frame, k, real);
      std::memcpy(&buffer[k * bytes], &pixels.bytes[ref.frame * bytes], bytes);
    }
    const volume::StoredVoxels stored{voxel_bytes, buffer};
    visit_untouched(mask, stored, [&](auto run) { untouched.update(run); });
    const std::uint64_t seed = context_.pseudonyms.seed("fill", record.token + std::to_string(t));
    fill_time_point(real, judgement, mask, seed, context_, stored, record);
    for (std::size_t k = 0; k < stack.grid.slices(); ++k) {
      if (t >= stack.frames[k].size()) continue;  // a repeated frame was written at its own turn
      const study::FrameRef& ref = frame_at(stack, k, t);
      std::byte* target = &pixels_.at(ref.instance).bytes[ref.frame * bytes];
      if (std::memcmp(target, &buffer[k * bytes], bytes) != 0) {
        std::memcpy(target, &buffer[k * bytes], bytes);
        is_changed_[ref.instance] = true;
      }
    }
  }
  record.untouched_sha256_before = base::to_hex(untouched.finish());
  return mask;
}

std::vector<std::size_t> SeriesVoxels::changed() const {
  std::vector<std::size_t> instances;
  for (const auto& [instance, is_changed] : is_changed_) instances.push_back(instance);
  return instances;
}

std::optional<dicom_dcmtk::NewPixels> SeriesVoxels::take(std::size_t instance) {
  return dicom_dcmtk::NewPixels{std::move(pixels_.at(instance).bytes)};
}

std::string untouched_digest(const study::Stack& stack, const face::VoxelMask& mask,
                             const std::map<std::size_t, fs::path>& staged,
                             const Context& context) {
  std::vector<std::size_t> instances;
  std::map<std::size_t, dicom_dcmtk::DecodedPixels> pixels;
  for (const auto& [instance, path] : staged) {
    instances.push_back(instance);
    pixels[instance];
  }
  context.pool.parallel_for(instances.size(), [&](std::size_t n) {
    pixels.find(instances[n])->second = decode_file(staged.at(instances[n]));
  });
  const std::size_t voxel_bytes = pixels.at(stack.frames.front().front().instance).bytes_per_voxel;
  const std::size_t bytes = frame_bytes(stack, voxel_bytes);
  const std::size_t slice_voxels = stack.grid.columns * stack.grid.rows;
  crypto_openssl::Sha256 sha;
  for (std::size_t t = 0; t < stack.time_points(); ++t) {
    for (std::size_t k = 0; k < stack.grid.slices(); ++k) {
      const study::FrameRef& ref = frame_at(stack, k, t);
      dicom_dcmtk::DecodedPixels& source = pixels.at(ref.instance);
      check_size(source, stack, ref.frame);
      const auto begin = mask.begin() + static_cast<std::ptrdiff_t>(k * slice_voxels);
      const face::VoxelMask slice(begin, begin + static_cast<std::ptrdiff_t>(slice_voxels));
      const volume::StoredVoxels stored{voxel_bytes,
                                        std::span(source.bytes).subspan(ref.frame * bytes, bytes)};
      visit_untouched(slice, stored, [&](auto run) { sha.update(run); });
    }
  }
  return base::to_hex(sha.finish());
}

}  // namespace efface::batch
