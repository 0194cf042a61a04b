"""A posed head mesh as two label maps: tissues (for painting images) and targets (to be learnt).

What it is for: random but roughly anatomical interiors inside a sampled skin surface. What it does
not do: intensities (randomise.py). Arrays are indexed [x, y, z], axes LPS, millimetres.
"""
import dataclasses

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

import face_mesh
from noise import smooth_noise

AIR, HEAD, BRAIN, EYES, NOSE, MOUTH, EARS = range(7)
UNSEEN = 255  # in the target of a map of a real head: outside what was imaged
LABEL_NAMES = ("air", "head", "brain", "eyes", "nose", "mouth", "ears")
TISSUES = ("outside skin fat soft1 soft2 soft3 soft4 soft5 soft6 bone marrow csf cortex white "
           "ventricle cerebellum stem eyeball lens orbit_fat teeth tongue oral airway jaw vertebra "
           "sinus mucosa deep_grey vessel").split()
T = {name: i for i, name in enumerate(TISSUES)}
SPACING_MM = 2.0
LOW_MM = np.array([-110.0, -150.0, -126.0])
SHAPE = (110, 126, 144)


@dataclasses.dataclass
class Head:
    tissue: np.ndarray  # uint8 [x, y, z]
    target: np.ndarray  # uint8 [x, y, z]
    origin_mm: np.ndarray  # centre of voxel 0, 0, 0
    spacing_mm: float
    points_mm: dict  # eye_left, eye_right, nose_tip, mouth, brain
    real: bool = False  # from a label map of a real head (real_maps.py)


def to_index(points):
    return (points - LOW_MM) / SPACING_MM


def grid_mm():
    axes = [LOW_MM[k] + SPACING_MM * np.arange(SHAPE[k], dtype=np.float32) for k in range(3)]
    return np.meshgrid(*axes, indexing="ij", sparse=True)


def mark(points):
    out = np.zeros(SHAPE, bool)
    i = np.rint(to_index(points)).astype(int)
    out[tuple(i[((i >= 0) & (i < SHAPE)).all(1)].T)] = True
    return out


def solid_head(vertices, model):
    """Everything that cannot be reached from outside; the neck ends at the grid's floor."""
    triangles = np.concatenate([model.surface_triangles, model.eyeball_triangles])
    wall = mark(face_mesh.sample_points(vertices, triangles, 1.0))
    wall = ndimage.binary_closing(np.pad(wall, 2, mode="edge"), iterations=1)[2:-2, 2:-2, 2:-2]
    x, y, z = grid_mm()
    m = facial_points(vertices)["mouth"]
    lips = (np.abs(x) < 36) & (y < m[1] + 12) & (np.abs(z - m[2]) < 26)
    wall |= ndimage.binary_closing(wall, iterations=5) & lips  # an open mouth is inside, too
    for floor in (0, 6, 12, 18, 24):  # higher, if the mesh is open at the neck's end
        free, _ = ndimage.label(~wall[:, :, floor:])
        solid = free != free[0, 0, -1]
        if solid.mean() > 0.12:
            return np.concatenate([np.repeat(solid[:, :, :1], floor, 2), solid], 2)
    raise ValueError("head surface is open")


def pinna(solid, centre_z):
    """Thin lateral protrusions near the ears: what an opening by a 10 mm ball takes away."""
    radius = 5
    inside = ndimage.distance_transform_edt(solid) > radius
    opened = ndimage.distance_transform_edt(~inside) <= radius + 0.5
    x, y, z = grid_mm()
    box = (np.abs(x) > 52) & (np.abs(y + 2) < 32) & (np.abs(z - centre_z) < 42)
    thin = ndimage.binary_opening(solid & ~opened & box, iterations=1)
    parts, n = ndimage.label(thin)
    if n:
        size = ndimage.sum_labels(thin, parts, np.arange(1, n + 1)) * SPACING_MM ** 3
        thin = np.isin(parts, 1 + np.nonzero(size > 800)[0])
    return ndimage.binary_dilation(thin, iterations=2) & solid & box


