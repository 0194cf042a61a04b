"""What scanners and what lies in them do to an image: things in air, metal, thick slices, wrap-around.

What it is for: nuisances on an image [x, y, z] (LPS, grey values before normalisation; CT in Hounsfield
units) beside its target (head_volume's labels). What it does not do: contrast, noise, field of view
(randomise.py). SPACING: mm of a voxel. Functions that return nothing change the image in place.
"""
import numpy as np
from scipy import ndimage

import head_volume as hv
from noise import smooth_noise


def grey(rng, mode, low_hu, high_hu, low, high):
    """A value between the first two for CT, between the last two else."""
    return rng.uniform(low_hu, high_hu) if mode == "ct" else rng.uniform(low, high)


def things_in_air(rng, image, target, mode, spacing):
    """Tables, head holders, coils, pads, hair, headphones: what is neither head nor face."""
    shell = rng.random() < (0.6 if mode == "ct" else 0.1)
    lumps, strands = rng.random() < 0.15, rng.random() < 0.12
    if shell or lumps or strands:
        air = target == hv.AIR
        near = ndimage.distance_transform_edt(air) * spacing
        y = np.arange(image.shape[1])[None, :, None]
        if shell:
            gap, thick = rng.uniform(3, 15), rng.uniform(2, 9)
            shell = (near > gap) & (near < gap + thick)
            shell &= y > image.shape[1] * rng.uniform(0.1, 0.7)  # beside the ears, too
            image[shell] = grey(rng, mode, -800, 300, 0.05, 0.6)
        if lumps:
            size = rng.uniform(6, 18) / spacing
            lumps = air & (near > 3) & (smooth_noise(rng, image.shape, size) > 2.2)
            image[lumps] = grey(rng, mode, -700, 400, 0.02, 0.3)
        if strands:
            hair(rng, image, air & (near > 0) & (near < rng.uniform(4, 25)), mode, spacing)
    if rng.random() < 0.1:
        headphones(rng, image, target, mode, spacing)


def hair(rng, image, where, mode, spacing):
    """A faint, grainy layer outside the scalp; not before the face."""
    front = np.nonzero((where).any((0, 2)))[0]
    if front.size == 0:
        return
    where = where.copy()
    where[:, :front[0] + int(rng.uniform(40, 80) / spacing)] = False
    grain = smooth_noise(rng, image.shape, rng.uniform(1, 3)) > rng.uniform(-0.5, 1)
    low = -1000 if mode == "ct" else 0
    level = grey(rng, mode, -950, -500, 0.02, 0.25)
    image[where] = np.where(grain[where], level, np.maximum(image[where], low))


def headphones(rng, image, target, mode, spacing):
    """Cups or pads beside the ears (or where the head is widest)."""
    head = target != hv.AIR
    if not head.any():
        return
    ears = np.argwhere(target == hv.EARS)
    level, radius = grey(rng, mode, -900, 200, 0.02, 0.5), rng.uniform(22, 45) / spacing
    thick, gap = rng.uniform(6, 25) / spacing, rng.uniform(0, 6) / spacing
    middle = np.argwhere(head).mean(0)
    x, y, z = np.meshgrid(*[np.arange(n, dtype=np.float32) for n in image.shape], indexing="ij", sparse=True)
    for side in (-1, 1):
        at = ears[(ears[:, 0] - middle[0]) * side > 0]
        at = at if len(at) else np.argwhere(head)
        outer = (at[:, 0] * side).max() * side
        c = at[np.abs(at[:, 0] - outer) < 6 / spacing].mean(0)
        beyond = (x - outer) * side
        cup = ((y - c[1]) ** 2 + (z - c[2]) ** 2 < radius ** 2) & (beyond > gap) & (beyond < gap + thick)
        image[cup & ~head] = level * rng.uniform(0.8, 1.2)


