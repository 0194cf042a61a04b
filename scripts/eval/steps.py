"""The steps of the evaluation: each runs the program over some volumes and yields records.

What it is for: real heads and their changes, other real volumes, negatives made of them, synthetic
volumes, Dice. What it does not do: keep results (evaluate_faces.py) or lay them out (table.py).
"""
import shutil
import subprocess
import types

import numpy as np
from scipy import ndimage

import changes
import images
import judging
import real_cases
import synthetic
import truth


def decision(run, path):
    """Verdict, outcome and costs of one input of a run."""
    record, volume = run.outcome(path), run.volume_of(path)
    return {"outcome": record["outcome"], "verdict": volume.get("verdict"), "score": volume.get("score"), "agreement": volume.get("agreement"),
            "why": volume.get("reason") or record.get("reason", ""),
            "brain_overlap": volume.get("brain_overlap_voxels")} | run.figures()


def status(record):
    """pass, fail, or withheld: what was withheld was not judged."""
    if record["outcome"] != "written":
        return record["outcome"]
    return "fail" if record["judge"]["failed"] else "pass"


class Real:
    """Real heads with landmarks, as they are and changed."""

    def __init__(self, program, data, shared, scratch, judges, nice):
        self.program, self.scratch, self.judges, self.nice = program, scratch, judges, nice
        self.judge_program = shared / "eval" / "face_judge.py"
        self.heads = {h.name: h for h in real_cases.heads(data, shared)}
        self.seen = {}  # threshold and head mask, by name
        self.study = types.SimpleNamespace(folder=None, run=None)

    def _later(self, name, record, original, output, landmarks, whole, rubbish):
        """Judges in the pool; the record is complete when the returned future is done."""
        def work():
            report = self.scratch / f"{name}.report.json"
            if record["outcome"] == "written":
                report.unlink(missing_ok=True)
                record["judge"] = judging.judge(self.judge_program, original, output, landmarks, whole, report,
                                                self.nice)
                report.unlink(missing_ok=True)
            record["in_view"] = sorted(landmarks["landmarks"])
            record["status"] = status(record)
            for path in rubbish:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
            return record
        return self.judges.submit(work)

    def as_given(self, head):
        """The volume as a user has it: NIfTI files, and both adi series as one DICOM study."""
        name = head.name.replace(" ", "_")
        if head.voxels is not None and head.source is None:
            return self.changed(head, "as given", lambda d, a, t, h: (d, a, a))
        files = head.source if isinstance(head.source, list) else [head.source]
        if isinstance(head.source, list):
            if self.study.folder != head.inputs:
                self.study = types.SimpleNamespace(folder=head.inputs, run=self.program.run(head.inputs, "study"))
            run = self.study.run
        else:
            run = self.program.run(head.inputs, f"run_{name}")
        record = decision(run, files[0])
        written = run.written()
        original = output = None
        rubbish = [] if isinstance(head.source, list) else [run.output]
        if record["outcome"] == "written" and isinstance(head.source, list):
            original, output = (self.scratch / f"{name}.{part}.nii" for part in ("before", "after"))
            images.write(original, *head.original())
            images.write(output, *images.slices([written[str(p)] for p in head.source]))
            rubbish += [original, output]
        elif record["outcome"] == "written":
            original, output = files[0], written[str(files[0])]
        landmarks = judging.visible(head.landmarks, head.original()[1], head.original()[0].shape)
        return self._later(name, record, original, output, landmarks, head.landmarks, rubbish)

    def _threshold(self, head):
        if head.name not in self.seen:
            module = judging.load_judge(self.judge_program)
            data, affine = head.original()
            t = module.head_threshold(data.astype(np.float32))
            self.seen[head.name] = (t, module.head_mask(data.astype(np.float32), changes.spacing(affine), t))
        return self.seen[head.name]

    def forget(self, head):
        """Frees what can be read again."""
        self.seen.pop(head.name, None)
        if head.source is not None:
            head.voxels = None

    def changed(self, head, label, change):
        data, affine = head.original()
        name = f"{head.name} {label}".replace(" ", "_")
        data, shown, back = change(data, affine, *(self._threshold(head) if label == "inverted" else (None, None)))
        path = self.scratch / f"{name}.nii"
        images.write(path, data, shown)
        run = self.program.run([path], f"run_{name}")
        record = decision(run, path)
        original, output = (self.scratch / f"{name}.{part}.nii" for part in ("before", "after"))
        if record["outcome"] == "written":
            after, _ = images.read(run.written()[str(path)])
            images.write(original, data, back)
            images.write(output, after, back)
        landmarks = judging.visible(head.landmarks, back, data.shape)
        return self._later(name, record, original, output, landmarks, head.landmarks,
                           [path, run.output, original, output])


def other(program, name, path, expected):
    """Every volume of one other real input, by its first file."""
    run = program.run([path], "run_other")
    yielded = []
    for volume in run.manifest["volumes"]:
        inputs = [i for i in run.manifest["inputs"] if i.get("volume") == volume["token"]]
        if inputs and expected != "counted":
            yielded.append({"volume": name, "expected": expected, "size": volume["size"], "files": len(inputs)}
                           | decision(run, inputs[0]["path"]))
    totals = run.manifest["totals"]
    counts = {k: totals[k] for k in ("inputs", "written", "withheld", "failed", "verdicts", "withheld_reasons")}
    shutil.rmtree(run.output)
    return {"volumes": yielded, "counts": counts, "size_of_largest": max(
        (v["size"][2] for v in run.manifest["volumes"]), default=0)}


