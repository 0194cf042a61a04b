"""Measures exported weights: Dice on fresh synthetic images, and label overlays of real volumes.

What it is for: `synthetic` prints a JSON object; `volume` segments NIfTI files, writes a PNG of three
planes each and compares landmarks (world RAS mm). What it does not do: removal of faces.
"""
import argparse
import json
import pathlib
import time

import nibabel
import numpy as np
import torch
from scipy import ndimage

import head_volume
import make_data
import randomise

PART_OF = {"eye_left": 3, "eye_right": 3, "nose_tip": 4, "mouth": 5, "ear_left": 6, "ear_right": 6}
FACE = "face"  # eyes, nose, mouth and ears together


def to_grid(image, ct):
    """A NIfTI on the 3 mm LPS grid around its field of view: normalised array [x, y, z], field of
    view, and the 4 x 4 matrix from grid index to world RAS mm."""
    data = np.asarray(image.dataobj, np.float32)
    data = data[..., 0] if data.ndim == 4 else data
    data = np.clip(np.nan_to_num(data), -1000, 1000) if ct else np.nan_to_num(data)
    affine = np.diag([-1.0, -1, 1, 1]) @ image.affine  # index to LPS mm
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    smooth = ndimage.gaussian_filter(data, [max(0, 0.4 * (3.0 / s - 1)) if s < 3 else 0 for s in spacing])
    corners = np.array(np.meshgrid(*[(-0.5, n - 0.5) for n in data.shape])).reshape(3, -1)
    world = affine[:3, :3] @ corners + affine[:3, 3:]
    low, high = world.min(1), world.max(1)
    size = [int(16 * max(2, np.ceil((h - l) / 3.0 / 16))) for l, h in zip(low, high)]
    centre = (low + high) / 2
    grid_to_lps = np.diag([3.0, 3, 3, 1])
    grid_to_lps[:3, 3] = centre - 3.0 * (np.array(size) - 1) / 2
    m = np.linalg.inv(affine) @ grid_to_lps
    grid = np.indices(size).reshape(3, -1)
    at = m[:3, :3] @ grid + m[:3, 3:]
    limit = np.array(data.shape)[:, None] - 0.5
    inside = ((at >= -0.5) & (at <= limit)).all(0).reshape(size)
    value = ndimage.map_coordinates(smooth, at, order=1, mode="nearest").reshape(size)
    return randomise.normalise(value, inside), inside, np.diag([-1.0, -1, 1, 1]) @ grid_to_lps


def segment(model, x, mirror=False):
    """Labels [x, y, z] and probabilities [7, x, y, z] of a normalised array [x, y, z]; MIRROR: the mean
    with the answer for the left-right mirror image."""
    ways = [torch.from_numpy(np.ascontiguousarray(x.transpose(2, 1, 0)))[None, None]]
    if mirror:
        ways.append(ways[0].flip(4))
    with torch.no_grad():
        p = [model(w) for w in ways]
    p = (p[0] + p[1].flip(4)) / 2 if mirror else p[0]
    p = p[0].numpy().transpose(0, 3, 2, 1)
    return p.argmax(0), p


def millilitres(labels):
    counts = np.bincount(labels.ravel(), minlength=7) * randomise.WHOLE.spacing_mm ** 3 / 1000
    return {n: round(float(c), 1) for n, c in zip(head_volume.LABEL_NAMES, counts) if n != "air"}


def sure_face_ml(p, spacing_mm=randomise.WHOLE.spacing_mm):
    """Volume whose four facial probabilities add up to more than 0.9."""
    return round(float((p[3:].sum(0) > 0.9).sum()) * spacing_mm ** 3 / 1000, 1)


