"""Held-out synthetic volumes with one nuisance each, whose truth is known.

What it is for: images and label maps (head_volume's labels) as NIfTI, 2 mm (bodies 3 mm), from heads
that no network was trained on: other seeds of the shape model, SynthSeg's maps 10 and 15 and warps of
them. What it does not do: run the program. Seeded: volume i of a nuisance is always the same.
"""
import dataclasses
import pathlib
import sys
import zlib

import numpy as np
from scipy import ndimage
from scipy.spatial.transform import Rotation

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "train"))
import artefacts  # noqa: E402
import bodies  # noqa: E402
import echo_planar  # noqa: E402
import face_mesh  # noqa: E402
import head_volume as hv  # noqa: E402
import make_data  # noqa: E402
import randomise  # noqa: E402
import real_maps  # noqa: E402
from noise import smooth_noise  # noqa: E402

SEED = 20_000  # training heads have seeds 1 and 2


@dataclasses.dataclass
class Sample:
    image: np.ndarray  # int16
    target: np.ndarray  # uint8
    affine: np.ndarray  # RAS mm
    of: str = ""  # head and contrast


@dataclasses.dataclass
class Scene:
    """An image in the making, [x, y, z] LPS."""
    image: np.ndarray
    target: np.ndarray
    inside: np.ndarray
    spacing: float
    tissue: np.ndarray = None  # of a painted head


def held_out_heads(face_model, maps, cache, count=6, warps=2):
    """Heads, made once into CACHE."""
    cache.mkdir(parents=True, exist_ok=True)
    model = None
    for i in range(count):
        path = cache / f"head_{i:03d}.npz"
        if not path.exists():
            model = model or face_mesh.load(face_model)
            make_data.replace(path, hv.make_head(model, np.random.default_rng([SEED, i])))
    for name in real_maps.VALIDATION:
        source = maps / f"training_seg_{name}.nii.gz"
        wanted = [cache / f"real_{name}.npz"] + [cache / f"real_{name}_{k}.npz" for k in range(1, warps + 1)]
        if source.exists() and not all(p.exists() for p in wanted):
            model = model or face_mesh.load(face_model)
            of = real_maps.read(source)
            found = real_maps.fit(model, of)
            head = real_maps.head_of(model, np.random.default_rng([SEED, int(name)]), of, found)
            make_data.replace(wanted[0], head)
            for k in range(1, warps + 1):
                make_data.replace(wanted[k], real_maps.warped(
                    model, np.random.default_rng([SEED, int(name), k]), head, found))
    kept = sorted(cache.glob("head_*.npz"))[:count] + sorted(cache.glob("real_??.npz")) + [
        p for p in sorted(cache.glob("real_??_*.npz")) if int(p.stem.split("_")[2]) <= warps]
    return {p.stem: make_data.load_head(p) for p in kept}


def painted(rng, head, mode, degrees=8.0, kind="head", turn=None):
    """A clean image of a head, turned by about so many degrees about each axis (or by TURN)."""
    tissue, target = head.tissue, head.target
    if kind == "defaced":
        tissue, target = randomise.deface(head, rng)
    elif kind == "brain":
        tissue, target = randomise.skull_strip(head, rng)
    mean, spread = randomise.contrast(rng, mode)
    image = mean[tissue] + spread[tissue] * smooth_noise(rng, tissue.shape, rng.uniform(1.5, 5))
    image = ndimage.gaussian_filter(image, 0.5)
    if turn is None:
        turn = Rotation.from_euler("xyz", np.clip(rng.normal(0, degrees, 3), -2 * degrees, 2 * degrees), degrees=True)
    matrix, middle = turn.as_matrix(), (np.array(tissue.shape) - 1) / 2
    offset = middle - matrix @ middle
    image = ndimage.affine_transform(image, matrix, offset, order=1, mode="constant", cval=float(mean[0]))
    target, tissue = (ndimage.affine_transform(labels, matrix, offset, order=0, mode="constant", cval=0)
                      for labels in (target, tissue))
    inside = np.ones(image.shape, bool)
    target[target == hv.UNSEEN] = hv.AIR
    return Scene(image.astype(np.float32), target, inside, head.spacing_mm, tissue)


