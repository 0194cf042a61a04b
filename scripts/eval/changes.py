"""What is done to a real volume before it is shown to the program again: thick slices, a turned head,
other contrast, half the field of view.

What it is for: the same landmarks under harder conditions. Each change takes voxels and affine (RAS mm)
and gives voxels, the affine for the program, and the affine that lays the voxels back onto the original
world frame, for the judge (the same unless the patient was turned). No randomness.
"""
import numpy as np
from scipy import ndimage
from scipy.spatial.transform import Rotation

AXES = {"sagittal": 0, "coronal": 1, "axial": 2}  # world axis across the slices
HALVES = {"right": (0, -1), "left": (0, 1), "posterior": (1, -1), "anterior": (1, 1),
          "inferior": (2, -1), "superior": (2, 1)}  # world axis, side that is kept


def spacing(affine):
    return np.linalg.norm(affine[:3, :3], axis=0)


def voxel_axis(affine, world_axis):
    """The voxel axis that runs most along a world axis, and whether it runs up it."""
    share = affine[world_axis, :3] / spacing(affine)
    k = int(np.argmax(np.abs(share)))
    return k, share[k] > 0


def as_before(values, like):
    """Rounded and clipped to the data type of LIKE."""
    if np.issubdtype(like.dtype, np.integer):
        info = np.iinfo(like.dtype)
        return np.clip(np.rint(values), info.min, info.max).astype(like.dtype)
    return values.astype(like.dtype)


def thick(data, affine, plane, in_plane_mm=1.0, across_mm=5.0, labels=False):
    """Slices of 5 mm in one plane, 1 mm within; each sample is the mean over its voxel (LABELS: what
    is at its centre)."""
    across, _ = voxel_axis(affine, AXES[plane])
    old = spacing(affine)
    new = np.where(np.arange(3) == across, across_mm, in_plane_mm)
    values = data.astype(np.float32)
    for k in range(3):
        width = int(round(new[k] / old[k]))
        if width > 1 and not labels:
            values = ndimage.uniform_filter1d(values, width, axis=k, mode="nearest")
    shape = np.maximum(1, np.floor(np.array(data.shape) * old / new)).astype(int)
    first = (new / old - 1) / 2  # outer faces stay where they were
    values = ndimage.affine_transform(values, np.diag(new / old), first, tuple(shape), order=0 if labels else 1,
                                      mode="nearest")
    matrix = affine.copy()
    matrix[:3, :3] *= new / old
    matrix[:3, 3] += affine[:3, :3] @ first
    return as_before(values, data), matrix, matrix


def turn(affine, shape, axis, degrees):
    """4 x 4: the patient turned about the middle of the field of view."""
    middle = affine[:3, :3] @ ((np.array(shape) - 1) / 2) + affine[:3, 3]
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz"[axis], degrees, degrees=True).as_matrix()
    matrix[:3, 3] = middle - matrix[:3, :3] @ middle
    return matrix


def turned(data, affine, axis, degrees=30.0):
    """Patient and field of view turned together: the slices are oblique."""
    return data, turn(affine, data.shape, axis, degrees) @ affine, affine


def turned_in_view(data, affine, axis, degrees=30.0, labels=False):
    """The patient turned within the field of view as it was: ends are cut, corners are padded with the
    darkest hundredth's value (LABELS: air), where the original has no data."""
    back = np.linalg.inv(turn(affine, data.shape, axis, degrees)) @ affine
    m = np.linalg.inv(affine) @ back
    values = ndimage.affine_transform(data.astype(np.float32), m[:3, :3], m[:3, 3],
                                      order=0 if labels else 1, cval=0 if labels else float(np.percentile(data, 1)))
    return as_before(values, data), affine, back


def inverted(data, affine, threshold, head):
    """Bright tissue dark and dark tissue bright (never as dark as air); air stays as it is."""
    values = data.astype(np.float32)
    high = np.percentile(values[head], 99.5)
    tissue = head & (values > threshold)
    bright = np.clip((values - threshold) / (high - threshold), 0, 1)
    values[tissue] = (threshold + (high - threshold) * (0.25 + 0.75 * (1 - bright)))[tissue]
    return as_before(values, data), affine, affine


def half(data, affine, side):
    """One half of the field of view."""
    axis, sign = HALVES[side]
    k, up = voxel_axis(affine, axis)
    n = data.shape[k]
    keep = slice(n // 2, n) if (sign > 0) == up else slice(0, n // 2)
    matrix = affine.copy()
    matrix[:3, 3] += affine[:3, k] * keep.start
    return np.ascontiguousarray(data[tuple(keep if a == k else slice(None) for a in range(3))]), matrix, matrix


def all_changes():
    """Name -> function of voxels, affine, threshold, head mask."""
    made = {}
    for plane in AXES:
        made[f"5 mm {plane}"] = lambda d, a, t, h, p=plane: thick(d, a, p)
    for axis, name in enumerate("xyz"):
        made[f"turned {name} 30"] = lambda d, a, t, h, k=axis: turned(d, a, k)
        made[f"turned in view {name} 30"] = lambda d, a, t, h, k=axis: turned_in_view(d, a, k)
    made["inverted"] = inverted
    for side in HALVES:
        made[f"{side} half"] = lambda d, a, t, h, s=side: half(d, a, s)
    return made


def of_labels(name, target, affine):
    """A label map on the grid of the changed image; NAME as in all_changes."""
    if name.startswith("5 mm "):
        return thick(target, affine, name.removeprefix("5 mm "), labels=True)[0]
    if name.startswith("turned in view "):
        return turned_in_view(target, affine, "xyz".index(name.split()[3]), labels=True)[0]
    if name.endswith(" half"):
        return half(target, affine, name.removesuffix(" half"))[0]
    return target
