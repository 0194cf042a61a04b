"""Every nuisance of the generator does what its name says, and nothing to what it must leave alone."""
import dataclasses
import unittest

import numpy as np
from scipy import ndimage

from simple_head import ellipsoid_head

import artefacts
import head_volume as hv
import randomise

SPACING = 3.0


def scene(mode="t1"):
    """Image and target of a head: air dark, tissue bright."""
    head = ellipsoid_head()
    air, tissue = (-1000.0, 40.0) if mode == "ct" else (0.01, 0.6)
    return np.where(head.target > 0, tissue, air).astype(np.float32), head.target.copy()


def seeds(n):
    return (np.random.default_rng([11, i]) for i in range(n))


class ThingsInAir(unittest.TestCase):
    def test_the_head_itself_is_left_alone(self):
        for mode in ("t1", "ct"):
            changed = 0
            for rng in seeds(25):
                image, target = scene(mode)
                before = image.copy()
                artefacts.things_in_air(rng, image, target, mode, SPACING)
                np.testing.assert_array_equal(image[target > 0], before[target > 0])
                changed += bool((image != before).any())
            self.assertGreater(changed, 4, mode)

    def test_hair_is_faint_behind_and_where_it_was_asked_for(self):
        for rng in seeds(5):
            image, target = scene()
            before = image.copy()
            near = ndimage.distance_transform_edt(target == hv.AIR) * SPACING
            where = (near > 0) & (near < 12)
            artefacts.hair(rng, image, where, "t1", SPACING)
            changed = image != before
            self.assertTrue(changed.any())
            self.assertFalse((changed & ~where).any())
            first = np.nonzero(where.any((0, 2)))[0][0]
            self.assertGreaterEqual(np.nonzero(changed.any((0, 2)))[0][0], first + int(40 / SPACING))
            self.assertLessEqual(image[where].max(), 0.25)

    def test_headphones_are_on_both_sides_beside_the_ears(self):
        for rng in seeds(5):
            image, target = scene()
            before = image.copy()
            artefacts.headphones(rng, image, target, "t1", SPACING)
            changed = np.argwhere(image != before)
            middle = np.argwhere(target > 0).mean(0)
            self.assertTrue((target[tuple(changed.T)] == hv.AIR).all())
            for side in (-1, 1):
                part = changed[(changed[:, 0] - middle[0]) * side > 0]
                self.assertGreater(len(part), 20)
                ear = np.argwhere(target == hv.EARS)
                ear = ear[(ear[:, 0] - middle[0]) * side > 0].mean(0)
                self.assertLess(np.abs(part.mean(0)[1:] - ear[1:]).max() * SPACING, 15)

    def test_grey_values_are_of_the_modality(self):
        for rng in seeds(20):
            self.assertTrue(-800 <= artefacts.grey(rng, "ct", -800, 300, 0.1, 0.5) <= 300)
            self.assertTrue(0.1 <= artefacts.grey(rng, "t2", -800, 300, 0.1, 0.5) <= 0.5)


class Metal(unittest.TestCase):
    def test_mr_signal_is_lost_at_the_mouth_and_stays_far_away(self):
        for rng in seeds(5):
            image, target = scene()
            before = image.copy()
            artefacts.metal(rng, image, target, "t1", SPACING)
            self.assertLess((image / before)[target > 0].min(), 0.2)
            top = np.argwhere(target > 0)[:, 2].max()
            far = (target > 0) & (np.arange(target.shape[2]) > top - 4)[None, None]
            np.testing.assert_allclose(image[far], before[far], rtol=0.2)

    def test_ct_streaks_lie_in_the_slices_of_a_filling(self):
        for rng in seeds(5):
            image, target = scene("ct")
            before = image.copy()
            artefacts.metal(rng, image, target, "ct", SPACING)
            self.assertGreaterEqual(image.max(), 1500)
            by_slice = np.abs(image - before).max((0, 1))
            self.assertGreater(by_slice.max(), 300)
            self.assertLess(by_slice[-8:].max(), 5)

    def test_without_a_mouth_nothing_happens(self):
        image, target = scene()
        target[target == hv.MOUTH] = hv.HEAD
        before = image.copy()
        artefacts.metal(np.random.default_rng(0), image, target, "t1", SPACING)
        np.testing.assert_array_equal(image, before)