def noisy(rng, scene, mode, level):
    """Scanner noise; grey values as stored."""
    if mode == "ct":
        image = scene.image + rng.normal(0, 300 * level, scene.image.shape)
        return np.clip(image, -1024, 3071)
    a, b = (rng.normal(0, level, scene.image.shape) for _ in range(2))
    return 1000 * np.sqrt((np.maximum(scene.image, 0) + a) ** 2 + b ** 2)


def thick(rng, s, mode):
    s.image = artefacts.thick_slices(rng, s.image, s.spacing)


def cut(rng, s, mode):
    """Keeps 35 to 60 percent, or a slab of 60 to 120 mm."""
    axis, n = int(rng.integers(3)), s.image.shape
    keep = int(rng.uniform(0.35, 0.6) * n[axis]) if rng.random() < 0.6 else int(rng.uniform(60, 120) / s.spacing)
    first = int(rng.choice([0, n[axis] - keep])) if rng.random() < 0.6 else int(rng.integers(0, n[axis] - keep))
    away = np.ones(n[axis], bool)
    away[first:first + keep] = False
    s.inside[tuple(away if k == axis else slice(None) for k in range(3))] = False


def wrap(rng, s, mode):
    artefacts.wrap(rng, s.image, s.target, s.inside, s.spacing)


def ghost(rng, s, mode):
    s.image = artefacts.ghost(rng, s.image, s.spacing)


def metal(rng, s, mode):
    artefacts.metal(rng, s.image, s.target, mode, s.spacing)


def in_air(rng, s, mode):
    before = s.image.copy()
    for _ in range(40):
        artefacts.things_in_air(rng, s.image, s.target, mode, s.spacing)
        if (before != s.image).sum() > 500:
            return


def hair(rng, s, mode):
    near = ndimage.distance_transform_edt(s.target == hv.AIR) * s.spacing
    artefacts.hair(rng, s.image, (near > 0) & (near < rng.uniform(4, 25)), mode, s.spacing)


def headphones(rng, s, mode):
    artefacts.headphones(rng, s.image, s.target, mode, s.spacing)


def shading(rng, s, mode):
    s.image = s.image * np.exp(0.6 * smooth_noise(rng, s.image.shape, 0.7 * max(s.image.shape)))


def blurred(rng, s, mode):
    s.image = ndimage.gaussian_filter(s.image, rng.uniform(1.5, 3.0) / s.spacing)


def echo_planar_slab(rng, s, mode):
    """Two thirds end somewhere about the face, as most do, upright in their box."""
    s.image, s.target = echo_planar.acquire(rng, s.image, s.target, s.tissue, s.spacing)
    if rng.random() < 2 / 3:
        eyes = np.argwhere(s.target == hv.EYES)[:, 2].mean()
        s.inside[:, :, :max(0, int(eyes + rng.uniform(-70, 25) / s.spacing))] = False


def positrons(rng, s, mode):
    s.image = artefacts.positrons(rng, s.image, s.spacing)


def chest(rng, s, mode):
    """A neck and a trunk below the head, with lungs and a spine, of its tissues' values."""
    face = (s.target >= hv.EYES) & (s.target <= hv.EARS)
    air, tissue = np.median(s.image[s.target == hv.AIR]), np.percentile(s.image[(s.target > 0) & ~face], [30, 60, 90])
    nx, ny, nz = s.image.shape
    length, wide, deep = (int(mm / s.spacing) for mm in (rng.uniform(250, 600), 460, 320))
    x, y, below = np.meshgrid((np.arange(wide) - wide / 2) * s.spacing, (np.arange(deep) - deep / 2) * s.spacing,
                              (length - np.arange(length)) * s.spacing, indexing="ij")
    half_wide = np.clip(65 + 2.5 * (below - 40), 65, rng.uniform(170, 215))
    half_deep = np.clip(60 + 1.2 * (below - 40), 60, rng.uniform(100, 130))
    reach = np.sqrt((x / half_wide) ** 2 + (y / half_deep) ** 2)
    trunk = np.where(reach < 1, tissue[1], air)  # fat, then muscle
    trunk[reach < 0.88] = tissue[0]
    for side in (-90, 90):
        trunk[((x - side) / 65) ** 2 + (y / 80) ** 2 + ((below - 210) / 110) ** 2 < 1] = air
    trunk[(x ** 2 + (y - 50) ** 2 < 22 ** 2) & (reach < 1)] = tissue[2]
    trunk += 0.12 * (tissue[2] - tissue[0]) * smooth_noise(rng, trunk.shape, 2.0) * (reach < 1)
    image = np.full((wide, deep, nz + length), air, np.float32)
    target = np.zeros(image.shape, s.target.dtype)
    image[:, :, :length] = trunk
    x0, y0 = (wide - nx) // 2, (deep - ny) // 2
    image[x0:x0 + nx, y0:y0 + ny, length:], target[x0:x0 + nx, y0:y0 + ny, length:] = s.image, s.target
    s.image, s.target, s.inside = image, target, np.ones(image.shape, bool)


