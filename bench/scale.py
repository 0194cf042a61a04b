#!/usr/bin/env python3
"""How the cost of a run grows: time and memory against files, studies, jobs and volumes, beside cp, gdcmanon
and dcmodify on the same trees in one run. Prints Markdown tables and draws them as one SVG picture.

    bench/scale.py --efface build/release/cmd/efface --work DIR [--files 200000] [--volumes 6]
                   [--picture scale.svg]

Files are small (about 4 kB), a hundred to a study unless told otherwise; attributes only, warm cache.
Volumes are heads of 256 x 256 x 176 voxels in DICOM, each a study of its own, on the CPU."""
import argparse
import json
import math
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

from measure import run_once

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "e2e"))
import dicom_bytes as db  # noqa: E402

FILES_PER_STUDY = 100


def make_tree(folder: pathlib.Path, files: int, studies: int) -> None:
    """Ultrasound images of 64 x 64 that differ in their UIDs and patients."""
    template = db.part10(db.ultrasound(patient_id="P-0000000").replace(
        db.element(0x0020000D, "UI", "1.2.3.1"), db.element(0x0020000D, "UI", "1.2.3.1.0000000")).replace(
        db.element(0x00080018, "UI", "1.2.3.4.5"), db.element(0x00080018, "UI", "1.2.3.4.50000000")),
        instance="1.2.3.4.50000000")
    for study in range(studies):
        place = folder / f"{study:05}"
        place.mkdir(parents=True)
        own = template.replace(b"P-0000000", b"P-%07d" % (study // 2)).replace(
            b"1.2.3.1.0000000", b"1.2.3.1.%07d" % (1000000 + study))
        for number in range(study, files, studies):
            content = own.replace(b"1.2.3.4.50000000", b"1.2.3.4.%08d" % (50000000 + number))
            (place / f"{number // studies:05}.dcm").write_bytes(content)


def efface_command(efface: str, work: pathlib.Path, tree: pathlib.Path, jobs: int) -> list[str]:
    return [efface, "run", "--key", str(work / "key"), "--output", str(work / "out"), "--quiet",
            "--pixels", "keep", "--jobs", str(jobs), str(tree)]


def timed(command: list[str], output: pathlib.Path | None, runs: int = 3):
    """The fastest of some runs, output removed before each: what disturbs only ever adds."""
    results = []
    for _ in range(runs):
        if output is not None:
            shutil.rmtree(output, ignore_errors=True)
        results.append(run_once(command))
    return min(results, key=lambda result: result.seconds)


def other_programs(tree: pathlib.Path, out: pathlib.Path) -> dict[str, list[str]]:
    """Those that are installed: a copy, and the least that others can be asked to change."""
    commands = {
        "cp -r": ["cp", "-r", str(tree), str(out)],
        "gdcmanon": ["gdcmanon", "--dumb", "--remove", "10,10", "--recursive", "--continue", "-i", str(tree),
                     "-o", str(out)],
        "cp -r and dcmodify": ["bash", "-c", f"cp -r {tree} {out} && find {out} -name '*.dcm' -print0 | "
                                             "xargs -0 dcmodify -nb -ea '(0010,0010)'"],
    }
    return {name: command for name, command in commands.items()
            if shutil.which(name.rsplit(" ", 1)[-1] if "dcmodify" in name else command[0])}


def measure_files(efface: str, work: pathlib.Path, most: int) -> dict:
    """Seconds and memory for a sixteenth, a quarter and all of the files, one job and two; the others, which
    take long, up to a quarter."""
    figures = {"one job": [], "two jobs": [], "cp -r": [], "gdcmanon": [], "cp -r and dcmodify": []}
    print("| files | studies | one job | two jobs | ratio | files/s, two jobs | processors' time, one and two | "
          "peak memory | cp -r |\n|---|---|---|---|---|---|---|---|---|")
    for files in (most // 16, most // 4, most):
        tree, out = work / "tree", work / "out"
        shutil.rmtree(tree, ignore_errors=True)
        studies = max(1, files // FILES_PER_STUDY)
        make_tree(tree, files, studies)
        runs = 3 if files < 100_000 else 1
        one = timed(efface_command(efface, work, tree, 1), out, runs)
        two = timed(efface_command(efface, work, tree, 2), out, runs)
        written = json.loads((out / "manifest.json").read_text())["totals"]["written"]
        if written != files:
            raise SystemExit(f"{written} of {files} files written")
        others = other_programs(tree, out)
        copied = timed(others["cp -r"], out, runs)
        for name, result in (("one job", one), ("two jobs", two), ("cp -r", copied)):
            figures[name].append((files, result.seconds))
        for name in ("gdcmanon", "cp -r and dcmodify"):
            if name in others and files < most:
                figures[name].append((files, timed(others[name], out, 1).seconds))
        print(f"| {files} | {studies} | {one.seconds:.1f} s | {two.seconds:.1f} s | "
              f"{one.seconds / two.seconds:.2f} | {files / two.seconds:.0f} | {one.cpu_seconds:.1f} s, "
              f"{two.cpu_seconds:.1f} s | {two.peak_mib:.0f} MiB | "
              f"{copied.seconds:.1f} s |", flush=True)
    shown = [(name, line) for name, line in figures.items() if line]
    print("\n| files | " + " | ".join(name for name, _ in shown) + " |\n|---" + "|---" * len(shown) + "|")
    for files in (most // 16, most // 4):
        cells = [next((f"{files / s:.0f} files/s" for f, s in line if f == files), "") for _, line in shown]
        print(f"| {files} | " + " | ".join(cells) + " |", flush=True)
    return dict(shown)


def measure_jobs(efface: str, work: pathlib.Path, files: int) -> dict:
    """The same files with one job and more."""
    tree = work / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    make_tree(tree, files, files // FILES_PER_STUDY)
    print("\n| jobs | time | of one job's speed |\n|---|---|---|")
    figures = []
    for jobs in (1, 2, 4):
        figures.append((jobs, timed(efface_command(efface, work, tree, jobs), work / "out").seconds))
        print(f"| {jobs} | {figures[-1][1]:.1f} s | {figures[0][1] / figures[-1][1]:.2f} |", flush=True)
    return {f"{files} files": figures}


def measure_volumes(efface: str, work: pathlib.Path, volumes: int) -> dict:
    """Seconds a volume, and how much of the time the networks were at work."""
    make = pathlib.Path(efface).resolve().parent.parent / "tests" / "support" / "make_demo_study"
    tree, out, summary = work / "volumes", work / "out", work / "summary.json"
    shutil.rmtree(tree, ignore_errors=True)
    for number in range(volumes):
        subprocess.run([make, "--kind", "volume", "--seed", str(number + 1), "--output", tree / str(number)],
                       check=True)
    print("\n| volumes | jobs | a volume | processors' time | networks at work | peak memory |\n"
          "|---|---|---|---|---|---|")
    figures = []
    for jobs in (1, 2, 3):
        command = [efface, "run", "--key", str(work / "key"), "--output", str(out), "--quiet", "--jobs",
                   str(jobs), "--device", "cpu", "--summary", str(summary), str(tree)]
        result = timed(command, out, 2)
        told = json.loads(summary.read_text())
        if told["totals"]["volumes"] != volumes:
            raise SystemExit(f"{told['totals']['volumes']} of {volumes} volumes were seen")
        figures.append((jobs, result.seconds / volumes))
        print(f"| {volumes} | {jobs} | {result.seconds / volumes:.2f} s | {result.cpu_seconds / volumes:.2f} s | "
              f"{told['network_seconds'] / told['seconds']:.0%} | {result.peak_mib:.0f} MiB |", flush=True)
    shutil.rmtree(tree)
    return {f"{volumes} volumes": figures}


def measure_studies(efface: str, work: pathlib.Path, files: int) -> dict:
    """The same number of files in few studies and in many."""
    print("\n| files | studies | two jobs |\n|---|---|---|")
    figures = []
    for studies in (1, files // 100, files // 10, files):
        tree = work / "tree"
        shutil.rmtree(tree, ignore_errors=True)
        make_tree(tree, files, studies)
        result = timed(efface_command(efface, work, tree, 2), work / "out")
        figures.append((studies, result.seconds))
        print(f"| {files} | {studies} | {result.seconds:.1f} s |", flush=True)
    return {f"{files} files, two jobs": figures}


def measure_resume(efface: str, work: pathlib.Path, files: int) -> None:
    """Killed in the middle: how long until the next run has taken up what was done."""
    tree, out = work / "tree", work / "out"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.rmtree(out, ignore_errors=True)
    make_tree(tree, files, files // FILES_PER_STUDY)
    command = efface_command(efface, work, tree, 2)
    whole = timed(command, out, 1).seconds
    shutil.rmtree(out)
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    time.sleep(0.8 * whole)
    child.send_signal(signal.SIGKILL)
    child.wait()
    rest = run_once(command).seconds
    nothing = run_once(command).seconds
    print(f"\n| {files} files | time |\n|---|---|\n| whole run | {whole:.1f} s |\n"
          f"| killed after 80 % of that, run again | {rest:.1f} s |\n"
          f"| run again when all is done | {nothing:.1f} s |", flush=True)


def draw(charts: list[tuple[str, str, dict]], path: pathlib.Path) -> None:
    """One chart beside the other, both axes logarithmic; seconds upwards."""
    width, height, margin = 420, 320, 56
    colours = ("#0b6", "#06c", "#c40", "#808", "#555")
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * len(charts)}" height="{height}" '
             'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>']
    for index, (title, label, lines) in enumerate(charts):
        points = [point for line in lines.values() for point in line]
        x_range = [math.log10(f(p[0] for p in points)) for f in (min, max)]
        y_range = [math.floor(math.log10(min(p[1] for p in points))),
                   math.floor(math.log10(max(p[1] for p in points))) + 1]

        def place(point, left=index * width, xs=x_range, ys=y_range):
            x = left + margin + (math.log10(point[0]) - xs[0]) / (xs[1] - xs[0]) * (width - 2 * margin)
            y = height - margin - (math.log10(point[1]) - ys[0]) / (ys[1] - ys[0]) * (height - 2 * margin)
            return x, y

        left = index * width
        parts.append(f'<text x="{left + margin}" y="20">{title}</text>'
                     f'<text x="{left + width / 2}" y="{height - 12}" text-anchor="middle">{label}</text>')
        for exponent in range(y_range[0], y_range[1] + 1):
            y = place((10 ** x_range[0], 10 ** exponent))[1]
            parts.append(f'<path d="M{left + margin} {y:.1f}H{left + width - margin}" stroke="#ddd"/>'
                         f'<text x="{left + margin - 4}" y="{y + 4:.1f}" text-anchor="end">'
                         f'{10.0 ** exponent:g} s</text>')
        for x_value in sorted({p[0] for p in points}):
            x = place((x_value, 10 ** y_range[0]))[0]
            parts.append(f'<text x="{x:.1f}" y="{height - margin + 16}" text-anchor="middle">'
                         f'{x_value}</text>')
        for number, (name, line) in enumerate(lines.items()):
            path_text = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, line))
            colour = colours[number % len(colours)]
            parts.append(f'<polyline points="{path_text}" fill="none" stroke="{colour}" stroke-width="2"/>'
                         f'<text x="{left + margin + 8}" y="{40 + 15 * number}" fill="{colour}">{name}</text>')
    path.write_text("".join(parts) + "</svg>\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--efface", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--files", type=int, default=200_000)
    parser.add_argument("--volumes", type=int, default=6)
    parser.add_argument("--picture", type=pathlib.Path)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    key = options.work / "key"
    if not key.exists():
        subprocess.run([options.efface, "key", "new", key], check=True, stdout=subprocess.DEVNULL)
    print(f"{os.cpu_count()} cores\n")
    small = max(1000, options.files // 20)
    by_files = measure_files(options.efface, options.work, options.files)
    by_studies = measure_studies(options.efface, options.work, small)
    by_jobs = measure_jobs(options.efface, options.work, small)
    by_volumes = measure_volumes(options.efface, options.work, options.volumes) if options.volumes else {}
    measure_resume(options.efface, options.work, options.files // 4)
    for name in ("tree", "out"):
        shutil.rmtree(options.work / name, ignore_errors=True)
    if options.picture:
        charts = [("time against files", "files", by_files),
                  ("time against studies", "studies", by_studies), ("time against jobs", "jobs", by_jobs)]
        if by_volumes:
            charts.append(("time a volume against jobs", "jobs", by_volumes))
        draw(charts, options.picture)


if __name__ == "__main__":
    main()