def picture(path, x, labels, title):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(1, 6, figsize=(24, 4.6))
    parts = np.isin(labels, (3, 4, 5))
    c = [int(v) for v in ndimage.center_of_mass(parts)] if parts.any() else [n // 2 for n in x.shape]
    eyes = labels == 3
    eye_z = int(ndimage.center_of_mass(eyes)[2]) if eyes.any() else c[2]
    eye_x = int(np.argmax(eyes.sum((1, 2)))) if eyes.any() else c[0]
    ears = labels == 6
    ear_y = int(ndimage.center_of_mass(ears)[1]) if ears.any() else x.shape[1] // 2
    for ax, (a, b, way) in zip(axes, ((x[c[0]], labels[c[0]], "lower"), (x[eye_x], labels[eye_x], "lower"),
                                      (x[:, c[1]], labels[:, c[1]], "lower"),
                                      (x[:, ear_y], labels[:, ear_y], "lower"),
                                      (x[:, :, eye_z], labels[:, :, eye_z], "upper"),
                                      (x[:, :, c[2]], labels[:, :, c[2]], "upper"))):
        ax.imshow(a.T, cmap="gray", origin=way, vmin=0, vmax=1)
        shown = np.ma.masked_equal(b.T, 0)
        ax.imshow(shown, cmap="nipy_spectral", origin=way, alpha=0.35, vmin=0, vmax=6, interpolation="nearest")
        ax.axis("off")
    figure.suptitle(title)
    figure.tight_layout()
    figure.savefig(path, dpi=50)
    pyplot.close(figure)


def landmark_distances(labels, grid_to_ras, landmarks):
    """Distance (mm) of each landmark to its label."""
    out = {}
    for name, point in landmarks.items():
        where = np.argwhere(labels == PART_OF[name])
        at = where @ grid_to_ras[:3, :3].T + grid_to_ras[:3, 3]
        out[name] = round(float(np.linalg.norm(at - point, axis=1).min()), 1) if len(where) else None
    return out


def volumes(args):
    torch.set_num_threads(1)
    model = torch.jit.load(str(args.model))
    for file in args.files:
        path, _, marks = str(file).partition("=")
        image = nibabel.load(path)
        ct = "ct" in pathlib.Path(path).name.lower()
        x, inside, matrix = to_grid(image, ct)
        start = time.time()
        labels, p = segment(model, x, args.mirror)
        spent = time.time() - start
        counts = np.bincount(labels.ravel(), minlength=7)
        report = {"file": pathlib.Path(path).name, "grid": x.shape, "seconds": round(spent, 2),
                  "ml": millilitres(labels), "sure_face_ml": sure_face_ml(p),
                  "sure": [round(float(p[k][labels == k].mean()), 2) if counts[k] else None for k in range(7)]}
        if marks:
            report["mm"] = landmark_distances(labels, matrix, json.loads(pathlib.Path(marks).read_text())["landmarks"])
        print(json.dumps(report), flush=True)
        if args.pictures:
            args.pictures.mkdir(parents=True, exist_ok=True)
            name = pathlib.Path(path).name.split(".nii")[0]
            picture(args.pictures / f"{name}.png", x, labels, f"{name} {report['ml']} {report.get('mm', '')}")


def synthetic(args):
    """Dice per label over random images of the cache's heads (labels of at least 20 voxels), and the
    facial volume found where there is no face."""
    torch.set_num_threads(1)
    model = torch.jit.load(str(args.model))
    heads = [make_data.load_head(p) for p in sorted(args.cache.glob("*_*.npz"))]
    rng = np.random.default_rng([args.seed, 99])
    view = make_data.VIEWS[args.view]
    names = dict(enumerate(head_volume.LABEL_NAMES)) | {FACE: "face"}
    dice = {k: [] for k in (*range(1, 7), FACE)}
    for _ in range(args.images):
        x, y = randomise.random_pair(rng, heads, (80, 80, 80), "head", view, args.contrast)
        labels, _ = segment(model, x, args.mirror)
        for k in dice:
            a, b = (labels >= 3, y >= 3) if k == FACE else (labels == k, y == k)
            if b.sum() * view.spacing_mm ** 3 >= 500:
                dice[k].append(2 * (a & b).sum() / (a.sum() + b.sum()))
    false_face = {}
    for kind in ("body", "noise", "brain"):
        found = []
        for _ in range((args.images + 1) // 2):
            x, y = randomise.random_pair(rng, heads, (64, 80, 80), kind, view)
            labels, p = segment(model, x, args.mirror)
            found.append((int((labels >= 3).sum()) * view.spacing_mm ** 3 / 1000, sure_face_ml(p, view.spacing_mm)))
        false_face[kind] = {f"quantile {q}": np.quantile(found, q, axis=0).round(1).tolist() for q in (.5, .9, 1)}
    print(json.dumps({"images": args.images, "grid": [80, 80, 80], "heads": len(heads), "dice": {
        names[k]: round(float(np.mean(v)), 3) for k, v in dice.items() if v},
        "facial_ml_where_none (labelled, sure)": false_face}))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    a = commands.add_parser("volume")
    a.add_argument("files", nargs="+", help="NIfTI, or NIfTI=LANDMARKS.json; 'ct' in a name means CT")
    a.add_argument("--pictures", type=pathlib.Path)
    a.set_defaults(run=volumes)
    b = commands.add_parser("synthetic")
    b.add_argument("--cache", type=pathlib.Path, required=True)
    b.add_argument("--view", choices=list(make_data.VIEWS), default="whole")
    b.add_argument("--images", type=int, default=60)
    b.add_argument("--contrast", choices=list(randomise.MODES), help="of the heads (default: drawn)")
    b.add_argument("--seed", type=int, default=7)
    b.set_defaults(run=synthetic)
    for p in (a, b):
        p.add_argument("--model", type=pathlib.Path, required=True)
        p.add_argument("--mirror", action="store_true", help="average with the mirror image")
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