def skull_base(rng, points):
    """Height (mm) below which there is no cranial cavity, [x, y]."""
    x, y, _ = (g[..., 0] for g in grid_mm())
    eye_z = (points["eye_left"][2] + points["eye_right"][2]) / 2
    nasion_y = points["nasion"][1]
    shift = rng.normal(0, 3)
    knots_y = np.array([nasion_y + 8, nasion_y + 45, nasion_y + 62, nasion_y + 100, nasion_y + 122,
                        60.0, 95.0])
    height = np.array([8.0, 3.0, -6.0, -16.0, -42.0, -26.0, -8.0]) + rng.normal(0, 3, 7)
    centre = np.interp(y, knots_y, height)
    orbit = 15 * np.exp(-((np.abs(x) - 32) / 16) ** 2) * (y < nasion_y + 48)
    lateral = np.interp(y, [nasion_y + 44, nasion_y + 52, nasion_y + 85, nasion_y + 100],
                        [0.0, -22.0, -14.0, 0.0]) * np.clip((np.abs(x) - 14) / 10, 0, 1)
    petrous = np.interp(y, [nasion_y + 92, nasion_y + 105, nasion_y + 118, nasion_y + 128],
                        [0.0, 1.0, 1.0, 0.0]) * np.clip((np.abs(x) - 14) / 22, 0, 1) * 26
    return eye_z + shift + centre + orbit + lateral + petrous


def paint_cranium(rng, tissue, solid, depth, points):
    """Skull, CSF, brain; returns the cranial cavity."""
    scalp = 4.5 + 1.2 * smooth_noise(rng, SHAPE, 25) + rng.uniform(-1, 2.5)
    skull = np.clip(6 + 1.5 * smooth_noise(rng, SHAPE, 25) + rng.uniform(-1, 1.5), 3, 10)
    scalp = np.clip(scalp, 2.5, 10)
    x, y, z = grid_mm()
    base = skull_base(rng, points)[..., None] + 2 * smooth_noise(rng, SHAPE, 12)
    cavity = (depth > scalp + skull) & (z > base)
    cavity &= ~((np.abs(x) < 14) & (y < points["nasion"][1] + rng.uniform(14, 22)) & (z < base + 10))
    cavity = ndimage.binary_opening(cavity, iterations=2)
    parts, n = ndimage.label(cavity)
    cavity = parts == 1 + np.argmax(np.bincount(parts.ravel())[1:])
    out_of_cavity = ndimage.distance_transform_edt(~cavity) * SPACING_MM
    bone = (out_of_cavity > 0) & (out_of_cavity <= skull) & solid & (depth > scalp * 0.7)
    tissue[bone] = T["bone"]
    marrow = bone & (np.abs(out_of_cavity - skull / 2) < 1.3)
    if rng.random() < 0.8:
        tissue[marrow] = T["marrow"]
    inner = ndimage.distance_transform_edt(cavity) * SPACING_MM
    csf_mm = np.clip(rng.uniform(0.5, 3.5) + 1.5 * smooth_noise(rng, SHAPE, 8), 0.0, 9)
    tissue[cavity] = T["csf"]
    brain = cavity & (inner > csf_mm)
    tissue[brain] = T["cortex"]
    fold = inner - csf_mm > 3 + np.clip(3 + 3 * smooth_noise(rng, SHAPE, 3), 0, 9)
    tissue[brain & fold] = T["white"]
    b = points["brain"]
    r = np.sqrt(((x - b[0]) / 24) ** 2 + ((y - b[1]) / 32) ** 2 + ((z - b[2] + 6) / 20) ** 2)
    tissue[brain & (r < 1 + 0.2 * smooth_noise(rng, SHAPE, 6))] = T["deep_grey"]
    s = rng.uniform(0.6, 1.6)
    vent = ((np.abs(x - b[0]) - 10) / (6 * s)) ** 2 + ((y - b[1]) / (32 + 6 * s)) ** 2
    vent = vent + ((z - b[2] - 6 - ((y - b[1]) / 14) ** 2 * -1.5) / (7 * s)) ** 2
    tissue[brain & (vent < 1)] = T["ventricle"]
    hind = brain & (y > b[1] + 8) & (z < points["ear_z"] + 32 - 0.1 * (y - b[1]))
    tissue[hind & (tissue != T["white"])] = T["cerebellum"]
    tent = hind & ~ndimage.binary_erosion(hind)
    tissue[tent & (rng.random() < 0.5)] = T["csf"]
    stem = (x / 13) ** 2 + ((y - b[1] - 6 + 0.25 * (z - b[2])) / 13) ** 2 < 1
    tissue[cavity & stem & (z < b[2] - 12)] = T["stem"]
    falx = cavity & (np.abs(x - b[0]) < 1.1) & (z > b[2] + 15)
    tissue[falx] = T["csf"]
    return cavity


