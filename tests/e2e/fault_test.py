"""What happens when the machine fails: killed, disk full, truncated and unreadable inputs."""
import os
import pathlib
import signal
import subprocess
import time
import unittest

from harness import EFFACE, Case, tree


class Faults(Case):
    def start(self, study, output):
        return subprocess.Popen([EFFACE, "run", study, "--output", output, "--key", self.key, "-q"],
                                stderr=subprocess.DEVNULL)

    def test_killed_runs_leave_no_half_study_and_resume(self):
        study = self.make("bench", "--files", "380")  # ten studies
        whole, _, _ = self.run_on(study, out="whole")
        expected = tree(whole)
        output = self.scratch / "killed"
        kills = 0
        for delay in (0.03, 0.06, 0.09, 0.12, 0.16, 0.2, 0.25, 0.3):
            run = self.start(study, output)
            time.sleep(delay)
            run.send_signal(signal.SIGKILL)
            kills += run.wait() == -signal.SIGKILL
            if output.exists():
                present = tree(output)
                present.pop("manifest.json", None)
                for name, digest in present.items():
                    self.assertEqual(digest, expected[name])
                folders = {str(pathlib.Path(n).parents[1]) for n in present}
                for folder in folders:  # a study is there whole or not at all
                    wanted = {n for n in expected if n.startswith(folder + "/")}
                    self.assertEqual(wanted, {n for n in present if n.startswith(folder + "/")})
        self.assertGreater(kills, 0)
        self.efface("run", study, "--output", output, "--key", self.key)
        self.assertEqual(tree(output), expected)
        self.assertFalse((output / ".efface" / "staging").exists())

    def test_termination_ends_with_130_and_resumes(self):
        study = self.make("bench", "--files", "380")
        output = self.scratch / "out"
        run = self.start(study, output)
        started = time.monotonic()
        while not (output / ".efface").exists() and time.monotonic() < started + 30:
            time.sleep(0.005)  # before that, a signal just ends the program
        run.terminate()
        self.assertIn(run.wait(), (130, 0))
        self.efface("run", study, "--output", output, "--key", self.key)

    def test_other_options_cannot_resume(self):
        study = self.make("small")
        self.run_on(study, expect=3)
        self.efface("run", study, "--output", self.scratch / "out", "--key", self.key, "--dates",
                    "modified", expect=2)

    def test_full_disk_fails_the_study_and_recovers(self):
        if os.geteuid() != 0:
            self.skipTest("mounting a small file system needs root")
        study = self.make("bench", "--files", "114")  # three studies, 26 MB
        small = self.scratch / "small"
        small.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=14m", "tmpfs", small],
                          capture_output=True).returncode != 0:
            self.skipTest("mounting is not allowed here")
        self.addCleanup(subprocess.run, ["umount", small])
        output = small / "out"
        done = self.efface("run", study, "--output", output, "--key", self.key, "--jobs", "1",
                           expect=3)
        self.assertIn("No space left", done.stderr)
        subprocess.run(["mount", "-o", "remount,size=100m", small], check=True)
        self.efface("run", study, "--output", output, "--key", self.key)
        whole, _, _ = self.run_on(study, out="whole")
        first, second = tree(output), tree(whole)
        first.pop("manifest.json"), second.pop("manifest.json")
        self.assertEqual(first, second)

    def test_truncated_and_unreadable_inputs_do_not_stop_the_others(self):
        study = self.make("bench", "--files", "6")
        files = sorted(p for p in study.rglob("*") if p.is_file())
        files[0].write_bytes(files[0].read_bytes()[:5000])
        files[1].write_bytes(files[1].read_bytes()[:200])
        _, manifest, _ = self.run_on(study, expect=3)
        self.assertEqual(manifest["totals"]["inputs"], 6)
        self.assertEqual(manifest["totals"]["written"], 4)

    def test_unwritable_output_is_a_clear_error(self):
        study = self.make("small")
        blocked = self.scratch / "blocked"
        blocked.write_text("a file")
        self.efface("run", study, "--output", blocked / "out", expect=1)
        self.efface("run", study, "--output", blocked, expect=2)


if __name__ == "__main__":
    unittest.main()
