"""Real heads below EFFACE_DATA (skipped when that is not set): the faces go, nothing else does, and
no input is forgotten. Where the judge of face removal is at hand (EFFACE_SHARED, ../shared unless
told), it has its say."""
import importlib.util
import json
import os
import pathlib
import subprocess
import unittest

import nibabel
import numpy as np
import pydicom

from harness import Case

DATA = pathlib.Path(os.environ["EFFACE_DATA"]) if os.environ.get("EFFACE_DATA") else None
SHARED = pathlib.Path(os.environ.get("EFFACE_SHARED",
                                     pathlib.Path(__file__).resolve().parents[2].parent / "shared"))
JUDGE = SHARED / "eval" / "face_judge.py"


def slices_of(paths):
    """DICOM files of one series, by place: array [row, column, slice] and affine (RAS mm)."""
    files = [pydicom.dcmread(p) for p in paths]
    row, column = (np.array(files[0].ImageOrientationPatient[k:k + 3], float) for k in (0, 3))
    normal = np.cross(row, column)
    place = lambda f: float(normal @ np.array(f.ImagePositionPatient, float))
    files.sort(key=place)
    first, last = (np.array(f.ImagePositionPatient, float) for f in (files[0], files[-1]))
    affine = np.eye(4)
    affine[:3, 0] = column * float(files[0].PixelSpacing[0])
    affine[:3, 1] = row * float(files[0].PixelSpacing[1])
    affine[:3, 2] = (last - first) / (len(files) - 1)
    affine[:3, 3] = first
    affine[:2] *= -1
    return np.stack([f.pixel_array for f in files], -1), affine


