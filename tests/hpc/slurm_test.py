"""The shipped Slurm scripts on a real Slurm: an array over a data set, of which one task is killed,
one cancelled, one told to end and one requeued while they work, gives byte for byte what one run
gives."""
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import cluster
from harness import EFFACE, Case, tree

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "hpc"
TASKS = 8
SECONDS = 120  # for a job; far more than it takes


class SlurmArray(Case):
    @classmethod
    def setUpClass(cls):
        missing = cluster.missing_programs()
        if missing:
            raise unittest.SkipTest(f"SKIPPED, not installed: {', '.join(missing)}: see setup.sh")
        cls.shared = None

    def setUp(self):
        super().setUp()
        if self.shared is None:
            self.make_shared()
        self.key, self.data, self.whole = (self.shared / n for n in ("key", "data", "whole"))
        self.output, self.log = self.scratch / "out", self.scratch / "merge.log"
        self.start_slurm()

    def make_shared(self):
        """What all tests share: a key, inputs, and the outputs of one run over them."""
        SlurmArray.shared = pathlib.Path(tempfile.mkdtemp(prefix="efface-e2e-"))
        self.addClassCleanup(shutil.rmtree, self.shared, ignore_errors=True)
        shutil.copy(self.key, self.shared / "key")
        self.make_data(self.shared / "data")
        done = self.efface("run", self.shared / "data", "--output", self.shared / "whole", "--key",
                           self.key, "--jobs", "1", "--progress", "plain", expect=3)
        self.assertIn("459 files: 458 written, 1 withheld, 0 failed", done.stderr)

    def start_slurm(self):
        root = pathlib.Path(tempfile.mkdtemp(prefix="efface-slurm-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        self.slurm = cluster.Cluster(root)
        self.addCleanup(self.slurm.stop)
        self.slurm.env["EFFACE"] = EFFACE
        try:
            self.slurm.start()
        except RuntimeError as error:  # the machine forbids what its daemons need: nothing is wrong here
            self.skipTest(f"SKIPPED: Slurm does not come up on this machine: {error}")

    def make_data(self, root):
        """Heads that take the model seconds each, a dozen studies that take none, a stray file."""
        head = self.make("nifti", name="head.nii.gz")
        for subject in ("01", "02"):
            folder = root / f"sub-{subject}" / "anat"
            folder.mkdir(parents=True)
            shutil.copy(head, folder / f"sub-{subject}_T1w.nii.gz")
        self.make("bench", "--files", "456", name=root / "dicom")
        (root / "notes.txt").write_text("withheld\n")

    def state(self, job, task):
        return self.slurm.tasks(job).get(task, {}).get("JobState")

    @staticmethod
    def has_model(process):
        """Whether a process has begun to look for faces: it has loaded the model's library."""
        try:
            return b"libefface_torch" in (process / "maps").read_bytes()
        except OSError:
            return False

    def working(self, job, avoid=(), with_model=False):
        """A task that has begun to write a study, or WITH_MODEL, which takes seconds, to look for a
        face in one; and the process of its efface."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            for process in pathlib.Path("/proc").glob("[0-9]*"):
                try:
                    words = (process / "cmdline").read_bytes().split(b"\0")
                    environment = (process / "environ").read_bytes().split(b"\0")
                except OSError:
                    continue
                if words[0].decode() != EFFACE or str(self.output).encode() not in words:
                    continue
                variables = dict(v.split(b"=", 1) for v in environment if b"=" in v)
                task = int(variables[b"SLURM_ARRAY_TASK_ID"])
                staging = self.output / ".efface" / f"shard-{task}-of-{TASKS}" / "staging"
                if task in avoid:
                    continue
                if self.has_model(process) if with_model else staging.is_dir() and any(staging.iterdir()):
                    return task, int(process.name)
            time.sleep(0.01)
        self.fail(f"no task was seen at work: {self.slurm.tasks(job)}\n{self.slurm.last_words()}")

    def wait_for(self, job, task, *states):
        self.slurm.wait(f"task {task} as {states}", lambda: self.state(job, task) in states, SECONDS)

    def finish(self, job, tasks):
        for task in tasks:
            self.wait_for(job, task, "COMPLETED", "FAILED", "CANCELLED", "NODE_FAIL", "TIMEOUT")
        ended = {t: (f["JobState"], f["ExitCode"]) for t, f in self.slurm.tasks(job).items()}
        self.assertEqual(ended, {t: ("COMPLETED", "0:0") for t in tasks}, self.logs())

    def logs(self):
        return "\n".join(f"--- {log.name}\n{log.read_text()[-2000:]}"
                         for log in sorted(self.scratch.glob("*.log")))

    def submit_array(self):
        return self.slurm.submit(f"--array=1-{TASKS}", "--cpus-per-task=1", "--mem=100M",
                                 f"--output={self.scratch}/task-%a.log", SCRIPTS / "efface.sbatch",
                                 self.data, self.output, self.key)

    def submit_merge(self, *options):
        return self.slurm.submit(*options, "--mem=100M", f"--output={self.log}",
                                 SCRIPTS / "efface_merge.sbatch", self.output)

    def require_as_one_run(self):
        self.assertEqual(tree(self.output), tree(self.whole))  # the manifest is among them

    def test_tasks_told_to_end_and_requeued_are_one_run(self):
        job = self.submit_array()
        merge = self.submit_merge(f"--dependency=afterok:{job}")
        ended, _ = self.working(job, with_model=True)  # others end before a signal reaches them
        step = self.slurm.tasks(job)[ended]["JobId"] + ".0"
        self.slurm.run("scancel", "--signal=TERM", step)  # as Slurm does before a time limit
        requeued, _ = self.working(job, avoid=(ended,))
        self.slurm.run("scontrol", "requeue", f"{job}_{requeued}")
        self.finish(job, range(1, TASKS + 1))
        self.finish(merge, [0])
        self.assertIn("back into the queue", (self.scratch / f"task-{ended}.log").read_text())
        for task in (ended, requeued):
            self.assertGreaterEqual(int(self.slurm.tasks(job)[task]["Restarts"]), 1)
        self.require_as_one_run()

    def test_killed_and_cancelled_tasks_wait_for_the_user(self):
        job = self.submit_array()
        killed, process = self.working(job)
        os.kill(process, signal.SIGKILL)
        self.wait_for(job, killed, "FAILED")
        cancelled, _ = self.working(job, avoid=(killed,))
        self.slurm.run("scancel", f"{job}_{cancelled}")
        self.wait_for(job, cancelled, "CANCELLED")
        for task in set(range(1, TASKS + 1)) - {killed, cancelled}:
            self.wait_for(job, task, "COMPLETED")
        merge = self.submit_merge()
        self.wait_for(merge, 0, "COMPLETED", "FAILED")
        self.assertEqual(self.state(merge, 0), "FAILED", self.logs())
        self.assertIn("missing of 8 shards", self.log.read_text())
        self.assertFalse((self.output / "manifest.json").exists())
        self.assertEqual(self.state(job, cancelled), "CANCELLED")  # it did not come back by itself
        for task in (killed, cancelled):
            self.slurm.run("scontrol", "requeue", f"{job}_{task}")
        self.finish(job, range(1, TASKS + 1))
        self.finish(self.submit_merge(), [0])
        self.require_as_one_run()


if __name__ == "__main__":
    unittest.main()
