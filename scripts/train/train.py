"""Trains the network from the ring of random batches; resumable, seeded.

What it is for: weights in OUT/last.pt (network, its moving average, optimiser, step). What it does
not do: make data (make_data.py), export (export.py). Dice plus cross-entropy, Adam, cosine decay.
"""
import argparse
import copy
import math
import os
import pathlib
import time
import zipfile

import numpy as np
import torch
from torch.nn import functional as F

from network import FaceNet, exported_weights

FACIAL_WEIGHT = 3.0  # at the start, so that small labels appear at all; it falls to 1, lest they
                     # grow beyond their parts


def read_batch(ring, rng):
    """Image [N, 1, Z, Y, X] float32 and labels [N, Z, Y, X] int64 from a random slot of the ring."""
    while True:
        paths = sorted(ring.glob("batch_*.npz"))
        try:
            data = np.load(paths[rng.integers(len(paths))])
            x, y = (np.ascontiguousarray(data[k].transpose(0, 3, 2, 1)) for k in ("x", "y"))
            return vary(torch.from_numpy(x).float()[:, None], torch.from_numpy(y).long(), rng)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            time.sleep(1.0)


def vary(x, y, rng):
    """A batch may be read more than once: mirror it, bend its grey values (0 and 1 stay)."""
    if rng.random() < 0.5:
        x, y = x.flip(4), y.flip(3)
    return x ** float(np.exp(rng.normal(0, 0.15))), y


def facial_weight(progress):
    """Of eyes, nose, mouth and ears in the cross-entropy; PROGRESS from 0 to 1."""
    return 1 + (FACIAL_WEIGHT - 1) * max(0.0, 1 - progress / 0.7)


def losses(logits, labels, weight):
    """Cross-entropy, soft Dice loss over the labels present, and hard Dice per label (NaN: absent)."""
    log_p = F.log_softmax(logits, 1)
    entropy = F.nll_loss(log_p, labels, weight=torch.tensor([1.0] * 3 + [weight] * 4, device=logits.device))
    one_hot = F.one_hot(labels, logits.shape[1]).permute(0, 4, 1, 2, 3).float()
    p, axes = log_p.exp(), (0, 2, 3, 4)
    size = one_hot.sum(axes)
    dice = (2 * (p * one_hot).sum(axes) + 10) / (p.sum(axes) + size + 10)
    present = size > 20
    with torch.no_grad():
        hard = logits.argmax(1)
        score = [float(2 * ((hard == k) & (labels == k)).sum() / ((hard == k).sum() + size[k]))
                 if present[k] else math.nan for k in range(1, logits.shape[1])]
    # absent labels take part with a small weight, so that false faces cost something
    weight = torch.where(present, 1.0, 0.3)
    return entropy, ((1 - dice) * weight).sum() / weight.sum(), score


def learning_rate(step, steps, peak):
    return peak * min(1, (step + 1) / 50) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1, step / steps))))


def start_weights(path):
    """The state dict of a checkpoint's moving average, or of an exported network."""
    with zipfile.ZipFile(path) as records:
        exported = any("/code/" in name for name in records.namelist())
    return exported_weights(path) if exported else torch.load(path, map_location="cpu")["average"]


def save(path, network, average, optimiser, step, args):
    temporary = path.with_suffix(".tmp")
    torch.save({"network": network.state_dict(), "average": average.state_dict(), "step": step,
                "optimiser": optimiser.state_dict(), "seed": args.seed, "steps": args.steps}, temporary)
    os.replace(temporary, path)


def train(args):
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    device = torch.device(args.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    network = FaceNet().to(device)
    if args.start:
        network.load_state_dict(start_weights(args.start))
    average = copy.deepcopy(network)
    optimiser = torch.optim.Adam(network.parameters(), lr=args.rate)
    step, path = 0, args.out / "last.pt"
    args.out.mkdir(parents=True, exist_ok=True)
    if path.exists():
        state = torch.load(path, map_location=device)
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        step = state["step"]
    rng = np.random.default_rng([args.seed, step])
    scores, start, first = [], time.time(), step
    while step < args.steps and not (args.minutes and time.time() - start > 60 * args.minutes):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, args.steps, args.rate)
        x, y = read_batch(args.ring, rng)
        x, y = x.to(device), y.to(device)
        entropy, dice, score = losses(network(x), y, facial_weight(step / args.steps))
        optimiser.zero_grad(set_to_none=True)
        (entropy + dice).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        decay = min(0.99, step / (step + 10))
        with torch.no_grad():
            for a, b in zip(average.parameters(), network.parameters()):
                a.lerp_(b, 1 - decay)
        scores.append([float(entropy), float(dice)] + score)
        step += 1
        if step % 25 == 0:
            mean = np.nanmean(np.array(scores[-25:]), 0)
            print(step, f"{(time.time() - start) / (step - first):.2f} s/step", mean.round(3), flush=True)
        if step % 100 == 0 or step == args.steps:
            save(path, network, average, optimiser, step, args)
    save(path, network, average, optimiser, step, args)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ring", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--device", help="cpu, cuda, cuda:1 …; default: cuda where there is one")
    parser.add_argument("--start", type=pathlib.Path, help="checkpoint, or exported network, to start from")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--minutes", type=float, default=0, help="stop after so long; 0: never")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
