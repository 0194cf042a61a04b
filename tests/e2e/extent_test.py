"""--extent face: more goes than with the features alone, nothing of the brain, and of the features none
may be left out."""
import pathlib
import unittest

import nibabel
import numpy as np

from harness import Case

CORE_MM = 45  # around the middle of the made head's brain; its half-axes are larger than 60 mm


def read(path):
    """Voxels, and where each of them lies: RAS mm, the last axis."""
    image = nibabel.load(path)
    voxels = np.asanyarray(image.dataobj)
    index = np.moveaxis(np.indices(voxels.shape), 0, -1)
    return voxels, index @ image.affine[:3, :3].T + image.affine[:3, 3]


class Extent(Case):
    def released(self, head, extent):
        more = ("--extent", extent) if extent else ()
        output, manifest, _ = self.run_on(head, out=extent or "default", more=(*more, "--fill", "constant"))
        (record,), (volume,) = manifest["inputs"], manifest["volumes"]
        self.assertEqual(volume["verdict"], "removed", volume["reason"])
        self.assertEqual(manifest["options"]["extent"], extent or "features")
        return read(output / record["output"])[0], volume

    def test_the_whole_face_is_more_than_its_features_and_no_brain(self):
        head = self.make("nifti", name="head.nii")
        before, place = read(head)
        features, of_features = self.released(head, None)
        face, of_face = self.released(head, "face")
        changed_by_features, changed_by_face = before != features, before != face
        self.assertGreater(of_face["voxels_changed"], 1.2 * of_features["voxels_changed"])
        self.assertGreater(changed_by_face.sum(), 1.2 * changed_by_features.sum())
        # what the features take, the whole face takes, too: but for values that happen to be equal
        self.assertLess((changed_by_features & ~changed_by_face).sum(), 0.001 * changed_by_features.sum())
        for name, count in of_features["voxels_removed"].items():
            self.assertGreaterEqual(of_face["voxels_removed"][name], 0.9 * count, name)
        core = np.linalg.norm(place, axis=-1) < CORE_MM
        self.assertGreater(core.sum(), 10_000)
        self.assertGreater(np.unique(before[core]).size, 20)
        self.assertEqual(int(changed_by_face[core].sum()), 0)
        self.assertEqual(int(changed_by_features[core].sum()), 0)
        behind = place[..., 1] < -20  # RAS: the back of the head
        self.assertEqual(int((changed_by_face & ~changed_by_features)[behind].sum()), 0)

    def test_single_features_do_not_go_with_the_whole_face(self):
        head = self.make("nifti", name="head.nii")
        output = self.scratch / "out"
        for features in ("eyes", "eyes,nose,mouth", "ears"):
            done = self.efface("run", head, "--output", output, "--key", self.key, "--extent", "face",
                               "--features", features, expect=2)
            self.assertIn("--extent face", done.stderr)
            self.assertIn("hint:", done.stderr)
            self.assertEqual([p for p in pathlib.Path(output).rglob("*") if p.is_file()], [])
        self.efface("run", head, "--output", output, "--key", self.key, "--extent", "everything", expect=2)

    def test_all_features_named_one_by_one_may(self):
        head = self.make("nifti", name="head.nii")
        self.efface("run", head, "--output", self.scratch / "out", "--key", self.key, "--extent", "face",
                    "--features", "ears,mouth,nose,eyes", "--dry-run")


if __name__ == "__main__":
    unittest.main()
