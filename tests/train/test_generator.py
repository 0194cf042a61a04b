"""Heads, bodies, random images and the network, on small inputs. Parts that need ../shared/face_model
skip. Nuisances: test_nuisances.py; data on disk, training, export: test_training.py."""
import pathlib
import tempfile
import unittest

import numpy as np

from simple_head import SHARED, ellipsoid_head

try:
    import torch
except ImportError:
    torch = None

import bodies
import face_mesh
import fit_pictures
import head_volume as hv
import noise
import randomise
import real_maps


class Normalisation(unittest.TestCase):
    def test_percentiles_are_taken_inside_the_field_of_view_only(self):
        image = np.full((10, 10, 11), 1e6, np.float32)
        inside = np.zeros(image.shape, bool)
        inside[:, :, :10] = True
        image[inside] = np.random.default_rng(0).permutation(1000)
        out = randomise.normalise(image, inside)
        self.assertEqual(out[:, :, 10].max(), 0.0)
        lo, hi = np.floor(0.01 * 999), np.floor(0.99 * 999)
        expected = np.clip((image[inside] - lo) / (hi - lo), 0, 1)
        np.testing.assert_allclose(out[inside], expected, atol=1e-6)

    def test_constant_image_becomes_zero(self):
        out = randomise.normalise(np.full((4, 4, 4), 7, np.float32), np.ones((4, 4, 4), bool))
        self.assertEqual(out.max(), 0.0)


class Randomisation(unittest.TestCase):
    def test_pairs_are_in_range_and_differ(self):
        rng, heads = np.random.default_rng(3), [ellipsoid_head()]
        seen = set()
        for _ in range(12):
            x, y = randomise.random_pair(rng, heads, (48, 48, 64))
            self.assertEqual(x.shape, (48, 48, 64))
            self.assertEqual(y.dtype, np.uint8)
            self.assertTrue(np.isfinite(x).all() and x.min() >= 0 and x.max() <= 1)
            seen |= set(np.unique(y).tolist())
        self.assertEqual(seen, set(range(7)))

    def test_same_seed_same_pair(self):
        heads = [ellipsoid_head()]
        a, b = (randomise.random_pair(np.random.default_rng(5), heads, (48, 48, 48)) for _ in range(2))
        np.testing.assert_array_equal(a[0], b[0])
        np.testing.assert_array_equal(a[1], b[1])

    def test_defacing_spares_the_brain(self):
        head, brain_lost, face_lost = ellipsoid_head(), 0, []
        for seed in range(6):
            _, target = randomise.deface(head, np.random.default_rng(seed))
            brain_lost += int(((head.target == hv.BRAIN) & (target != hv.BRAIN)).sum())
            face_lost.append(int((head.target >= hv.EYES).sum() - (target >= hv.EYES).sum()))
        self.assertEqual(brain_lost, 0)
        self.assertGreater(min(face_lost), 0)

    def test_stripped_head_has_no_face(self):
        for seed in range(6):
            tissue, target = randomise.skull_strip(ellipsoid_head(), np.random.default_rng(seed))
            self.assertTrue((target == hv.BRAIN).any())
            brain_only = ((target == hv.AIR) | (target == hv.BRAIN)).mean()
            self.assertGreater(brain_only, 0.95)  # now and then with a shell of what is around it
            np.testing.assert_array_equal(tissue > 0, target > 0)

    def test_no_kind_without_a_face_has_a_facial_label(self):
        rng, heads = np.random.default_rng(4), [ellipsoid_head()]
        for kind in ("body", "noise", "brain"):
            _, y = randomise.random_pair(rng, heads, (48, 48, 64), kind)
            self.assertFalse((y >= hv.EYES).any(), kind)

    def test_unseen_voxels_are_outside_the_field_of_view(self):
        head = ellipsoid_head()
        head.target[:, :, :35] = hv.UNSEEN
        head.tissue[:, :, :35] = hv.T["outside"]
        for seed in range(8):
            x, y = randomise.random_pair(np.random.default_rng(seed), [head], (48, 48, 48), "head")
            self.assertLess(y.max(), 7)
            self.assertTrue((x == 0).any())

    def test_real_maps_are_preferred_as_often_as_said(self):
        made, real = ellipsoid_head(), ellipsoid_head()
        real.real = True
        rng = np.random.default_rng(0)
        share = np.mean([randomise.pick(rng, [made, real]).real for _ in range(2000)])
        self.assertAlmostEqual(share, randomise.REAL_SHARE, delta=0.05)
        self.assertFalse(randomise.pick(rng, [made]).real)


