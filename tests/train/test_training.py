"""Shape model, data on disk, training and export, on small inputs. Without python3-torch or
../shared/face_model the parts that need them skip."""
import hashlib
import io
import json
import lzma
import math
import pathlib
import sys
import tempfile
import types
import unittest
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

import numpy as np

from simple_head import SHARED, ellipsoid_head

try:
    import torch
except ImportError:
    torch = None

import face_mesh
import head_volume as hv
import make_data
import real_maps


class Scratch(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)


class Mesh(Scratch):
    def test_axes_of_the_model_become_lps_millimetres(self):
        left, up, forward = np.eye(3)
        np.testing.assert_allclose(face_mesh.to_lps(left), [10, 0, 0])
        np.testing.assert_allclose(face_mesh.to_lps(up), [0, 0, 10])
        np.testing.assert_allclose(face_mesh.to_lps(forward), [0, -10, 0])

    def test_polygons_are_read_as_fans(self):
        path = self.path / "mesh.obj.xz"
        with lzma.open(path, "wt") as f:
            f.write("v 0 0 0\nf 1/1 2/2 3/3 4/4\nf 5 6 7\n")
        np.testing.assert_array_equal(face_mesh.read_triangles(path), [[0, 1, 2], [0, 2, 3], [4, 5, 6]])

    def test_sampled_points_cover_a_triangle_as_densely_as_asked(self):
        corners = np.array([[0, 0, 0], [12, 0, 0], [0, 9, 0]], np.float32)
        points = face_mesh.sample_points(corners, np.array([[0, 1, 2]]), 1.0)
        self.assertEqual(np.abs(points[:, 2]).max(), 0)
        self.assertTrue((points[:, 0] / 12 + points[:, 1] / 9 < 1 + 1e-5).all())
        for u, w in np.random.default_rng(0).dirichlet((1, 1, 1), 50)[:, :2]:
            self.assertLess(np.linalg.norm(points - u * corners[1] - w * corners[2], axis=1).min(), 1.0)


@unittest.skipUnless((SHARED / "face_model").is_dir(), "no ../shared/face_model")
class ShapeModel(Scratch):
    @classmethod
    def setUpClass(cls):
        cls.model = face_mesh.load(SHARED / "face_model")

    def test_persons_differ_and_repeat_with_their_seed(self):
        a, b, c = (face_mesh.sample_vertices(self.model, np.random.default_rng(s)) for s in (1, 1, 2))
        np.testing.assert_array_equal(a, b)
        self.assertGreater(np.abs(a - c).max(), 2)
        self.assertLess(np.abs(a - self.model.neutral).max(), 60)

    def test_regions_of_the_skin_lie_where_their_names_say(self):
        points = hv.facial_points(self.model.neutral)
        skin = self.model.neutral[:face_mesh.SKIN[1]]
        centre = {k: skin[self.model.region == k].mean(0) for k in (hv.EYES, hv.NOSE, hv.MOUTH)}
        self.assertGreater(centre[hv.EYES][2], centre[hv.NOSE][2])
        self.assertGreater(centre[hv.NOSE][2], centre[hv.MOUTH][2])
        self.assertLess(np.linalg.norm(centre[hv.NOSE] - points["nose_tip"]), 25)
        for c in centre.values():
            self.assertLess(abs(c[0]), 5)  # both halves alike

    def test_heads_on_disk_are_those_of_their_seeds(self):
        args = types.SimpleNamespace(face_model=None, cache=self.path, first=3, count=1, seed=5)
        with mock.patch.object(face_mesh, "load", return_value=self.model):
            make_data.make_heads(args)
        kept = make_data.load_head(self.path / "head_003.npz")
        again = hv.make_head(self.model, np.random.default_rng([5, 3]))
        np.testing.assert_array_equal(kept.tissue, again.tissue)
        np.testing.assert_array_equal(kept.target, again.target)
        np.testing.assert_allclose(kept.points_mm["nose_tip"], again.points_mm["nose_tip"])
        self.assertFalse(kept.real)

    def test_validation_maps_are_not_trained_on(self):
        for name in real_maps.VALIDATION:
            (self.path / f"training_seg_{name}.nii.gz").touch()  # reading one would fail
        args = types.SimpleNamespace(face_model=None, maps=self.path, cache=self.path / "cache", warps=1,
                                     worst=2.2, validation=False, pictures=None, seed=1)
        with mock.patch.object(face_mesh, "load", return_value=self.model):
            make_data.make_real(args)
        self.assertEqual(list(args.cache.glob("*")), [])