def brain_alone(head, labels_of):
    """The brain cut out of a real volume: by LABELS_OF (labels and matrix of the networks), or else the
    tissue in and around the brain core of the landmark file."""
    data, affine = head.original()
    if labels_of is not None:
        labels, matrix = labels_of
        m = np.linalg.inv(matrix) @ np.diag([-1.0, -1, 1, 1]) @ affine
        brain = ndimage.affine_transform((labels == truth.BRAIN).astype(np.float32), m[:3, :3], m[:3, 3],
                                         output_shape=data.shape, order=1) > 0.5
    else:
        core = head.landmarks["brain_core"]
        axes = np.meshgrid(*[np.arange(n, dtype=np.float32) for n in data.shape], indexing="ij", sparse=True)
        world = [sum(np.float32(affine[r, k]) * axes[k] for k in range(3)) + affine[r, 3] for r in range(3)]
        brain = sum(((w - c) / (1.2 * r)) ** 2 for w, c, r in zip(world, core["centre"], core["radii"])) <= 1
    dark = np.percentile(data, 1)
    return np.where(brain, data, dark).astype(data.dtype), affine


def noise_volumes(count):
    """Name -> voxels, affine: scanner noise alone, white, smooth, and a ball of it."""
    made = {}
    for i in range(count):
        rng = np.random.default_rng([4, i])
        white = [rng.normal(0, 100, (96, 96, 96)) for _ in range(2)]
        image = np.hypot(*white)
        if i % 3 == 1:
            image = 500 + 2000 * ndimage.gaussian_filter(white[0], 3) / 100
        if i % 3 == 2:
            ball = sum((np.indices(image.shape)[k] - 48.0) ** 2 for k in range(3)) < (30 + i) ** 2
            image = image + 800 * ball
        made[f"noise {i + 1}"] = (image.astype(np.int16), np.diag([2.0, 2.0, 2.0, 1.0]))
    return made


def negatives(program, named, expected, scratch):
    """Volumes made of others, in one run; NAMED: name -> (voxels, affine)."""
    paths = {}
    for name, (data, affine) in named.items():
        paths[name] = scratch / f"{name.replace(' ', '_')}.nii"
        images.write(paths[name], data, affine)
    run = program.run(paths.values(), "run_negatives")
    records = [{"volume": n, "expected": expected, "size": list(named[n][0].shape)} | decision(run, p)
               for n, p in paths.items()]
    for path in (*paths.values(), run.output):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return records


def synthetic_chunk(program, heads, nuisance, first, count, scratch):
    """Volumes FIRST … FIRST + COUNT of a nuisance, in one run."""
    samples = {}
    for i in range(first, first + count):
        path = scratch / f"synthetic_{i}.nii"
        samples[path] = synthetic.sample(heads, nuisance, i)
        images.write(path, samples[path].image, samples[path].affine)
    run = program.run(samples, "run_synthetic")
    written, records = run.written(), []
    for i, (path, s) in enumerate(samples.items()):
        after = images.read(written[str(path)])[0] if str(path) in written else s.image
        voxel_ml = abs(np.linalg.det(s.affine[:3, :3])) / 1000
        record = {"volume": first + i, "of": s.of} | decision(run, path) | truth.removal(s.image, after, s.target, voxel_ml)
        records.append(record | {"missed": truth.is_missed(record)})
        path.unlink()
    shutil.rmtree(run.output)
    return records


def labels_by(dump, card, path, out, reference=None):
    """Runs tests/parity's dump_probabilities."""
    subprocess.run([dump, card, path, out, *([reference] if reference else [])], check=True,
                   capture_output=True)
    return out / "sight"


def changed_sample(s, change):
    """A synthetic sample under one of changes.all_changes()."""
    head = s.target > 0
    threshold = float(np.percentile(s.image[~head], 99)) if not head.all() else 0.0
    image, affine, _ = changes.all_changes()[change](s.image, s.affine, threshold, head)
    return synthetic.Sample(image, changes.of_labels(change, s.target, s.affine), affine, s.of)


def dice_of(program, dump, card, heads, name, i, scratch, change=None):
    """Network labels and changed region against the labels of image I of one held-out head, as it is
    or under a change."""
    rng = np.random.default_rng([synthetic.SEED, 5, i])
    mode = synthetic.ALL[i % len(synthetic.ALL)]
    scene = synthetic.painted(rng, heads[name], mode)
    s = synthetic.crop(scene, synthetic.noisy(rng, scene, mode, rng.uniform(0.01, 0.03)), (0, 0, 0))
    if change:
        s = changed_sample(s, change)
    path, reference, out = (scratch / f"dice{end}" for end in (".nii", "_labels.nii", "_dump"))
    images.write(path, s.image, s.affine)
    images.write(reference, s.target, s.affine)
    run = program.run([path], "run_dice")
    after = images.read(run.written()[str(path)])[0] if run.written() else s.image
    voxel_ml = abs(np.linalg.det(s.affine[:3, :3])) / 1000
    record = {"head": name, "contrast": mode} | decision(run, path) | truth.removal(
        s.image, after, s.target, voxel_ml)
    if dump:
        stem = labels_by(dump, card, path, out, reference)
        record["dice"] = truth.network_dice(stem, s.target, s.affine)
        record["region_dice"] = truth.region_dice(out / "reference.mask.u8", s.image, after, s.target)
        record["reference_verdict"] = (out / "reference.txt").read_text().strip()
        shutil.rmtree(out)
    for junk in (path, reference):
        junk.unlink()
    shutil.rmtree(run.output)
    return record
