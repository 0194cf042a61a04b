"""Label maps of real heads (SynthSeg's training maps) as training heads: the shape model is fitted to
each and hands over its face regions; warps give them other faces.

What it is for: real anatomy inside, real outlines outside. What it does not do: images; nor does it
judge a fit (the caller looks at the picture and at the residual). Axes LPS, millimetres.
Source of the maps: SynthSeg (Billot 2023), Apache-2.0. Labels: FreeSurfer's, and 24 CSF, 502 vessels,
506 eyeballs, 507 soft tissue, 508 optic nerves, 509 nose, 511 skin, 512 cord, 514 sinuses and dura,
515 and 516 bone and its marrow, 530 chiasm.
"""
import dataclasses

import nibabel
import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

import face_mesh
import head_volume as hv
from head_volume import T
from noise import smooth_noise

VALIDATION = ("10", "15")
TISSUE_OF = {2: "white", 3: "cortex", 4: "ventricle", 5: "ventricle", 7: "white", 8: "cerebellum",
             10: "deep_grey", 11: "deep_grey", 12: "deep_grey", 13: "deep_grey", 14: "ventricle",
             15: "ventricle", 16: "stem", 17: "cortex", 18: "deep_grey", 24: "csf", 26: "deep_grey",
             28: "stem", 30: "vessel", 62: "vessel", 72: "ventricle", 77: "white", 80: "white",
             85: "stem", 136: "deep_grey", 137: "deep_grey", 163: "deep_grey", 164: "deep_grey",
             502: "vessel", 506: "eyeball", 507: "soft1", 508: "stem", 509: "mucosa", 511: "skin",
             512: "stem", 514: "vessel", 515: "bone", 516: "marrow", 530: "stem"}
RIGHT_OF = {41: 2, 42: 3, 43: 4, 44: 5, 46: 7, 47: 8, 49: 10, 50: 11, 51: 12, 52: 13, 53: 17, 54: 18,
            58: 26, 60: 28}
COEFFICIENTS = 60


@dataclasses.dataclass
class Map:
    """A real head, x to the left, y posterior, z superior."""
    labels: np.ndarray  # int16, 1 mm
    origin: np.ndarray  # mm of voxel 0, 0, 0 of all three
    solid: np.ndarray  # bool, 2 mm
    cavity: np.ndarray  # bool, 2 mm
    eyes: np.ndarray  # left and right, mm


@dataclasses.dataclass
class Fit:
    rotation: np.ndarray  # of the model's frame into the map's, 3 x 3
    shift: np.ndarray
    scale: float
    weight: np.ndarray  # identity coefficients
    residual_mm: float  # median distance of facial skin vertices to the surface


def read(path):
    """A map around its head. The files are 1 mm and axis-aligned."""
    image = nibabel.as_closest_canonical(nibabel.load(path))  # RAS
    labels = np.asarray(image.dataobj).astype(np.int16)[::-1, ::-1]
    corner = image.affine @ np.array([labels.shape[0] - 1, labels.shape[1] - 1, 0, 1])
    origin = np.array([-corner[0], -corner[1], corner[2]])
    some = ndimage.binary_opening(labels[::2, ::2, ::2] > 0, iterations=1)
    parts, _ = ndimage.label(some)
    some = parts == 1 + np.argmax(np.bincount(parts.ravel())[1:])
    box = [(max(0, 2 * i.min() - 6), 2 * i.max() + 8) for i in np.nonzero(some)]
    box[2] = (2 * np.nonzero(some)[2].min(), box[2][1])  # the lowest slice is where the neck is cut
    labels = np.ascontiguousarray(labels[tuple(slice(*b) for b in box)])
    origin = origin + [b[0] for b in box]
    return Map(labels, origin, filled(labels), cranial_cavity(labels[::2, ::2, ::2]),
               eye_centres(labels, origin))


def largest(mask):
    parts, _ = ndimage.label(mask)
    return parts == 1 + np.argmax(np.bincount(parts.ravel())[1:])


