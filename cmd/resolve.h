// From the command line to the library's options: validates, opens key and model card, finds the
// installed files. All usage errors of a run are found here, before anything is read or written.
#pragma once

#include <filesystem>
#include <memory>

#include "batch/options.h"
#include "burned_in/reader.h"
#include "cmd/busy_clock.h"
#include "cmd/options.h"
#include "face/model.h"
#include "face_torch/options.h"

namespace efface::cmd {

/// Throws base::Error{usage | crypto | model}.
batch::RunOptions resolve(const RunArguments& arguments);

/// What the networks of a run had to do.
struct NetworkWork {
  double seconds = 0;        ///< how long at least one volume was looked at or waited for that
  face::BatchCount batches;  ///< of both networks
};

/// The networks of a model; the second one may be absent.
struct LoadedModel {
  std::unique_ptr<face::Segmenter> head, face;
  face::Calibrations calibrations;
  std::shared_ptr<BusyClock> clock;  ///< of both networks
  NetworkWork work() const;
  face::Networks networks() const { return {*head, face.get(), calibrations}; }
};

struct ModelChoice {
  std::string card;  ///< empty = the built-in one
  std::string device = "auto";
  std::size_t jobs = 1;
  std::size_t batch = 1;
};

/// A model that loads LibTorch and the weights when the first volume needs them, so that other runs
/// do not pay for it. The weights' SHA-256 are checked against the card before they are loaded.
/// Throws base::Error{usage} for an unknown device.
LoadedModel make_model(const ModelChoice& choice);

/// LibTorch's options of --device and so many threads. Throws base::Error{usage} for an unknown
/// device.
face_torch::TorchOptions torch_options(const std::string& device, std::size_t jobs);

/// Throws base::Error{model} when the weights are not those of the card, {io} when they cannot be
/// read.
void check_weights(const face::ModelCard& card);

/// Readers that load Tesseract when the first image has to be read.
burned_in::ReaderPool make_text_readers();

/// Names and versions of the libraries in use, or the names of the files that were loaded of those
/// that cannot say their release; the plugins' (LibTorch, Tesseract) are loaded and asked only when
/// `with_torch`.
std::map<std::string, std::string> library_versions(bool with_torch);

/// What --version says of the device that --device auto would take.
std::string default_device();

}  // namespace efface::cmd
