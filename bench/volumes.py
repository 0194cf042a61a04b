#!/usr/bin/python3
"""Removes the faces of several head volumes with one job and with two: seconds a volume, how long the networks
are at work, how many processors are busy. Prints a Markdown table.

Whether the networks, where they limit, are ever kept waiting cannot be seen of networks as quick as ours: a
model that looks TIMES times at each volume stands in for one that costs as much. It needs python3-torch, and
does what the model does that it is made of, so the outputs must be the same, which is checked.
"""
import argparse
import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import measure  # noqa: E402


class Repeated(torch.nn.Module):
    """A network, looked through TIMES times; each time depends on the one before, so that none is left out."""

    def __init__(self, network, times: int):
        super().__init__()
        self.network = network
        self.times = times

    def forward(self, x):
        y = self.network(x)
        for _ in range(self.times - 1):
            y = self.network(x + 0.0 * y[:, :1])
        return y


def slower_model(card: pathlib.Path, folder: pathlib.Path, times: int) -> pathlib.Path:
    """The card of a model that costs TIMES times as much and says the same."""
    folder.mkdir()
    content = json.loads(card.read_text())
    for part in (content, content["face_network"]):
        path = folder / part["file"]
        torch.jit.script(Repeated(torch.jit.load(str(card.parent / part["file"])), times).eval()).save(str(path))
        part["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / card.name).write_text(json.dumps(content))
    return folder / card.name


def digests(folder: pathlib.Path) -> list[str]:
    """Of the outputs, in the order of their names."""
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*.dcm"))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", nargs="?", type=pathlib.Path, default="build/release")
    parser.add_argument("--volumes", type=int, default=6)
    parser.add_argument("--times", type=int, default=10, help="what the slower model costs")
    parser.add_argument("--runs", type=int, default=3, help="of the model itself; the slower one runs once")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--batch", type=int, default=1, help="volumes that may be shown to a network together")
    parser.add_argument("--upside-down", action="store_true",
                        help="heads whose headers take up for down: the networks look until they find them")
    parser.add_argument("--slower-only", action="store_true", help="leave the model itself out")
    arguments = parser.parse_args()
    efface, make = arguments.build / "cmd/efface", arguments.build / "tests/support/make_demo_study"
    card = pathlib.Path(__file__).resolve().parents[1] / "models/face_v1.json"
    work = pathlib.Path(tempfile.mkdtemp())
    try:
        for seed in range(arguments.volumes):
            kind = "upside_down" if arguments.upside_down else "volume"
            subprocess.run([make, "--kind", kind, "--seed", str(seed + 1), "--output", work / f"in/{seed}"],
                           check=True)
        subprocess.run([efface, "key", "new", work / "key"], check=True)
        cards = {"the model": card}
        if not arguments.upside_down:  # there the model itself is what limits
            slower = slower_model(card, work / "slower", arguments.times)
            cards[f"one of {arguments.times} times its cost"] = slower
        print(f"{os.cpu_count()} cores; {arguments.volumes} studies of one 256 x 256 x 176 head each, "
              f"medians of {1 if arguments.slower_only else arguments.runs} runs, start of the program and of LibTorch included\n")
        print("| | jobs | seconds a volume | networks at work | processors busy | volumes a batch "
              "| peak memory |\n|---|---|---|---|---|---|---|")
        seen = set()
        for name, model in list(cards.items())[1 if arguments.slower_only else 0:]:
            for jobs in arguments.jobs:
                results, shares, batches = [], [], []
                for _ in range(arguments.runs if name == "the model" else 1):
                    shutil.rmtree(work / "out", ignore_errors=True)
                    results.append(measure.run_once(
                        [str(efface), "run", str(work / "in"), "--output", str(work / "out"), "--key",
                         str(work / "key"), "--jobs", str(jobs), "--batch", str(arguments.batch),
                         "--model", str(model), "--device", "cpu", "--summary", str(work / "summary.json"), "--quiet"]))
                    summary = json.loads((work / "summary.json").read_text())
                    shares.append(summary["network_seconds"] / summary["seconds"])
                    batches.append(summary["network_volumes"] / summary["network_batches"])
                    if summary["totals"]["verdicts"].get("removed") != arguments.volumes:
                        raise SystemExit("not every face was removed: this is no measurement")
                    seen.add(tuple(digests(work / "out")))
                middle = measure.median(results)
                print(f"| {name} | {jobs} | {middle.seconds / arguments.volumes:.2f} "
                      f"| {100 * statistics.median(shares):.0f} % | {middle.cpu_seconds / middle.seconds:.2f} "
                      f"| {statistics.median(batches):.1f} | {middle.peak_mib:.0f} MiB |", flush=True)
        if len(seen) != 1:
            raise SystemExit("the outputs differ between runs")
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
