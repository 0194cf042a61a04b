"""ICT-FaceKit's light shape model as posed meshes: loading, sampling, region of every skin vertex.

What it is for: random head surfaces in millimetres, axes LPS (x left, y posterior, z superior).
What it does not do: voxels (head_volume.py). Source of the model: ICT-FaceKit, MIT licence;
vertex ranges and landmark indices from its README.
"""
import dataclasses
import lzma
import pathlib

import numpy as np

SKIN = (0, 11248)  # face, head and neck
SURFACE = (0, 14062)  # skin, mouth socket, eye sockets
GUMS_TONGUE = (14062, 17039)
TEETH = (17039, 21451)
EYEBALLS = (21451, 24591)
LANDMARKS = (1225, 1888, 1052, 367, 1719, 1722, 2199, 1447, 966, 3661, 4390, 3927, 3924, 2608, 3272,
             4088, 3443, 268, 493, 1914, 2044, 1401, 3615, 4240, 4114, 2734, 2509, 978, 4527, 4942,
             4857, 1140, 2075, 1147, 4269, 3360, 1507, 1542, 1537, 1528, 1518, 1511, 3742, 3751,
             3756, 3721, 3725, 3732, 5708, 5695, 2081, 0, 4275, 6200, 6213, 6346, 6461, 5518, 5957,
             5841, 5702, 5711, 5533, 6216, 6207, 6470, 5517, 5966)  # Multi-PIE 68
REGION_NONE, REGION_EYES, REGION_NOSE, REGION_MOUTH = 0, 3, 4, 5


@dataclasses.dataclass
class FaceModel:
    """Neutral vertices and deltas in mm, LPS; triangles of the watertight part and of the eyeballs."""
    neutral: np.ndarray
    identity: np.ndarray
    expression: np.ndarray
    expression_names: list
    surface_triangles: np.ndarray
    eyeball_triangles: np.ndarray
    teeth_triangles: np.ndarray
    region: np.ndarray  # of each skin vertex: REGION_*


def to_lps(v):
    """ICT's axes (left, up, forward; cm) to LPS mm."""
    return np.stack([v[..., 0], -v[..., 2], v[..., 1]], -1).astype(np.float32) * 10.0


def read_triangles(path):
    faces = []
    with lzma.open(path, "rt") as f:
        for line in f:
            if line.startswith("f "):
                ids = [int(t.split("/")[0]) - 1 for t in line.split()[1:]]
                faces += [(ids[0], ids[k], ids[k + 1]) for k in range(1, len(ids) - 1)]
    return np.array(faces)


def region_of_skin(neutral):
    """Region of each skin vertex of the neutral mesh (LPS mm), by the 68 landmarks."""
    v = neutral[SKIN[0]:SKIN[1]]
    lm = neutral[list(LANDMARKS)]
    front = v[:, 1] < -55
    region = np.zeros(len(v), np.uint8)
    nasion, subnasale, chin, lip_top = lm[27], lm[33], lm[8], lm[51]
    x, z = np.abs(v[:, 0]), v[:, 2]
    top, bottom = (subnasale[2] + lip_top[2]) / 2, chin[2] - 3
    mouth = (x / 34) ** 2 + ((z - (top + bottom) / 2) / ((top - bottom) / 2)) ** 2 < 1
    lips = (x / 32) ** 2 + ((z - lm[[48, 54], 2].mean()) / 20) ** 2 < 1
    region[front & (mouth | lips) & (z < top)] = REGION_MOUTH
    for corner_a, corner_b in ((36, 39), (42, 45)):
        c = (lm[corner_a] + lm[corner_b]) / 2
        ellipse = ((v[:, 0] - c[0]) / 22) ** 2 + ((z - c[2]) / 16) ** 2 < 1
        region[front & ellipse] = REGION_EYES
    t = np.clip((nasion[2] - z) / (nasion[2] - subnasale[2]), 0, 1)
    half_width = 8 + t * (abs(lm[35][0]) + 7 - 8)
    nose = (z < nasion[2]) & (z > top) & (x < half_width) & (v[:, 1] < -80)
    region[nose] = REGION_NOSE
    return region


def load(folder):
    """The model from FOLDER with generic_neutral_mesh.obj.xz and ict_deltas_from_neutral.npz."""
    folder = pathlib.Path(folder)
    data = np.load(folder / "ict_deltas_from_neutral.npz")
    neutral = to_lps(data["neutral"])
    triangles = read_triangles(folder / "generic_neutral_mesh.obj.xz")
    within = lambda lo, hi: triangles[((triangles >= lo) & (triangles < hi)).all(1)]
    return FaceModel(neutral, to_lps(data["identity"].astype(np.float32)),
                     to_lps(data["expression"].astype(np.float32)),
                     [str(n) for n in data["expression_names"]], within(*SURFACE), within(*EYEBALLS),
                     within(*TEETH), region_of_skin(neutral))


def sample_vertices(model, rng):
    """Vertices (N, 3) of a random person with a random, mostly closed-eyed expression."""
    weight = np.clip(rng.normal(size=len(model.identity)) * rng.uniform(0.6, 1.3), -2.5, 2.5)
    v = model.neutral + np.tensordot(weight.astype(np.float32), model.identity, 1)
    expression = np.zeros(len(model.expression), np.float32)
    if rng.random() < 0.8:
        blink = rng.uniform(0.3, 1.0)
        for name in ("eyeBlink_L", "eyeBlink_R"):
            expression[model.expression_names.index(name)] = blink
    mild = [i for i, n in enumerate(model.expression_names)
            if not n.startswith(("eye", "jaw", "Pupil", "mouthFunnel", "mouthRoll"))]
    for i in rng.choice(mild, rng.integers(0, 5), replace=False):
        expression[i] = rng.uniform(0, 0.4)
    if rng.random() < 0.3:
        expression[model.expression_names.index("jawOpen")] = rng.uniform(0, 0.35)
    return v + np.tensordot(expression, model.expression, 1)


def sample_points(vertices, triangles, step_mm):
    """Points that cover TRIANGLES no more than about STEP_MM apart, shape (M, 3)."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    edge = np.maximum(np.linalg.norm(b - a, axis=1), np.linalg.norm(c - a, axis=1))
    edge = np.maximum(edge, np.linalg.norm(c - b, axis=1))
    parts = np.maximum(1, np.ceil(edge / step_mm)).astype(int)
    out = []
    for n in np.unique(parts):
        pick = parts == n
        i, j = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
        keep = i + j <= n
        u, w = (i[keep] / n)[None, :, None], (j[keep] / n)[None, :, None]
        p = a[pick][:, None] * (1 - u - w) + b[pick][:, None] * u + c[pick][:, None] * w
        out.append(p.reshape(-1, 3).astype(np.float32))
    return np.concatenate(out)