def paint_spine(rng, tissue, solid, cavity, points):
    x, y, z = grid_mm()
    lowest = points["ear_z"] - 20
    axis_y = points["brain"][1] + 8 + 0.08 * (lowest - z) + rng.uniform(-3, 5)
    r = np.sqrt(x ** 2 + (y - axis_y) ** 2)
    column = solid & ~cavity & (z < lowest)
    body = ((x / 15) ** 2 + ((y - axis_y + 17) / 10) ** 2 < 1) & (np.mod(z, 17) > 3.5)
    tissue[column & body] = T["vertebra"]
    tissue[column & (r < 14) & (np.mod(z + 4, 17) > 7)] = T["vertebra"]
    tissue[column & (r < 9)] = T["csf"]
    tissue[column & (r < 5.5)] = T["stem"]


def paint_airways(rng, tissue, solid, depth, points):
    x, y, z = grid_mm()
    nose, mouth, eye_z = points["nose_tip"], points["mouth"], points["eye_left"][2]
    lumpy = 1 + 0.35 * smooth_noise(rng, SHAPE, 3)
    back = nose[1] + rng.uniform(70, 85)
    cavity = solid & (np.abs(x) < 15 - 0.12 * (z - nose[2])) & (y > nose[1] + 18) & (y < back)
    cavity &= (z > nose[2] - 8) & (z < eye_z + 2)
    cavity &= depth > 6
    tissue[cavity] = T["mucosa"]
    meatus = np.abs(np.abs(x) - 5 * lumpy - 2) < rng.uniform(1.0, 3.5)
    tissue[cavity & meatus] = T["airway"]
    for side in (-1, 1):
        nostril = ((x - side * 6.5) / 4) ** 2 + ((y - nose[1] - 13 - 0.4 * (nose[2] - z)) / 6) ** 2 < 1
        tissue[solid & nostril & (z < nose[2] + 4) & (z > nose[2] - 14)] = T["airway"]
        sinus = ((x - side * 28) / 12) ** 2 + ((y - nose[1] - 52) / 15) ** 2
        sinus = sinus + ((z - nose[2] - 6) / 14) ** 2 < lumpy * rng.uniform(0.3, 1.1)
        tissue[solid & sinus] = T["sinus"]
    frontal = (x / 20) ** 2 + ((y - points["nasion"][1] - 10) / 5) ** 2
    frontal = frontal + ((z - eye_z - 16) / 12) ** 2 < lumpy * rng.uniform(0.0, 1.2)
    tissue[solid & frontal & (tissue != T["skin"])] = T["sinus"]
    pharynx = (x / rng.uniform(6, 15)) ** 2 + ((y - back - 6) / rng.uniform(4, 9)) ** 2 < 1
    tissue[solid & pharynx & (z < nose[2] + 12)] = T["airway"]
    mastoid = ((np.abs(x) - 56) / 10) ** 2 + ((y - 16) / 12) ** 2 + ((z - points["ear_z"] + 12) / 16) ** 2
    tissue[solid & (mastoid < lumpy)] = T["bone"]
    tissue[solid & (mastoid < lumpy * 0.6) & (smooth_noise(rng, SHAPE, 3) > 0)] = T["sinus"]
    canal = ((z - points["ear_z"]) / 4) ** 2 + ((y + 2) / 4) ** 2 < 1
    tissue[solid & canal & (np.abs(x) > 52)] = T["airway"]