class Bodies(unittest.TestCase):
    def test_every_kind_has_tissue_and_neither_face_nor_brain(self):
        for seed, kind in enumerate(bodies.KINDS):
            most = 0
            for k in range(4):
                tissue, target = bodies.body(np.random.default_rng([seed, k]), (48, 48, 48), kind)
                self.assertTrue(set(np.unique(target)) <= {hv.AIR, hv.HEAD}, kind)
                np.testing.assert_array_equal(tissue > 0, target > 0)
                self.assertLess(tissue.max(), len(hv.TISSUES))
                most = max(most, int((tissue > 0).sum()))
            self.assertGreater(most, 500, kind)


class Noise(unittest.TestCase):
    def test_field_has_unit_variance_and_the_asked_scale(self):
        rng = np.random.default_rng(0)
        fine, coarse = (noise.smooth_noise(rng, (40, 50, 60), s) for s in (2, 20))
        self.assertEqual(fine.shape, (40, 50, 60))
        self.assertAlmostEqual(float(fine.std()), 1, places=3)
        self.assertGreater(np.abs(np.diff(fine, axis=2)).mean(), 4 * np.abs(np.diff(coarse, axis=2)).mean())

    def test_stretch_interpolates_linearly(self):
        np.testing.assert_allclose(noise.stretch(6, 3) @ np.array([0.0, 1, 2]), [0, .25, .75, 1.25, 1.75, 2])


@unittest.skipIf(torch is None, "python3-torch is not installed")
class Network(unittest.TestCase):
    def setUp(self):
        import export
        import network
        torch.set_num_threads(1)
        torch.manual_seed(0)
        self.net = network.FaceNet().eval()
        self.scripted = export.script(self.net)

    def test_probabilities_keep_the_shape_and_sum_to_one(self):
        with torch.no_grad():
            for shape in ((1, 1, 16, 16, 16), (2, 1, 32, 48, 16)):
                p = self.scripted(torch.rand(*shape))
                self.assertEqual(tuple(p.shape), (shape[0], 7) + shape[2:])
                self.assertLess(float((p.sum(1) - 1).abs().max()), 1e-5)

    def test_torchscript_round_trip_is_exact(self):
        x = torch.rand(1, 1, 32, 32, 32)
        with tempfile.TemporaryDirectory() as folder, torch.no_grad():
            path = str(pathlib.Path(folder) / "net.pt")
            self.scripted.save(path)
            self.assertLess(pathlib.Path(path).stat().st_size, 20 << 20)
            torch.testing.assert_close(torch.jit.load(path)(x), torch.softmax(self.net(x), 1))

    @unittest.skipUnless(torch and torch.backends.mkldnn.is_available(), "PyTorch without oneDNN")
    def test_onednn_says_the_same(self):
        x = torch.rand(1, 1, 32, 64, 48)
        with torch.no_grad():
            before = self.scripted(x)
            told = [m for m in self.scripted.modules() if hasattr(m, "onednn")]
            for module in told:
                module.onednn = True
            torch.testing.assert_close(self.scripted(x), before, rtol=0, atol=1e-4)
        convolutions = [m for m in self.net.modules() if "Conv" in type(m).__bases__[0].__name__]
        self.assertEqual(len(told), len(convolutions))
        self.assertGreater(len(told), 15)

    def test_loss_falls_when_the_answer_is_right(self):
        import train
        labels = torch.randint(0, 7, (1, 16, 16, 16))
        right = 8.0 * torch.nn.functional.one_hot(labels, 7).permute(0, 4, 1, 2, 3).float()
        good, bad = train.losses(right, labels, 1.0), train.losses(-right, labels, 1.0)
        self.assertLess(float(good[0] + good[1]), 0.1)
        self.assertGreater(float(bad[0] + bad[1]), 1.0)
        self.assertAlmostEqual(min(good[2]), 1.0, places=5)