def filled(labels):
    """The head with its inner air, at 2 mm from labels at 1 mm; the neck's cut counts as closed."""
    some = ndimage.uniform_filter((labels > 0).astype(np.float32), 3)[::2, ::2, ::2] > 0.5
    solid = np.pad(largest(some), 4, mode="constant")  # an opening would take thin ears away
    cut = ndimage.binary_fill_holes(ndimage.binary_closing(solid[:, :, 5], iterations=3))
    solid[:, :, :5] = cut[..., None]
    solid = ndimage.binary_fill_holes(ndimage.binary_closing(solid, iterations=2))
    return solid[4:-4, 4:-4, 4:-4]


def cranial_cavity(labels):
    """Brain, CSF and dura above the foramen magnum, at 2 mm."""
    brain = ((labels > 0) & (labels < 500)) | np.isin(labels, (514, 530))
    low = np.nonzero(np.isin(labels, (7, 8, 46, 47)).any((0, 1)))[0][0]
    brain[:, :, :max(0, low - 2)] = False
    brain = np.pad(ndimage.binary_opening(brain, iterations=1), 4)
    brain = ndimage.binary_fill_holes(ndimage.binary_closing(brain, iterations=2))
    return largest(brain[4:-4, 4:-4, 4:-4])


def eye_centres(labels, origin):
    """Left and right, mm."""
    at = np.argwhere(ndimage.binary_opening(labels == 506)) + origin
    middle = (np.percentile(at[:, 0], 2) + np.percentile(at[:, 0], 98)) / 2
    return np.array([np.median(at[at[:, 0] > middle], 0), np.median(at[at[:, 0] < middle], 0)])


