"""Label maps to random images: pose, field of view, contrast, artefacts, normalisation.

What it is for: training pairs (image float32, target uint8), both [x, y, z] on an LPS grid; MR, CT and
PET of no particular scanner; of whole heads (WHOLE) or of the face alone, finer (FACE). What it does not
do: head shapes (head_volume.py). After SynthSeg (Billot 2023) and SynthStrip (Hoopes 2022).
"""
import dataclasses

import numpy as np
from scipy import ndimage
from scipy.spatial.transform import Rotation

import artefacts
import bodies
import echo_planar
import head_volume as hv
from head_volume import T
from noise import smooth_noise


@dataclasses.dataclass(frozen=True)
class View:
    """What a network looks at: the grid's spacing, and how often which kind of sample."""
    spacing_mm: float
    kinds: dict
    of_face: bool  # centred on the face, not on the head
    uncut: float  # share of the images that fill the grid
    slab: float  # share, of the others, that are a few centimetres thick
    half: float  # share, of the others, that end somewhere in the head
    wrapped: float  # share of MR heads folded over along anterior-posterior
    axial: float  # share of echo-planar images that are a stack of axial slices


WHOLE = View(3.0, {"head": 0.72, "defaced": 0.06, "brain": 0.04, "body": 0.15, "noise": 0.03}, False, 0.35,
             slab=0.2, half=0.25, wrapped=0.15, axial=0.7)
FACE = View(2.0, {"head": 0.83, "defaced": 0.09, "brain": 0.03, "body": 0.04, "noise": 0.01}, True, 0.6,
            slab=0.05, half=0, wrapped=0.06, axial=0.5)
REAL_SHARE = 0.45  # of the samples with a head
GREY = {  # rough means in [0, 1]; what is missing is drawn at random
    "t1": {"skin": .6, "fat": .95, "bone": .08, "marrow": .6, "csf": .15, "cortex": .5, "white": .75,
           "ventricle": .13, "cerebellum": .55, "stem": .7, "eyeball": .15, "lens": .3,
           "orbit_fat": .9, "teeth": .05, "tongue": .5, "oral": .03, "airway": .02, "jaw": .3,
           "vertebra": .45, "sinus": .02, "mucosa": .45, "deep_grey": .6, "vessel": .5, "soft": .45},
    "t2": {"skin": .3, "fat": .6, "bone": .06, "marrow": .4, "csf": 1., "cortex": .55, "white": .38,
           "ventricle": 1., "cerebellum": .5, "stem": .4, "eyeball": 1., "lens": .3,
           "orbit_fat": .6, "teeth": .04, "tongue": .35, "oral": .03, "airway": .02, "jaw": .25,
           "vertebra": .3, "sinus": .03, "mucosa": .8, "deep_grey": .42, "vessel": .2, "soft": .28},
    "ct": {"skin": 20, "fat": -100, "bone": 1000, "marrow": 500, "csf": 8, "cortex": 38, "white": 28,
           "ventricle": 6, "cerebellum": 35, "stem": 30, "eyeball": 10, "lens": 70,
           "orbit_fat": -90, "teeth": 1800, "tongue": 50, "oral": -900, "airway": -980, "jaw": 900,
           "vertebra": 700, "sinus": -950, "mucosa": 30, "deep_grey": 36, "vessel": 60, "soft": 50},
    # echo-planar, fat suppressed: without and with diffusion weighting
    "epi": {"skin": .25, "fat": .08, "bone": .03, "marrow": .08, "csf": .9, "cortex": .6, "white": .5,
            "ventricle": 1., "cerebellum": .6, "stem": .5, "eyeball": .95, "lens": .2,
            "orbit_fat": .1, "teeth": .02, "tongue": .35, "oral": .01, "airway": .01, "jaw": .06,
            "vertebra": .12, "sinus": .01, "mucosa": .6, "deep_grey": .5, "vessel": .4, "soft": .25},
    "dwi": {"skin": .08, "fat": .05, "bone": .03, "marrow": .05, "csf": .1, "cortex": .75, "white": .8,
            "ventricle": .1, "cerebellum": .75, "stem": .8, "eyeball": .12, "lens": .15,
            "orbit_fat": .06, "teeth": .02, "tongue": .25, "oral": .01, "airway": .01, "jaw": .05,
            "vertebra": .08, "sinus": .01, "mucosa": .4, "deep_grey": .75, "vessel": .08, "soft": .15},
    # uptake of glucose
    "pet": {"skin": .15, "fat": .06, "bone": .05, "marrow": .14, "csf": .15, "cortex": 1., "white": .4,
            "ventricle": .12, "cerebellum": .75, "stem": .5, "eyeball": .08, "lens": .08,
            "orbit_fat": .08, "teeth": .05, "tongue": .35, "oral": .02, "airway": .02, "jaw": .12,
            "vertebra": .2, "sinus": .03, "mucosa": .35, "deep_grey": .95, "vessel": .2, "soft": .2}}
