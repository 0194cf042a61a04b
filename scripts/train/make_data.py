"""Makes training heads (seeded, cached) and, endlessly, a ring of random training batches on disk.

What it is for: `heads` fills CACHE/head_NNN.npz, `real` CACHE/real_NN.npz; `ring` overwrites RING/batch_NNN.npz, oldest
first, so that training never waits; `all` does one after the other, with a ring for each network. What it does not do:
training (train.py).
"""
import argparse
import multiprocessing
import multiprocessing.connection
import os
import pathlib
import signal
import sys
import time

import numpy as np

import face_mesh
import fit_pictures
import head_volume
import randomise
import real_maps

SHAPES = {"whole": ((2, 64, 64, 64), (2, 64, 80, 64), (2, 64, 80, 80), (2, 48, 64, 64), (2, 64, 64, 48),
          (2, 80, 96, 80), (1, 80, 96, 96), (2, 48, 80, 80), (2, 80, 80, 64), (2, 48, 48, 48)),
          "face": ((2, 80, 80, 80), (1, 96, 80, 96), (2, 80, 64, 80), (2, 64, 64, 64), (2, 96, 64, 64),
                   (1, 96, 96, 80), (2, 64, 80, 80))}
VIEWS = {"whole": randomise.WHOLE, "face": randomise.FACE}


def save_head(path, head):
    np.savez_compressed(path, tissue=head.tissue, target=head.target, origin=head.origin_mm,
                        spacing=head.spacing_mm, names=list(head.points_mm),
                        values=np.array([np.resize(v, 3) for v in head.points_mm.values()]))


def replace(path, head):
    temporary = path.with_name("tmp_" + path.name)
    save_head(temporary, head)
    os.replace(temporary, path)


def load_head(path):
    d = np.load(path)
    points = dict(zip([str(n) for n in d["names"]], d["values"]))
    return head_volume.Head(d["tissue"], d["target"], d["origin"], float(d["spacing"]), points,
                            path.name.startswith("real_"))


def make_heads(args):
    model = face_mesh.load(args.face_model)
    args.cache.mkdir(parents=True, exist_ok=True)
    for i in range(args.first, args.first + args.count):
        path = args.cache / f"head_{i:03d}.npz"
        if not path.exists():
            try:
                head = head_volume.make_head(model, np.random.default_rng([args.seed, i]))
            except ValueError as error:  # the next seed will do
                print(f"head {i}: {error}", file=sys.stderr)
                continue
            replace(path, head)


def make_real(args):
    """Fits each map that is not for validation; a bad fit (see --worst) is left out and named."""
    model = face_mesh.load(args.face_model)
    for folder in filter(None, (args.cache, args.pictures)):
        folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(args.maps.glob("training_seg_*.nii.gz")):
        name = path.name.split(".")[0][-2:]
        if name in real_maps.VALIDATION and not args.validation:
            continue
        of = real_maps.read(path)
        found = real_maps.fit(model, of)
        print(name, f"residual {found.residual_mm:.2f} mm, scale {found.scale:.3f}", flush=True)
        if args.pictures:
            fit_pictures.write(args.pictures / f"fit_{name}.png", name, model, of, found)
        if found.residual_mm > args.worst:
            continue
        head = real_maps.head_of(model, np.random.default_rng([args.seed, int(name)]), of, found)
        replace(args.cache / f"real_{name}.npz", head)
        for k in range(1, args.warps + 1):
            rng = np.random.default_rng([args.seed, int(name), k])
            replace(args.cache / f"real_{name}_{k}.npz", real_maps.warped(model, rng, head, found))


def make_ring(args):
    args.ring.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([args.seed, 1, args.first_slot])
    heads, names, n = [], set(), 0
    while args.limit == 0 or n < args.limit:
        for path in sorted(args.cache.glob("head_*.npz")) + sorted(args.cache.glob("real_*.npz")):
            if path.name not in names:  # heads may be added while this runs
                heads.append(load_head(path))
                names.add(path.name)
        shape = SHAPES[args.view][rng.integers(len(SHAPES[args.view]))]
        pairs = [randomise.random_pair(rng, heads, shape[1:], view=VIEWS[args.view]) for _ in range(shape[0])]
        path = args.ring / f"batch_{args.first_slot + n % args.slots:03d}.npz"
        temporary = path.with_name("tmp_" + path.name)
        np.savez(temporary, x=np.stack([p[0] for p in pairs]).astype(np.float16),
                 y=np.stack([p[1] for p in pairs]))
        os.replace(temporary, path)
        n += 1
        if n > args.slots:
            time.sleep(args.pause)
    return n


def make_all(args):
    """Heads and maps, then the rings of both networks in processes of their own, RINGS/whole and RINGS/face."""
    make_heads(args)
    make_real(args)
    rings = [multiprocessing.Process(target=make_ring, daemon=True, args=(
        argparse.Namespace(**vars(args) | {"view": view, "ring": args.rings / view}),)) for view in VIEWS]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the rings end with this process
    for process in rings:
        process.start()
    while alive := [p.sentinel for p in rings if p.is_alive()]:
        multiprocessing.connection.wait(alive)
        if any(p.exitcode for p in rings):
            sys.exit("a ring could not be filled")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    everything = commands.add_parser("all")
    everything.add_argument("--rings", type=pathlib.Path, required=True)
    everything.set_defaults(run=make_all)
    heads = commands.add_parser("heads")
    heads.set_defaults(run=make_heads)
    real = commands.add_parser("real")
    real.set_defaults(run=make_real)
    ring = commands.add_parser("ring")
    ring.add_argument("--ring", type=pathlib.Path, required=True)
    ring.add_argument("--view", choices=list(SHAPES), default="whole")
    ring.set_defaults(run=make_ring)
    for p in (everything, heads, real):
        p.add_argument("--face-model", type=pathlib.Path, required=True)
    for p in (everything, heads):
        p.add_argument("--count", type=int, default=80)
        p.add_argument("--first", type=int, default=0)
    for p in (everything, real):
        p.add_argument("--maps", type=pathlib.Path, required=True, help="folder of training_seg_NN.nii.gz")
        p.add_argument("--warps", type=int, default=2, help="other faces per map")
        p.add_argument("--worst", type=float, default=2.2, help="median mm of a fit that is still used")
        p.add_argument("--pictures", type=pathlib.Path, help="a PNG of every fit (needs python3-pil)")
        p.add_argument("--validation", action="store_true", help="the maps kept for validation, too")
    for p in (everything, ring):
        p.add_argument("--slots", type=int, default=96)
        p.add_argument("--first-slot", type=int, default=0, help="for a second writer to one ring")
        p.add_argument("--pause", type=float, default=0, help="seconds between batches, once full")
        p.add_argument("--limit", type=int, default=0, help="stop after so many batches; 0: never")
    for p in (everything, heads, real, ring):
        p.add_argument("--cache", type=pathlib.Path, required=True)
        p.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    start = time.time()
    args.run(args)
    print(f"{time.time() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
