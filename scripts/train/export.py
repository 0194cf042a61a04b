"""Exports a checkpoint as TorchScript with softmax, and writes its model card.

What it is for: MODELS/NAME.pt and MODELS/NAME.json; loads in LibTorch 1.13 and later. What it does
not do: measure (evaluate.py writes the numbers that --measured hands on).
"""
import argparse
import hashlib
import json
import pathlib

import torch
from torch import nn

import head_volume
from network import FaceNet


class Probabilities(nn.Module):
    """Float32 [N, 1, Z, Y, X] to softmax probabilities [N, 7, Z, Y, X]."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return torch.softmax(self.network(x), 1)


def script(network):
    return torch.jit.script(Probabilities(network).eval())


def card(name, path, version, training, measured):
    return {"schema": 1, "name": name, "version": version, "file": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "labels": list(head_volume.LABEL_NAMES), "spacing_mm": 3.0, "orientation": "LPS",
            "size_multiple": 16,
            "normalisation": {"method": "percentile_clip", "low": 0.01, "high": 0.99,
                              "ct_clip_hu": [-1000, 1000], "outside": 0.0},
            "training": training, "measured": measured}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=pathlib.Path, required=True)
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--name", default="face_v1")
    parser.add_argument("--version", required=True)
    parser.add_argument("--cache", type=pathlib.Path, required=True, help="heads trained on: counted")
    parser.add_argument("--ring-seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--notes", type=pathlib.Path, help="lines on how the run went")
    parser.add_argument("--measured", type=pathlib.Path, help="JSON from evaluate.py")
    args = parser.parse_args()
    state = torch.load(args.checkpoint, map_location="cpu")
    network = FaceNet()
    network.load_state_dict(state["average"])
    path = args.models / f"{args.name}.pt"
    script(network).save(str(path))
    made, maps = (len(list(args.cache.glob(g))) for g in ("head_*.npz", "real_??.npz"))
    warps = len(list(args.cache.glob("real_??_*.npz")))
    training = {
        "data": f"{made} synthetic heads sampled from ICT-FaceKit's light shape model with procedural "
                f"interiors; {maps} of SynthSeg's label maps of real heads with face regions from the "
                f"fitted shape model, and {warps} warps of them to other faces; images painted at random; "
                "no scan of any person",
        "licences": {"ICT-FaceKit": "MIT", "SynthSeg training label maps": "Apache-2.0"},
        "seeds": {"heads": 1, "real": 1, "rings": args.ring_seeds, "train": state["seed"]},
        "steps": state["step"], "planned_steps": state["steps"], "weights": "moving average, decay 0.99",
        "command": "scripts/train: make_data.py heads; make_data.py real; make_data.py ring; train.py; "
                   "export.py (README.md)"}
    if args.notes:
        training["notes"] = args.notes.read_text().split("\n")[:-1]
    measured = json.loads(args.measured.read_text()) if args.measured else {}
    text = json.dumps(card(args.name, path, args.version, training, measured), indent=2)
    path.with_suffix(".json").write_text(text + "\n")


if __name__ == "__main__":
    main()
