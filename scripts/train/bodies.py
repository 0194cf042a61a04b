"""Things that are no head: trunks, limbs, phantoms, lumps; none has a facial label.

What it is for: tissue maps (ids of head_volume.T) of negative samples on a 3 mm LPS grid, so that the
network learns to find no face in them. What it does not do: intensities, fields of view (randomise.py).
Every function takes the generator and millimetre coordinates x, y, z (arrays) and returns uint8 tissue.
"""
import numpy as np
from scipy import ndimage
from scipy.spatial.transform import Rotation

from head_volume import T
from noise import smooth_noise

SPACING_MM = 3.0
SOFT = ("soft1", "soft2", "soft3", "soft4", "soft5", "soft6")


def coordinates(rng, shape, turn_degrees):
    """Millimetres from a random centre, turned; three float32 arrays of SHAPE."""
    axes = [(np.arange(n, dtype=np.float32) - (n - 1) / 2) * SPACING_MM for n in shape]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"))
    turn = Rotation.from_euler("xyz", rng.normal(0, turn_degrees, 3), degrees=True).as_matrix()
    moved = np.tensordot(turn.astype(np.float32), grid, 1)
    bend = rng.uniform(0, 6)
    return [c + np.float32(rng.normal(0, 25)) + bend * smooth_noise(rng, shape, 14) for c in moved]


def layered(rng, outside, flesh):
    """Skin and fat of random thickness around FLESH; OUTSIDE is the distance field, < 0 within (mm)."""
    skin, fat = rng.uniform(0, 4), rng.uniform(1, 30)
    return np.where(outside > 0, 0, np.where(outside > -skin, T["skin"],
                                             np.where(outside > -skin - fat, T["fat"], flesh)))


def rod(tissue, where, distance, radius, shell):
    """A bone with marrow where WHERE holds and DISTANCE to its axis is below RADIUS (mm)."""
    tissue[where & (distance < radius)] = T["bone"]
    tissue[where & (distance < radius - shell)] = T["marrow"]


def trunk(rng, x, y, z):
    """Chest, abdomen or pelvis: fat, muscle, spine, ribs, lungs or bowel, sometimes arms."""
    a, b = rng.uniform(95, 200), rng.uniform(75, 140)
    outside = (np.sqrt((x / a) ** 2 + (y / b) ** 2) - 1) * b
    tissue = layered(rng, outside, T[rng.choice(SOFT)]).astype(np.uint8)
    wall = -outside - rng.uniform(12, 35)
    ribs = (np.abs(wall - 6) < 4) & (np.mod(z + 0.4 * y, rng.uniform(22, 34)) < 9)
    if rng.random() < 0.6:
        tissue[ribs] = T["bone"]
    organs = [smooth_noise(rng, x.shape, rng.uniform(6, 16)) for _ in range(rng.integers(2, 6))]
    names = rng.choice(["airway", "mucosa", "fat", "csf", "eyeball", "white", "cortex", *SOFT], len(organs))
    tissue[wall > 10] = np.array([T[n] for n in names])[np.argmax(organs, 0)][wall > 10]
    if rng.random() < 0.4:
        lungs = (wall > 10) & (np.abs(np.abs(x) - a * 0.42) < a * 0.3) & (z > rng.uniform(-60, 40))
        tissue[lungs] = T[rng.choice(["airway", "sinus"])]
    column = np.sqrt(x ** 2 + (y - b * 0.5) ** 2)
    rod(tissue, np.mod(z, 32) > 6, column, rng.uniform(16, 26), 3)
    tissue[np.sqrt(x ** 2 + (y - b * 0.5 - 26) ** 2) < 8] = T["csf"]
    if rng.random() < 0.4:
        for side in (-1, 1):
            r = np.sqrt((x - side * (a + 40)) ** 2 + (y - 10) ** 2)
            arm = layered(rng, r - 38, T["soft1"]).astype(np.uint8)
            tissue = np.where(tissue == 0, arm, tissue)
            rod(tissue, np.ones_like(tissue, bool), r, 11, 4)
    return tissue


