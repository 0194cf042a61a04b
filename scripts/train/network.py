"""The segmentation network: a 3D U-Net whose finest level is light, made for CPUs.

What it is for: logits of seven labels on a 3 mm grid. What it does not do: normalisation of images
(randomise.normalise) and softmax (export.py adds it). Input [N, 1, Z, Y, X], sizes multiples of 16.
Channel counts are multiples of eight, since oneDNN pads to that on AVX2.
"""
import torch
from torch import nn
from torch.nn import functional as F

CHANNELS = (8, 16, 32, 64, 64)


class Block(nn.Module):
    """Convolution, instance norm, leaky ReLU; stride 2 halves each size."""

    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        self.conv = nn.Conv3d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.norm = nn.InstanceNorm3d(outputs, affine=True)

    def forward(self, x):
        # torch.instance_norm, unlike nn.InstanceNorm3d, accepts a deepest level of one voxel
        x = torch.instance_norm(self.conv(x), self.norm.weight, self.norm.bias, None, None, True,
                                0.1, 1e-5, False)
        return F.leaky_relu(x, 0.01, inplace=True)


class Up(nn.Module):
    """Nearest up-sampling of a 1x1x1-projected deep map, added to the skip, then blocks."""

    def __init__(self, deep, skip, blocks):
        super().__init__()
        self.project = nn.Conv3d(deep, skip, 1)
        self.blocks = nn.Sequential(*[Block(skip, skip) for _ in range(blocks)])

    def forward(self, deep, skip):
        x = F.interpolate(self.project(deep), scale_factor=2.0, mode="nearest")
        return self.blocks(x + skip)


class FaceNet(nn.Module):
    def __init__(self, channels=CHANNELS, labels=7):
        super().__init__()
        c = channels
        self.stem = Block(1, c[0])
        self.down1 = nn.Sequential(Block(c[0], c[1], 2), Block(c[1], c[1]))
        self.down2 = nn.Sequential(Block(c[1], c[2], 2), Block(c[2], c[2]), Block(c[2], c[2]))
        self.down3 = nn.Sequential(Block(c[2], c[3], 2), Block(c[3], c[3]), Block(c[3], c[3]))
        self.down4 = nn.Sequential(Block(c[3], c[4], 2), Block(c[4], c[4]), Block(c[4], c[4]))
        self.up3, self.up2 = Up(c[4], c[3], 2), Up(c[3], c[2], 2)
        self.up1, self.up0 = Up(c[2], c[1], 2), Up(c[1], c[0], 1)
        # every level adds to the logits: eight channels alone cannot carry rare labels down
        self.head = nn.Conv3d(c[0], labels, 1)
        self.head1 = nn.Conv3d(c[1], labels, 1)
        self.head2 = nn.Conv3d(c[2], labels, 1)
        self.head3 = nn.Conv3d(c[3], labels, 1)

    def forward(self, x):
        s0 = self.stem(x)
        s1 = self.down1(s0)
        s2 = self.down2(s1)
        s3 = self.down3(s2)
        x3 = self.up3(self.down4(s3), s3)
        x2 = self.up2(x3, s2)
        x1 = self.up1(x2, s1)
        coarse = F.interpolate(self.head3(x3), scale_factor=2.0, mode="nearest") + self.head2(x2)
        coarse = F.interpolate(coarse, scale_factor=2.0, mode="nearest") + self.head1(x1)
        coarse = F.interpolate(coarse, scale_factor=2.0, mode="nearest")
        return self.head(self.up0(x1, s0)) + coarse
