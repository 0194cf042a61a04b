"""The evaluation's own arithmetic: what is done to real volumes, what is in view, what counts as missed."""
import contextlib
import io
import pathlib
import tempfile
import unittest

import numpy as np

from simple_head import SHARED, ellipsoid_head

import calibrate
import changes
import evaluate_faces
import head_volume as hv
import judging
import synthetic
import table
import truth


def oblique():
    """Voxels that hold their own world y (mm), and their affine: rows run to anterior, reversed slices."""
    affine = np.array([[0, 0, -2.5, 60], [-1.0, 0, 0, 40], [0, 1.2, 0, -50], [0, 0, 0, 1]], float)
    index = np.indices((60, 50, 40), dtype=float)
    world = np.tensordot(affine[:3, :3], index, 1) + affine[:3, 3].reshape(3, 1, 1, 1)
    return (world[1] * 10 + 1000).astype(np.int16), affine


def world_of(affine, index):
    return affine[:3, :3] @ np.array(index, float) + affine[:3, 3]


class Changes(unittest.TestCase):
    def test_thick_slices_keep_every_value_where_it_was(self):
        data, affine = oblique()
        for plane, axis in changes.AXES.items():
            out, shown, back = changes.thick(data, affine, plane)
            np.testing.assert_array_equal(shown, back)
            k, _ = changes.voxel_axis(affine, axis)
            np.testing.assert_allclose(changes.spacing(shown), np.where(np.arange(3) == k, 5, 1))
            self.assertEqual(out.dtype, data.dtype)
            for index in ((10, 8, 5), (out.shape[0] // 2, out.shape[1] // 2, out.shape[2] // 2)):
                index = np.minimum(index, np.array(out.shape) - 2)
                self.assertAlmostEqual(out[tuple(index)], 10 * world_of(shown, index)[1] + 1000, delta=12)

    def test_a_turned_patient_lies_back_on_the_original_frame_for_the_judge(self):
        data, affine = oblique()
        for axis in range(3):
            out, shown, back = changes.turned(data, affine, axis)
            np.testing.assert_array_equal(back, affine)
            turn = shown[:3, :3] @ np.linalg.inv(affine[:3, :3])
            self.assertAlmostEqual(np.degrees(np.arccos((np.trace(turn) - 1) / 2)), 30, places=4)
            out, shown, back = changes.turned_in_view(data, affine, axis)
            np.testing.assert_array_equal(shown, affine)
            middle = tuple(n // 2 for n in out.shape)
            self.assertAlmostEqual(out[middle], 10 * world_of(back, middle)[1] + 1000, delta=15)

    def test_halves_are_on_the_side_of_their_name(self):
        data, affine = oblique()
        centre = world_of(affine, (np.array(data.shape) - 1) / 2)
        for side, (axis, sign) in changes.HALVES.items():
            out, shown, _ = changes.half(data, affine, side)
            self.assertAlmostEqual(out.size, data.size / 2, delta=data.size * 0.02)
            self.assertGreater((world_of(shown, (np.array(out.shape) - 1) / 2) - centre)[axis] * sign, 5)
            index = (3, 4, 5)
            self.assertAlmostEqual(out[index], 10 * world_of(shown, index)[1] + 1000, delta=1)

    def test_labels_change_as_their_image_does(self):
        data, affine = oblique()
        labels = (data > np.median(data)).astype(np.uint8) * 4
        for name, change in changes.all_changes().items():
            image, shown, _ = change(labels * np.float32(100), affine, 0.0, labels > 0)
            found = changes.of_labels(name, labels, affine)
            self.assertEqual(found.shape, image.shape, name)
            self.assertLessEqual(set(np.unique(found)), {0, 4}, name)
            sure = (image < 1) | (image > 399)
            np.testing.assert_array_equal(found[sure] > 0, image[sure] > 200, name)

    def test_inversion_turns_tissue_around_and_leaves_air(self):
        rng = np.random.default_rng(0)
        data = np.zeros((30, 30, 30), np.int16)
        data[5:25, 5:25, 5:25] = rng.integers(200, 1000, (20, 20, 20))
        out, _, _ = changes.inverted(data, np.eye(4), 100.0, data > 100)
        np.testing.assert_array_equal(out[data == 0], 0)
        inside = data > 100
        self.assertLess(np.corrcoef(data[inside], out[inside])[0, 1], -0.99)
        self.assertGreater(out[inside].min(), 250)  # no tissue as dark as air


class Landmarks(unittest.TestCase):
    def test_what_is_out_of_the_field_of_view_is_left_out(self):
        data, affine = oblique()
        marks = {"volume": "x", "landmarks": {"mouth": world_of(affine, (3, 4, 5)).tolist(),
                                              "nose_tip": world_of(affine, (61, 4, 5)).tolist()}}
        self.assertEqual(list(judging.visible(marks, affine, data.shape)["landmarks"]), ["mouth"])
        self.assertEqual(len(marks["landmarks"]), 2)

    def test_the_end_of_the_field_of_view_is_as_far_as_asked(self):
        inside = judging.within(np.diag([2.0, 2, 2, 1]), (20, 20, 20), np.zeros(3), (39, 39, 39), 4)
        self.assertTrue(inside[5:34, 5:34, 5:34].all())
        self.assertEqual(int(inside.sum()), 29 ** 3)

    def test_the_original_is_looked_at_only_when_a_face_is_left(self):
        for on_output, looked in ((0, None), (2, 7)):
            calls = []
            faces = judging.Faces(lambda iso, t: calls.append(iso) or (7 if iso == "before" else on_output))
            self.assertTrue(faces("before", 1))
            self.assertEqual(faces("after", 1), on_output)
            self.assertEqual(faces.before, looked)
            result = judging.corrected({"failed": ["nose_tip not removed", "a face is still found on 2"],
                                        "faces_after": on_output}, faces.before)
            self.assertEqual(len(result["failed"]), 2 if looked else 1)


@unittest.skipUnless((SHARED / "eval" / "face_judge.py").exists(), "no ../shared/eval/face_judge.py")
class Judge(unittest.TestCase):
    def test_its_pictures_are_the_same_from_one_rotation_each(self):
        import importlib.util
        path = SHARED / "eval" / "face_judge.py"
        spec = importlib.util.spec_from_file_location("plain_judge", path)
        plain = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(plain)
        cheap = judging.load_judge(path)
        rng = np.random.default_rng(0)
        images = [np.pad(ellipsoid_head().target[:, ::-1], 5) * 90.0 + rng.normal(0, 9, (70, 80, 80)) for _ in "ab"]
        for image in images:
            for level in (40.0, 70.0, 110.0):
                for yaw in (-20, 0, 20):
                    np.testing.assert_array_equal(plain.render(image, level, yaw), cheap.render(image, level, yaw))


class Truth(unittest.TestCase):
    def test_removal_and_what_counts_as_missed(self):
        target = np.zeros((20, 20, 20), np.uint8)
        target[5:15, 5:15, 5:15] = hv.HEAD
        target[5:15, 5:7, 5:15] = hv.NOSE
        before = np.where(target > 0, 500, 0)
        after = before.copy()
        after[5:15, 5:6, 5:15] = 3
        half = truth.removal(before, after, target, 0.1)
        self.assertEqual((half["face_ml"], half["face_changed"], half["brain_changed"]), (20, 0.5, 0))
        self.assertEqual(half["of_changed_tissue_face"], 1)
        self.assertEqual(half["changed_by_class"]["eyes"], None)
        for outcome, share, ml, missed in (("written", 0.5, 20, True), ("withheld", 0.5, 20, False),
                                           ("written", 0.9, 20, False), ("written", 0.5, 1, False),
                                           ("written", None, 20, True)):
            self.assertIs(truth.is_missed({"outcome": outcome, "face_changed": share, "face_ml": ml}), missed)

    def test_dice_of_a_dump_on_another_grid(self):
        target = np.zeros((24, 28, 32), np.uint8)
        target[4:20, 4:24, 6:28] = hv.HEAD
        target[8:16, 4:10, 10:20] = hv.NOSE
        affine = np.diag([-2.0, -2, 2, 1])  # LPS: +2 each
        said = np.pad(target, 8)  # the network's grid is larger and starts elsewhere
        p = np.eye(7, dtype=np.float32)[said.transpose(2, 1, 0)].transpose(3, 0, 1, 2)
        with tempfile.TemporaryDirectory() as folder:
            stem = pathlib.Path(folder) / "sight"
            pathlib.Path(f"{stem}.grid").write_text("40 44 48 2 -16 -16 -16\n")
            np.ascontiguousarray(p).tofile(f"{stem}.probabilities.f32")
            self.assertEqual(truth.network_dice(stem, target, affine), {"head": 1, "nose": 1, "face": 1})
            target[8:16, 4:7, 10:20] = hv.HEAD  # the reference has half of the nose
            found = truth.network_dice(stem, target, affine)
        self.assertAlmostEqual(found["nose"], 2 / 3, places=3)


class Volumes(unittest.TestCase):
    def test_each_nuisance_gives_the_same_volume_again(self):
        heads = {"head_000": ellipsoid_head()}
        for name in synthetic.NUISANCES:
            if name == "generator's own mix":
                continue  # random_pair is tested for itself
            a, b, c = (synthetic.sample(heads, name, i) for i in (1, 1, 2))
            np.testing.assert_array_equal(a.image, b.image)
            np.testing.assert_array_equal(a.target, b.target)
            self.assertTrue(a.image.shape != c.image.shape or (a.image != c.image).any(), name)
            self.assertEqual(a.image.shape, a.target.shape)
            faceless = name in ("brain only", "body, phantom", "noise only")
            self.assertFalse(faceless and (a.target >= hv.EYES).any(), name)

    def test_turned_heads_are_turned_as_far_as_they_say(self):
        heads = {"head_000": ellipsoid_head()}
        still = synthetic.sample(heads, "plain", 0).target
        for i in range(3):
            turned = synthetic.sample(heads, "turned 30 to 60", i).target
            overlap = truth.dice(turned >= hv.EYES, still >= hv.EYES)
            self.assertLess(overlap, 0.7)


class Calibration(unittest.TestCase):
    def test_shares_rise_and_stay_away_from_certainty(self):
        rng = np.random.default_rng(1)
        pairs = [(s, bool(rng.random() < s)) for s in rng.random(400)]
        points = calibrate.points(pairs)
        self.assertGreater(len(points), 3)
        self.assertTrue(all(a[0] < b[0] and a[1] < b[1] for a, b in zip(points, points[1:])))
        self.assertTrue(all(abs(raw - share) < 0.2 for raw, share in points))
        self.assertLess(calibrate.points([(0.5 + i / 1000, True) for i in range(50)])[-1][1], 1)
        self.assertEqual(calibrate.points([]), [])

    def test_equal_scores_are_one_point(self):
        self.assertEqual(calibrate.points([(1.0, True)] * 60 + [(1.0, False)] * 20), [[1.0, 0.7439]])

    def test_scores_of_a_calibrated_card_are_made_raw_again(self):
        curve = [[0.2, 0.5], [0.6, 0.9]]
        self.assertAlmostEqual(calibrate.raw_score(curve, 0.7), 0.4)
        self.assertEqual(calibrate.raw_score(curve, 0.5), 0.2)
        one = {"score": 0.7, "verdict": "removed", "missed": False, "face_ml": 90}
        records = {"synthetic/plain/0": {"volumes": [one] * 20}}
        entry = calibrate.calibration({"records": records}, {"removed": curve, "none": curve})
        self.assertEqual(entry["removed"], [[0.4, 0.9545]])

    def test_few_wrong_ones_among_low_scores_do_not_spread(self):
        pairs = [(0.1, i >= 6) for i in range(60)] + [(0.2 + i / 2000, True) for i in range(1000)]
        low, high = calibrate.points(pairs)
        self.assertEqual(low[0], 0.1)
        self.assertLess(low[1], 0.91)
        self.assertGreater(high[1], 0.998)

    def test_withheld_volumes_do_not_count(self):
        one = {"score": 0.9, "verdict": "removed", "missed": False, "face_ml": 90}
        records = {"synthetic/plain/0": {"volumes": [one, one | {"verdict": "uncertain"},
                                                     one | {"verdict": "no_face"}]},
                   "real/a": one}
        entry = calibrate.calibration({"records": records})
        self.assertEqual((entry["removed_volumes"], entry["removed_right"]), (1, 1))
        self.assertEqual((entry["none_volumes"], entry["none_right"]), (1, 0))


class Table(unittest.TestCase):
    def test_withheld_is_neither_passed_nor_failed_and_failures_are_named(self):
        judged = {"landmarks": {"mouth": {"changed": 0.2, "still_bright": 1.0}}, "brain_core_changed": 0,
                  "faces_after": 0, "outline_leakage": 0.1, "outline_leakage_inside": None, "collateral": 0.1,
                  "far_collateral": 0.0, "failed": ["mouth not removed"]}
        base = {"verdict": "removed", "score": 0.7, "seconds": 1, "cpu_seconds": 1, "peak_mib": 300, "why": "x"}
        records = {"changed/inverted/a": base | {"status": "fail", "judge": judged, "outcome": "written"},
                   "changed/inverted/b": base | {"status": "withheld", "outcome": "withheld"}}
        text = table.markdown({"model": {"name": "m", "version": "1", "sha256": "0" * 64}, "records": records})
        self.assertIn("| inverted | 2 | 0 | 1 | 1 |", text)
        self.assertIn("inverted, a, removed: mouth not removed", text)
        self.assertIn("inverted, b: withheld", text)


class Gathering(unittest.TestCase):
    def test_results_of_evaluations_side_by_side_come_together_and_of_another_model_never(self):
        with tempfile.TemporaryDirectory() as scratch, contextlib.redirect_stdout(io.StringIO()):
            folders = [pathlib.Path(scratch) / name for name in ("a", "b", "c", "out")]
            for folder, model in zip(folders, ("m", "m", "other", "m")):
                folder.mkdir()
                if folder.name != "out":
                    evaluate_faces.Results(folder, model).keep(f"real/{folder.name}", {
                        "verdict": "removed", "status": "pass", "score": 0.9})
            out = evaluate_faces.Results(folders[3], "m")
            for folder in folders[:2]:
                out.gather(folder)
            again = evaluate_faces.Results(folders[3], "m")
            self.assertEqual(set(again.all["records"]), {"real/a", "real/b"})
            with self.assertRaises(SystemExit):
                again.gather(folders[2])


if __name__ == "__main__":
    unittest.main()
