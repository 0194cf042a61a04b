#!/usr/bin/env python3
"""How the cost of a run grows: time and memory against files, studies and jobs, beside cp, gdcmanon and
dcmodify on the same trees in one run. Prints Markdown tables and draws them as an SVG picture.

    bench/scale.py --efface build/release/cmd/efface --work DIR [--files 200000] [--picture scale.svg]

Files are small (about 4 kB), a hundred to a study unless told otherwise; attributes only, warm cache."""
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


def measure_files(efface: str, work: pathlib.Path, most: int) -> dict:
    """Seconds and memory for an eighth, a half … of the files, one job and two."""
    figures = {"one job": [], "two jobs": [], "cp -r": []}
    print("| files | studies | one job | two jobs | ratio | files/s, two jobs | peak memory | cp -r |")
    print("|---|---|---|---|---|---|---|---|")
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
        copied = timed(["cp", "-r", str(tree), str(out)], out, runs)
        for name, result in (("one job", one), ("two jobs", two), ("cp -r", copied)):
            figures[name].append((files, result.seconds))
        print(f"| {files} | {studies} | {one.seconds:.1f} s | {two.seconds:.1f} s | "
              f"{one.seconds / two.seconds:.2f} | {files / two.seconds:.0f} | {two.peak_mib:.0f} MiB | "
              f"{copied.seconds:.1f} s |", flush=True)
    return figures


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


def measure_others(efface: str, work: pathlib.Path, files: int) -> None:
    tree, out = work / "tree", work / "out"
    shutil.rmtree(tree, ignore_errors=True)
    make_tree(tree, files, files // FILES_PER_STUDY)
    rows = [("efface, two jobs", efface_command(efface, work, tree, 2)),
            ("cp -r", ["cp", "-r", str(tree), str(out)]),
            ("gdcmanon --dumb, one attribute",
             ["gdcmanon", "--dumb", "--remove", "10,10", "--recursive", "--continue", "-i", str(tree),
              "-o", str(out)]),
            ("cp -r and dcmodify, one attribute",
             ["bash", "-c", f"cp -r {tree} {out} && find {out} -name '*.dcm' -print0 | "
                            "xargs -0 dcmodify -nb -ea '(0010,0010)'"])]
    print(f"\n| {files} files | time | files/s |\n|---|---|---|")
    for name, command in rows:
        if shutil.which(command[0]) is None:
            continue
        seconds = timed(command, out).seconds
        print(f"| {name} | {seconds:.1f} s | {files / seconds:.0f} |", flush=True)


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
    colours = ("#0b6", "#06c", "#c40", "#808")
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * len(charts)}" height="{height}" '
             'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>']
    for index, (title, label, lines) in enumerate(charts):
        points = [point for line in lines.values() for point in line]
        x_range = [math.log10(f(p[0] for p in points)) for f in (min, max)]
        y_range = [math.floor(math.log10(min(p[1] for p in points))),
                   math.ceil(math.log10(max(p[1] for p in points)))]

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
    measure_others(options.efface, options.work, small)
    measure_resume(options.efface, options.work, options.files // 4)
    for name in ("tree", "out"):
        shutil.rmtree(options.work / name, ignore_errors=True)
    if options.picture:
        draw([("time against files", "files", by_files),
              ("time against studies", "studies", by_studies)], options.picture)


if __name__ == "__main__":
    main()
