"""The shipped script for GNU parallel gives, byte for byte, what one run gives."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from harness import EFFACE, Case, tree

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "hpc" / "efface_parallel"


class GnuParallel(Case):
    def parallel(self, *arguments, expect):
        env = {**os.environ, "EFFACE": EFFACE, "JOBS": "2", "THREADS": "1"}
        done = subprocess.run([SCRIPT, *map(str, arguments)], env=env, capture_output=True,
                              text=True, timeout=300)
        self.assertEqual(done.returncode, expect, done.stderr[-2000:])
        return done

    def test_parts_are_one_run(self):
        if shutil.which("parallel") is None:
            self.skipTest("SKIPPED: not installed: parallel")
        data = self.make("bench", "--files", "228", name="data with space")
        self.make("small", name="data with space/small's")  # its report and capture are withheld
        output = self.scratch / "out"
        self.parallel("5", data, output, self.key, "--dates", "modified", expect=3)
        whole, _, _ = self.run_on(data, out="whole", expect=3,
                                  more=("--jobs", "1", "--progress", "plain", "--dates",
                                        "modified"))
        self.assertEqual(tree(output), tree(whole))

    def test_failed_parts_are_told(self):
        if shutil.which("parallel") is None:
            self.skipTest("SKIPPED: not installed: parallel")
        done = self.parallel("2", self.scratch / "absent", self.scratch / "out", self.key, expect=1)
        self.assertIn("not all parts are done", done.stderr)
        self.parallel("two", self.scratch, self.scratch / "out", self.key, expect=2)


if __name__ == "__main__":
    unittest.main()
