"""Runs the built program as a user would, and reads its manifest.

What it is for: verdict, outcome, score, seconds, peak memory. What it does not do: judge outputs.
"""
import dataclasses
import json
import os
import pathlib
import shutil
import time


@dataclasses.dataclass
class Run:
    manifest: dict
    output: pathlib.Path
    seconds: float  # wall clock
    cpu_seconds: float
    peak_mib: float

    def written(self):
        """Input path -> output path, of what was written."""
        return {i["path"]: self.output / i["output"] for i in self.manifest["inputs"]
                if i["outcome"] == "written" and "output" in i}

    def outcome(self, path):
        """The input's record: outcome, and reason unless written."""
        (record,) = [i for i in self.manifest["inputs"] if i["path"] == str(path)]
        return record

    def volume_of(self, path):
        """The volume that an input belongs to; {} when the program made none of it."""
        token = self.outcome(path).get("volume")
        return next((v for v in self.manifest["volumes"] if v["token"] == token), {})

    def figures(self):
        return {"seconds": round(self.seconds, 1), "cpu_seconds": round(self.cpu_seconds, 1),
                "peak_mib": round(self.peak_mib)}


class Program:
    def __init__(self, binary, scratch, jobs):
        self.binary, self.scratch, self.jobs = str(binary), pathlib.Path(scratch), jobs
        self.scratch.mkdir(parents=True, exist_ok=True)
        self.key = self.scratch / "evaluation.key"
        if not self.key.exists():  # one key for all: what is filled in repeats
            self._call(["key", "new", str(self.key)])

    def _call(self, arguments):
        """Exit status, wall seconds, CPU seconds, peak MiB; stderr goes to the scratch folder."""
        log, start = self.scratch / "program.log", time.time()
        with open(log, "ab") as err:
            pid = os.posix_spawn(self.binary, [self.binary, *arguments], os.environ,
                                 file_actions=[(os.POSIX_SPAWN_DUP2, err.fileno(), 2),
                                               (os.POSIX_SPAWN_DUP2, err.fileno(), 1)])
            _, status, usage = os.wait4(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        if code not in (0, 3):
            raise RuntimeError(f"efface {arguments[0]} ended with {code}; see {log}")
        return time.time() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024

    def run(self, inputs, name):
        """One run over INPUTS into a fresh folder NAME."""
        output = self.scratch / name
        shutil.rmtree(output, ignore_errors=True)
        spent = self._call(["run", *map(str, inputs), "--output", str(output), "--key", str(self.key),
                            "--record-paths", "--jobs", str(self.jobs), "--quiet"])
        return Run(json.loads((output / "manifest.json").read_text()), output, *spent)
