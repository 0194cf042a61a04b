"""The segmentation network: a 3D U-Net on pairs of voxels, made for CPUs.

What it is for: logits of seven labels, on a 3 mm grid of the whole head or a 2 mm grid of the face.
What it does not do: normalisation of images (randomise.normalise) and softmax (export.py adds it).
Input [N, 1, Z, Y, X], sizes multiples of 16. Who runs an exported network on a CPU sets `onednn` of its modules.
The trunk leaves out the finest grid: cubes of 2x2x2 voxels become channels of a grid twice as coarse
and come back as 2x2x2 logits, which costs under half of a U-Net with a full first level.
"""
import torch
from torch import nn
from torch.nn import functional as F

CHANNELS = (16, 32, 64, 96)


class Conv(nn.Conv3d):
    """A convolution that goes to oneDNN when told to. By itself LibTorch does so with one volume only where
    channels x depth x height is more than 20,480; else a layer takes several times as long."""

    onednn: bool

    def __init__(self, inputs, outputs, size, stride=1, padding=0, bias=True):
        super().__init__(inputs, outputs, size, stride=stride, padding=padding, bias=bias)
        self.onednn = False

    def forward(self, x):
        if self.onednn:
            return torch.mkldnn_convolution(x, self.weight, self.bias, list(self.padding), list(self.stride),
                                            list(self.dilation), 1)
        return self._conv_forward(x, self.weight, self.bias)


class Cubes(nn.ConvTranspose3d):
    """Each voxel becomes 2x2x2: a transposed convolution, or for oneDNN a 1x1x1 one whose channels are laid
    out as voxels."""

    onednn: bool

    def __init__(self, inputs, outputs):
        super().__init__(inputs, outputs, 2, stride=2)
        self.onednn = False

    def forward(self, x):
        bias = self.bias
        if self.onednn and bias is not None:
            weight = self.weight.permute(1, 2, 3, 4, 0).reshape(-1, x.size(1), 1, 1, 1)
            y = torch.mkldnn_convolution(x, weight, bias.repeat_interleave(8), [0, 0, 0], [1, 1, 1], [1, 1, 1], 1)
            n, z, y_size, x_size = x.size(0), x.size(2), x.size(3), x.size(4)
            y = y.view(n, -1, 2, 2, 2, z, y_size, x_size).permute(0, 1, 5, 2, 6, 3, 7, 4)
            return y.reshape(n, -1, 2 * z, 2 * y_size, 2 * x_size)
        return F.conv_transpose3d(x, self.weight, bias, self.stride)


class Block(nn.Module):
    """Convolution, instance norm, leaky ReLU; stride 2 halves each size."""

    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        self.conv = Conv(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.norm = nn.InstanceNorm3d(outputs, affine=True)

    def forward(self, x):
        # torch.instance_norm, unlike nn.InstanceNorm3d, accepts a deepest level of one voxel
        x = torch.instance_norm(self.conv(x), self.norm.weight, self.norm.bias, None, None, True,
                                0.1, 1e-5, False)
        return F.leaky_relu(x, 0.01, inplace=True)


class Residual(nn.Module):
    """Two blocks beside a shortcut."""

    def __init__(self, channels):
        super().__init__()
        self.blocks = nn.Sequential(Block(channels, channels), Block(channels, channels))

    def forward(self, x):
        return x + self.blocks(x)


class Up(nn.Module):
    """Nearest up-sampling of a 1x1x1-projected deep map, added to the skip, then two blocks."""

    def __init__(self, deep, skip):
        super().__init__()
        self.project = Conv(deep, skip, 1)
        self.blocks = nn.Sequential(Block(skip, skip), Block(skip, skip))

    def forward(self, deep, skip):
        x = F.interpolate(self.project(deep), scale_factor=2.0, mode="nearest")
        return self.blocks(x + skip)


class FaceNet(nn.Module):
    def __init__(self, channels=CHANNELS, labels=7):
        super().__init__()
        c = channels
        self.cubes = Conv(1, c[0], 2, stride=2)
        self.level0 = nn.Sequential(Block(c[0], c[0]), Block(c[0], c[0]))
        self.down1 = nn.Sequential(Block(c[0], c[1], 2), Residual(c[1]))
        self.down2 = nn.Sequential(Block(c[1], c[2], 2), Residual(c[2]))
        self.down3 = nn.Sequential(Block(c[2], c[3], 2), Residual(c[3]))
        self.up2, self.up1, self.up0 = Up(c[3], c[2]), Up(c[2], c[1]), Up(c[1], c[0])
        self.logits = Cubes(c[0], labels)
        # coarser levels add to the logits: rare labels are learnt there first
        self.logits1, self.logits2 = Conv(c[1], labels, 1), Conv(c[2], labels, 1)

    def forward(self, x):
        s0 = self.level0(self.cubes(x))
        s1 = self.down1(s0)
        s2 = self.down2(s1)
        x2 = self.up2(self.down3(s2), s2)
        x1 = self.up1(x2, s1)
        coarse = F.interpolate(self.logits2(x2), scale_factor=2.0, mode="nearest")
        coarse = F.interpolate(coarse + self.logits1(x1), scale_factor=4.0, mode="nearest")
        x0 = self.up0(x1, s0)
        return self.logits(x0) + coarse


def exported_weights(path):
    """The state dict of a FaceNet that export.py has written as TorchScript."""
    return {name.removeprefix("network."): value for name, value in torch.jit.load(path).state_dict().items()}