MODES = {"t1": 0.2, "t2": 0.1, "ct": 0.18, "any": 0.22, "epi": 0.15, "dwi": 0.11, "pet": 0.04}  # shares


def normalise(image, inside):
    """The contract of the model card: percentile clip over the field of view, 0 outside it."""
    out = np.zeros(image.shape, np.float32)
    values = np.sort(image[inside], axis=None)
    if values.size:
        lo, hi = (values[int(np.floor(q * (values.size - 1)))] for q in (0.01, 0.99))
        if hi > lo:
            out[inside] = np.clip((image[inside] - lo) / (hi - lo), 0, 1)
    return out


def contrast(rng, mode):
    """Mean and spread of every tissue, indexed by tissue id; 64 places, the spare ones random."""
    mean, spread = rng.uniform(0.03, 1, 64), rng.uniform(0, 0.08, 64)
    if mode in GREY:
        table, scale = GREY[mode], (40 if mode == "ct" else 0.08)
        for name, i in T.items():
            key = "soft" if name.startswith("soft") else name
            mean[i] = table.get(key, 0) + rng.normal(0, scale * (0.3 if mode == "ct" else 1))
        if mode == "ct":
            mean *= np.where(mean > 300, rng.uniform(0.6, 1.4), 1)
            spread[:] = rng.uniform(2, 25)
        else:
            mean = np.clip(mean, 0.01, None)
    elif rng.random() < 0.7:  # air-like places stay dark in most images
        for name in ("airway", "oral", "sinus", "bone", "teeth"):
            mean[T[name]] = rng.uniform(0, 0.25)
    mean[T["outside"]] = -1000 if mode == "ct" else rng.uniform(0, 0.02)
    spread[T["outside"]] = 0
    return mean.astype(np.float32), spread.astype(np.float32)


def deface(head, rng):
    """The head with its face, or some features of it, already taken away by somebody."""
    tissue, target = head.tissue.copy(), head.target.copy()
    if rng.random() < 0.6:
        axes = [head.origin_mm[k] + head.spacing_mm * np.arange(tissue.shape[k]) for k in range(3)]
        _, y, z = np.meshgrid(*axes, indexing="ij", sparse=True)
        eye = (head.points_mm["eye_left"] + head.points_mm["eye_right"]) / 2
        cut = y + rng.uniform(-0.5, 0.8) * (z - eye[2]) < eye[1] + rng.uniform(5, 45)
        cut = cut & (z < eye[2] + rng.uniform(8, 30)) & (target != hv.BRAIN)
    else:
        gone = rng.permutation([hv.EYES, hv.NOSE, hv.MOUTH, hv.EARS])[:rng.integers(1, 5)]
        cut = ndimage.binary_dilation(np.isin(target, gone), iterations=int(rng.integers(1, 4)))
        cut &= target != hv.BRAIN
    cut &= target != hv.UNSEEN
    tissue[cut], target[cut] = T["outside"], hv.AIR
    return tissue, target


def skull_strip(head, rng):
    brain = head.target == hv.BRAIN
    keep = ndimage.binary_dilation(brain, iterations=int(rng.integers(1, 3))) if rng.random() < .3 \
        else brain & ((head.tissue != T["csf"]) | (rng.random() < 0.5))
    return np.where(keep, head.tissue, 0), np.where(keep, head.target, 0)