def metal(rng, image, target, mode, spacing):
    """Fillings and braces near the mouth: in MR a void with a bright rim, in CT streaks in axial planes."""
    mouth = np.argwhere(target == hv.MOUTH)
    if len(mouth) == 0:
        return
    x, y, z = np.meshgrid(*[np.arange(n, dtype=np.float32) for n in image.shape], indexing="ij", sparse=True)
    for _ in range(rng.integers(1, 4)):
        c = mouth[rng.integers(len(mouth))] + rng.normal(0, 8, 3) / spacing
        c[1] += rng.uniform(5, 30) / spacing
        if mode == "ct":
            r = np.sqrt((x - c[0]) ** 2 + (y - c[1]) ** 2) * spacing
            angle = ((np.arctan2(y - c[1], x - c[0]) / np.pi + 1) * 90).astype(int) % 180
            rays = ndimage.gaussian_filter1d(rng.normal(0, 1, 180), rng.uniform(0.7, 2), mode="wrap")
            streak = rays[angle] / (1 + r / rng.uniform(10, 40)) * np.exp(-((z - c[2]) * spacing / 5) ** 2)
            image += (rng.uniform(300, 1500) * streak).astype(np.float32)
            image[(r < rng.uniform(2, 5)) & (np.abs(z - c[2]) * spacing < 4)] = 3000
        else:
            r = np.sqrt((x - c[0]) ** 2 + (y - c[1]) ** 2 + ((z - c[2]) * rng.uniform(0.7, 1.4)) ** 2)
            radius = rng.uniform(6, 28) / spacing
            image *= (1 - 1 / (1 + (r / radius) ** 6)).astype(np.float32)
            image *= (1 + rng.uniform(0, 1.5) * np.exp(-((r - 1.15 * radius) / (0.15 * radius)) ** 2)).astype(np.float32)


def thick_slices(rng, image, spacing):
    """Slices of 3.5 to 7 mm along one axis, interpolated back."""
    axis, step = int(rng.integers(3)), rng.uniform(3.5, 7.2) / spacing
    image = ndimage.uniform_filter1d(image, max(2, int(round(step))), axis=axis)
    n = image.shape[axis]
    at = np.minimum(np.floor(np.arange(n) / step + 0.5) * step, n - 1)
    low = np.floor(at).astype(int)
    w = (at - low).astype(np.float32).reshape([-1 if k == axis else 1 for k in range(3)])
    image = np.take(image, low, axis) * (1 - w) + np.take(image, np.minimum(low + 1, n - 1), axis) * w
    return ndimage.uniform_filter1d(image, int(np.ceil(step)), axis=axis) if rng.random() < 0.5 else image


def wrap(rng, image, target, inside, spacing):
    """Folds what lies in front of a too small field of view in behind the head."""
    n = image.shape[1]
    rows = np.nonzero((target == hv.NOSE).any((0, 2)))[0]
    if rows.size == 0:
        return
    a = int(min(rows[0] + rng.uniform(9, 40) / spacing, n // 2))
    b = min(n, a + int(rng.uniform(0.75, 0.95) * (n - a)))
    k = min(a, b - a)
    image[:, b - k:b] += image[:, a - k:a]
    fold = np.where(np.isin(target[:, a - k:a], (3, 4, 5)), target[:, a - k:a], 0)
    place = target[:, b - k:b]
    place[place == hv.AIR] = fold[place == hv.AIR]
    inside[:, :a], inside[:, b:] = False, False


def ghost(rng, image, spacing):
    """A faint copy of the head, moved along one axis."""
    return image + rng.uniform(0.03, 0.15) * np.roll(image, int(rng.uniform(30, 120) / spacing), rng.integers(3))


def positrons(rng, image, spacing):
    """The resolution (4 to 9 mm) and the grainy noise of PET, which is stronger where there is more uptake."""
    grain = smooth_noise(rng, image.shape, rng.uniform(3, 6) / spacing)
    image = ndimage.gaussian_filter(image, rng.uniform(4, 9) / 2.355 / spacing)
    return np.maximum(image + rng.uniform(0.01, 0.1) * np.sqrt(np.maximum(image, 0)) * grain, 0).astype(np.float32)
