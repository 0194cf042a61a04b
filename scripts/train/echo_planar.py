"""What echo-planar imaging does to a head: distortion, loss of signal, fat that lies elsewhere, slabs.

What it is for: images of functional, diffusion and perfusion series, [x, y, z] LPS, beside their target
(head_volume's labels), which is distorted as they are. What it does not do: contrast, noise
(randomise.py). SPACING: mm of a voxel. The field comes from the susceptibility of air and tissue
(Marques and Bowtell, Concepts Magn Reson B 2005); how it distorts, from Jezzard and Balaban, Magn
Reson Med 1995.
"""
import numpy as np
from scipy import ndimage
from scipy.spatial.transform import Rotation

import head_volume as hv
from head_volume import T

MODES = ("epi", "dwi")
AIR_PPM = 9.4  # susceptibility of air less that of tissue
FAT_PPM = 3.4  # by which fat precesses more slowly than water
FARTHEST_MM = 22.0  # that the field may move a voxel
AIRY = tuple(T[name] for name in ("outside", "oral", "airway", "sinus"))
FATTY = tuple(T[name] for name in ("fat", "orbit_fat", "marrow", "jaw"))


def field_ppm(air, spacing):
    """Deviation of the main field (along z) around AIR, a mask; its trend over the tissue is shimmed away."""
    k = np.meshgrid(*[np.fft.fftfreq(n, spacing) for n in air.shape[:2]],
                    np.fft.rfftfreq(air.shape[2], spacing), indexing="ij", sparse=True)
    squared = k[0] ** 2 + k[1] ** 2 + k[2] ** 2
    squared[0, 0, 0] = 1
    kernel = 1 / 3 - k[2] ** 2 / squared
    kernel[0, 0, 0] = 0
    susceptibility = np.fft.rfftn(ndimage.gaussian_filter(AIR_PPM * air.astype(np.float32), 2.0 / spacing))
    field = np.fft.irfftn(kernel * susceptibility, air.shape, axes=(0, 1, 2)).astype(np.float32)
    at = np.argwhere(~air)
    if len(at) < 100:
        return field
    at = at[::max(1, len(at) // 5000)]
    plane = np.linalg.lstsq(np.c_[at, np.ones(len(at))], field[tuple(at.T)], rcond=None)[0]
    x, y, z = np.meshgrid(*[np.arange(n, dtype=np.float32) for n in air.shape], indexing="ij", sparse=True)
    return (field - plane[0] * x - plane[1] * y - plane[2] * z - plane[3]).astype(np.float32)


def moved(values, by, axis, nearest=False):
    """VALUES seen at each place minus BY (voxels along AXIS); the last ones go on beyond the ends."""
    n = values.shape[axis]
    at = np.arange(n, dtype=np.float32).reshape([-1 if k == axis else 1 for k in range(3)]) - by
    at = np.broadcast_to(np.clip(at, 0, n - 1), values.shape)
    if nearest:
        return np.take_along_axis(values, np.rint(at).astype(int), axis)
    low = np.minimum(at.astype(int), n - 2)
    part = at - low
    return np.take_along_axis(values, low, axis) * (1 - part) + np.take_along_axis(values, low + 1, axis) * part


def distorted(image, target, by, axis):
    """IMAGE and TARGET whose every place has moved BY voxels along AXIS; signal piles up where places meet."""
    back = by
    for _ in range(5):  # what lies at a place now has come by as much as it was moved where it lay
        back = moved(by, back, axis)
    pile = np.clip(1 - np.gradient(back, axis=axis), 0, 4)
    return moved(image, back, axis) * pile, moved(target, back, axis, nearest=True)


def acquire(rng, image, target, tissue, spacing):
    """IMAGE and TARGET as an echo-planar sequence would show them; TISSUE (head_volume's ids) on their grid."""
    air, fat = np.isin(tissue, AIRY), np.isin(tissue, FATTY)
    field = field_ppm(air, spacing)
    axis = 1 if rng.random() < 0.85 else 0  # of phase encoding
    mm_a_ppm = rng.choice([-1, 1]) * rng.uniform(1, 13)
    echo = rng.uniform(0, 25) if rng.random() < 0.6 else 0  # no loss of signal in spin echoes
    steepness = np.sqrt(sum(np.square(g) for g in np.gradient(field, spacing)))
    image = image * np.exp(-np.square(echo * steepness))
    smooth = ndimage.gaussian_filter(field, 3.0 / spacing)  # in a voxel of the sequence
    by = np.clip(smooth * mm_a_ppm, -FARTHEST_MM, FARTHEST_MM) / spacing
    water, seen = distorted(image * ~fat, target, by, axis)
    residual, _ = distorted(image * fat, target, by, axis)
    out = water + np.roll(residual, int(round(FAT_PPM * mm_a_ppm / spacing)), axis)
    if rng.random() < 0.6:  # of every second line
        out = out + rng.uniform(0.01, 0.1) * np.roll(out, out.shape[axis] // 2, axis)
    pixel, slice_mm = rng.uniform(1.5, 3.8), rng.uniform(1.8, 5.5)
    sigma = 0.42 * np.array([pixel, pixel, slice_mm]) / spacing
    return ndimage.gaussian_filter(out, sigma).astype(np.float32), seen


def slab(rng, target, spacing):
    """Voxels imaged: axial slices, mostly somewhat tilted, from about the eyes or lower up to the vertex or
    short of it."""
    rows = np.nonzero((target == hv.EYES).any((0, 1)))[0]
    eyes = rows.mean() if rows.size else rng.uniform(0.2, 0.6) * target.shape[2]
    low = eyes + rng.uniform(-70, 25) / spacing
    high = low + rng.uniform(60, 180) / spacing
    turn = Rotation.from_euler("xyz", rng.normal(0, (12, 4, 4)), degrees=True).as_matrix()
    across = [np.arange(n, dtype=np.float32) - (n - 1) / 2 for n in target.shape[:2]]
    x, y, z = np.meshgrid(*across, np.arange(target.shape[2], dtype=np.float32) - low, indexing="ij", sparse=True)
    height = turn[2, 0] * x + turn[2, 1] * y + turn[2, 2] * z
    return (height >= 0) & (height <= high - low)