def middle_of_view(rng, head, shape, view):
    """Where the grid's middle lies in the head's space, mm."""
    if view.of_face:
        eyes = (head.points_mm["eye_left"] + head.points_mm["eye_right"]) / 2
        middle = (eyes + head.points_mm["mouth"]) / 2 + np.array([0, 42, 8]) + rng.normal(0, 9, 3)
        return middle + (rng.uniform(-1, 1, 3) * 40 if rng.random() < 0.1 else 0)
    size = np.array(head.tissue.shape) * head.spacing_mm
    centre = head.origin_mm + size / 2 + np.array([0, -4, 12]) + rng.normal(0, 14, 3)
    room = np.maximum(0, size - np.array(shape) * view.spacing_mm) / 2
    centre = centre + rng.uniform(-1, 1, 3) * room * 0.8
    if rng.random() < 0.08:  # mostly beside the face: vertex, neck, occiput
        centre = centre + rng.uniform(-1, 1, 3) * 70
    return centre


def sampling_grid(rng, head, shape, view=WHOLE):
    """Head-space voxel coordinates of every voxel of the view's grid, [3, x, y, z]."""
    sigma = rng.choice([5.0, 12.0, 40.0], p=[0.4, 0.5, 0.1])
    turn = Rotation.from_euler("xyz", np.clip(rng.normal(0, sigma, 3), -95, 95), degrees=True)
    scale = rng.normal(1, 0.06) * rng.normal(1, 0.03, 3)
    matrix = turn.as_matrix() @ np.diag(1 / np.clip(scale, 0.75, 1.3))
    centre = middle_of_view(rng, head, shape, view)
    axes = [(np.arange(n, dtype=np.float32) - (n - 1) / 2) * view.spacing_mm for n in shape]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"))
    coords = np.tensordot(matrix.astype(np.float32), grid, 1)
    if rng.random() < 0.5:
        coords[0] *= -1  # heads are mirrored, targets have no sides
    bend = rng.uniform(0, 4)
    for k in range(3):
        coords[k] += bend * smooth_noise(rng, shape, rng.uniform(30, 75) / view.spacing_mm)
        coords[k] = (coords[k] + centre[k] - head.origin_mm[k]) / head.spacing_mm
    return coords.astype(np.float32)


def field_of_view(rng, shape, view=WHOLE):
    """Voxels that were imaged: a box, sometimes oblique, cut at random sides."""
    lo, hi = np.zeros(3), np.array(shape, float)
    if rng.random() < view.uncut:
        return np.ones(shape, bool)
    for k in range(3):
        for side in range(2):
            if rng.random() < 0.3:
                cut = rng.uniform(0, 0.3) * shape[k]
                lo[k], hi[k] = (lo[k] + cut, hi[k]) if side == 0 else (lo[k], hi[k] - cut)
    if rng.random() < view.half:  # chin alone, nose alone, one side
        k, keep = rng.integers(3), rng.uniform(0.25, 0.6)
        if rng.random() < 0.5:
            hi[k] = min(hi[k], lo[k] + keep * shape[k])
        else:
            lo[k] = max(lo[k], hi[k] - keep * shape[k])
    elif rng.random() < view.slab:
        k, thick = rng.integers(3), rng.uniform(40, 130) / view.spacing_mm
        lo[k] = rng.uniform(lo[k], max(lo[k], hi[k] - thick))
        hi[k] = min(hi[k], lo[k] + thick)
    centre, half = (lo + hi) / 2, (hi - lo) / 2
    turn = np.eye(3)
    if rng.random() < 0.35:
        turn = Rotation.from_euler("xyz", rng.normal(0, 7, 3), degrees=True).as_matrix()
    p = [np.arange(n, dtype=np.float32) + 0.5 - c for n, c in zip(shape, centre)]
    x, y, z = np.meshgrid(*p, indexing="ij", sparse=True)
    inside = np.ones(shape, bool)
    for row, h in zip(turn, half):
        inside &= np.abs(row[0] * x + row[1] * y + row[2] * z) <= h
    return inside


