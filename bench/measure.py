#!/usr/bin/env python3
"""Times cp, gdcmanon and efface on the files that run.sh made; prints a Markdown table. Each figure is the
median of five runs with a warm file cache; memory is the peak resident size of the process."""
import argparse
import os
import pathlib
import shutil
import statistics
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "e2e"))
import dicom_bytes as db  # noqa: E402

RUNS = 5


class Result:
    def __init__(self, seconds: float, peak_mib: float, cpu_seconds: float = 0):
        self.seconds = seconds
        self.cpu_seconds = cpu_seconds  # of all threads, user and system
        self.peak_mib = peak_mib


def run_at_once(commands: list[list[str]]) -> Result:
    """Until the last of them has ended; their processors' time together, the memory of the largest."""
    start = time.monotonic()
    children = [subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
                for command in commands]
    whole = Result(0, 0)
    for child, command in zip(children, commands):
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise SystemExit(f"{command[0]} ended with {child.returncode}")
        whole.cpu_seconds += usage.ru_utime + usage.ru_stime
        whole.peak_mib = max(whole.peak_mib, usage.ru_maxrss / 1024)
    whole.seconds = time.monotonic() - start
    return whole


def run_once(command: list[str]) -> Result:
    return run_at_once([command])


def on_disk(command: list[str]) -> list[str]:
    """The command, and until its output lies on the disk: efface syncs what it writes, others do not."""
    return ["bash", "-c", '"$@" && sync -f "$0"', command[-1], *command]


def median(results: list[Result]) -> Result:
    return Result(statistics.median(r.seconds for r in results), max(r.peak_mib for r in results),
                  statistics.median(r.cpu_seconds for r in results))


def medians(commands: list[list[str]], output: pathlib.Path | None = None, runs: int = RUNS) -> list[Result]:
    """One of each command in turn, `runs` times over: what slows the machine for a while slows all of them.
    The output directory is removed before each; that is not timed."""
    results: list[list[Result]] = [[] for _ in commands]
    for _ in range(runs):
        for command, own in zip(commands, results):
            if output:
                shutil.rmtree(output, ignore_errors=True)
                os.sync()
            own.append(run_once(command))
    return [median(own) for own in results]


def size_of(folder: pathlib.Path) -> tuple[int, int]:
    count = size = 0
    for place, _, names in os.walk(folder):  # no list of paths: a child's peak memory is at least this program's
        count += len(names)
        size += sum(os.path.getsize(os.path.join(place, name)) for name in names)
    return count, size


def empty_files(folder: pathlib.Path) -> None:
    """Gives disk and memory back to the next run."""
    subprocess.run(["find", folder, "-type", "f", "-size", "+0", "-exec", "truncate", "-s", "0", "{}", "+"],
                   check=True)


def read_all(folder: pathlib.Path) -> None:
    for place, _, names in os.walk(folder):
        for name in names:
            pathlib.Path(place, name).read_bytes()


def measure_files(efface: str, work: pathlib.Path) -> None:
    """Each run writes to a folder of its own, all of which are removed at the end: for minutes after files
    were removed, ext4 passes over their inodes one by one when others are made, a third of a run's time."""
    many, outputs = work / "many", work / "outputs"
    count, size = size_of(many)
    read_all(many)
    outputs.mkdir()

    def efface_run(inputs: list[pathlib.Path], jobs: int, out: str) -> list[str]:
        return [efface, "run", "--key", str(work / "key"), "--quiet", "--progress", "none", "--jobs",
                str(jobs), *map(str, inputs), "--output", out]

    studies = sorted(many.iterdir())
    commands = {  # of a new folder, one or more that run at once
        "`cp -r`": lambda out: [["cp", "-r", str(many), out]],
        "`gdcmanon --dumb --remove 10,10`": lambda out: [["gdcmanon", "--dumb", "--remove", "10,10", "-r", "-i",
                                                          str(many), "-o", out]],
        "`efface run --jobs 1`": lambda out: [efface_run([many], 1, out)],
        "`efface run --jobs 2`": lambda out: [efface_run([many], 2, out)],
        "two `--jobs 1` at once, half of the studies each": lambda out: [
            efface_run(studies[::2], 1, out + "-even"), efface_run(studies[1::2], 1, out + "-odd")],
    }
    results: dict[str, list[Result]] = {name: [] for name in commands}
    for turn in range(RUNS):
        for number, (name, command) in enumerate(commands.items()):
            os.sync()
            out = str(outputs / f"{turn}-{number}")
            results[name].append(run_at_once([on_disk(one) for one in command(out)]))
            if name == "`efface run --jobs 2`" and size_of(pathlib.Path(out))[0] < count:
                raise SystemExit(f"efface wrote less than {count} files: this is no measurement")
            empty_files(outputs)
    rows = {name: median(own) for name, own in results.items()}
    print(f"{count} MR files of {size / count / 1000:.0f} kB, attributes only, digests and residue "
          f"check on, until all is on the disk:\n")
    print("| | files/s | relative to `cp -r` | relative to one job | processors' time | peak memory |\n"
          "|---|---|---|---|---|---|")
    copy, one, two = (rows[name] for name in ("`cp -r`", "`efface run --jobs 1`", "`efface run --jobs 2`"))
    for name, result in rows.items():
        print(f"| {name} | {count / result.seconds:.0f} | {copy.seconds / result.seconds:.2f} | "
              f"{one.seconds / result.seconds:.2f} | {result.cpu_seconds:.2f} s | {result.peak_mib:.0f} MiB |")
    print(f"\nThe last line shares nothing but the machine: it bounds what a second job can bring. So does the "
          f"disk: {size / 1e6:.0f} MB took `cp -r` {copy.seconds:.1f} s.")
    fewer, _ = size_of(work / "quarter")
    small, = medians([on_disk(efface_run([work / "quarter"], 2, str(outputs / "quarter")))],
                     outputs / "quarter")
    growth = (two.peak_mib - small.peak_mib) * 1024 / (count - fewer)
    print(f"\nMemory grows by {max(growth, 0):.2f} KiB a file (from {fewer} to {count} files).\n", flush=True)
    shutil.rmtree(outputs)