@unittest.skipIf(DATA is None, "EFFACE_DATA, the folder of real scans, is not set")
class RealHeads(Case):
    def judged(self, original, output, landmarks):
        """What the judge says of two NIfTI files."""
        if not JUDGE.exists() or importlib.util.find_spec("cv2") is None:
            self.skipTest("no judge of face removal, or no python3-opencv for it")
        report = self.scratch / "judge.json"
        done = subprocess.run(["/usr/bin/python3", JUDGE, original, output, "--landmarks",
                               SHARED / "eval" / "landmarks" / landmarks, "--json", report],
                              capture_output=True, text=True,
                              env=os.environ | {"OMP_NUM_THREADS": "1"})
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr[-2000:])
        return json.loads(report.read_text())

    def check_nifti(self, path, landmarks):
        output, manifest, _ = self.run_on(path)
        (record,) = manifest["inputs"]
        (volume,) = manifest["volumes"]
        self.assertEqual(volume["verdict"], "removed")
        self.assertEqual(volume["untouched_sha256_before"], volume["untouched_sha256_after"])
        before, after = nibabel.load(path), nibabel.load(output / record["output"])
        self.assertEqual(before.get_data_dtype(), after.get_data_dtype())
        np.testing.assert_array_equal(before.affine, after.affine)
        values = np.asanyarray(before.dataobj)
        changed = values != np.asanyarray(after.dataobj)
        self.assertLessEqual(int(changed.sum()), volume["voxels_changed"])
        self.assertLess(changed[self.shows_tissue(values)].mean(), 0.18)
        self.judged(path, output / record["output"], landmarks)

    def test_t1_with_1_mm(self):
        self.check_nifti(DATA / "uih_umr770_T1_B_1mm.nii.gz", "uih_umr770_T1_B.json")

    def test_sagittal_t1_with_2_mm(self):
        self.check_nifti(DATA / "mri_bisweb" / "sag_2mm.nii.gz", "bisweb_sag_2mm.json")

    def test_t2(self):
        self.check_nifti(DATA / "mri_torchio_fernando" / "t2.nii.gz", "torchio_fernando_t2.json")

    def test_a_head_that_lies_otherwise_than_its_header_says(self):
        """The same voxels below a header that stands the patient upright."""
        path = DATA / "mri_bisweb" / "sag_2mm.nii.gz"
        original = nibabel.load(path)
        affine = np.eye(4)
        affine[:3] = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]) @ original.affine[:3]
        turned = self.scratch / "turned.nii.gz"
        nibabel.save(nibabel.Nifti1Image(np.asanyarray(original.dataobj), affine), turned)
        output, manifest, _ = self.run_on(turned)
        (volume,) = manifest["volumes"]
        self.assertEqual(volume["verdict"], "removed", volume["reason"])
        self.assertIn("head turned by", volume["reason"])
        after = nibabel.load(output / manifest["inputs"][0]["output"])
        np.testing.assert_allclose(after.affine, affine, atol=1e-4)
        changed = np.asanyarray(after.dataobj) != np.asanyarray(original.dataobj)
        head = json.loads((SHARED / "eval" / "landmarks" / "bisweb_sag_2mm.json").read_text())
        # Where it is dark, noise is here and there what was there before.
        dark = ~self.shows_tissue(np.asanyarray(original.dataobj))
        for name, place in head["landmarks"].items():
            near = self.within(original, place, [4] * 3)
            self.assertGreater(changed[near].mean(), 0.75, name)
            self.assertGreater((changed | dark)[near].mean(), 0.95, name)
        core = self.within(original, head["brain_core"]["centre"], head["brain_core"]["radii"])
        self.assertFalse(changed[core].any())

    @staticmethod
    def shows_tissue(values):
        return values > 0.15 * np.percentile(values, 99)

    @staticmethod
    def within(image, centre, radii):
        """The voxels of an ellipsoid, RAS mm."""
        index = np.stack(np.meshgrid(*map(np.arange, image.shape[:3]), indexing="ij"), -1)
        place = index @ image.affine[:3, :3].T + image.affine[:3, 3]
        return (((place - centre) / radii) ** 2).sum(-1) <= 1

    def test_dicom_study_of_t1_and_t2(self):
        study = DATA / "mri_fnndsc_data"
        output, manifest, _ = self.run_on(study, more=("--record-paths",), expect=3)
        self.assertEqual(len(manifest["inputs"]), sum(p.is_file() for p in study.rglob("*")))
        written = {}
        for record in manifest["inputs"]:
            if record["outcome"] == "written":
                name = pydicom.dcmread(record["path"], stop_before_pixels=True).SeriesDescription
                written.setdefault(name, []).append((record["path"], output / record["output"]))
            else:
                self.assertTrue(record["reason"])
        self.assertEqual({v["verdict"] for v in manifest["volumes"]}, {"removed"})
        judged = 0
        for name, pairs in written.items():
            landmarks = {"MPRAGE": "fnndsc_adi_T1_trio.json", "T2": "fnndsc_adi_T2_trio.json"}
            key = next((k for k in landmarks if k in name), None)
            if key is None:
                continue
            judged += 1
            files = []
            for part in (0, 1):
                voxels, affine = slices_of([pair[part] for pair in pairs])
                files.append(self.scratch / f"{key}_{part}.nii.gz")
                nibabel.save(nibabel.Nifti1Image(voxels, affine), files[-1])
            self.judged(*files, landmarks[key])
        self.assertEqual(judged, 2)

    def test_failed_defacing_by_another_tool_is_seen(self):
        output, manifest, _ = self.run_on(DATA / "mri_bisweb" / "sag_2mm_defaced.nii.gz")
        (volume,) = manifest["volumes"]
        self.assertEqual(volume["verdict"], "removed")
        for feature in ("eyes", "nose"):
            self.assertGreater(volume["voxels_removed"][feature], 0)

    def test_chosen_features_alone_go(self):
        path = DATA / "mri_bisweb" / "sag_2mm.nii.gz"
        output, manifest, _ = self.run_on(path, more=("--features", "eyes,ears"))
        (volume,) = manifest["volumes"]
        removed = volume["voxels_removed"]
        self.assertGreater(removed["eyes"], 0)
        self.assertGreater(removed["ears"], 0)
        self.assertEqual((removed["nose"], removed["mouth"]), (0, 0))
        before = np.asanyarray(nibabel.load(path).dataobj)
        after = np.asanyarray(nibabel.load(output / manifest["inputs"][0]["output"]).dataobj)
        inverse = np.linalg.inv(nibabel.load(path).affine)
        points = json.loads((SHARED / "eval" / "landmarks" / "bisweb_sag_2mm.json").read_text())
        points = points.get("landmarks", points.get("points", points))

        def is_changed(name):
            at = np.rint(inverse[:3, :3] @ np.array(points[name]) + inverse[:3, 3]).astype(int)
            box = tuple(slice(max(0, k - 1), k + 2) for k in at)
            return bool((before[box] != after[box]).any())

        self.assertTrue(is_changed("eye_left") and is_changed("eye_right"))
        self.assertFalse(is_changed("mouth"))

    def test_constant_fill_is_constant_and_noise_is_not(self):
        path = DATA / "mri_bisweb" / "sag_2mm.nii.gz"
        values = {}
        for fill in ("constant", "noise"):
            output, manifest, _ = self.run_on(path, out=fill, more=("--fill", fill))
            before = np.asanyarray(nibabel.load(path).dataobj)
            after = np.asanyarray(nibabel.load(output / manifest["inputs"][0]["output"]).dataobj)
            values[fill] = np.unique(after[before != after])
        self.assertEqual(len(values["constant"]), 1)
        self.assertGreater(len(values["noise"]), 5)


if __name__ == "__main__":
    unittest.main()
