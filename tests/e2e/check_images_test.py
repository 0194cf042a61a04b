"""efface check on what pixels show: faces, before and after efface and after a defacing that failed;
text; the claims about both. The tests of real scans need EFFACE_DATA and are skipped without it."""
import json
import os
import pathlib
import unittest

import numpy as np
import pydicom
from PIL import Image
from harness import Case
from pixels_test import ground, image, text_mask

DATA = pathlib.Path(os.environ["EFFACE_DATA"]) if os.environ.get("EFFACE_DATA") else None


class ImagesCase(Case):
    def findings(self, data, *more):
        done = self.efface("check", data, "--format", "json", *more, expect=None)
        return json.loads(done.stdout)["findings"]

    def rules(self, data, group, *more):
        """{(rule, place)} of one group of rules."""
        return {(f["rule"], f["place"]) for f in self.findings(data, *more)
                if f["rule"].startswith(group)}


class Images(ImagesCase):
    def test_a_head_shows_its_face_until_efface_has_removed_it(self):
        head = self.make("nifti", name="head.nii.gz")
        done = self.efface("check", head, "--format", "json", "--fail-on", "face", expect=3)
        (found,) = [f for f in json.loads(done.stdout)["findings"] if f["rule"].startswith("face")]
        self.assertEqual(found["rule"], "face.visible")
        for feature in ("eyes", "nose", "mouth"):
            self.assertIn(feature, found["reason"])
        self.assertEqual(self.rules(head, "face", "--faces", "skip"), set())
        output, _, _ = self.run_on(head)
        self.assertEqual(self.findings(output), [])

    def test_a_study_that_denies_its_face_is_contradicted(self):
        study = self.make("demo")
        for path in study.rglob("*.dcm"):
            data = pydicom.dcmread(path)
            data.RecognizableVisualFeatures = "NO"
            data.save_as(path)
        found = self.findings(study)
        seen = [f for f in found if f["rule"] == "face.visible"]
        self.assertTrue(seen)
        untrue = [f for f in found if f["rule"] == "claim.no-recognizable-features"]
        self.assertGreater(len(untrue), 90)  # every slice of what shows a face
        self.assertEqual({f["place"] for f in untrue}, {"(0028,0302)"})

    def put(self, data, name="a.dcm"):
        folder = self.scratch / "in"
        folder.mkdir(exist_ok=True)
        data.save_as(folder / name, write_like_original=False)
        return folder

    def test_text_in_pixels_and_the_claim_that_there_is_none(self):
        plain, mask = ground(), text_mask()
        written = np.where(mask, 255, plain).astype(np.uint8)
        folder = self.put(image(plain))
        self.assertEqual(self.rules(folder, "pixels"), set())
        folder = self.put(image(np.stack([plain, written]), sop_class="1.2.840.10008.5.1.4.1.1.3.1",
                                BurnedInAnnotation="NO"))
        self.assertEqual(self.rules(folder, "pixels"), {("pixels.text", "frame 2")})
        self.assertEqual(self.rules(folder, "claim.no-burned"),
                         {("claim.no-burned-in-text", "(0028,0301)")})
        self.assertEqual(self.rules(folder, "pixels", "--pixels", "skip"), set())
        done = self.efface("check", folder, expect=3)
        self.assertNotIn("GARRISON", (done.stdout + done.stderr).upper())
        output, _, _ = self.run_on(folder)
        self.assertEqual([f for f in self.findings(output) if f["fails"]], [])

    def test_text_in_pictures_beside_images(self):
        plain, mask = ground(), text_mask()
        written = Image.fromarray(np.where(mask, 255, plain).astype(np.uint8))
        deep = np.where(mask, 4000, plain.astype(np.uint16))  # of 16 bits, a twelfth in use
        folder = self.scratch / "pictures"
        folder.mkdir()
        for name in ("a.png", "b.jpg", "c.bmp", "d.tif"):
            written.save(folder / name)
        Image.frombytes("I;16", deep.shape[::-1], deep.astype("<u2").tobytes()).save(folder / "e.png")
        Image.fromarray(plain).save(folder / "pages.tif", save_all=True, append_images=[written])
        Image.fromarray(plain).save(folder / "plain.png")
        found = {(f["rule"], pathlib.PurePath(f["path"]).name, f["place"])
                 for f in self.findings(folder) if f["rule"].startswith(("pixels", "not-checked"))}
        self.assertEqual(found, {
            *{("pixels.text", name, "page 1") for name in ("a.png", "b.jpg", "c.bmp", "d.tif", "e.png")},
            ("pixels.text", "pages.tif", "page 2")})
        done = self.efface("check", folder, "--fail-on", "pixels.text", expect=3)
        self.assertNotIn("GARRISON", (done.stdout + done.stderr).upper())


@unittest.skipIf(DATA is None, "EFFACE_DATA, the folder of real scans, is not set")
class Real(ImagesCase):
    def test_a_defacing_that_failed_is_found(self):
        found = {pathlib.PurePath(f["path"]).name: f for f in self.findings(DATA / "mri_bisweb")
                 if f["rule"] == "face.visible"}
        self.assertEqual(set(found), {"sag_2mm.nii.gz", "sag_2mm_defaced.nii.gz"})
        self.assertIn("mouth", found["sag_2mm.nii.gz"]["reason"])
        self.assertNotIn("mouth", found["sag_2mm_defaced.nii.gz"]["reason"])  # that went
        self.assertIn("nose", found["sag_2mm_defaced.nii.gz"]["reason"])

    def test_what_is_hidden_in_real_files(self):
        """Icons, documents inside files, bytes behind the pixels, EXIF, directories, text in pixels."""
        found = {(f["rule"], pathlib.PurePath(f["path"]).name, f["place"]) for f in
                 self.findings(DATA / "dicom_pydicom", "--pixels", "skip", "--faces", "skip")}
        for finding in (("thumbnail", "examples_overlay.dcm", "(0088,0200)"),
                        ("file.trailing", "CT_small.dcm", "(7fe0,0010)"),
                        ("file.preamble", "CT_small.dcm", "(0000,0000)"),
                        ("not-checked", "DICOMDIR", ""), ("not-checked", "crayons.icc", ""),
                        ("header.text", "pet.dcm", "(0028,2000)")):
            self.assertIn(finding, found)
        found = {(f["rule"], pathlib.PurePath(f["path"]).name) for f in
                 self.findings(DATA / "dicom_deid_data", "--faces", "skip")}
        self.assertIn(("not-checked", "GREYSCALE_CINE.zip"), found)
        self.assertTrue([name for rule, name in found if rule == "pixels.text"], found)

    def test_outputs_of_real_heads_and_files_give_no_finding(self):
        for name in ("mri_bisweb", "mri_seg3d", "mri_torchio_fernando", "dicom_pydicom",
                     "dicom_vendor_toshiba", "dicom_nibabel"):
            with self.subTest(name):
                output, manifest, _ = self.run_on(DATA / name, out=f"out-{name}", expect=None)
                self.assertGreater(manifest["totals"]["written"], 0)
                found = [f for f in self.findings(output) if f["fails"]]
                self.assertEqual([(f["rule"], f["place"]) for f in found], [])


if __name__ == "__main__":
    unittest.main()
