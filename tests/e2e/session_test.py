"""An image that shows too little of a face to be judged by itself, beside the T1 of its session (BIDS): what
the T1 shows of the face goes there, too; where the head lies elsewhere, the image stays withheld."""
import unittest

import nibabel
import numpy as np

from harness import Case

REASON = "cleaned by the face that another image of its session shows"


def upper_half(t1):
    """The T1's upper 55 % in voxels of twice the size and inverted contrast, three time points: array and affine."""
    voxels = np.asarray(t1.dataobj, np.float32)
    down = [axis for axis, to in enumerate(nibabel.aff2axcodes(t1.affine)) if to == "I"]
    assert down == [1], "the demonstration head's second axis goes down"
    voxels = voxels[:, :int(0.55 * voxels.shape[1]) // 2 * 2]
    voxels = voxels[:voxels.shape[0] // 2 * 2, :, :voxels.shape[2] // 2 * 2]
    x, y, z = (n // 2 for n in voxels.shape)
    means = voxels.reshape(x, 2, y, 2, z, 2).mean((1, 3, 5))
    bright = np.percentile(means, 99)
    inverted = np.where(means > 0.1 * bright, 1.4 * bright - means, 0.5 * means)
    affine = t1.affine @ np.array([[2, 0, 0, .5], [0, 2, 0, .5], [0, 0, 2, .5], [0, 0, 0, 1]])
    return np.stack([inverted, 1.02 * inverted, 0.97 * inverted], -1).astype(np.int16), affine


class Session(Case):
    def setUp(self):
        super().setUp()
        subject = self.scratch / "study" / "sub-01"
        (subject / "anat").mkdir(parents=True)
        (subject / "func").mkdir()
        self.t1 = self.make("nifti", name="study/sub-01/anat/sub-01_T1w.nii.gz")
        self.func = subject / "func"
        self.bold = self.func / "sub-01_task-rest_bold.nii.gz"
        self.voxels, self.affine = upper_half(nibabel.load(self.t1))
        nibabel.save(nibabel.Nifti1Image(self.voxels, self.affine), self.bold)

    def run_names_kept(self, *inputs, out, expect=0):
        output, manifest, _ = self.run_on(*inputs, out=out, expect=expect, more=("--names", "keep"))
        small = [v for v in manifest["volumes"] if v["size"][0] < 100]
        return output, small

    def test_what_the_t1_shows_goes_from_the_other_image(self):
        _, (alone,) = self.run_names_kept(self.func, out="alone", expect=3)
        self.assertEqual(alone["verdict"], "uncertain")

        output, (volume,) = self.run_names_kept(self.scratch / "study", out="together")
        self.assertEqual((volume["verdict"], volume["reason"]), ("removed", REASON))
        self.assertEqual(volume["untouched_sha256_before"], volume["untouched_sha256_after"])
        folder = output / "study" / "sub-01"
        after = np.asarray(nibabel.load(folder / "func" / self.bold.name).dataobj)
        t1_before = np.asarray(nibabel.load(self.t1).dataobj)
        t1_after = np.asarray(nibabel.load(folder / "anat" / self.t1.name).dataobj)
        gone = t1_before != t1_after
        gone = gone[:after.shape[0] * 2, :after.shape[1] * 2, :after.shape[2] * 2]
        x, y, z = after.shape[:3]
        gone = gone.reshape(x, 2, y, 2, z, 2).all((1, 3, 5))  # what went of the T1, whole voxels
        for t in range(3):
            tissue = self.voxels[..., t] > 0.3 * np.percentile(self.voxels[..., t], 99)
            changed = after[..., t] != self.voxels[..., t]
            self.assertGreater(int((gone & tissue).sum()), 500)
            self.assertGreater(changed[gone & tissue].mean(), 0.98)
            self.assertLess(changed[~gone & tissue].mean(), 0.08)

    def test_a_head_that_lies_elsewhere_stays_withheld(self):
        moved = self.affine.copy()
        moved[2, 3] += 25
        nibabel.save(nibabel.Nifti1Image(self.voxels, moved), self.bold)
        _, (volume,) = self.run_names_kept(self.scratch / "study", out="out", expect=3)
        self.assertEqual(volume["verdict"], "uncertain")

    def test_a_damaged_t1_speaks_for_nothing(self):
        self.t1.write_bytes(self.t1.read_bytes()[:20000])
        _, (volume,) = self.run_names_kept(self.scratch / "study", out="out", expect=3)
        self.assertEqual(volume["verdict"], "uncertain")


if __name__ == "__main__":
    unittest.main()
