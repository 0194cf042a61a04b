"""What the tests of the training code share: where it lies, and a head made of a few ellipsoids."""
import os
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
for folder in ("train", "eval"):
    sys.path.insert(0, str(ROOT / "scripts" / folder))
SHARED = pathlib.Path(os.environ.get("EFFACE_SHARED", ROOT.parent / "shared"))

import head_volume as hv  # noqa: E402


def ellipsoid_head():
    """A 110 mm wide ellipsoid with a brain, two eyes, nose, mouth and ears."""
    shape, spacing = (60, 70, 70), 3.0
    axes = [(np.arange(n) - n / 2) * spacing for n in shape]
    x, y, z = np.meshgrid(*axes, indexing="ij")
    ball = lambda cx, cy, cz, r: (x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2 < r ** 2
    solid = (x / 55) ** 2 + (y / 75) ** 2 + (z / 80) ** 2 < 1
    target = solid.astype(np.uint8)
    target[(x / 45) ** 2 + ((y - 10) / 60) ** 2 + ((z - 25) / 45) ** 2 < 1] = hv.BRAIN
    for label, place in ((hv.EYES, (25, -62, 5, 12)), (hv.EYES, (-25, -62, 5, 12)),
                         (hv.NOSE, (0, -74, -12, 13)), (hv.MOUTH, (0, -62, -40, 16)),
                         (hv.EARS, (55, 0, -5, 12)), (hv.EARS, (-55, 0, -5, 12))):
        target[ball(*place) & (target != hv.BRAIN)] = label
    tissue = np.where(target > 0, hv.T["soft1"], 0).astype(np.uint8)
    tissue[target == hv.BRAIN] = hv.T["white"]
    points = {"eye_left": np.array([25., -62, 5]), "eye_right": np.array([-25., -62, 5]),
              "nose_tip": np.array([0., -86, -12]), "mouth": np.array([0., -74, -40]),
              "brain": np.array([0., 10, 25])}
    origin = np.array([a[0] for a in axes])
    return hv.Head(tissue, target, origin, spacing, points)
