"""Measures face removal by the built program: real volumes, changes of them, negatives, synthetic volumes.

What it is for: DIR/results.json, which grows record by record (a second call goes on where the first one
stopped), and from it a Markdown table (--table). What it does not do: judge by thresholds of its own,
but for what counts as missed on synthetic volumes (truth.py).
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shutil
import sys
import time

import changes
import program as efface
import real_cases
import steps
import synthetic
import table

QUICK_CHANGES = {"bisweb T1 2 mm": ["5 mm axial", "turned y 30", "superior half"]}
CHUNK = 10


class Results:
    """results.json: key -> record; written anew after each."""

    def __init__(self, folder, model):
        self.path = folder / "results.json"
        self.all = json.loads(self.path.read_text()) if self.path.exists() else {"model": model, "records": {}}
        if self.all["model"] != model:
            sys.exit(f"{self.path} holds results of another model or program; name another folder")
        self.started = time.time()

    def lacks(self, key):
        return key not in self.all["records"]

    def keep(self, key, record):
        self.all["records"][key] = record
        temporary = self.path.with_suffix(".tmp")
        temporary.write_text(json.dumps(self.all, indent=1))
        os.replace(temporary, self.path)
        print(f"{time.time() - self.started:6.0f} s  {key}", table.brief(record), flush=True)

    def gather(self, folder):
        """Takes over what another evaluation of the same program and model has measured."""
        other = Results(folder, self.all["model"])
        for key, record in other.all["records"].items():
            if self.lacks(key):
                self.keep(key, record)


def card_beside(binary):
    """The model card that the program uses: of its installation or its build tree."""
    return binary.resolve().parent.parent / "share/efface/models/face_v1.json"


def identity(binary):
    """What the results belong to: the digests of the program and of its networks."""
    card = json.loads(card_beside(binary).read_text())
    return {"program_sha256": hashlib.sha256(binary.read_bytes()).hexdigest(), "name": card["name"],
            "version": card["version"], "sha256": card["sha256"],
            "face_sha256": card.get("face_network", {}).get("sha256")}


def real_heads(args, results, program):
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as judges:
        real = steps.Real(program, args.data, args.shared, args.scratch, judges, args.nice)
        waiting = {}

        def collect(most):
            """Keeps what is judged; waits while more than MOST are under way."""
            while waiting:
                done = [f for f in waiting if f.done()]
                for f in done:
                    results.keep(waiting.pop(f), f.result())
                if len(waiting) <= most:
                    return
                concurrent.futures.wait(waiting, return_when=concurrent.futures.FIRST_COMPLETED)

        for head in real.heads.values():
            if results.lacks(f"real/{head.name}"):
                waiting[real.as_given(head)] = f"real/{head.name}"
                collect(args.jobs)
        for head in real.heads.values():
            wanted = QUICK_CHANGES.get(head.name, []) if args.quick else [
                c for c in changes.all_changes() if c.startswith(tuple(args.changes))]
            for label in wanted:
                key = f"changed/{label}/{head.name}"
                if results.lacks(key):
                    waiting[real.changed(head, label, changes.all_changes()[label])] = key
                    collect(args.jobs)
            real.forget(head)
        collect(0)
        shutil.rmtree(args.scratch / "study", ignore_errors=True)
    return real.heads


def other_volumes(args, results, program, heads):
    for name, path, expected in real_cases.others(args.data):
        if results.lacks(f"other/{name}"):
            results.keep(f"other/{name}", steps.other(program, name, path, expected))
    for path in [] if args.quick else real_cases.variety(args.data):
        if results.lacks(f"variety/{path.name}"):
            results.keep(f"variety/{path.name}", steps.other(program, path.name, path, "counted"))
    for head in list(heads.values())[:2 if args.quick else None]:
        key = f"negative/brain of {head.name}"
        if head.name != "headsq CT" and results.lacks(key):
            labels = None
            if args.dump:
                path = args.scratch / "whole.nii"
                steps.images.write(path, *head.original())
                labels = steps.truth.read_dump(
                    steps.labels_by(args.dump, args.card, path, args.scratch / "whole"))
                shutil.rmtree(args.scratch / "whole")
            named = {f"brain of {head.name}": steps.brain_alone(head, labels)}
            results.keep(key, steps.negatives(program, named, "none", args.scratch)[0])
    if results.lacks("negative/noise"):
        records = steps.negatives(program, steps.noise_volumes(3 if args.quick else 9), "none", args.scratch)
        results.keep("negative/noise", {"volumes": records})


def changed_heads(heads):
    """Those whose Dice is measured under each change: the maps of real heads as they are, two made ones."""
    return [n for n in heads if n.startswith("real_") and n.count("_") == 1] + [
        n for n in heads if n.startswith("head_")][:2]


def synthetic_volumes(args, results, program):
    count = args.synthetic if args.synthetic is not None else (1 if args.quick else 0)
    images = 1 if args.quick else args.dice
    if not (args.shared / "face_model").is_dir() or not (count or images):
        return
    heads = synthetic.held_out_heads(args.shared / "face_model", args.data / "labels_synthseg",
                                     args.heads or args.out / "heads", 2 if args.quick else 6,
                                     0 if args.quick else 2)
    for first in range(0, count, CHUNK):
        for nuisance in args.nuisances:
            key = f"synthetic/{nuisance}/{first}"
            n = min(CHUNK, count - first)
            if results.lacks(key) or len(results.all["records"][key]["volumes"]) < n:
                results.keep(key, {"volumes": steps.synthetic_chunk(
                    program, heads, nuisance, first, n, args.scratch)})
    for i in range(images):
        for name in heads:
            if results.lacks(f"dice/{name}/{i}"):
                results.keep(f"dice/{name}/{i}", steps.dice_of(program, args.dump, args.card, heads, name, i,
                                                              args.scratch))
    for change in changes.all_changes() if images and not args.quick else []:
        for name in changed_heads(heads) if change.startswith(tuple(args.changes)) else []:
            key = f"dice changed/{change}/{name}"
            if results.lacks(key):
                results.keep(key, steps.dice_of(program, args.dump, args.card, heads, name, 0, args.scratch, change))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    path = pathlib.Path
    parser.add_argument("--efface", type=path, help="the built or installed program")
    parser.add_argument("--data", type=path, help="what shared/data/unpack.sh unpacked")
    parser.add_argument("--shared", type=path, help="with eval/ (the judge) and face_model/")
    parser.add_argument("--out", type=path, required=True, help="for results.json and scratch files")
    parser.add_argument("--dump", type=path, help="build/…/tests/parity/dump_probabilities: network labels")
    parser.add_argument("--heads", type=path, help="cache of held-out heads (default: OUT/heads)")
    parser.add_argument("--synthetic", type=int, help="volumes of each nuisance (default: 0; --quick: 1)")
    parser.add_argument("--dice", type=int, default=4, help="images of each held-out head for Dice; 0: nor "
                        "under changes")
    parser.add_argument("--only", nargs="+", choices=["real", "other", "synthetic"],
                        default=["real", "other", "synthetic"])
    parser.add_argument("--changes", nargs="+", default=[""], metavar="START",
                        help="of the changes, those whose names start so: \"5 mm\", \"turned x\", inverted, left …")
    parser.add_argument("--nuisances", nargs="+", choices=synthetic.NUISANCES, default=list(synthetic.NUISANCES),
                        metavar="NAME", help="of the synthetic volumes, those with these names")
    parser.add_argument("--quick", action="store_true", help="few changes, few volumes of each kind")
    parser.add_argument("--jobs", type=int, default=2, help="judges at a time; the program runs alone")
    parser.add_argument("--nice", type=int, default=5, help="of the judges")
    parser.add_argument("--gather", type=path, nargs="+", metavar="DIR", help="take the results in these folders, "
                        "of evaluations that ran side by side, over into OUT's; run nothing")
    parser.add_argument("--table", action="store_true", help="print OUT's results as Markdown, run nothing")
    args = parser.parse_args()
    if args.gather:
        first = json.loads((args.gather[0] / "results.json").read_text())
        args.out.mkdir(parents=True, exist_ok=True)
        results = Results(args.out, first["model"])
        for folder in args.gather:
            results.gather(folder)
        return
    if args.table:
        print(table.markdown(json.loads((args.out / "results.json").read_text())))
        return
    if not (args.efface and args.data and args.shared):
        parser.error("--efface, --data and --shared are needed")
    args.scratch = args.out / "scratch"
    args.scratch.mkdir(parents=True, exist_ok=True)
    args.card = card_beside(args.efface)
    results = Results(args.out, identity(args.efface))
    program = efface.Program(args.efface.resolve(), args.scratch, 1)
    for name in real_cases.missing(args.data):
        print("not here:", name)
    heads = {}
    if "real" in args.only:
        heads = real_heads(args, results, program)
    if "other" in args.only:
        heads = heads or {h.name: h for h in real_cases.heads(args.data, args.shared)}
        other_volumes(args, results, program, heads)
    if "synthetic" in args.only:
        synthetic_volumes(args, results, program)
    (args.out / "table.md").write_text(table.markdown(results.all))


if __name__ == "__main__":
    main()