class OnDisk(Scratch):
    def ring(self, name, seed=3, view="whole", limit=3):
        cache = self.path / "cache"
        cache.mkdir(exist_ok=True)
        make_data.replace(cache / "head_000.npz", ellipsoid_head())
        ring = self.path / name
        make_data.make_ring(types.SimpleNamespace(cache=cache, ring=ring, slots=8, first_slot=0, limit=limit,
                                                  seed=seed, view=view, pause=0))
        return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(ring.iterdir())}, ring

    def setUp(self):
        super().setUp()
        small = {k: ((2, 32, 32, 48), (1, 48, 32, 32)) for k in make_data.SHAPES}
        patch = mock.patch.object(make_data, "SHAPES", small)
        patch.start()
        self.addCleanup(patch.stop)

    def test_heads_come_back_as_they_were(self):
        head = ellipsoid_head()
        for name, real in (("head_007.npz", False), ("real_07.npz", True)):
            make_data.replace(self.path / name, head)
            back = make_data.load_head(self.path / name)
            np.testing.assert_array_equal(back.tissue, head.tissue)
            np.testing.assert_array_equal(back.target, head.target)
            np.testing.assert_allclose(back.origin_mm, head.origin_mm)
            self.assertEqual((back.spacing_mm, back.real), (head.spacing_mm, real))
            np.testing.assert_allclose(back.points_mm["mouth"], head.points_mm["mouth"])
        self.assertEqual(len(list(self.path.iterdir())), 2)  # no temporary file stays

    def test_same_seed_same_bytes(self):
        for view in make_data.VIEWS:
            first, ring = self.ring(f"{view}_a", view=view)
            self.assertEqual(list(first), ["batch_000.npz", "batch_001.npz", "batch_002.npz"])
            self.assertEqual(first, self.ring(f"{view}_b", view=view)[0])
            self.assertNotEqual(first, self.ring(f"{view}_c", view=view, seed=4)[0])
            data = np.load(ring / "batch_000.npz")
            self.assertEqual(data["x"].shape, data["y"].shape)
            self.assertEqual((data["x"].dtype, data["y"].dtype), (np.float16, np.uint8))

    def test_all_fills_a_ring_for_each_network(self):
        arguments = ["make_data.py", "all", "--face-model", "MODEL", "--maps", "MAPS", "--cache",
                     str(self.path / "cache"), "--rings", str(self.path / "rings"), "--slots", "8",
                     "--limit", "2", "--seed", "3"]
        expected = {view: self.ring(f"{view}_alone", view=view, limit=2)[0] for view in make_data.VIEWS}
        with mock.patch.object(make_data, "make_heads") as heads, mock.patch.object(make_data, "make_real") as real, \
                mock.patch.object(sys, "argv", arguments), redirect_stderr(io.StringIO()):
            make_data.main()
        for made in (heads, real):
            made.assert_called_once()
            self.assertEqual(made.call_args.args[0].face_model, pathlib.Path("MODEL"))
        for view, files in expected.items():
            ring = self.path / "rings" / view
            self.assertEqual({p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(ring.iterdir())},
                             files)

    def test_the_ring_starts_over_when_it_is_full(self):
        files, ring = self.ring("full", limit=10)
        self.assertEqual(len(files), 8)
        once, _ = self.ring("once", limit=8)
        self.assertEqual(sum(files[k] != once[k] for k in files), 2)


