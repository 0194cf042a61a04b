"""Calibrates the scores of a model: how often verdicts with a raw score were right on synthetic volumes.

What it is for: the `calibration` of a model card, from OUT/results.json of evaluate_faces.py. What it does
not do: run the program. The results must come from a card without calibration (raw scores). Right is a
verdict `removed` when at least 80 percent of the true face went, `no_face` or `no_head` when less than
2 ml of a face were in view (truth.py). Shares of neighbours are pooled until they rise (isotonic
regression), and drawn towards one half by one right and one wrong volume a pool, so that few volumes
never make a certainty.
"""
import argparse
import json
import pathlib
import sys

import truth

LEAST_IN_POOL = 15


def volumes(results):
    """Score, kind of verdict, and whether it was right, of each synthetic volume let through."""
    for key, record in results["records"].items():
        if not key.startswith("synthetic/"):
            continue
        for v in record["volumes"]:
            if v["verdict"] == "removed":
                yield v["score"], "removed", not v["missed"]
            elif v["verdict"] in ("no_face", "no_head"):
                yield v["score"], "none", v["face_ml"] < truth.LEAST_FACE_ML


def points(pairs):
    """Rising [raw score, share of right ones] of pairs (score, right)."""
    pools = []  # scores, right ones
    for score, right in sorted(pairs):
        if not pools or (len(pools[-1][0]) >= LEAST_IN_POOL and pools[-1][0][-1] < score):
            pools.append(([], []))
        pools[-1][0].append(score)
        pools[-1][1].append(right)
    if len(pools) > 1 and len(pools[-1][0]) < LEAST_IN_POOL:
        last = pools.pop()
        pools[-1] = tuple(a + b for a, b in zip(pools[-1], last))
    share = lambda pool: (sum(pool[1]) + 1) / (len(pool[1]) + 2)
    risen = []
    for pool in pools:
        risen.append(pool)
        while len(risen) > 1 and share(risen[-2]) >= share(risen[-1]):
            last = risen.pop()
            risen[-1] = tuple(a + b for a, b in zip(risen[-1], last))
    return [[round(sum(s) / len(s), 4), round(share((s, r)), 4)] for s, r in risen]


def calibration(results):
    """The card's entry, with how many volumes it rests on."""
    found = list(volumes(results))
    entry = {}
    for kind in ("removed", "none"):
        pairs = [(score, right) for score, k, right in found if k == kind]
        entry[kind] = points(pairs)
        entry[f"{kind}_volumes"] = len(pairs)
        entry[f"{kind}_right"] = sum(right for _, right in pairs)
    return entry


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder of evaluate_faces.py")
    parser.add_argument("--card", type=pathlib.Path, help="model card to write the calibration into")
    args = parser.parse_args()
    entry = calibration(json.loads((args.out / "results.json").read_text()))
    print(json.dumps(entry, indent=2))
    if args.card:
        card = json.loads(args.card.read_text())
        if "calibration" in card:
            sys.exit(f"{args.card} is calibrated: its scores are not raw")
        args.card.write_text(json.dumps(card | {"calibration": entry}, indent=2) + "\n")


if __name__ == "__main__":
    main()