class Scanner(unittest.TestCase):
    def test_thick_slices_lose_detail_along_one_axis_only(self):
        for rng in seeds(6):
            image = np.random.default_rng(1).normal(size=(40, 42, 44)).astype(np.float32)
            out = artefacts.thick_slices(rng, image, 2.0)
            self.assertEqual(out.shape, image.shape)
            self.assertAlmostEqual(float(out.mean()), float(image.mean()), delta=0.02)
            # neighbours along the axis grow alike; across it they stay independent
            alike = sorted(float(np.corrcoef(np.delete(out, 0, k).ravel(), np.delete(out, -1, k).ravel())[0, 1])
                           for k in range(3))
            self.assertLess(alike[1], 0.1)
            self.assertGreater(alike[2], 0.3)

    def test_wrap_folds_the_front_behind_the_head(self):
        total = 0
        for rng in seeds(12):
            image, target = scene()
            inside = np.ones(image.shape, bool)
            nose = np.nonzero((target == hv.NOSE).any((0, 2)))[0][0]
            behind = np.nonzero((target > 0).any((0, 2)))[0].mean()
            before = target.copy()
            artefacts.wrap(rng, image, target, inside, SPACING)
            self.assertFalse(inside[:, :nose + 1].any())
            folded = np.argwhere((target != before) & inside)
            total += len(folded)  # what falls onto the head itself keeps the head's label
            self.assertTrue((folded[:, 1] > behind).all())
            self.assertTrue(np.isin(target[tuple(folded.T)], (hv.EYES, hv.NOSE, hv.MOUTH)).all())
        self.assertGreater(total, 50)

    def test_ghost_is_a_faint_shifted_copy(self):
        for rng in seeds(6):
            image, _ = scene()
            added = artefacts.ghost(rng, image, SPACING) - image
            self.assertTrue(0.03 * image.max() <= added.max() <= 0.151 * image.max())
            ratio = added.sum() / image.sum()
            self.assertTrue(0.03 <= ratio <= 0.151)
            self.assertLess(np.corrcoef(added.ravel(), image.ravel())[0, 1], 0.9)  # it is moved

    def test_spoiled_images_stay_in_their_range_and_differ(self):
        for mode in ("t1", "ct"):
            for rng in seeds(8):
                image, _ = scene(mode)
                out = randomise.spoil(rng, image.copy(), mode, SPACING)
                self.assertEqual(out.shape, image.shape)
                self.assertTrue(np.isfinite(out).all())
                low, high = (-1000, 1000) if mode == "ct" else (0, 20)
                self.assertTrue(low <= out.min() and out.max() <= high, (mode, out.min(), out.max()))
                self.assertTrue((out != image).any())


class Contrast(unittest.TestCase):
    def test_fluid_and_white_matter_are_as_t1_and_t2_show_them(self):
        for mode, brighter in (("t1", "white"), ("t2", "csf")):
            darker = "csf" if brighter == "white" else "white"
            right = sum(m[hv.T[brighter]] > m[hv.T[darker]]
                        for m, _ in (randomise.contrast(r, mode) for r in seeds(30)))
            self.assertGreater(right, 25, mode)

    def test_ct_is_in_hounsfield_units(self):
        for rng in seeds(10):
            mean, spread = randomise.contrast(rng, "ct")
            self.assertEqual(mean[hv.T["outside"]], -1000)
            self.assertEqual(spread[hv.T["outside"]], 0)
            self.assertLess(mean[hv.T["fat"]], 0)
            self.assertGreater(mean[hv.T["bone"]], 300)
            self.assertLess(abs(mean[hv.T["white"]] - 28), 60)

    def test_air_around_is_dark_in_every_contrast(self):
        for mode in ("t1", "t2", "any"):
            for rng in seeds(10):
                mean, _ = randomise.contrast(rng, mode)
                self.assertLessEqual(mean[hv.T["outside"]], 0.02)
                self.assertGreaterEqual(mean.min(), 0)

    def test_other_contrasts_differ_from_draw_to_draw(self):
        a, b = (randomise.contrast(r, "any")[0] for r in seeds(2))
        self.assertLess(abs(np.corrcoef(a[1:30], b[1:30])[0, 1]), 0.9)


