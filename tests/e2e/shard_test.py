"""Shards: any number of them gives the outputs and, merged, the manifest of one run; killed and
doubled tasks do no harm; what does not belong together is not merged."""
import json
import os
import re
import shutil
import signal
import subprocess
import time
import unittest

import nibabel
import numpy as np

import dicom_bytes as db
from harness import EFFACE, Case, tree


def image(patient_id, study_uid, instance_uid):
    """A DICOM file that needs no model."""
    data = db.ultrasound(patient_id=patient_id)
    for tag, before, after in ((0x00080018, "1.2.3.4.5", instance_uid),
                               (0x0020000D, "1.2.3.1", study_uid),
                               (0x0020000E, "1.2.3.2", study_uid + ".7")):
        old = db.element(tag, "UI", before)
        assert data.count(old) == 1
        data = data.replace(old, db.element(tag, "UI", after))
    return db.part10(data, instance=instance_uid)


class Shards(Case):
    def data(self, patients=12):
        """Two studies a patient, the second under another spelling of the ID, and files that are
        no images."""
        root = self.scratch / "data"
        for p in range(patients):
            for s, spelling in enumerate((f"PID-{p:03}", f"pid {p:03}")):
                folder = root / f"in{p}" / f"study{s}"
                folder.mkdir(parents=True)
                for i in range(2):
                    uid = f"1.2.840.99.{p}.{s}"
                    (folder / f"{i}.dcm").write_bytes(image(spelling, uid, f"{uid}.1.{i}"))
        # a copy, another file of the same UID, and a series of volumes over time
        first = root / "in0" / "study0" / "0.dcm"
        shutil.copy(first, root / "in0" / "copy.dcm")
        (root / "in0" / "other.dcm").write_bytes(image("PID-000", "1.2.840.99.0.0",
                                                       "1.2.840.99.0.0.1.1")[:-2] + b"\1\1")
        phantom = np.random.default_rng(5).integers(0, 9, (20, 20, 12, 3)).astype(np.int16)
        phantom[8:12, 8:12, 4:8] += 400
        nibabel.save(nibabel.Nifti1Image(phantom, np.diag([9, 9, 9, 1])), root / "in0" / "fmri.nii.gz")
        (root / "notes").mkdir()
        (root / "notes" / "readme.txt").write_text("nothing\n")
        (root / "in0" / "list.csv").write_text("a,b\n")
        return root

    def shard(self, root, output, i, n, expect=3, more=()):
        return self.efface("run", root, "-o", output, "--key", self.key, "--shard", f"{i}/{n}",
                           *more, expect=expect)

    def test_names_of_several_outputs(self):
        """Two inputs with folders of one name: what both would write is withheld, whatever the
        threads, the order and the shards."""
        inputs = [self.scratch / side / "scan" for side in ("a", "b")]
        for side, root in enumerate(inputs):
            root.mkdir(parents=True)
            for study in range(3):
                uid = f"1.2.840.99.{side}.{study}"
                (root / f"{study}.dcm").write_bytes(image(f"PID-{side}", uid, uid + ".1"))
            uid = f"1.2.840.98.{side}"
            (root / f"own{side}.dcm").write_bytes(image(f"PID-{side}", uid, uid + ".1"))
            (root / "2.json").write_text('{"EchoTime": 0.03}')
        keep = ("--names", "keep", "--pixels", "keep")
        runs = {}
        for jobs, order in (("1", inputs), ("4", inputs[::-1])):
            output, manifest, _ = self.run_on(*order, out=f"out{jobs}", expect=3,
                                              more=(*keep, "--jobs", jobs))
            runs[jobs] = (tree(output), manifest["inputs"])
            runs[jobs][0].pop("manifest.json")
        self.assertEqual(runs["1"], runs["4"])
        files, records = runs["1"]
        self.assertEqual(set(files), {"scan/own0.dcm", "scan/own1.dcm"})
        self.assertEqual(sorted(i.get("reason", "") for i in records), [""] * 2 + ["name-taken"] * 8)
        output = self.scratch / "sharded"
        for i in (1, 2, 3):
            self.shard(inputs[0], output, i, 3, None, (*keep, str(inputs[1])))
        self.efface("manifest", "merge", output, "-o", output)
        self.assertEqual(json.loads((output / "manifest.json").read_text())["inputs"], records)
        self.efface("manifest", "verify", output)

    def folder(self, output, i, n):
        return output / ".efface" / f"shard-{i}-of-{n}"

    def test_any_number_gives_the_same_bytes_and_the_same_manifest(self):
        root = self.data()
        whole, manifest, _ = self.run_on(root, out="whole", expect=3)
        for n in (1, 2, 5, 40):
            output = self.scratch / f"of{n}"
            used = 0
            for i in range(1, n + 1):
                done = self.efface("run", root, "-o", output, "--key", self.key, "--shard",
                                   f"{i}/{n}", "-q", expect=None)
                self.assertIn(done.returncode, (0, 3), done.stderr)
                part = json.loads((self.folder(output, i, n) / "manifest.json").read_text())
                self.assertEqual(part["shard"]["index"], i)
                used += part["totals"]["inputs"] > 0
            self.assertGreater(used, min(n, 10) // 2)
            self.assertFalse((output / "manifest.json").exists())
            self.efface("manifest", "merge", output, "-o", output)
            merged = (output / "manifest.json").read_text()
            expected = (whole / "manifest.json").read_text()
            self.assertEqual(merged.replace('"quiet":"true"', '"quiet":"false"'), expected)
            self.efface("manifest", "verify", output)
            ours, theirs = tree(output), tree(whole)
            ours.pop("manifest.json"), theirs.pop("manifest.json")
            self.assertEqual(ours, theirs)

    def test_studies_of_a_patient_meet_in_one_shard(self):
        root = self.data()
        output, n = self.scratch / "out", 5
        of_patient = {}
        for i in range(1, n + 1):
            self.efface("run", root, "-o", output, "--key", self.key, "--shard", f"{i}/{n}",
                        "--record-paths", expect=None)
            part = json.loads((self.folder(output, i, n) / "manifest.json").read_text())
            for item in part["inputs"]:
                if "/study" in item["path"]:
                    patient = re.search(r"/(in\d+)/", item["path"])[1]
                    of_patient.setdefault(patient, set()).add(i)
        self.assertEqual(len(of_patient), 12)
        self.assertTrue(all(len(shards) == 1 for shards in of_patient.values()), of_patient)

    def test_merge_refuses_what_is_missing_doubled_or_of_another_run(self):
        root = self.data(6)
        output = self.scratch / "out"
        for i in (1, 2, 3):
            self.efface("run", root, "-o", output, "--key", self.key, "--shard", f"{i}/3",
                        expect=None)
        parts = [self.folder(output, i, 3) / "manifest.json" for i in (1, 2, 3)]
        merged = self.scratch / "merged.json"

        def refused(message, *shards):
            done = self.efface("manifest", "merge", *shards, "-o", merged, expect=2)
            self.assertIn(message, done.stderr)
            self.assertFalse(merged.exists())
            self.assertEqual(list(self.scratch.glob("merged.json*")), [])

        refused("missing of 3 shards: 2", parts[0], parts[2])
        refused("shard 1 is there twice", parts[0], parts[0], parts[1], parts[2])
        other_key = self.scratch / "other.key"
        self.efface("key", "new", other_key)
        variants = {"key": ("--key", other_key), "option fill": ("--key", self.key, "--fill", "constant")}
        for message, options in variants.items():
            other = self.scratch / f"other {message}"
            self.efface("run", root, "-o", other, *options, "--shard", "2/3", expect=None)
            # another key names the inputs otherwise: that shows first
            wanted = "different inputs" if message == "key" else message
            refused(wanted, parts[0], self.folder(other, 2, 3) / "manifest.json", parts[2])
        text = parts[1].read_text()
        model = json.loads(text)["model"]["sha256"]
        parts[1].write_text(text.replace(model, "0" * 64))
        refused('disagree in "model"', *parts)
        parts[1].write_text(text)
        extra = root / "in0" / "study0" / "late.dcm"
        extra.write_bytes(image("late", "1.2.9", "1.2.9.1"))
        late = self.scratch / "late"
        self.efface("run", root, "-o", late, "--key", self.key, "--shard", "2/3", expect=None)
        refused("different inputs", parts[0], self.folder(late, 2, 3) / "manifest.json", parts[2])
        self.efface("manifest", "merge", *reversed(parts), "-o", merged)

    def test_damaged_shards_are_not_merged(self):
        root = self.data(4)
        output = self.scratch / "out"
        self.efface("run", root, "-o", output, "--key", self.key, "--shard", "1/1", expect=3)
        part = self.folder(output, 1, 1) / "manifest.json"
        text = part.read_text()
        line = next(l for l in text.splitlines(True) if '"outcome":"written"' in l)
        part.write_text(text.replace(line, "", 1))
        self.efface("manifest", "merge", part, "-o", self.scratch / "m.json", expect=1)

    def test_other_numbers_of_shards_do_not_share_an_output(self):
        root = self.data(2)
        output = self.scratch / "out"
        self.efface("run", root, "-o", output, "--key", self.key, "--shard", "1/3", expect=None)
        for more in (("--shard", "1/4"), ()):
            done = self.efface("run", root, "-o", output, "--key", self.key, *more, expect=2)
            self.assertIn("another number of shards", done.stderr)
        self.efface("run", root, "-o", output, "--key", self.key, "--shard", "2/3", "--fill",
                    "constant", expect=2)

    def test_usage(self):
        root = self.data(1)
        out = self.scratch / "no"
        done = self.efface("run", root, "-o", out, "--shard", "1/2", expect=2)
        self.assertIn("needs --key", done.stderr)
        for text in ("0/2", "3/2", "1", "a/b", "1/2/3", "-1/2", "1/"):
            self.efface("run", root, "-o", out, "--key", self.key, f"--shard={text}", expect=2)
        self.assertFalse(out.exists())

    def test_auto_follows_slurm(self):
        root = self.data(6)

        def part(expect=None, **variables):
            env = {**os.environ, **{f"SLURM_ARRAY_TASK_{k}": str(v) for k, v in variables.items()}}
            output = self.scratch / "auto"
            shutil.rmtree(output, ignore_errors=True)
            done = self.efface("run", root, "-o", output, "--key", self.key, "--shard", "auto",
                               env=env, expect=expect)
            return [p.name for p in (output / ".efface").glob("shard-*")] if output.exists() else []

        self.assertEqual(part(ID=0, MIN=0, MAX=7, COUNT=8), ["shard-1-of-8"])
        self.assertEqual(part(ID=7, MIN=0, MAX=7, COUNT=8), ["shard-8-of-8"])
        self.assertEqual(part(ID=9, MIN=1, MAX=13, COUNT=4), ["shard-3-of-4"])
        self.assertEqual(part(ID=4, MIN=4, MAX=4, COUNT=1), ["shard-1-of-1"])
        self.assertEqual(part(ID=3, MIN=1, MAX=6, COUNT=4, expect=2), [])
        self.assertEqual(part(ID=3, expect=2), [])
        self.assertEqual(part(expect=2), [])

    def start(self, root, output, *more):
        return subprocess.Popen([EFFACE, "run", root, "--output", output, "--key", self.key, "-q",
                                 "--jobs", "1", *more], stderr=subprocess.PIPE, text=True)

    def test_killed_terminated_and_doubled_tasks(self):
        root = self.make("bench", "--files", "380")
        whole, _, _ = self.run_on(root, out="whole")
        output, n = self.scratch / "out", 3
        kills = 0
        for round_number in range(20):
            if round_number >= 6 and kills:
                break
            runs = [self.start(root, output, "--shard", f"{i}/{n}")
                    for i in (1, 2, 3) for _ in range(2)]
            time.sleep(0.05 + 0.08 * round_number)
            for k, run in enumerate(runs):
                run.send_signal(signal.SIGKILL if k % 2 else signal.SIGTERM)
            for run in runs:
                _, error = run.communicate(timeout=20)
                kills += run.returncode == -signal.SIGKILL
                self.assertIn(run.returncode, (0, 2, 130, -signal.SIGKILL, -signal.SIGTERM), error)
            present, expected = tree(output), tree(whole)
            for name, digest in present.items():
                self.assertEqual(digest, expected[name])
        self.assertGreater(kills, 0)
        for i in (1, 2, 3):
            self.efface("run", root, "--output", output, "--key", self.key, "--shard", f"{i}/{n}")
        self.efface("manifest", "merge", output, "-o", output)
        self.efface("manifest", "verify", output)
        done = self.efface("manifest", "diff", whole, output, expect=None)
        differing = [l for l in done.stdout.splitlines() if not l.startswith("head options.")]
        self.assertEqual(differing, [])

    def held(self, root, output, *more):
        """A run that has its output directory and stands still."""
        run = self.start(root, output, *more)
        while not list((output / ".efface").rglob("lease")):
            self.assertIsNone(run.poll())
            time.sleep(0.002)
        run.send_signal(signal.SIGSTOP)
        return run

    def test_a_doubled_task_is_refused_while_the_first_one_lives(self):
        root = self.make("bench", "--files", "760")
        output = self.scratch / "out"
        first = self.held(root, output, "--shard", "1/1")
        again = self.efface("run", root, "--output", output, "--key", self.key, "--shard", "1/1", expect=2)
        self.assertIn("another run of efface", again.stderr)
        first.send_signal(signal.SIGCONT)
        first.communicate()
        self.assertEqual(first.returncode, 0)
        self.efface("manifest", "merge", output, "-o", output)
        self.efface("manifest", "verify", output)

    def test_a_task_that_starts_in_the_instant_after_a_kill_resumes(self):
        root = self.make("bench", "--files", "760")
        for round_number in range(5):
            output = self.scratch / f"out{round_number}"
            first = self.held(root, output, "--shard", "1/1")
            first.kill()
            self.efface("run", root, "--output", output, "--key", self.key, "--shard", "1/1")
            first.communicate()
            self.assertEqual(first.returncode, -signal.SIGKILL)

    def test_termination_ends_within_seconds(self):
        root = self.make("bench", "--files", "760")
        output = self.scratch / "out"
        run = self.start(root, output, "--shard", "1/1")
        while not (output / ".efface").exists():
            time.sleep(0.005)
        run.terminate()
        began = time.monotonic()
        self.assertIn(run.wait(), (130, 0))
        self.assertLess(time.monotonic() - began, 10)


if __name__ == "__main__":
    unittest.main()
