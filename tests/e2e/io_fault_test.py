"""Calls into the system that fail at any place, kills at random moments, clocks that jump back, inputs
that change, foreign file systems: never a half file, never a lost record, never an output without one.
EFFACE_KILLS and EFFACE_FAULTS say how many moments and places are tried, EFFACE_SEED which."""
import errno
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time
import unittest

import dicom_bytes as db
from harness import EFFACE, Case, tree

KILLS = int(os.environ.get("EFFACE_KILLS", "100"))
FAULTS = int(os.environ.get("EFFACE_FAULTS", "4"))  # for each call
SEED = int(os.environ.get("EFFACE_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
LIBRARY = os.environ["FAULT_LIBRARY"]


class FaultCase(Case):
    more = ()  # options of all runs

    def setUp(self):
        super().setUp()
        print(f"EFFACE_SEED={SEED}", flush=True)
        self.chance = random.Random(SEED)

    def data(self, files=152):
        """Studies of 38 files, and a file that is withheld."""
        study = self.make("bench", "--files", str(files))
        (study / "notes.txt").write_text("withheld\n")
        return study

    def small_data(self, studies=12, files=8):
        """Files of 4 kB in many studies, so that runs are short, and one that is withheld."""
        self.more = ("--pixels", "keep")  # no text reader is loaded
        root = self.scratch / "small"
        for s in range(studies):
            (root / f"{s}").mkdir(parents=True)
            for f in range(files):
                data = db.ultrasound(patient_id=f"PID-{s}").replace(
                    db.element(0x0020000D, "UI", "1.2.3.1"), db.element(0x0020000D, "UI", f"1.2.3.1.{s}")
                ).replace(db.element(0x00080018, "UI", "1.2.3.4.5"),
                          db.element(0x00080018, "UI", f"1.2.3.4.{s}.{f}"))
                (root / f"{s}" / f"{f}.dcm").write_bytes(db.part10(data, instance=f"1.2.3.4.{s}.{f}"))
        (root / "notes.txt").write_text("withheld\n")
        return root

    def whole(self, study):
        output = self.scratch / "whole"
        done = self.run_efface(study, output)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.inputs = json.loads((output / "manifest.json").read_text())["totals"]["inputs"]
        return tree(output)

    def command(self, study, output):
        return [EFFACE, "run", study, "--output", output, "--key", self.key, "-q", "--jobs", "2",
                *self.more]

    def run_efface(self, study, output, **variables):
        env = {**os.environ, **{k: str(v) for k, v in variables.items()}}
        return subprocess.run(self.command(study, output), env=env, capture_output=True,
                              text=True, timeout=120)

    def require_no_half(self, output, expected):
        present = tree(output) if output.exists() else {}
        for name, digest in present.items():
            if name != "manifest.json":
                self.assertEqual(digest, expected.get(name), name)

    def require_recorded(self, output):
        """A finished run: every output has a record, every input too, and none is there twice."""
        self.efface("manifest", "verify", output)
        manifest = json.loads((output / "manifest.json").read_text())
        tokens = [i["token"] for i in manifest["inputs"]]
        self.assertEqual(len(tokens), self.inputs)
        self.assertEqual(len(set(tokens)), self.inputs)

    def require_whole(self, output, expected):
        self.require_recorded(output)
        self.assertEqual(tree(output), expected)


class FailingCalls(FaultCase):
    def calls_of_a_run(self, study, call):
        count = self.scratch / "count"
        done = self.run_efface(study, self.scratch / f"count-{call}", LD_PRELOAD=LIBRARY,
                               FAULT_CALL=call, FAULT_COUNT=count)
        self.assertEqual(done.returncode, 3, done.stderr)
        return int(count.read_text())

    def try_places(self, call, number, resumes_whole=True, forever=False):
        study = self.data()
        expected = self.whole(study)
        calls = self.calls_of_a_run(study, call)
        self.assertGreater(calls, 0)
        places = sorted({1, calls, *(self.chance.randint(1, calls) for _ in range(FAULTS))})
        noticed = 0
        for place in places:
            with self.subTest(call=call, place=place, of=calls, seed=SEED):
                output = self.scratch / f"{call}-{place}"
                done = self.run_efface(study, output, LD_PRELOAD=LIBRARY, FAULT_CALL=call,
                                       FAULT_AT=f"{place}+" if forever else place,
                                       FAULT_ERROR=number)
                self.assertIn(done.returncode, (1, 2, 3), done.stderr)
                noticed += done.returncode == 1 or "study " in done.stderr
                self.require_no_half(output, expected)
                if done.returncode == 3:
                    self.require_recorded(output)
                again = self.run_efface(study, output)
                if not resumes_whole and again.returncode == 2:  # a file went to another study
                    self.assertIn("differ from those", again.stderr)
                    continue
                self.assertEqual(again.returncode, 3, again.stderr)
                if resumes_whole:
                    self.require_whole(output, expected)
                else:
                    self.require_no_half(output, expected)
                    self.require_recorded(output)
        return noticed

    def test_writes_fail(self):
        self.assertGreater(self.try_places("write", errno.EIO), 0)

    def test_the_disk_is_full_from_some_moment_on(self):
        self.assertGreater(self.try_places("write", errno.ENOSPC, forever=True), 0)

    def test_syncs_fail(self):
        self.try_places("sync", errno.EIO)

    def test_renames_fail(self):
        self.assertGreater(self.try_places("rename", errno.EIO), 0)

    def test_files_and_folders_cannot_be_made(self):
        self.try_places("open", errno.EACCES)
        self.try_places("mkdir", errno.EACCES)

    def test_reads_fail(self):  # what cannot be read at first stays withheld
        self.try_places("read", errno.EIO, resumes_whole=False)

    def test_file_systems_without_hard_links(self):
        study = self.data(38)
        expected = self.whole(study)
        output = self.scratch / "out"
        done = self.run_efface(study, output, LD_PRELOAD=LIBRARY, FAULT_CALL="link", FAULT_AT="1+",
                               FAULT_ERROR=errno.EPERM)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.require_whole(output, expected)


class Moments(FaultCase):
    def start(self, study, output):
        return subprocess.Popen(self.command(study, output), stderr=subprocess.PIPE, text=True)

    def test_kills_at_random_moments(self):
        study = self.small_data()
        began = time.monotonic()
        expected = self.whole(study)
        length = time.monotonic() - began
        output, kills = self.scratch / "out", 0
        for k in range(KILLS):
            with self.start(study, output) as run:
                time.sleep(self.chance.uniform(0, length))
                run.send_signal(signal.SIGKILL)
            kills += run.returncode == -signal.SIGKILL
            self.require_no_half(output, expected)
            if run.returncode != -signal.SIGKILL:  # it was faster
                self.assertEqual(run.returncode, 3)
                self.assertEqual(tree(output), expected)
                shutil.rmtree(output)
        self.assertGreater(kills, KILLS // 4)
        self.run_efface(study, output)
        self.require_whole(output, expected)
        self.assertEqual(list(output.rglob("*.partial-*")), [])

    def test_a_kill_while_the_manifest_is_written(self):
        study = self.data(76)
        expected = self.whole(study)
        for rest in ("manifest.json.partial-1", "manifest.json.inputs.partial-1"):
            output = self.scratch / f"out-{rest}"
            self.run_efface(study, output, LD_PRELOAD=LIBRARY, FAULT_CALL="rename",
                            FAULT_ERROR=errno.EIO, FAULT_AT="3")  # two studies, then the manifest
            self.require_no_half(output, expected)
            (output / ".efface" / rest).write_text("{")
            self.assertEqual(self.run_efface(study, output).returncode, 3)
            self.require_whole(output, expected)
            self.assertEqual(list(output.rglob("*.partial-*")), [])

    def test_a_clock_that_jumps_back(self):
        study = self.data()
        expected = self.whole(study)
        for questions in (0, 1, 5, 40):
            output = self.scratch / f"out{questions}"
            done = self.run_efface(study, output, LD_PRELOAD=LIBRARY, CLOCK_BACK=questions)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.require_whole(output, expected)

    def test_two_runs_into_one_output(self):
        study = self.data(380)
        expected = self.whole(study)
        output = self.scratch / "out"
        runs = [self.start(study, output) for _ in range(4)]
        ended = []
        for run in runs:
            _, error = run.communicate(timeout=60)
            ended.append(run.returncode)
            if run.returncode != 3:
                self.assertEqual(run.returncode, 2, error)
                self.assertIn("another run of efface", error)
        self.assertIn(3, ended)
        self.require_whole(output, expected)


class ChangingInputs(FaultCase):
    def test_inputs_that_change_are_not_released(self):
        for way in ("overwritten", "truncated", "replaced", "deleted", "touched"):
            with self.subTest(way=way):
                study = self.scratch / way
                study.mkdir()
                whole = [db.part10(db.ultrasound(patient_id=f"PID-{i}")) for i in range(2)]
                victim = study / "victim.dcm"
                victim.write_bytes(whole[0])
                output = self.scratch / f"out {way}"
                run = subprocess.Popen([EFFACE, "run", study, "-o", output, "--key", self.key, "-q",
                                        "-v", "--jobs", "1"], stderr=subprocess.PIPE, text=True)
                staging = output / ".efface" / "staging"
                while run.poll() is None and not (staging.is_dir() and any(staging.iterdir())):
                    pass
                if way == "overwritten":
                    with open(victim, "r+b") as file:
                        file.write(whole[1])
                elif way == "truncated":
                    os.truncate(victim, 600)
                elif way == "replaced":
                    other = self.scratch / "other"
                    other.write_bytes(whole[1])
                    other.rename(victim)
                elif way == "deleted":
                    victim.unlink()
                else:
                    os.utime(victim)
                _, error = run.communicate(timeout=60)
                self.assertEqual(run.returncode, 3, error)
                manifest = json.loads((output / "manifest.json").read_text())
                self.assertEqual([(i["outcome"], i["reason"]) for i in manifest["inputs"]],
                                 [("failed", "input-changed")])
                self.assertEqual(list(tree(output)), ["manifest.json"])
                self.efface("manifest", "verify", output)
                if way != "deleted":  # once it is at rest, the same command handles it
                    self.efface("run", study, "-o", output, "--key", self.key, expect=None)
                    manifest = json.loads((output / "manifest.json").read_text())
                    self.assertNotEqual(manifest["inputs"][0].get("reason"), "input-changed")


class OtherFileSystems(FaultCase):
    def test_the_output_lies_on_another_file_system(self):
        study = self.data(76)
        expected = self.whole(study)
        others = [place for place in ("/dev/shm", "/tmp", os.getcwd(), os.path.expanduser("~"))
                  if os.access(place, os.W_OK) and
                  os.stat(place).st_dev != os.stat(self.scratch).st_dev]
        if not others:
            self.skipTest("SKIPPED: there is only one file system here")
        folder = subprocess.run(["mktemp", "-d", "-p", others[0]], capture_output=True, text=True,
                                check=True).stdout.strip()
        self.addCleanup(subprocess.run, ["rm", "-rf", folder])
        output = pathlib.Path(folder) / "out"
        self.assertEqual(self.run_efface(study, output).returncode, 3)
        self.require_whole(output, expected)

    def test_no_permission_for_the_output(self):
        if os.geteuid() == 0:
            self.skipTest("SKIPPED: root may write everywhere; see FailingCalls for EACCES")
        study = self.data(38)
        locked = self.scratch / "locked"
        locked.mkdir(mode=0o500)
        done = self.run_efface(study, locked / "out")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(list(locked.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