def spoil(rng, image, mode, spacing):
    """Blur, slices, bias, ghosts, noise, gamma."""
    if rng.random() < 0.45:
        image = artefacts.thick_slices(rng, image, spacing)
    if rng.random() < 0.7:
        image = ndimage.gaussian_filter(image, rng.uniform(0.3, 2.1, 3) / spacing)
    if mode == "ct":
        image = image + rng.normal(0, rng.uniform(2, 40), image.shape).astype(np.float32)
        if rng.random() < 0.2:
            image = np.clip(image, rng.uniform(-1000, -150), rng.uniform(150, 1000))
        return np.clip(image, -1000, 1000)
    scale = rng.uniform(0.5, 1.2) * max(image.shape)
    image = image * np.exp(rng.uniform(0, 0.45) * smooth_noise(rng, image.shape, scale))
    if rng.random() < 0.1:
        image = artefacts.ghost(rng, image, spacing)
    clean = image
    level = rng.uniform(0, 0.06) if rng.random() < 0.85 else rng.uniform(0.06, 0.14)
    a, b = (rng.normal(0, level, image.shape).astype(np.float32) for _ in range(2))
    image = np.sqrt((image + a) ** 2 + b ** 2)
    image = np.maximum(image, 1e-6) ** np.exp(rng.normal(0, 0.25))
    if rng.random() < 0.25:
        image[clean < rng.uniform(0.02, 0.06)] = 0
    return image


def pick(rng, heads):
    """A head: synthetic or, once there are any, with REAL_SHARE one of the maps of real heads."""
    real = [h for h in heads if h.real]
    made = [h for h in heads if not h.real]
    group = real if real and (not made or rng.random() < REAL_SHARE) else made
    return group[rng.integers(len(group))]


def random_pair(rng, heads, shape, kind=None, view=WHOLE, mode=None):
    """One normalised image and its target, both [x, y, z]; HEADS: list of head_volume.Head; KIND: one
    of the view's kinds, MODE: one of MODES, or drawn."""
    head = pick(rng, heads)
    mode = mode or rng.choice(list(MODES), p=list(MODES.values()))
    kind = kind or rng.choice(list(view.kinds), p=list(view.kinds.values()))
    tissue, target = head.tissue, head.target
    if kind == "defaced":
        tissue, target = deface(head, rng)
    elif kind == "brain":
        tissue, target = skull_strip(head, rng)
    mean, spread = contrast(rng, mode)
    if kind in ("body", "noise"):
        tissue, target = bodies.body(rng, shape)
        if kind == "noise":
            tissue, target = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
        image = mean[tissue] + spread[tissue] * smooth_noise(rng, shape, 1.5)
    else:
        image = mean[tissue] + spread[tissue] * smooth_noise(rng, tissue.shape, rng.uniform(1.5, 5))
        if not view.of_face or rng.random() < 0.5:
            image = ndimage.gaussian_filter(image, 0.6)
        coords = sampling_grid(rng, head, shape, view)
        if rng.random() < 0.7:
            np.maximum(coords[2], 0, out=coords[2])  # the neck goes on
        image = ndimage.map_coordinates(image, coords, order=1, mode="constant", cval=mean[0])
        target = ndimage.map_coordinates(target, coords, order=0, mode="constant", cval=0)
        if mode in echo_planar.MODES:
            tissue = ndimage.map_coordinates(tissue, coords, order=0, mode="constant", cval=0)
    image = image.astype(np.float32)
    inside = field_of_view(rng, shape, view)
    if mode in echo_planar.MODES:
        image, target = echo_planar.acquire(rng, image, target, tissue, view.spacing_mm)
        if rng.random() < view.axial:
            inside = echo_planar.slab(rng, target, view.spacing_mm)
    elif mode == "pet":
        image = artefacts.positrons(rng, image, view.spacing_mm)
    inside &= target != hv.UNSEEN
    target[target == hv.UNSEEN] = hv.AIR
    artefacts.things_in_air(rng, image, target, mode, view.spacing_mm)
    if rng.random() < 0.08:
        artefacts.metal(rng, image, target, mode, view.spacing_mm)
    if mode not in ("ct", "pet") and kind == "head" and rng.random() < view.wrapped:
        artefacts.wrap(rng, image, target, inside, view.spacing_mm)
    image = spoil(rng, image, mode, view.spacing_mm)
    target = np.where(inside, target, hv.AIR).astype(np.uint8)
    return normalise(image, inside), target