class Geometry(unittest.TestCase):
    def test_grids_have_the_views_spacing_and_differ_in_pose(self):
        head, seen = ellipsoid_head(), []
        for view in (randomise.WHOLE, randomise.FACE):
            for rng in seeds(12):
                at = randomise.sampling_grid(rng, head, (32, 32, 32), view) * head.spacing_mm
                step = np.linalg.norm(np.diff(at[:, 8:24, 16, 16], axis=1), axis=0).mean()
                self.assertTrue(0.6 < step / view.spacing_mm < 1.7, step)
                seen.append(np.round(at[:, 16, 16, 16], 3).tolist())
        self.assertEqual(len(set(map(tuple, seen))), 24)

    def test_the_face_view_lies_around_the_face(self):
        head = ellipsoid_head()
        middle = np.mean([randomise.middle_of_view(r, head, (80, 80, 80), randomise.FACE) for r in seeds(60)], 0)
        face = np.mean([head.points_mm[k] for k in ("eye_left", "eye_right", "mouth")], 0)
        self.assertLess(np.linalg.norm(middle - face), 70)
        self.assertGreater(middle[1], face[1])  # the air before the face needs less room than the head

    def test_heads_are_mirrored_half_of_the_time(self):
        head = ellipsoid_head()
        flipped = 0
        for rng in seeds(60):
            at = randomise.sampling_grid(rng, head, (16, 16, 16))
            flipped += bool(np.linalg.det(np.stack([at[:, -1, 8, 8] - at[:, 0, 8, 8], at[:, 8, -1, 8] - at[:, 8, 0, 8],
                                                    at[:, 8, 8, -1] - at[:, 8, 8, 0]])) < 0)
        self.assertTrue(15 < flipped < 45, flipped)

    def test_fields_of_view_are_cut_as_often_as_the_view_says(self):
        whole = sum(randomise.field_of_view(r, (24, 24, 24)).all() for r in seeds(200)) / 200
        self.assertTrue(randomise.WHOLE.uncut - 0.08 < whole < randomise.WHOLE.uncut + 0.2, whole)
        never = dataclasses.replace(randomise.WHOLE, uncut=1.0)
        self.assertTrue(all(randomise.field_of_view(r, (24, 24, 24), never).all() for r in seeds(10)))

    def test_a_cut_field_of_view_is_one_box(self):
        always = dataclasses.replace(randomise.WHOLE, uncut=0.0)
        for rng in seeds(20):
            inside = randomise.field_of_view(rng, (32, 32, 32), always)
            if inside.any():
                self.assertEqual(ndimage.label(inside)[1], 1)
                hull = inside.copy()  # convex along each axis
                for k in range(3):
                    run = np.diff(np.pad(hull, 1).astype(int), axis=k)
                    self.assertLessEqual((run > 0).sum(k).max(), 1)

    def test_the_finer_view_gives_pairs_too(self):
        labels = set()
        for rng in seeds(6):
            x, y = randomise.random_pair(rng, [ellipsoid_head()], (48, 48, 48), "head", randomise.FACE)
            self.assertTrue(0 <= x.min() and x.max() <= 1)
            labels |= set(np.unique(y).tolist())
        self.assertTrue({hv.EYES, hv.NOSE, hv.MOUTH} <= labels)


if __name__ == "__main__":
    unittest.main()
