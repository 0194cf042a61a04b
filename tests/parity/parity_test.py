"""Python and C++ say the same of the same image: what goes into the networks, and what comes out.

DUMP_PROBABILITIES is the program that writes down what C++ does; images are made by code. The model is
the one in models/, or the one whose card EFFACE_MODEL_CARD names. Without python3-torch the whole test is
skipped (exit 77).
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "train"))
try:
    import nibabel
    import numpy as np
    import torch
    import randomise
except ImportError as error:
    print(f"SKIPPED: {error} (python3-torch, python3-nibabel, python3-scipy)")
    sys.exit(77)

DUMP = os.environ["DUMP_PROBABILITIES"]
CARD = pathlib.Path(os.environ.get("EFFACE_MODEL_CARD", ROOT / "models" / "face_v1.json"))
MOST = 1e-3  # difference of any probability


def head_like(shape, spacing, seed):
    """An ellipsoid with a brain, eyes, a nose and ears, and noise: [x, y, z] LPS, float32."""
    rng = np.random.default_rng(seed)
    x, y, z = np.meshgrid(*[(np.arange(n) - (n - 1) / 2) * spacing for n in shape], indexing="ij")
    ball = lambda cx, cy, cz, r: (x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2 < r ** 2
    image = 400.0 * ((x / 70) ** 2 + (y / 88) ** 2 + (z / 90) ** 2 < 1)
    image[(x / 62) ** 2 + ((y - 8) / 76) ** 2 + ((z - 20) / 62) ** 2 < 1] = 700
    for place in ((31, -72, -15, 12), (-31, -72, -15, 12)):
        image[ball(*place)] = 150
    for place in ((0, -88, -40, 14), (72, 0, -20, 13), (-72, 0, -20, 13)):
        image[ball(*place)] = 450
    return np.abs(image + rng.normal(0, 20, shape)).astype(np.float32)


def read(stem):
    """Input, field of view and probabilities, the last three axes Z, Y, X."""
    size = [int(v) for v in pathlib.Path(f"{stem}.grid").read_text().split()[2::-1]]
    raw = lambda end, kind: np.fromfile(f"{stem}.{end}", kind).reshape(-1, *size)
    return raw("input.f32", np.float32)[0], raw("inside.u8", np.uint8)[0], raw("probabilities.f32", np.float32)


class Parity(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.set_num_threads(1)
        cls.folder = tempfile.TemporaryDirectory()
        cls.card = json.loads(CARD.read_text())
        cls.networks = {k: torch.jit.load(str(CARD.parent / c["file"])) for k, c in
                        (("head", cls.card), ("face", cls.card.get("face_network"))) if c}
        cls.fine = cls.dump(head_like((96, 112, 112), 2.0, 1), 2.0, "fine")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def dump(cls, image, spacing, name):
        """The folder of what C++ says of an image [x, y, z], LPS."""
        path, out = (pathlib.Path(cls.folder.name) / f"{name}{end}" for end in (".nii", ""))
        affine = np.diag([-spacing, -spacing, spacing, 1.0])
        nifti = nibabel.Nifti1Image(image, affine)
        nifti.set_sform(affine, 1)
        nibabel.save(nifti, path)
        subprocess.run([DUMP, CARD, path, out], check=True)
        return out

    def compare(self, network, values, said):
        with torch.no_grad():
            here = self.networks[network](torch.from_numpy(values.copy())[None, None])[0].numpy()
        self.assertEqual(here.shape, said.shape)
        self.assertLessEqual(float(np.abs(here - said).max()), MOST)
        return here

    def test_the_same_input_gives_the_same_probabilities(self):
        values, inside, said = read(self.fine / "head")
        self.assertTrue((values[inside == 0] == 0).all())
        here = self.compare("head", values, said)
        self.assertGreater(len(np.unique(here.argmax(0))), 2)  # something was seen at all

    def test_so_does_the_finer_network_on_the_whole_image(self):
        if "face" not in self.networks:
            self.skipTest("the model has one network")
        values, _, said = read(self.fine / "face")
        self.compare("face", values, said)

    def test_an_image_on_the_model_grid_is_normalised_as_for_training(self):
        """So that Python alone comes from the image to the same probabilities."""
        image = head_like((64, 80, 64), self.card["spacing_mm"], 2)
        values, inside, said = read(self.dump(image, self.card["spacing_mm"], "on_grid") / "head")
        self.assertEqual(values.shape, (64, 80, 64))
        self.assertTrue(inside.all())
        expected = randomise.normalise(image, np.ones(image.shape, bool)).transpose(2, 1, 0)
        np.testing.assert_allclose(values, expected, atol=1e-5)
        self.compare("head", np.ascontiguousarray(expected), said)


if __name__ == "__main__":
    unittest.main()
