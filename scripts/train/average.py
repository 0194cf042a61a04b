"""Averages the weights of networks of which one was trained on from another.

What it is for: one checkpoint, for export.py or `train.py --start`, that mostly does better than either: what
further training gained stays, what it forgot comes back (Wortsman et al., Model soups, ICML 2022). What it
does not do: average networks trained apart from each other, whose mean is nothing.
"""
import argparse
import os
import pathlib

import torch

from train import start_weights


def mean_weights(paths):
    """The state dict of float32 means over checkpoints and exported networks; ValueError where they differ in kind."""
    states = [start_weights(path) for path in paths]
    for path, state in zip(paths, states):
        if {k: v.shape for k, v in state.items()} != {k: v.shape for k, v in states[0].items()}:
            raise ValueError(f"{path} is no network of the same kind as {paths[0]}")
    return {name: torch.stack([state[name].float() for state in states]).mean(0) for name in states[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("networks", type=pathlib.Path, nargs="+", help="exported networks or checkpoints; the last one "
                        "is a checkpoint, whose seed and steps are kept")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the checkpoint to write")
    args = parser.parse_args()
    average = mean_weights(args.networks)
    state = torch.load(args.networks[-1], map_location="cpu")
    temporary = args.out.with_suffix(".tmp")
    torch.save({key: state[key] for key in ("seed", "step", "steps")} | {"average": average}, temporary)
    os.replace(temporary, args.out)


if __name__ == "__main__":
    main()
