"""Exports checkpoints as TorchScript with softmax, and writes the model card.

What it is for: MODELS/NAME.pt (whole head), MODELS/NAME_face.pt (the face, finer) and MODELS/NAME.json;
loads in LibTorch 1.13 and later. Or a checkpoint's weights alone, to be kept. What it does not do: measure (evaluate.py writes the numbers that
--measured hands on).
"""
import argparse
import hashlib
import io
import json
import pathlib
import zipfile

import torch
from torch import nn

import head_volume
import randomise
from network import FaceNet, exported_weights


class Probabilities(nn.Module):
    """Float32 [N, 1, Z, Y, X] to softmax probabilities [N, 7, Z, Y, X]."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return torch.softmax(self.network(x), 1)


def script(network):
    return torch.jit.script(Probabilities(network).eval())


def save(network, path):
    """Writes a network as TorchScript, without the records that name source files of this machine."""
    whole = io.BytesIO()
    torch.jit.save(script(network), whole)
    with zipfile.ZipFile(whole) as records, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as kept:
        for record in records.infolist():
            if not record.filename.endswith(".debug_pkl"):
                name = path.stem + record.filename[record.filename.index("/"):]
                kept.writestr(zipfile.ZipInfo(name), records.read(record))


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
    save(network, path)
    return state


def keep(checkpoint, path):
    """Writes the moving average of a checkpoint's weights alone, in half precision: train.py --start goes on from it."""
    state = torch.load(checkpoint, map_location="cpu")
    kept = {key: state[key] for key in ("seed", "step", "steps")}
    torch.save(kept | {"average": {name: value.half() for name, value in state["average"].items()}}, path)


def rewrite(card_path, version):
    """Writes the networks of a card anew: their graph has changed, their weights have not."""
    card = json.loads(card_path.read_text())
    for of in filter(None, (card, card.get("face_network"))):
        path = card_path.with_name(of["file"])
        network = FaceNet()
        network.load_state_dict(exported_weights(path))
        save(network, path)
        of["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    card["version"] = version
    card_path.write_text(json.dumps(card, indent=2) + "\n")


def steps(state):
    return {"seed": state["seed"], "steps": state["step"], "planned_steps": state["steps"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=pathlib.Path, help="of the whole head's network; without one, the "
                        "networks that MODELS holds are written anew with the weights they have")
    parser.add_argument("--face-checkpoint", type=pathlib.Path, help="of the face's network")
    parser.add_argument("--keep", type=pathlib.Path, metavar="FILE", help="write the checkpoint's weights alone, a "
                        "quarter of its size, and nothing else")
    parser.add_argument("--models", type=pathlib.Path, help="folder of the networks and the card")
    parser.add_argument("--name", default="face_v1")
    parser.add_argument("--version")
    parser.add_argument("--cache", type=pathlib.Path, help="heads trained on: counted")
    parser.add_argument("--ring-seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--notes", type=pathlib.Path, help="lines on how the run went")
    parser.add_argument("--measured", type=pathlib.Path, help="JSON from evaluate.py")
    args = parser.parse_args()
    if args.keep:
        return keep(args.checkpoint, args.keep)
    if not (args.models and args.version):
        parser.error("--models and --version are needed")
    if not args.checkpoint:
        return rewrite(args.models / f"{args.name}.json", args.version)
    if not args.cache:
        parser.error("--cache is needed with --checkpoint")
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
