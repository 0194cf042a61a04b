#include "face_torch/torch_segmenter.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/script.h>
#include <torch/version.h>

#include <algorithm>
#include <mutex>

#include "base/error.h"
#include "face/together.h"

namespace efface::face_torch {
namespace {

using base::Error;
using base::Fault;
using Inputs = std::span<const face::ModelInput* const>;

/// LibTorch's messages carry source lines and stack traces: the first line says what went wrong.
std::string first_line(const char* text) {
  const std::string all(text);
  const std::string line = all.substr(0, all.find('\n'));
  return line.size() > 200 ? line.substr(0, 200) : line;
}

/// CUDA's allocator, cuDNN and the CPU's allocator all say it in words; the type differs by
/// version.
bool is_out_of_memory(const std::exception& error) {
  const std::string text(error.what());
  return dynamic_cast<const std::bad_alloc*>(&error) != nullptr ||
         text.find("out of memory") != std::string::npos ||
         text.find("can't allocate memory") != std::string::npos ||
         text.find("CUDNN_STATUS_ALLOC_FAILED") != std::string::npos;
}

struct Choice {
  torch::Device device;
  std::string reason;
};

Choice choose(const TorchOptions& options) {
  if (options.device == TorchOptions::Device::cpu) return {torch::kCPU, "asked for"};
  const bool has_cuda = torch::cuda::is_available();
  const char* const why_not = at::globalContext().hasCUDART()
                                  ? "no CUDA driver or device"
                                  : "this LibTorch is built without CUDA";
  if (options.device == TorchOptions::Device::automatic)
    return has_cuda ? Choice{torch::Device(torch::kCUDA, 0), "found"}
                    : Choice{torch::kCPU, why_not};
  if (!has_cuda)
    throw Error(Fault::device, std::string("cuda cannot be used: ") + why_not,
                "use --device cpu or --device auto");
  const auto count = static_cast<int>(torch::cuda::device_count());
  if (options.cuda_index < 0 || options.cuda_index >= count)
    throw Error(
        Fault::device, "there is no cuda:" + std::to_string(options.cuda_index),
        "devices found: " + std::to_string(count) + "; use --device auto to take the first");
  return {torch::Device(torch::kCUDA, static_cast<torch::DeviceIndex>(options.cuda_index)),
          "asked for"};
}

torch::jit::Module load(const std::string& path) {
  try {
    torch::jit::Module module = torch::jit::load(path, torch::kCPU);
    module.eval();
    return module;
  } catch (const std::exception& e) {
    throw Error(Fault::model,
                "cannot load the model weights '" + path + "': " + first_line(e.what()),
                "the file must be TorchScript; see models/README.md");
  }
}

/// Every network uses all threads, or the device's memory: one batch at a time, whichever network
/// sees it.
std::mutex& turn() {
  static std::mutex mutex;
  return mutex;
}

/// By itself LibTorch gives small layers of a single volume to a path that takes several times as
/// long. The modules of our networks (scripts/train/network.py) call oneDNN when they are told to.
void convolve_by_onednn(torch::jit::Module& module, bool is_wanted) {
  for (torch::jit::Module each : module.modules())
    if (each.hasattr("onednn")) each.setattr("onednn", is_wanted);
}

/// float32[N, 1, Z, Y, X] of inputs of one size.
torch::Tensor stacked(Inputs inputs) {
  const auto& size = inputs.front()->grid.size;
  const auto x = static_cast<std::int64_t>(size[0]), y = static_cast<std::int64_t>(size[1]),
             z = static_cast<std::int64_t>(size[2]);
  std::vector<torch::Tensor> each;
  for (const face::ModelInput* input : inputs)
    each.push_back(torch::from_blob(const_cast<float*>(input->values.data()), {1, 1, z, y, x},
                                    torch::kFloat32));
  return each.size() == 1 ? each.front() : torch::cat(each);
}

}  // namespace

struct TorchSegmenter::State {
  face::ModelCard card;
  torch::jit::Module module;
  torch::Device device = torch::kCPU;
  bool may_fall_back = false;
  std::string reason;
  mutable std::mutex mutex;

  void move() {
    module.to(device);
    convolve_by_onednn(module, device.is_cpu() && at::globalContext().hasMKLDNN());
  }