def surface(solid, origin):
    """Points (mm) and outward normals of the skin, without the planes of the field of view."""
    smooth = ndimage.gaussian_filter(solid.astype(np.float32), 1.0)
    edge = np.argwhere(solid & ~ndimage.binary_erosion(solid))
    edge = edge[(edge[:, 2] > 1) & (edge > 0).all(1) & (edge < np.array(solid.shape) - 1).all(1)]
    normal = -np.stack([g[tuple(edge.T)] for g in np.gradient(smooth)], 1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-6
    return 2.0 * edge + origin + 0.8 * normal, normal


def mesh_normals(vertices, triangles):
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    out = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(out, triangles[:, k], face)
    return out / (np.linalg.norm(out, axis=1, keepdims=True) + 1e-9)


def start(model, eyes, brain):
    """Rotation and shift that bring the model's eyes and brain onto the map's."""
    points = hv.facial_points(model.neutral)
    a = np.array([points["eye_left"], points["eye_right"], points["brain"]])
    b = np.array([eyes[0], eyes[1], brain])
    turn, _ = Rotation.align_vectors(b - b.mean(0), a - a.mean(0))
    rotation = turn.as_matrix()
    return rotation, eyes.mean(0) - rotation @ a[:2].mean(0)


def fit(model, of, rounds=28):
    """The shape model on a map: iterated closest points, point to plane, regularised coefficients."""
    eyes, low = of.eyes, of.origin[2]
    points, normals = surface(of.solid, of.origin)
    tree = cKDTree(points)
    rotation, shift = start(model, eyes, 2.0 * np.array(ndimage.center_of_mass(of.cavity)) + of.origin)
    scale, weight = 1.0, np.zeros(COEFFICIENTS)
    pick = np.arange(0, face_mesh.SKIN[1], 4)
    balls = [np.arange(*face_mesh.EYEBALLS)[:1570], np.arange(*face_mesh.EYEBALLS)[1570:]]
    basis = model.identity[:COEFFICIENTS]
    eye_basis = np.stack([basis[:, b].mean(1) for b in balls], 1)  # K, 2, 3
    for turn in range(rounds):
        shape = model.neutral + np.tensordot(weight.astype(np.float32), basis, 1)
        posed = scale * shape @ rotation.T + shift
        outward = mesh_normals(posed, model.surface_triangles)[pick]
        distance, near = tree.query(posed[pick])
        limit = np.interp(turn, [0, rounds * 0.6], [30, 7])
        good = (distance < limit) & ((outward * normals[near]).sum(1) > 0.4) & (posed[pick, 2] > low + 5)
        p, n, q = posed[pick][good], normals[near][good], points[near][good]
        k = COEFFICIENTS if turn > rounds // 4 else 0
        centre = posed[pick].mean(0)
        rows = np.concatenate([np.cross(p - centre, n), n, (n * (p - centre)).sum(1)[:, None],
                               np.einsum("kvi,vi->vk", scale * basis[:k, pick][:, good] @ rotation.T, n)], 1)
        right = ((q - p) * n).sum(1)
        eye_at = np.stack([posed[b].mean(0) for b in balls])
        eye_rows = np.zeros((6, 7 + k))
        for e in range(2):
            for axis in range(3):
                unit = np.eye(3)[axis]
                eye_rows[3 * e + axis] = np.concatenate([
                    np.cross(eye_at[e] - centre, unit), unit, [eye_at[e][axis] - centre[axis]],
                    scale * (eye_basis[:k, e] @ rotation.T)[:, axis]])
        prior = np.concatenate([np.zeros(7), np.full(k, 12.0)])
        a = rows.T @ rows / 4 + 80 * eye_rows.T @ eye_rows + np.diag(prior + 1e-3)
        r = rows.T @ right / 4 + 80 * eye_rows.T @ (eyes - eye_at).ravel()
        r[7:] -= prior[7:] * weight[:k]
        step = np.linalg.solve(a, r)
        turned = Rotation.from_rotvec(step[:3]).as_matrix()
        grow = np.clip(1 + step[6], 0.95, 1.05)
        rotation, scale = turned @ rotation, np.clip(scale * grow, 0.85, 1.2)
        shift = grow * turned @ (shift - centre) + centre + step[3:6]
        weight[:k] = np.clip(weight[:k] + step[7:], -3, 3)
    facial = (pick < 6706) & (posed[pick, 2] > low + 5)
    return Fit(rotation, shift, scale, weight, float(np.median(distance[facial])))


def vertices_of(model, found, change=None):
    """The fitted mesh in the model's upright frame (mm of the map); CHANGE is added to the weights."""
    weight = found.weight if change is None else found.weight + change
    basis = model.identity[:COEFFICIENTS]
    return found.scale * (model.neutral + np.tensordot(weight.astype(np.float32), basis, 1))


def upright(volume, of, found, spacing_mm=1.0, order=0):
    """VOLUME of the map on the grid of head_volume, rotated into the model's frame."""
    x, y, z = hv.grid_mm()
    at = np.stack(np.broadcast_arrays(x, y, z)).reshape(3, -1)
    index = (found.rotation @ at + (found.shift - of.origin)[:, None]) / spacing_mm
    return ndimage.map_coordinates(volume, index, order=order, cval=0).reshape(hv.SHAPE)


def below(of, found):
    """Where the map's field of view ends under the neck or the nose, on the grid of head_volume."""
    height = sum(found.rotation[2, k] * g for k, g in enumerate(hv.grid_mm())) + found.shift[2]
    return height < of.origin[2] - 0.5


def tissues(rng, labels, solid, points):
    """Tissue ids of a map on the grid of head_volume; soft tissue in layers and random blobs."""
    table = np.zeros(600, np.uint8)
    for label, name in TISSUE_OF.items():
        table[label] = T[name]
    for right, left in RIGHT_OF.items():
        table[right] = table[left]
    tissue = np.where(solid, table[labels], 0)
    tissue[solid & (tissue == 0)] = T["airway"]
    soft = tissue == T["soft1"]
    blobs = np.argmax([smooth_noise(rng, hv.SHAPE, rng.uniform(5, 14)) for _ in range(6)], 0)
    tissue[soft] = (T["soft1"] + blobs[soft]).astype(np.uint8)
    depth = ndimage.distance_transform_edt(np.pad(solid, 1, mode="edge"))[1:-1, 1:-1, 1:-1] * hv.SPACING_MM
    fat_mm = rng.uniform(3, 8) + rng.uniform(0.5, 2) * smooth_noise(rng, hv.SHAPE, 15)
    tissue[soft & (depth < fat_mm)] = T["fat"]
    x, y, z = hv.grid_mm()
    for key in ("eye_left", "eye_right"):
        c = points[key]
        cone = np.sqrt((x - c[0] * (1 - 0.012 * (y - c[1]))) ** 2 + (z - c[2]) ** 2)
        tissue[soft & (cone < 19 - 0.32 * (y - c[1])) & (y > c[1] - 4) & (y < c[1] + 42)] = T["orbit_fat"]
    return tissue.astype(np.uint8)


def head_of(model, rng, of, found):
    """A training head from a map and its fit."""
    vertices = vertices_of(model, found)
    points = hv.facial_points(vertices)
    eyes = (of.eyes - found.shift) @ found.rotation
    points["eye_left"], points["eye_right"] = eyes
    grid = upright(of.labels, of, found)
    solid = upright(of.solid.astype(np.float32), of, found, 2.0, 1) > 0.5
    cavity = (upright(of.cavity.astype(np.float32), of, found, 2.0, 1) > 0.5) & solid
    x, y, z = hv.grid_mm()
    balls = grid == 506
    for c in eyes:
        balls |= (x - c[0]) ** 2 + (y - c[1]) ** 2 + (z - c[2]) ** 2 < 11.0 ** 2
    balls &= solid & ~cavity
    unseen = below(of, found)
    pinnae = ears(solid, unseen, vertices, model, points)
    tissue = tissues(rng, grid, solid, points)
    near = ndimage.binary_dilation(pinnae, iterations=3) & (grid == 0)
    tissue[solid & near & (tissue == T["airway"])] = T["soft1"]
    tissue[balls] = T["eyeball"]
    target = hv.paint_targets(solid, cavity, balls, vertices, model.region, points, pinnae)
    tissue[unseen], target[unseen] = T["outside"], hv.UNSEEN
    return hv.Head(tissue, target, hv.LOW_MM.astype(np.float32), hv.SPACING_MM, points, True)


def ears(solid, unseen, vertices, model, points):
    """Pinnae: the map's own where it shows them, else the fitted mesh's (coils press ears flat, and
    the maps seldom hold them); the latter are added to SOLID."""
    mesh = hv.solid_head(vertices, model)
    of_mesh = hv.pinna(mesh, points["ear_z"] + 4)
    own = hv.pinna(solid | (mesh & unseen), points["ear_z"] + 4) & solid
    own &= ndimage.binary_dilation(of_mesh, iterations=3)
    half = hv.SHAPE[0] // 2
    for side in (slice(0, half), slice(half, None)):
        if own[side].sum() * hv.SPACING_MM ** 3 < 2000:
            own[side] = of_mesh[side] & ~ndimage.binary_erosion(solid, iterations=3)[side]
            solid[side] |= own[side]
    closed = ndimage.binary_closing(solid, iterations=3)
    solid |= closed & ndimage.binary_dilation(own, iterations=3)  # a pasted ear may stand off
    return own


def warped(model, rng, head, found):
    """The head with another random face: the difference of two identities, spread over the volume."""
    change = np.clip(rng.normal(0, 0.9, COEFFICIENTS), -2, 2)
    old, new = vertices_of(model, found), vertices_of(model, found, change)
    skin = slice(0, face_mesh.SKIN[1], 3)
    moved = (old - new)[skin]
    coarse = [np.arange(0, n + 4, 5) for n in hv.SHAPE]
    at = np.stack(np.meshgrid(*coarse, indexing="ij"), -1) * hv.SPACING_MM + hv.LOW_MM
    distance, near = cKDTree(new[skin]).query(at.reshape(-1, 3), k=24)
    w = np.exp(-0.5 * ((distance - distance[:, :1]) / 8) ** 2)[..., None]
    field = ((moved[near] * w).sum(1) / w.sum(1)).reshape(at.shape) / hv.SPACING_MM
    index = np.indices(hv.SHAPE, dtype=np.float32)
    for k in range(3):
        smooth = ndimage.gaussian_filter(field[..., k], 0.8)
        index[k] += ndimage.zoom(smooth, 5, order=1)[tuple(slice(0, n) for n in hv.SHAPE)]
    take = lambda a: ndimage.map_coordinates(a, index, order=0, mode="nearest")
    return hv.Head(take(head.tissue), take(head.target), head.origin_mm, head.spacing_mm,
                   hv.facial_points(new), True)