def paint_mouth(rng, tissue, solid, depth, vertices, model, points):
    x, y, z = grid_mm()
    m = points["mouth"]
    arch = np.sqrt((x / 1.05) ** 2 + ((y - m[1] - 62) / 1.35) ** 2)
    jaw = (np.abs(arch - 36) < 6) & (z < m[2] - 8) & (z > m[2] - 40) & (y < m[1] + 62)
    upper = (np.abs(arch - 34) < 6) & (z > m[2] + 8) & (z < m[2] + 28) & (y < m[1] + 58)
    ramus = (np.abs(np.abs(x) - 46) < 4) & (np.abs(y - m[1] - 72) < 13)
    ramus = ramus & (z > m[2] - 30) & (z < points["ear_z"] - 2)
    tissue[solid & (jaw | upper | ramus) & (depth > 5)] = T["jaw"]
    arch_z = (np.abs(np.abs(x) - 66 + 0.0018 * (y + 50) ** 2) < 3) & (np.abs(z - points["ear_z"] - 4) < 5)
    tissue[solid & arch_z & (y < -12) & (y > -75) & (depth > 4)] = T["bone"]
    tongue = ((x / 25) ** 2 + ((y - m[1] - 42) / 32) ** 2 + ((z - m[2] + 6) / 22) ** 2) < 1
    tissue[solid & tongue & (tissue != T["jaw"])] = T["tongue"]
    if rng.random() < 0.6:
        gap = ((x / 24) ** 2 + ((y - m[1] - 38) / 30) ** 2 + ((z - m[2] - 12) / rng.uniform(2, 9)) ** 2)
        tissue[solid & (gap < 1) & (depth > 7)] = T["oral"]
    if rng.random() < 0.9:
        tissue[solid & mark(face_mesh.sample_points(vertices, model.teeth_triangles, 1.5))] = T["teeth"]


def paint_eyes(rng, tissue, solid, cavity, vertices, points):
    """Eyeballs with lens and orbital fat; returns the eyeballs."""
    x, y, z = grid_mm()
    balls = np.zeros(SHAPE, bool)
    for key in ("eye_left", "eye_right"):
        c = points[key]
        r = np.sqrt((x - c[0]) ** 2 + (y - c[1]) ** 2 + (z - c[2]) ** 2)
        cone = np.sqrt((x - c[0] * (1 - 0.012 * (y - c[1]))) ** 2 + (z - c[2]) ** 2)
        fat = (cone < 19 - 0.32 * (y - c[1])) & (y > c[1] - 6) & (y < c[1] + 45)
        orbit = solid & ~cavity & fat
        tissue[ndimage.binary_dilation(orbit, iterations=1) & solid & ~cavity & (y > c[1] - 2)] = T["bone"]
        tissue[orbit] = T["orbit_fat"]
        muscle = np.abs(cone - (13 - 0.2 * (y - c[1]))) < 1.6
        tissue[orbit & muscle & (y > c[1] + 4)] = T["soft1"]
        tissue[orbit & (cone < 2.2)] = T["stem"]
        ball = solid & (r < 12.2)
        tissue[ball] = T["eyeball"]
        lens = ((x - c[0]) / 4.5) ** 2 + ((y - c[1] + 8) / 2.3) ** 2 + ((z - c[2]) / 4.5) ** 2 < 1
        tissue[ball & lens] = T["lens"]
        balls |= ball
    return balls