def measure_volume(efface: str, work: pathlib.Path) -> None:
    out = work / "out"
    result, = medians([[efface, "run", "--key", str(work / "key"), "--output", str(out), "--quiet",
                        "--progress", "none", "--jobs", "2", "--device", "cpu", str(work / "volume")]], out)
    count, _ = size_of(out)
    print("| 256 x 256 x 176 MR volume, DICOM to DICOM, CPU, two jobs | |\n|---|---|")
    print(f"| time | {result.seconds:.1f} s |\n| peak memory | {result.peak_mib:.0f} MiB |")
    print(f"| files written | {count - 1} |\n")


def measure_large(efface: str, work: pathlib.Path) -> None:
    """One multi-frame file of 2 GiB beside cp."""
    folder, out = work / "large", work / "out"
    folder.mkdir(exist_ok=True)
    write_large(folder / "file.dcm")
    names = ("`cp -r`", "`efface run --pixels keep`")
    commands = [["cp", "-r", str(folder), str(out)],
                [efface, "run", "--key", str(work / "key"), "--output", str(out), "--quiet",
                 "--pixels", "keep", str(folder)]]
    print("| multi-frame file of 2 GiB | time | peak memory |\n|---|---|---|")
    for name, result in zip(names, medians(commands, out, runs=3)):
        print(f"| {name} | {result.seconds:.1f} s | {result.peak_mib:.0f} MiB |")
    print()
    shutil.rmtree(folder)


def write_large(path: pathlib.Path) -> None:
    frames, rows = 2047, 1024
    start = db.ultrasound(b"")[:-12]  # without its pixel data
    for tag, vr, value in ((0x00280010, "US", rows), (0x00280011, "US", rows)):
        start = start.replace(db.element(tag, vr, 64), db.element(tag, vr, value))
    before = db.element(0x00280010, "US", rows)
    start = start.replace(before, db.element(0x00280008, "IS", str(frames)) + before)
    with path.open("wb") as file:
        file.write(db.part10(start) + struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0,
                                                  frames * rows * rows))
        frame = os.urandom(rows * rows)
        for _ in range(frames):
            file.write(frame)


def measure_start(efface: str, work: pathlib.Path) -> None:
    print("| start | time | peak memory |\n|---|---|---|")
    for name, command in (("`efface --help`", [efface, "--help"]),
                          ("empty program linked to LibTorch", [str(work / "torch_start")])):
        result, = medians([command], runs=7)
        print(f"| {name} | {result.seconds * 1000:.0f} ms | {result.peak_mib:.0f} MiB |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--efface", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo")
                      if line.startswith("model name")), "unknown processor")
    print(f"{os.cpu_count()} cores, {processor}\n")
    measure_files(arguments.efface, arguments.work)
    measure_volume(arguments.efface, arguments.work)
    measure_large(arguments.efface, arguments.work)
    measure_start(arguments.efface, arguments.work)


if __name__ == "__main__":
    main()
