"""What echo-planar imaging does to a head, and PET: each effect alone, on a head of ellipsoids."""
import unittest

import numpy as np
from scipy import ndimage

from simple_head import ellipsoid_head

import artefacts
import echo_planar
import head_volume as hv
import randomise

SPACING = 3.0


def seeds(n):
    return (np.random.default_rng([17, i]) for i in range(n))


def centre(image):
    return np.array(ndimage.center_of_mass(image))


class Field(unittest.TestCase):
    def test_a_ball_of_air_makes_a_dipole_along_z(self):
        x, y, z = np.meshgrid(*[np.arange(64) - 32.0] * 3, indexing="ij")
        air = x ** 2 + y ** 2 + z ** 2 < 5 ** 2
        field = echo_planar.field_ppm(air, SPACING)
        # outside: dchi / 3 (a / r)^3 (3 cos^2 - 1)
        expected = echo_planar.AIR_PPM / 3 * (5 / 10) ** 3 * 2
        above, beside = field[32, 32, 42], field[42, 32, 32]
        self.assertAlmostEqual(float(above), expected, delta=0.25 * expected)
        self.assertAlmostEqual(float(beside), -expected / 2, delta=0.25 * expected)

    def test_tissue_without_air_has_an_even_field(self):
        self.assertLess(np.abs(echo_planar.field_ppm(np.zeros((20, 24, 28), bool), SPACING)).max(), 1e-4)

    def test_the_trend_over_the_tissue_is_gone(self):
        air = ellipsoid_head().target == hv.AIR
        field = echo_planar.field_ppm(air, SPACING)
        at = np.argwhere(~air)
        plane = np.linalg.lstsq(np.c_[at, np.ones(len(at))], field[~air], rcond=None)[0]
        self.assertLess(np.abs(plane[:3]).max(), 0.01)


class Distortion(unittest.TestCase):
    def test_moved_is_a_shift_where_all_move_alike(self):
        values = np.random.default_rng(0).normal(size=(6, 20, 7)).astype(np.float32)
        by = np.full(values.shape, 3.0, np.float32)
        np.testing.assert_allclose(echo_planar.moved(values, by, 1)[:, 3:], values[:, :-3], atol=1e-6)
        labels = (values > 0).astype(np.uint8)
        np.testing.assert_array_equal(echo_planar.moved(labels, by - 0.4, 1, nearest=True)[:, 3:], labels[:, :-3])

    def test_signal_is_kept_and_labels_go_with_it(self):
        y = np.arange(80)[None, :, None] * np.ones((4, 80, 4))
        image = np.exp(-((y - 40) / 6) ** 2).astype(np.float32)
        by = (6 * np.exp(-((y - 40) / 20) ** 2)).astype(np.float32)
        target = (image > 0.5).astype(np.uint8)
        out, seen = echo_planar.distorted(image, target, by, 1)
        self.assertAlmostEqual(float(out.sum() / image.sum()), 1, delta=0.02)
        self.assertAlmostEqual(centre(out)[1], 45.7, delta=0.5)
        self.assertAlmostEqual(centre(seen)[1], centre(out)[1], delta=0.5)

    def test_heads_lose_signal_get_ghosts_and_stay_finite(self):
        head = ellipsoid_head()
        head.tissue[head.target == hv.NOSE] = hv.T["sinus"]
        image = np.where(head.target > 0, 0.6, 0.01).astype(np.float32)
        moved = 0
        for rng in seeds(8):
            out, seen = echo_planar.acquire(rng, image, head.target, head.tissue, SPACING)
            self.assertTrue(np.isfinite(out).all() and out.min() >= 0)
            self.assertEqual(seen.dtype, head.target.dtype)
            self.assertTrue(set(np.unique(seen)) <= set(np.unique(head.target)))
            brain = [(t == hv.BRAIN).sum() for t in (seen, head.target)]
            self.assertAlmostEqual(brain[0] / brain[1], 1, delta=0.15)
            moved += bool((seen != head.target).mean() > 0.005)
            self.assertGreater(np.abs(out - image).mean(), 0.005)
        self.assertGreater(moved, 3)

    def test_fat_lies_elsewhere(self):
        head = ellipsoid_head()
        tissue = head.tissue.copy()
        tissue[(head.target > 0) & (head.target != hv.BRAIN)] = hv.T["fat"]
        image = np.where(tissue == hv.T["fat"], 1.0, 0.0).astype(np.float32)
        apart = [np.abs(centre(echo_planar.acquire(r, image, head.target, tissue, SPACING)[0]) - centre(image)).max()
                 for r in seeds(8)]
        self.assertGreater(np.median(apart) * SPACING, 4)


class Slab(unittest.TestCase):
    def test_axial_slices_from_about_the_eyes_upwards(self):
        head = ellipsoid_head()
        eyes = np.argwhere(head.target == hv.EYES)[:, 2].mean()
        lowest = []
        for rng in seeds(20):
            inside = echo_planar.slab(rng, head.target, SPACING)
            middle = np.nonzero(inside[30, 35])[0]
            self.assertEqual(len(middle), middle[-1] - middle[0] + 1)
            self.assertGreater(inside.sum((0, 1)).max(), 0.3 * inside.shape[0] * inside.shape[1])
            lowest.append((middle[0] - eyes) * SPACING)
        self.assertTrue(-75 < np.median(lowest) < 30)
        self.assertGreater(np.std(lowest), 10)


class Contrasts(unittest.TestCase):
    def test_fat_is_dark_and_eyes_are_bright_without_and_dark_with_diffusion_weighting(self):
        for mode, eye_is_brighter in (("epi", True), ("dwi", False)):
            means = [randomise.contrast(r, mode)[0] for r in seeds(30)]
            self.assertGreater(sum((m[hv.T["eyeball"]] > m[hv.T["white"]]) == eye_is_brighter for m in means), 25)
            self.assertLess(np.mean([m[hv.T["fat"]] for m in means]), 0.2)

    def test_shares_add_up_and_every_mode_gives_pairs(self):
        self.assertAlmostEqual(sum(randomise.MODES.values()), 1)
        head = ellipsoid_head()
        for mode in ("epi", "dwi", "pet"):
            for rng in seeds(4):
                x, y = randomise.random_pair(rng, [head], (48, 48, 64), "head", mode=mode)
                self.assertTrue(np.isfinite(x).all() and 0 <= x.min() and x.max() <= 1)
                self.assertLess(y.max(), 7)


class Pet(unittest.TestCase):
    def test_points_become_as_wide_as_the_scanners_resolution(self):
        image = np.zeros((41, 41, 41), np.float32)
        image[20, 20, 20] = 1000
        for rng in seeds(5):
            half = (artefacts.positrons(rng, image, 1.0)[20, 20] > 0.5 * artefacts.positrons(
                np.random.default_rng(1), image, 1.0).max()).sum()
            self.assertTrue(2 <= half <= 12, half)

    def test_noise_follows_uptake(self):
        image = np.full((40, 40, 40), 0.05, np.float32)
        image[20:] = 1
        for rng in seeds(5):
            out = artefacts.positrons(rng, image, 2.0)
            self.assertGreater(out[28:].std(), 2 * out[:12].std())
            self.assertAlmostEqual(float(out[28:].mean()), 1, delta=0.1)


if __name__ == "__main__":
    unittest.main()
