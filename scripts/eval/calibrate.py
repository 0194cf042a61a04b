"""Calibrates the scores of a model: how often verdicts with a raw score were right on synthetic volumes.

What it is for: the `calibration` of a model card, from OUT/results.json of evaluate_faces.py. What it does
not do: run the program. Scores of a card that is calibrated are turned back into raw ones first, as far as
its curve rises. Right is a verdict `removed` when at least 80 percent of the true face went, `no_face` or
`no_head` when less than 2 ml of a face were in view (truth.py). Shares of neighbours are pooled until they
rise (isotonic regression); then each is drawn towards one half by one right and one wrong volume, so that
few volumes never make a certainty, and pooled again.
"""
import argparse
import json
import pathlib

import numpy as np

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


def raw_score(curve, score):
    """What a card's curve, [raw score, share] rising, made SCORE of; at its ends the end."""
    return float(np.interp(score, [share for _, share in curve], [raw for raw, _ in curve]))


def risen(pools, share):
    """Neighbouring pools (scores, right ones) joined until SHARE rises."""
    done = []
    for pool in pools:
        done.append(pool)
        while len(done) > 1 and share(done[-2]) >= share(done[-1]):
            last = done.pop()
            done[-1] = tuple(a + b for a, b in zip(done[-1], last))
    return done


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
    cautious = lambda pool: (sum(pool[1]) + 1) / (len(pool[1]) + 2)
    pools = risen(risen(pools, lambda pool: sum(pool[1]) / len(pool[1])), cautious)
    return [[round(sum(pool[0]) / len(pool[0]), 4), round(cautious(pool), 4)] for pool in pools]


def calibration(results, scored_by=None):
    """The card's entry, with how many volumes it rests on; SCORED_BY: that of the card the results come from."""
    found = [(raw_score(scored_by[kind], score) if scored_by else score, kind, right)
             for score, kind, right in volumes(results)]
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
    parser.add_argument("--card", type=pathlib.Path, required=True, help="the model card that the results come from")
    parser.add_argument("--write", action="store_true", help="the calibration into the card")
    args = parser.parse_args()
    card = json.loads(args.card.read_text())
    entry = calibration(json.loads((args.out / "results.json").read_text()), card.get("calibration"))
    print(json.dumps(entry, indent=2))
    if args.write:
        args.card.write_text(json.dumps(card | {"calibration": entry}, indent=2) + "\n")


if __name__ == "__main__":
    main()
