"""What a run did to volumes whose labels are known: shares of the face that went, Dice.

What it is for: figures of one volume, from arrays. What it does not do: files of any format but the raw
ones of tests/parity's dump_probabilities.
"""
import pathlib

import numpy as np

NAMES = ("air", "head", "brain", "eyes", "nose", "mouth", "ears")
FACE, BRAIN = 3, 2  # labels from FACE on are facial
LEAST_FACE_ML = 2.0  # less in view is no face to be missed
LEAST_SHARE = 0.8  # of the face, below which a written volume counts as missed


def removal(before, after, target, voxel_ml):
    """What of the known labels went."""
    changed, face = before != after, target >= FACE
    share = lambda mask: round(float(changed[mask].mean()), 4) if mask.any() else None
    tissue = changed & (target > 0)
    return {"face_ml": round(float(face.sum()) * voxel_ml, 2), "face_changed": share(face),
            "changed_by_class": {NAMES[k]: share(target == k) for k in range(FACE, len(NAMES))},
            "of_changed_tissue_face": round(float(face[tissue].mean()), 4) if tissue.any() else None,
            "brain_changed": int((changed & (target == BRAIN)).sum()),
            "brain_changed_ml": round(float((changed & (target == BRAIN)).sum()) * voxel_ml, 3)}


def is_missed(record):
    """A face in view, and a written volume that still has a good part of it."""
    return bool(record["outcome"] == "written" and record["face_ml"] >= LEAST_FACE_ML
                and (record["face_changed"] or 0) < LEAST_SHARE)


def dice(a, b):
    total = int(a.sum()) + int(b.sum())
    return round(2 * int((a & b).sum()) / total, 4) if total else None


def read_dump(stem):
    """Labels [x, y, z] (most probable) and the 4 x 4 from index to LPS mm."""
    stem = str(stem)
    numbers = pathlib.Path(stem + ".grid").read_text().split()
    size, spacing, origin = [int(v) for v in numbers[:3]], float(numbers[3]), [float(v) for v in numbers[4:]]
    p = np.fromfile(stem + ".probabilities.f32", np.float32).reshape(len(NAMES), *size[::-1])
    matrix = np.diag([spacing] * 3 + [1.0])
    matrix[:3, 3] = origin
    return p.argmax(0).transpose(2, 1, 0), matrix


def nearest(target, affine_lps, size, matrix):
    """TARGET on another grid; -1 outside its field of view."""
    m = np.linalg.inv(affine_lps) @ matrix
    at = np.rint(m[:3, :3] @ np.indices(size).reshape(3, -1) + m[:3, 3:]).astype(int)
    ok = ((at >= 0) & (at < np.array(target.shape)[:, None])).all(0)
    out = np.full(at.shape[1], -1, np.int16)
    out[ok] = target[tuple(at[:, ok])]
    return out.reshape(size)


def network_dice(stem, target, affine_ras):
    """Dice per class and of the face as one, within the field of view."""
    labels, matrix = read_dump(stem)
    reference = nearest(target, np.diag([-1.0, -1, 1, 1]) @ affine_ras, labels.shape, matrix)
    seen = reference >= 0
    of = {NAMES[k]: dice((labels == k) & seen, reference == k) for k in range(1, len(NAMES))
          if (reference == k).any()}
    return of | {"face": dice((labels >= FACE) & seen, reference >= FACE)}


def region_dice(mask_file, before, after, target):
    """Dice of what went and what would have gone by the reference labels, where there is tissue."""
    mask = np.fromfile(mask_file, np.uint8).reshape(before.shape[::-1]).transpose(2, 1, 0) > 0
    tissue = target > 0
    return dice((before != after) & tissue, mask & tissue)
