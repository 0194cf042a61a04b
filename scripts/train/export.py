"""Exports checkpoints as TorchScript with softmax, and writes the model card.

What it is for: MODELS/NAME.pt (whole head), MODELS/NAME_face.pt (the face, finer) and MODELS/NAME.json;
loads in LibTorch 1.13 and later. What it does not do: measure (evaluate.py writes the numbers that
--measured hands on).
"""
import argparse
import hashlib
import json
import pathlib

import torch
from torch import nn

import head_volume
import randomise
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


def network_card(path, view):
    """What the program must know of one network."""
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "spacing_mm": view.spacing_mm, "size_multiple": 16,
            "normalisation": {"method": "percentile_clip", "low": 0.01, "high": 0.99,
                              "ct_clip_hu": [-1000, 1000], "outside": 0.0}}


def export(checkpoint, path):
    """Writes the moving average of a checkpoint's weights; returns the checkpoint."""
    state = torch.load(checkpoint, map_location="cpu")
    network = FaceNet()
    network.load_state_dict(state["average"])
    script(network).save(str(path))
    return state


def steps(state):
    return {"seed": state["seed"], "steps": state["step"], "planned_steps": state["steps"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=pathlib.Path, required=True, help="of the whole head's network")
    parser.add_argument("--face-checkpoint", type=pathlib.Path, help="of the face's network")
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--name", default="face_v1")
    parser.add_argument("--version", required=True)
    parser.add_argument("--cache", type=pathlib.Path, required=True, help="heads trained on: counted")
    parser.add_argument("--ring-seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--notes", type=pathlib.Path, help="lines on how the run went")
    parser.add_argument("--measured", type=pathlib.Path, help="JSON from evaluate.py")
    args = parser.parse_args()
    path, face_path = (args.models / f"{args.name}{end}.pt" for end in ("", "_face"))
    state = export(args.checkpoint, path)
    face_state = export(args.face_checkpoint, face_path) if args.face_checkpoint else None
    made, maps = (len(list(args.cache.glob(g))) for g in ("head_*.npz", "real_??.npz"))
    warps = len(list(args.cache.glob("real_??_*.npz")))
    training = {
        "data": f"{made} synthetic heads sampled from ICT-FaceKit's light shape model with procedural "
                f"interiors; {maps} of SynthSeg's label maps of real heads with face regions from the "
                f"fitted shape model, and {warps} warps of them to other faces; images painted at random; "
                "no scan of any person",
        "licences": {"ICT-FaceKit": "MIT", "SynthSeg training label maps": "Apache-2.0"},
        "seeds": {"heads": 1, "real": 1, "rings": args.ring_seeds},
        "networks": {"head": steps(state)} | ({"face": steps(face_state)} if face_state else {}),
        "weights": "moving average, decay 0.99",
        "command": "scripts/train: make_data.py heads; make_data.py real; make_data.py ring; train.py; "
                   "export.py (README.md)"}
    if args.notes:
        training["notes"] = args.notes.read_text().split("\n")[:-1]
    measured = json.loads(args.measured.read_text()) if args.measured else {}
    card = {"schema": 1, "name": args.name, "version": args.version,
            "labels": list(head_volume.LABEL_NAMES), "orientation": "LPS"}
    card |= network_card(path, randomise.WHOLE)
    if face_state:
        card["face_network"] = network_card(face_path, randomise.FACE)
    card |= {"training": training, "measured": measured}
    path.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n")


if __name__ == "__main__":
    main()