def facial_points(vertices):
    """Landmarks of a posed mesh, mm."""
    lm = vertices[list(face_mesh.LANDMARKS)]
    balls = vertices[face_mesh.EYEBALLS[0]:face_mesh.EYEBALLS[1]]
    half = len(balls) // 2
    skin = vertices[:face_mesh.SKIN[1]]
    top = skin[:, 2].max()
    ears = skin[np.abs(skin[:, 0]) > np.abs(skin[:, 0][np.abs(skin[:, 1]) < 25]).max() - 6]
    ears = ears[np.abs(ears[:, 1]) < 40]
    eye_z = balls[:, 2].mean()
    ear_z = eye_z - 24
    back = skin[skin[:, 2] > eye_z][:, 1].max()
    return {"eye_left": balls[:half].mean(0), "eye_right": balls[half:].mean(0), "nasion": lm[27],
            "nose_tip": lm[30], "mouth": lm[[48, 54]].mean(0), "ear_z": float(ear_z),
            "brain": np.array([0.0, (lm[27][1] + back) / 2, (eye_z + top) / 2 - 8])}


def paint_targets(solid, cavity, balls, vertices, region, points, ears):
    """The seven labels to be learnt; SOLID, CAVITY, BALLS and EARS are masks."""
    target = np.where(solid, HEAD, AIR).astype(np.uint8)
    skin = vertices[:face_mesh.SKIN[1]]
    near = solid & ~cavity
    index = np.argwhere(near & (grid_mm()[1] < points["nasion"][1] + 45))
    at = LOW_MM + SPACING_MM * index
    distance, nearest = cKDTree(skin).query(at, distance_upper_bound=26.0)
    hit = np.isfinite(distance)
    index, distance, found = index[hit], distance[hit], region[nearest[hit]]
    reach = np.choose(np.searchsorted([EYES, NOSE, MOUTH], found), [9.0, 24.0, 18.0, 0.0])
    keep = (found > 0) & (distance < reach)
    target[tuple(index[keep].T)] = found[keep]
    target[balls] = EYES
    target[ndimage.binary_dilation(balls, iterations=1) & solid & (target == HEAD)] = EYES
    target[ears] = EARS
    target[cavity] = BRAIN
    return target


def make_head(model, rng):
    """One random synthetic head."""
    vertices = face_mesh.sample_vertices(model, rng)
    points = facial_points(vertices)
    solid = solid_head(vertices, model)
    depth = ndimage.distance_transform_edt(np.pad(solid, 1, mode="edge"))[1:-1, 1:-1, 1:-1] * SPACING_MM
    tissue = np.zeros(SHAPE, np.uint8)
    blobs = np.argmax([smooth_noise(rng, SHAPE, rng.uniform(5, 14)) for _ in range(6)], 0)
    tissue[solid] = (T["soft1"] + blobs[solid]).astype(np.uint8)
    fat_mm = rng.uniform(2, 6) + rng.uniform(0.5, 2) * smooth_noise(rng, SHAPE, 15)
    tissue[solid & (depth < fat_mm)] = T["fat"]
    cavity = paint_cranium(rng, tissue, solid, depth, points)
    paint_spine(rng, tissue, solid, cavity, points)
    face = solid & ~cavity
    paint_mouth(rng, tissue, face, depth, vertices, model, points)
    paint_airways(rng, tissue, face, depth, points)
    balls = paint_eyes(rng, tissue, face, cavity, vertices, points)
    skin = solid & (depth <= 2.0) & ~np.isin(tissue, (T["airway"],))
    tissue[skin] = T["skin"]
    ears = pinna(solid, points["ear_z"] + 4)
    target = paint_targets(solid, cavity, balls, vertices, model.region, points, ears)
    return Head(tissue, target, LOW_MM.astype(np.float32), SPACING_MM, points)