@unittest.skipUnless((SHARED / "face_model").is_dir(), "no ../shared/face_model")
class SyntheticHead(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.head = hv.make_head(face_mesh.load(SHARED / "face_model"), np.random.default_rng(0))

    def test_every_label_has_a_plausible_volume(self):
        ml = np.bincount(self.head.target.ravel(), minlength=7) * self.head.spacing_mm ** 3 / 1000
        for label, (low, high) in {hv.BRAIN: (1000, 2500), hv.EYES: (20, 90), hv.NOSE: (20, 120),
                                   hv.MOUTH: (25, 160), hv.EARS: (4, 50)}.items():
            self.assertTrue(low < ml[label] < high, (hv.LABEL_NAMES[label], ml[label]))

    def test_labels_lie_where_the_landmarks_are(self):
        for name, label in (("eye_left", hv.EYES), ("eye_right", hv.EYES), ("nose_tip", hv.NOSE),
                            ("mouth", hv.MOUTH), ("brain", hv.BRAIN)):
            at = np.argwhere(self.head.target == label) * self.head.spacing_mm + self.head.origin_mm
            distance = np.linalg.norm(at - self.head.points_mm[name], axis=1).min()
            self.assertLess(distance, 8.0, name)

    def test_targets_are_where_tissue_is(self):
        np.testing.assert_array_equal(self.head.tissue > 0, self.head.target > 0)

    def test_left_is_towards_higher_x(self):
        self.assertGreater(self.head.points_mm["eye_left"][0], self.head.points_mm["eye_right"][0])


class Shaded(unittest.TestCase):
    def setUp(self):
        x, y, z = hv.grid_mm()
        self.head = np.broadcast_to(x ** 2 + y ** 2 + z ** 2 < 60 ** 2, hv.SHAPE).copy()
        self.head |= np.broadcast_to((x - 20) ** 2 + (y + 60) ** 2 + (z - 0) ** 2 < 12 ** 2, hv.SHAPE)  # on its left

    def test_light_comes_from_above(self):
        for side in ("front", "left", "right"):
            seen = fit_pictures.shaded(self.head, side)
            rows = np.nonzero((seen > 0).any(1))[0]
            middle = (rows[0] + rows[-1]) // 2
            self.assertGreater(np.nanmean(seen[rows[0]:middle]), np.nanmean(seen[middle:rows[-1]]) + 0.1, side)

    def test_sides_are_the_patients(self):
        mound = lambda side: np.nonzero(fit_pictures.shaded(self.head, side)[hv.SHAPE[2] - 1 - 63] > 0)[0]
        left, right = mound("left"), mound("right")
        middle = hv.to_index(np.zeros(3))[1]
        self.assertGreater(middle - left[0], left[-1] - middle)  # seen from the left it looks to the left
        self.assertGreater(right[-1] - (hv.SHAPE[1] - 1 - middle), (hv.SHAPE[1] - 1 - middle) - right[0])


@unittest.skipUnless((SHARED / "face_model").is_dir() and (SHARED / "data/labels_synthseg").is_dir(),
                     "no ../shared/face_model or ../shared/data/labels_synthseg")
class RealMap(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        model = face_mesh.load(SHARED / "face_model")
        of = real_maps.read(SHARED / "data/labels_synthseg/training_seg_06.nii.gz")
        cls.model, cls.of = model, of
        cls.fit = real_maps.fit(model, of)
        cls.head = real_maps.head_of(model, np.random.default_rng(0), of, cls.fit)

    def test_the_mesh_lies_on_the_skin(self):
        self.assertLess(self.fit.residual_mm, 2.2)
        self.assertTrue(0.9 < self.fit.scale < 1.12)

    def test_facial_regions_lie_in_front_of_the_eyeballs_backs_and_below_the_brow(self):
        p = self.head.points_mm
        eye = (p["eye_left"] + p["eye_right"]) / 2
        for label, depth, (low, high) in ((hv.EYES, 15, (-25, 25)), (hv.NOSE, 20, (-75, 15)),
                                          (hv.MOUTH, 25, (-125, -35))):
            at = np.argwhere(self.head.target == label) * self.head.spacing_mm + self.head.origin_mm - eye
            self.assertGreater(len(at), 500)
            self.assertLess(np.percentile(at[:, 1], 95), depth, hv.LABEL_NAMES[label])
            self.assertTrue(low < np.median(at[:, 2]) < high, hv.LABEL_NAMES[label])
        nose = np.argwhere(self.head.target == hv.NOSE) * self.head.spacing_mm + self.head.origin_mm - eye
        self.assertLess(nose[:, 1].min(), -20)

    def test_a_fits_picture_shows_the_meshs_outline_on_the_map(self):
        try:
            from PIL import Image
        except ImportError:
            self.skipTest("no python3-pil")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "fit.png"
            fit_pictures.write(path, "06", self.model, self.of, self.fit)
            self.assertEqual([p.name for p in path.parent.iterdir()], ["fit.png"])
            picture = np.asarray(Image.open(path)).astype(int)
        tile = fit_pictures.TILE
        self.assertEqual(picture.shape, (2 * tile, 6 * tile, 3))
        for k in range(6):
            self.assertGreater((picture[:tile, k * tile:(k + 1) * tile] > 60).mean(), 0.1)
        middle = picture[tile:, :tile]
        red = (middle[..., 0] > 200) & (middle[..., 1] < 100)
        labels = (middle[..., 0] == middle[..., 1]) & (middle[..., 0] > 0)
        top = lambda mask: np.nonzero(mask.any(1))[0][0]
        self.assertGreater(red.sum(), 500)
        self.assertLess(abs(top(red) - top(labels)), 8)

    def test_brain_and_eyes_have_plausible_volumes(self):
        ml = np.bincount(self.head.target.ravel(), minlength=7) * self.head.spacing_mm ** 3 / 1000
        self.assertTrue(1100 < ml[hv.BRAIN] < 1900)
        self.assertTrue(20 < ml[hv.EYES] < 60)
        self.assertTrue(4 < ml[hv.EARS] < 40)


if __name__ == "__main__":
    unittest.main()