def nothing(rng, s, mode):
    pass


MR = ("t1", "t2", "any")
ALL = ("t1", "t2", "ct", "any")
# name: what is painted, contrasts, what is done to it
NUISANCES = {
    "plain": ("head", ALL, nothing), "thick slices": ("head", ALL, thick), "turned 30 to 60": ("turned", ALL, nothing),
    "other position": ("position", ALL, nothing), "cut field of view": ("head", ALL, cut),
    "head to chest": ("head", ALL, chest), "wrap-around": ("head", MR, wrap), "ghost": ("head", MR, ghost),
    "metal": ("head", ALL, metal),
    "things in air": ("head", ALL, in_air), "hair": ("head", ALL, hair), "headphones": ("head", ALL, headphones),
    "shading": ("head", MR, shading), "noise on it": ("head", ALL, nothing), "blurred": ("head", ALL, blurred),
    "echo-planar": ("head", echo_planar.MODES, echo_planar_slab), "PET": ("head", ("pet",), positrons),
    "generator's own mix": ("mix", ALL, nothing), "already defaced": ("defaced", ALL, nothing),
    "brain only": ("brain", MR, nothing), "body, phantom": ("body", ALL, nothing), "noise only": ("noise", MR, nothing)}


def crop(scene, image, origin, of=""):
    """Field of view as a box."""
    box = tuple(slice(i.min(), i.max() + 1) for i in np.nonzero(scene.inside))
    low = np.array(origin, float) + scene.spacing * np.array([b.start for b in box])
    affine = np.diag([-scene.spacing, -scene.spacing, scene.spacing, 1.0])
    affine[:3, 3] = [-low[0], -low[1], low[2]]
    return Sample(np.rint(image[box]).astype(np.int16), np.ascontiguousarray(scene.target[box]), affine, of)


def head_less(rng, kind, mode):
    shape = (80, 96, 80)
    mean, spread = randomise.contrast(rng, mode)
    tissue, target = bodies.body(rng, shape) if kind == "body" else (np.zeros(shape, np.uint8),) * 2
    image = mean[tissue] + spread[tissue] * smooth_noise(rng, shape, 1.5)
    return Scene(image.astype(np.float32), target, np.ones(shape, bool), bodies.SPACING_MM)


def mixed(rng, head):
    """As for training, at 2 mm: every nuisance by chance."""
    view = dataclasses.replace(randomise.WHOLE, spacing_mm=2.0)
    image, target = randomise.random_pair(rng, [head], (96, 112, 112), "head", view)
    return Scene(image, target, np.ones(image.shape, bool), 2.0)


def sample(heads, nuisance, i):
    """Volume I of a nuisance; HEADS: dict of head_volume.Head."""
    kind, modes, change = NUISANCES[nuisance]
    rng = np.random.default_rng([SEED, zlib.crc32(nuisance.encode()), i])
    mode, name = modes[i % len(modes)], list(heads)[rng.integers(len(heads))]
    head, of = heads[name], f"{name} {mode}"
    turn = None
    if kind == "turned":
        axis = rng.normal(size=3)
        turn = Rotation.from_rotvec(axis / np.linalg.norm(axis) * np.deg2rad(rng.uniform(30, 60)))
    elif kind == "position":  # on the side, prone, feet first: the header believes otherwise
        turn = Rotation.from_euler("xyz"[rng.integers(3)], rng.choice([90, 180, 270]), degrees=True)
    if kind == "mix":
        scene = mixed(rng, head)
        return crop(scene, 1000 * scene.image, (0, 0, 0), of)
    scene = head_less(rng, kind, mode) if kind in ("body", "noise") else painted(
        rng, head, mode, kind=kind, turn=turn)
    change(rng, scene, mode)
    level = rng.uniform(0.06, 0.14) if nuisance == "noise on it" else rng.uniform(0.01, 0.03)
    return crop(scene, noisy(rng, scene, mode, level), (0, 0, 0), of)