@unittest.skipIf(torch is None, "python3-torch is not installed")
class Training(Scratch):
    def setUp(self):
        super().setUp()
        torch.set_num_threads(1)
        import train
        self.train = train
        head = ellipsoid_head()
        box = tuple(slice(6, 54) if n == 60 else slice(3, 67, 1) for n in head.target.shape)
        target = head.target[box][:, ::2, ::2]
        image = np.array([0, .3, .6, .95, .8, .5, .4])[target]  # every label has a grey value of its own
        self.ring = self.path / "ring"
        self.ring.mkdir()
        np.savez(self.ring / "batch_000.npz", x=image[None].astype(np.float16), y=target[None])

    def args(self, steps, **more):
        return types.SimpleNamespace(**{"ring": self.ring, "out": self.path / "run", "device": "cpu", "start": None,
                                        "steps": steps, "minutes": 0, "rate": 4e-3, "threads": 1, "seed": 1} | more)

    def state(self):
        return torch.load(self.path / "run" / "last.pt", map_location="cpu")

    def loss(self, weights):
        import network
        net = network.FaceNet()
        net.load_state_dict(weights)
        data = np.load(self.ring / "batch_000.npz")
        x = torch.from_numpy(data["x"].transpose(0, 3, 2, 1).astype(np.float32))[:, None].contiguous()
        y = torch.from_numpy(data["y"].transpose(0, 3, 2, 1).astype(np.int64))
        with torch.no_grad():
            entropy, dice, _ = self.train.losses(net(x), y, 1.0)
        return float(entropy + dice)

    def run_training(self, steps, **more):
        with redirect_stdout(io.StringIO()) as said:
            self.train.train(self.args(steps, **more))
        return said.getvalue()

    def test_steps_lower_the_loss_and_a_second_call_goes_on(self):
        self.run_training(1)
        first = self.state()
        self.assertEqual(first["step"], 1)
        said = self.run_training(50)
        after = self.state()
        self.assertEqual(after["step"], 50)
        self.assertLess(self.loss(after["network"]), 0.75 * self.loss(first["network"]))
        self.assertTrue(said.startswith("25 "), said[:50])
        counted = {int(s["step"]) for s in after["optimiser"]["state"].values()}
        self.assertEqual(counted, {50})  # the optimiser went on, too
        self.run_training(50)  # nothing left to do
        for k, v in self.state()["network"].items():
            torch.testing.assert_close(v, after["network"][k], rtol=0, atol=0)

    def test_a_network_may_start_from_another_one(self):
        self.run_training(2)
        start = self.path / "run" / "last.pt"
        weights = self.state()["average"]
        import export
        exported, kept = self.path / "exported.pt", self.path / "kept.pt"
        export.export(start, exported)
        export.keep(start, kept)
        self.assertLess(kept.stat().st_size, start.stat().st_size / 4)
        for name, path, near in (("second", start, 0), ("third", exported, 0), ("fourth", kept, 1e-3)):
            self.run_training(0, out=self.path / name, start=path)
            other = torch.load(self.path / name / "last.pt", map_location="cpu")["network"]
            for k, v in weights.items():
                torch.testing.assert_close(other[k], v, rtol=near, atol=near)

    def test_training_runs_on_cuda_where_there_is_a_device(self):
        if not torch.cuda.is_available():
            self.skipTest("no CUDA device")
        self.run_training(2, device="cuda")
        self.assertEqual(self.state()["step"], 2)

    def test_air_and_the_brightest_stay_when_a_batch_is_varied(self):
        x = torch.rand(1, 1, 8, 8, 8)
        x[..., 0], x[..., 7] = 0, 1
        y = (x[:, 0] * 6).long()
        flips = 0
        for seed in range(8):
            a, b = self.train.vary(x, y, np.random.default_rng(seed))
            flipped = bool((a[..., 0] == 1).all())
            flips += flipped
            back, labels = (a.flip(4), b.flip(3)) if flipped else (a, b)
            self.assertTrue(torch.equal(labels, y))
            self.assertTrue((back[..., 0] == 0).all() and (back[..., 7] == 1).all())
            self.assertTrue(torch.equal(back.flatten().argsort(), x.flatten().argsort()))
        self.assertTrue(0 < flips < 8)

    def test_facial_weight_falls_to_one_and_the_rate_rises_then_falls(self):
        weight, rate = self.train.facial_weight, self.train.learning_rate
        self.assertEqual(weight(0), self.train.FACIAL_WEIGHT)
        self.assertTrue(weight(0) > weight(0.3) > weight(0.6) > weight(0.9) == 1)
        self.assertLess(rate(0, 1000, 1e-3), 1e-4)
        self.assertAlmostEqual(rate(60, 1000, 1e-3), 1e-3, delta=1e-4)
        self.assertLess(rate(999, 1000, 1e-3), 5e-5)

    def test_absent_labels_are_no_number(self):
        labels = torch.zeros(1, 16, 16, 16, dtype=torch.long)
        _, _, score = self.train.losses(torch.zeros(1, 7, 16, 16, 16), labels, 1.0)
        self.assertTrue(all(math.isnan(s) for s in score))