  torch::Tensor run(const torch::Tensor& input) {
    return module.forward({input.to(device)})
        .toTensor()
        .to(torch::kCPU, torch::kFloat32)
        .contiguous();
  }

  void fall_back() {
    reason = "out of memory on " + device.str();
    device = torch::kCPU;
    move();
  }

  /// Runs, and runs a single volume again on the CPU when CUDA was chosen here and its memory did
  /// not suffice. (Those of a batch are then tried alone.)
  torch::Tensor run_somewhere(const torch::Tensor& input) {
    if (!device.is_cuda() || !may_fall_back || input.size(0) > 1) return run(input);
    try {
      return run(input);
    } catch (const std::exception& e) {
      if (!is_out_of_memory(e)) throw;
    }
    fall_back();
    return run(input);
  }

  std::vector<face::Probabilities> see(Inputs inputs);
  std::vector<face::Probabilities> segment(Inputs inputs);

  std::unique_ptr<face::Together> waiting;
};

std::vector<face::Probabilities> TorchSegmenter::State::see(Inputs inputs) {
  const torch::InferenceMode inference;
  const torch::Tensor values = stacked(inputs), output = run_somewhere(values);
  std::vector<std::int64_t> shape = values.sizes().vec();
  shape[1] = static_cast<std::int64_t>(face::label_count);
  if (output.sizes() != shape)
    throw Error(Fault::model, "the model's output has another shape than its input",
                "the weights do not fit this version of efface; see models/README.md");
  const float* data = output.data_ptr<float>();
  const auto count = static_cast<std::size_t>(output.numel()) / inputs.size();
  std::vector<face::Probabilities> seen;
  for (std::size_t i = 0; i < inputs.size(); ++i, data += count)
    seen.push_back({inputs[i]->grid, {data, data + count}});
  return seen;
}

/// What LibTorch throws, as errors of efface.
std::vector<face::Probabilities> TorchSegmenter::State::segment(Inputs inputs) {
  const std::lock_guard lock(mutex);
  try {
    return see(inputs);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& e) {
    if (is_out_of_memory(e))
      throw Error(Fault::resource, "out of memory on " + device.str(),
                  "use --device cpu, fewer jobs, or a machine with more memory");
    throw Error(Fault::model, "the model failed: " + first_line(e.what()));
  }
}

TorchSegmenter::TorchSegmenter(const face::ModelCard& card, const TorchOptions& options)
    : state_(std::make_unique<State>()) {
  const Choice choice = choose(options);
  at::set_num_threads(std::max(1, options.threads));
  // The same volume must give the same mask each time, and nearly the same as on the CPU.
  at::globalContext().setDeterministicCuDNN(true);
  at::globalContext().setAllowTF32CuDNN(false);
  state_->card = card;
  state_->device = choice.device;
  state_->reason = choice.reason;
  state_->may_fall_back = options.device == TorchOptions::Device::automatic;
  state_->module = load(card.weights_file);
  state_->waiting = std::make_unique<face::Together>(
      turn(), options.batch,
      [state = state_.get()](auto inputs) { return state->segment(inputs); });
  try {
    state_->move();
  } catch (const std::exception& e) {
    if (!state_->may_fall_back || !is_out_of_memory(e))
      throw Error(
          Fault::device,
          "the model cannot be moved to " + choice.device.str() + ": " + first_line(e.what()),
          "use --device cpu");
    state_->fall_back();
  }
}

TorchSegmenter::~TorchSegmenter() = default;

const face::ModelCard& TorchSegmenter::card() const {
  return state_->card;
}

face::DeviceReport TorchSegmenter::device() const {
  const std::lock_guard lock(state_->mutex);
  return {state_->device.str(), state_->reason};
}

face::Probabilities TorchSegmenter::segment(const face::ModelInput& input) {
  if (input.values.size() != input.grid.voxel_count())
    throw Error(Fault::internal, "model input and its grid differ in size");
  return state_->waiting->segment(input);
}

face::BatchCount TorchSegmenter::count() const {
  return state_->waiting->count();
}

std::string torch_version() {
  return TORCH_VERSION;
}

}  // namespace efface::face_torch
