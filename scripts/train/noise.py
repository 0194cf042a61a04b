"""Smooth random fields for heads, bodies and images.

What it is for: Gaussian fields of a given correlation length, cheaply. What it does not do: noise of
scanners (randomise.py).
"""
import numpy as np


def stretch(n, m):
    """Weights [n, m] that interpolate m samples linearly onto n places."""
    at = np.clip((np.arange(n) + 0.5) * m / n - 0.5, 0, m - 1)
    low = np.minimum(at.astype(int), m - 2)
    out = np.zeros((n, m), np.float32)
    out[np.arange(n), low] = 1 - (at - low)
    out[np.arange(n), low + 1] = at - low
    return out


def smooth_noise(rng, shape, scale):
    """Unit-variance Gaussian random field; SCALE in voxels is about its correlation length."""
    small = [max(2, int(np.ceil(n / scale)) + 2) for n in shape]
    field = rng.standard_normal(small, np.float32)
    for n, m in zip(shape, small):  # the axes take turns: each product moves the next one to the front
        field = np.tensordot(field, stretch(n, m), ([0], [1]))
    return (field - field.mean()) / (field.std() + 1e-6)
