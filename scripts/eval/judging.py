"""The judge of face removal, and two figures of its own kind that it does not give.

What it is for: one original against one output on its grid; a child process (judge() starts it), since
the judge is a program that ends. What it does not do: thresholds other than the judge's own.
Beside the judge's figures: outline_leakage_inside, its outline leakage without samples within 4 mm of
the field of view's end (there the outline is the image's own edge, not a removed one); far_collateral
by the eyes of the whole landmark file, also when they are out of view.
The judge's renderings are made from one rotation each instead of three (same pictures), and those of
the original only where a face is seen on the output: faces_before is null where that was not needed.
usage: judging.py JUDGE ORIGINAL OUTPUT LANDMARKS WHOLE_LANDMARKS REPORT
"""
import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
from scipy import ndimage as ndi

END_MM = 4


def visible(landmarks, affine, shape):
    """The landmark file with what lies in the field of view (RAS mm)."""
    inverse = np.linalg.inv(affine)
    seen = lambda p: all(-0.5 <= v <= n - 0.5 for v, n in
                         zip(inverse[:3, :3] @ np.array(p) + inverse[:3, 3], shape))
    return landmarks | {"landmarks": {k: p for k, p in landmarks["landmarks"].items() if seen(p)}}


def judge(program, original, output, landmarks, whole, report, nice=5):
    """Figures of one pair; LANDMARKS: those in view, WHOLE: all of the volume."""
    paths = [report.with_suffix(f".{k}.json") for k in ("landmarks", "whole")]
    for path, content in zip(paths, (landmarks, whole)):
        path.write_text(json.dumps(content))
    done = subprocess.run(
        ["nice", "-n", str(nice), sys.executable, __file__, program, original, output, *paths, report],
        capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    for path in paths:
        path.unlink()
    if not report.exists():
        return {"failed": ["the judge could not compare: " + (done.stdout + done.stderr)[-300:]]}
    return json.loads(report.read_text())


def within(affine, shape, low, size, millimetres):
    """On the judge's 1 mm grid: what is farther than so many mm from the field of view's end."""
    inverse = np.linalg.inv(affine)
    axes = [low[k] + np.arange(size[k], dtype=np.float32) for k in range(3)]
    grid = np.meshgrid(*axes, indexing="ij", sparse=True)
    inside = np.ones(size, bool)
    mm = np.linalg.norm(affine[:3, :3], axis=0)
    for k in range(3):
        at = sum(np.float32(inverse[k, a]) * grid[a] for a in range(3)) + np.float32(inverse[k, 3])
        inside &= (at * mm[k] > millimetres) & ((shape[k] - 1 - at) * mm[k] > millimetres)
    return inside


def leakage_inside(module, iso1, head, changed, fov):
    """The judge's outline leakage over the samples in FOV; None when hardly any are left."""
    removed = head & (changed > 0.5)
    if not removed.any():
        return None
    box = tuple(slice(max(0, i.min() - 14), i.max() + 15) for i in np.nonzero(removed))
    iso1, head, changed, fov, removed = (a[box] for a in (iso1, head, changed, fov, removed))
    d = ndi.distance_transform_edt(~head) - ndi.distance_transform_edt(head)
    near = ndi.binary_dilation(removed, iterations=10)
    skin = near & (np.abs(d) < 1.5) & ndi.binary_dilation(removed, iterations=2) & fov
    other = near & (((d > 6) & (d < 9)) | ((d < -6) & (d > -9) & (changed > 0.5))) & fov
    if min(skin.sum(), other.sum()) < 200:
        return None
    mean = ndi.uniform_filter(iso1, 3)
    spread = np.sqrt(np.maximum(ndi.uniform_filter(iso1 ** 2, 3) - mean ** 2, 0))
    rng, worst = np.random.default_rng(0), 0.0
    for feature in (mean, np.log(spread + 1e-3 * (np.median(np.abs(iso1)) + 1e-6))):
        gradient = ndi.gaussian_gradient_magnitude(feature, 1.0)
        x, y = (rng.choice(gradient[s], min(int(s.sum()), 20000)) for s in (skin, other))
        worst = max(worst, 2 * module.auc(x, y) - 1)
    return round(float(worst), 3)


def one_rotation_each(module):
    """Lets render() turn and smooth an image once a yaw, not once a surface value."""
    done, rotate, smooth = {}, ndi.rotate, ndi.gaussian_filter

    def turned(iso, yaw, **more):
        key = (id(iso), yaw)
        if key not in done:
            done[key] = (iso, rotate(iso, yaw, **more))
        return done[key][1]

    def smoothed(image, sigma, *more):
        if image.ndim != 3:
            return smooth(image, sigma, *more)
        key = (id(image), sigma)
        if key not in done:
            done[key] = (image, smooth(image, sigma, *more))
        return done[key][1]

    render = module.render

    def cheap(iso, t, yaw):
        ndi.rotate, ndi.gaussian_filter = turned, smoothed
        try:
            return render(iso, t, yaw)
        finally:
            ndi.rotate, ndi.gaussian_filter = rotate, smooth

    module.render = cheap


class Faces:
    """The judge's faces(): looks at the original (first call) only when the output shows a face."""

    def __init__(self, count):
        self.count, self.first, self.before = count, None, None

    def __call__(self, iso, t):
        if self.first is None:
            self.first = (iso, t)
            return -1  # not looked
        found = self.count(iso, t)
        if found:
            self.before = self.count(*self.first)
        return found


def load_judge(path):
    spec = importlib.util.spec_from_file_location("face_judge", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    one_rotation_each(module)
    module.faces = Faces(module.faces)
    return module


def corrected(result, before):
    """What the judge said, with the number of faces on the original as it is: None if not looked."""
    result["faces_before"] = before
    of_faces = [f for f in result["failed"] if f.startswith("a face is still found")]
    rest = [f for f in result["failed"] if f not in of_faces]
    if before:
        rest.append(f"a face is still found on {result['faces_after']} of 9 renderings ({before} before)")
    result["failed"] = rest
    return result


def far_collateral(before, after, affine, head, points):
    """As the judge's, by the eyes of POINTS."""
    eye = np.mean([p for k, p in points.items() if k.startswith("eye")], 0)
    axes = np.meshgrid(*[np.arange(n, dtype=np.float32) for n in before.shape], indexing="ij", sparse=True)
    y, z = (sum(np.float32(affine[r, a]) * axes[a] for a in range(3)) + affine[r, 3] for r in (1, 2))
    far = head & ((z > eye[2] + 45) | (y < eye[1] - 130))
    return round(float(((before != after) & far).sum() / max(far.sum(), 1)), 5)


def main():
    program, original, output, landmarks, whole, report = sys.argv[1:7]
    module = load_judge(program)
    # the judge resamples both images and the change, and finds the head on the first: listen in
    resampled, heads, of = [], [], {k: getattr(module, k) for k in ("isotropic", "head_mask")}
    module.isotropic = lambda *a: resampled.append(of["isotropic"](*a)) or resampled[-1]
    module.head_mask = lambda *a: heads.append(of["head_mask"](*a)) or heads[-1]
    sys.argv = ["face_judge.py", original, output, "--landmarks", landmarks, "--json", report]
    if module.main() == 2:
        return 2
    result = corrected(json.loads(pathlib.Path(report).read_text()), module.faces.before)
    (image, before), (_, after) = module.load(original), module.load(output)
    (iso1, low), (changed, _) = resampled[1:3]
    fov = within(image.affine, before.shape, low, iso1.shape, END_MM)
    result["outline_leakage_inside"] = leakage_inside(module, iso1, heads[1], changed, fov)
    points = json.loads(pathlib.Path(whole).read_text())["landmarks"]
    result["far_collateral"] = far_collateral(before, after, image.affine, heads[0], points)
    pathlib.Path(report).write_text(json.dumps(result))
    return 1 if result["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