@unittest.skipIf(torch is None, "python3-torch is not installed")
class Export(Scratch):
    def checkpoint(self, name, seed):
        import network
        torch.manual_seed(seed)
        net, average = network.FaceNet(), network.FaceNet()
        path = self.path / name
        torch.save({"network": net.state_dict(), "average": average.state_dict(), "step": 9, "steps": 12,
                    "seed": 1}, path)
        return path, average

    def export(self, *more):
        import export
        cache, models = self.path / "cache", self.path / "models"
        cache.mkdir(exist_ok=True), models.mkdir(exist_ok=True)
        for name in ("head_000.npz", "head_001.npz", "real_06.npz", "real_06_1.npz"):
            (cache / name).touch()
        arguments = ["export.py", "--models", str(models), "--version", "9.9.9", "--cache", str(cache), *map(str, more)]
        with mock.patch.object(sys, "argv", arguments), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            export.main()
        return models, json.loads((models / "face_v1.json").read_text())

    def test_the_mean_of_two_networks(self):
        import average
        first, of_first = self.checkpoint("first.pt", 6)
        second, of_second = self.checkpoint("second.pt", 7)
        models, _ = self.export("--checkpoint", first)
        out = self.path / "mean.pt"
        with mock.patch.object(sys, "argv", ["average.py", str(models / "face_v1.pt"), str(second), "--out", str(out)]):
            average.main()
        mean = torch.load(out, map_location="cpu")
        self.assertEqual((mean["step"], mean["steps"], mean["seed"]), (9, 12, 1))
        for k, v in of_first.state_dict().items():
            torch.testing.assert_close(mean["average"][k], (v + of_second.state_dict()[k]) / 2)
        torch.save({"average": {"other": torch.zeros(3)}}, self.path / "other.pt")
        with self.assertRaises(ValueError):
            average.mean_weights([first, self.path / "other.pt"])

    def test_networks_are_written_anew_with_the_weights_they_have(self):
        head, of_head = self.checkpoint("head.pt", 4)
        face, of_face = self.checkpoint("face.pt", 5)
        models, before = self.export("--checkpoint", head, "--face-checkpoint", face)
        for file in models.glob("*.pt"):
            torch.jit.load(str(file)).save(str(file))  # another file of the same network
        _, after = self.export()
        for part, network in ((after, of_head), (after["face_network"], of_face)):
            weights = models / part["file"]
            self.assertEqual(part["sha256"], hashlib.sha256(weights.read_bytes()).hexdigest())
            self.says_the_same(weights, network)
        self.assertEqual(after, before)

    def test_no_name_of_a_source_file_is_written(self):
        head, _ = self.checkpoint("head.pt", 4)
        models, card = self.export("--checkpoint", head)
        with zipfile.ZipFile(models / card["file"]) as records:
            everything = b"".join(records.read(name) for name in records.namelist())
        self.assertNotIn(str(pathlib.Path(__file__).resolve().parents[2]).encode(), everything)

    def says_the_same(self, weights, network):
        x = torch.rand(1, 1, 32, 32, 48)
        with torch.no_grad():
            torch.testing.assert_close(torch.jit.load(str(weights))(x), torch.softmax(network.eval()(x), 1))

    def test_moving_averages_come_out_with_a_card_that_names_them(self):
        head, of_head = self.checkpoint("head.pt", 4)
        face, of_face = self.checkpoint("face.pt", 5)
        models, card = self.export("--checkpoint", head, "--face-checkpoint", face)
        self.assertEqual(card["labels"], list(hv.LABEL_NAMES))
        self.assertEqual((card["version"], card["name"]), ("9.9.9", "face_v1"))
        for part, network, spacing in ((card, of_head, 3.0), (card["face_network"], of_face, 2.0)):
            weights = models / part["file"]
            self.assertEqual(part["sha256"], hashlib.sha256(weights.read_bytes()).hexdigest())
            self.assertEqual((part["spacing_mm"], part["size_multiple"]), (spacing, 16))
            self.assertLess(weights.stat().st_size, 20 << 20)
            self.says_the_same(weights, network)
        self.assertTrue(card["training"]["data"].startswith("2 synthetic heads"))

    def test_one_network_alone_makes_a_model_too(self):
        head, of_head = self.checkpoint("head.pt", 4)
        models, card = self.export("--checkpoint", head)
        self.assertNotIn("face_network", card)
        self.assertEqual(sorted(p.name for p in models.iterdir()), ["face_v1.json", "face_v1.pt"])
        self.says_the_same(models / card["file"], of_head)


if __name__ == "__main__":
    unittest.main()
