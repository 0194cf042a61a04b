// A TorchScript model of a few lines, written to a temporary file: its output follows from a
// formula, so that axes and values can be checked without trained weights.
#pragma once

#include <filesystem>
#include <string>

#include "face/model.h"

namespace efface::face_torch::test {

/// softmax over seven labels of label * (running sum of x along Z).
inline constexpr const char* formula_model = R"(
def forward(self, x):
    weights = torch.arange(7, dtype=x.dtype, device=x.device).reshape(1, 7, 1, 1, 1)
    return torch.softmax(weights * torch.cumsum(x, 2), 1)
)";
/// Says whether it was told to call oneDNN, as the modules of our networks are.
inline constexpr const char* told_model = R"(
def forward(self, x):
    return torch.full([x.size(0), 7, x.size(2), x.size(3), x.size(4)], float(self.onednn))
)";
inline constexpr const char* wrong_shape_model = R"(
def forward(self, x):
    return x
)";
inline constexpr const char* failing_model = R"(
def forward(self, x):
    return torch.matmul(x, torch.zeros(3, 5))
)";
/// On CUDA it asks for more memory than any device has.
inline constexpr const char* greedy_model = R"(
def forward(self, x):
    if x.is_cuda:
        y = torch.empty([1048576, 1048576, 64], dtype=x.dtype, device=x.device)
        x = x + y.sum()
    weights = torch.arange(7, dtype=x.dtype, device=x.device).reshape(1, 7, 1, 1, 1)
    return torch.softmax(weights * torch.cumsum(x, 2), 1)
)";
/// Three convolutions with fixed weights, as a network has them.
inline constexpr const char* convolution_model = R"(
def forward(self, x):
    a = torch.sin(torch.arange(216, dtype=x.dtype, device=x.device)).reshape(8, 1, 3, 3, 3)
    b = torch.cos(torch.arange(1512, dtype=x.dtype, device=x.device)).reshape(7, 8, 3, 3, 3)
    y = torch.relu(torch.conv3d(x, a, padding=[1, 1, 1]))
    return torch.softmax(torch.conv3d(y, b, padding=[1, 1, 1]), 1)
)";

/// A card whose weights are the given source; the file lives until the program ends.
face::ModelCard write_model(const std::string& name, const std::string& source);

/// 16 x 32 x 48 voxels of reproducible values in 0…1.
face::ModelInput small_input();

}  // namespace efface::face_torch::test