def limbs(rng, x, y, z):
    """One or two limbs along z, with a joint at a random height."""
    tissue = np.zeros(x.shape, np.uint8)
    apart = rng.uniform(40, 110)
    joint = rng.normal(0, 60)
    radius, taper = rng.uniform(22, 85), rng.uniform(-0.25, 0.25)
    for side in ((-1, 1) if rng.random() < 0.5 else (rng.choice([-0.3, 0.3]),)):
        r = np.sqrt((x - side * apart) ** 2 + y ** 2 * rng.uniform(0.6, 1.6))
        one = layered(rng, r - radius - taper * z, T[rng.choice(SOFT)]).astype(np.uint8)
        bone = rng.uniform(0.2, 0.5) * radius * (1 + 0.8 * np.exp(-((z - joint) / 25) ** 2))
        rod(one, (np.abs(z - joint) > 4) & (one > 0), r, bone, rng.uniform(2, 8))
        cap = (np.abs(z - joint) < 25) & (np.abs(r - bone - 10) < 5) & (y < 0)
        one[cap & (one > 0)] = T[rng.choice(["bone", "csf", "fat"])]
        tissue = np.where(tissue == 0, one, tissue)
    return tissue


def phantom(rng, x, y, z):
    """Cylinder, ball, box or head-sized shell with rods, balls and gratings inside."""
    size = rng.uniform(45, 120, 3)
    kind = rng.integers(4)
    scaled = [np.abs(c / s) for c, s in zip((x, y, z), size)]
    if kind == 0:
        edge = np.maximum(np.hypot(scaled[0], scaled[1]), scaled[2])
    elif kind == 1:
        edge = np.sqrt(sum(s ** 2 for s in scaled))
    elif kind == 2:
        edge = np.maximum.reduce(scaled)
    else:
        edge = np.maximum(scaled[0], np.hypot(scaled[1], scaled[2]))
    names = list(T)[1:]
    tissue = np.where(edge < 1, T[rng.choice(names)], 0).astype(np.uint8)
    if rng.random() < 0.7:
        tissue[(edge < 1) & (edge > rng.uniform(0.85, 0.97))] = T[rng.choice(names)]
    for _ in range(rng.integers(0, 12)):
        c, r = rng.uniform(-0.7, 0.7, 3) * size, rng.uniform(4, 30)
        d = [x - c[0], y - c[1], z - c[2]]
        if rng.random() < 0.5:
            d[rng.integers(3)] = np.float32(0)
        tissue[(sum(v * v for v in d) < r * r) & (edge < 0.95)] = T[rng.choice(names)]
    if rng.random() < 0.25:
        pitch = rng.uniform(8, 30)
        tissue[(np.mod(x, pitch) < pitch / 2) & (edge < rng.uniform(0.3, 0.9))] = T[rng.choice(names)]
    return tissue


def lump(rng, x, y, z):
    """A random smooth shape of random layers."""
    r = rng.uniform(50, 130, 3)
    along = rng.choice([0.0, 1.0], 3, p=[0.4, 0.6])
    field = sum(a * (c / s) ** 2 for a, c, s in zip(along, (x, y, z), r))
    inside = field + 0.3 * smooth_noise(rng, x.shape, rng.uniform(8, 40)) < 1
    parts = int(rng.integers(1, 12))
    which = np.argmax([smooth_noise(rng, x.shape, rng.uniform(4, 20)) for _ in range(parts)], 0)
    return np.where(inside, rng.integers(1, len(T), parts)[which], 0).astype(np.uint8)


def bumps(rng, tissue, x, y, z):
    """Balls half sunk into the surface: what sticks out is not a nose or an ear by that alone."""
    edge = np.argwhere((tissue > 0) & (ndimage.minimum_filter(tissue, 3) == 0))
    for i in edge[rng.integers(0, len(edge), rng.integers(1, 5))] if len(edge) else ():
        c = [v[tuple(i)] for v in (x, y, z)]
        near = sum((v - k) ** 2 for v, k in zip((x, y, z), c)) < rng.uniform(8, 25) ** 2
        tissue[near & (tissue == 0)] = T[rng.choice(SOFT)]


KINDS = {"trunk": trunk, "limbs": limbs, "phantom": phantom, "lump": lump}


def body(rng, shape, kind=None):
    """Tissue and target (0 air, 1 everything else) of a negative sample; KIND: a key of KINDS."""
    kind = kind or rng.choice(list(KINDS), p=[0.3, 0.2, 0.32, 0.18])
    x, y, z = coordinates(rng, shape, 15 if rng.random() < 0.7 else 90)
    tissue = KINDS[kind](rng, x, y, z)
    if rng.random() < 0.3:
        bumps(rng, tissue, x, y, z)
    return tissue, (tissue > 0).astype(np.uint8)
