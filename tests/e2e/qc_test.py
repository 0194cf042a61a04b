"""The pictures of --qc: of everything that is written and of nothing else, the same however the run
went; and the page over them."""
import html.parser
import os
import pathlib
import re
import signal
import struct
import subprocess
import time
import unittest
import zlib

import nibabel
import numpy as np

from harness import EFFACE, Case, tree

TILE = 256


def read_png(path):
    """RGB picture as array [row, column, 3] (PNG specification: 8 bits, not interlaced)."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and data[-8:-4] == b"IEND"
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, *rest = struct.unpack(">IIBBBBB", body)
            assert rest == [8, 2, 0, 0, 0]
        elif kind == b"IDAT":
            packed += body
        at += size + 12
    lines = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + 3 * width)
    out = np.zeros((height + 1, width + 1, 3), int)  # a border of zeros above and to the left
    for y in range(height):
        how, line = lines[y, 0], lines[y, 1:].reshape(width, 3).astype(int)
        above = out[y, 1:]
        if how in (0, 2):
            out[y + 1, 1:] = line + (above if how == 2 else 0)
        else:
            for x in range(width):
                left, up, corner = out[y + 1, x], out[y, x + 1], out[y, x]
                if how == 1:
                    guess = left
                elif how == 3:
                    guess = (left + up) // 2
                else:
                    p = left + up - corner
                    a, b, c = abs(p - left), abs(p - up), abs(p - corner)
                    guess = np.where((a <= b) & (a <= c), left, np.where(b <= c, up, corner))
                out[y + 1, x + 1] = (line[x] + guess) & 255
        out[y + 1] &= 255
    return out[1:, 1:]


class Page(html.parser.HTMLParser):
    """Rows of a page: (classes, text, pictures), in their order; checks that tags are closed."""

    VOID = {"meta", "img", "input"}

    def __init__(self, folder):
        super().__init__()
        self.rows, self.open, self.tags, self.links = [], [], set(), []
        self.text = (folder / "index.html").read_text(encoding="utf-8")
        self.feed(self.text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "section":
            self.rows.append((attributes["class"].split(), [], []))
        if tag == "img":
            self.rows[-1][2].append(attributes["src"])
        self.links += [attributes[k] for k in ("src", "href") if k in attributes]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "section" in self.open:
            self.rows[-1][1].append(data)

    def scores(self):
        return [float(re.search(r"score ([\d.]+)", "".join(text)).group(1))
                for _, text, _ in self.rows]


class Pictures(Case):
    def thin(self, name, letters):
        """Three slices of a noisy ball along the patient's axis with these letters: too few for
        the model, so that none is needed."""
        last = {"RL": 0, "PA": 1, "SI": 2}[letters]
        x, y = np.meshgrid(np.arange(-60, 60, 2), np.arange(-60, 60, 2), indexing="ij")
        ball = np.where(x * x + y * y < 2500, 300, 0)[..., None] + np.zeros(3, int)
        ball += np.random.default_rng(len(name)).integers(0, 50, ball.shape)
        affine = np.zeros((4, 4))
        for column, axis in enumerate([a for a in range(3) if a != last] + [last]):
            affine[axis, column] = 2
        affine[3, 3] = 1
        path = self.scratch / name
        path.parent.mkdir(exist_ok=True)
        nibabel.save(nibabel.Nifti1Image(ball.astype(np.int16), affine), path)
        return path

    def test_study_has_pictures_and_a_page_and_the_same_outputs(self):
        study = self.make("demo")
        qc = self.scratch / "DOE pictures"
        output, manifest, _ = self.run_on(study, expect=3, more=("--qc", qc, "--jobs", "3"))
        self.assertEqual(manifest["options"]["qc"], "true")
        self.assertNotIn("DOE", (output / "manifest.json").read_text())
        page = Page(qc)
        self.assertFalse(page.tags & {"script", "link", "iframe", "object"})
        self.assertTrue(all((qc / link).is_file() and "/" not in link for link in page.links))
        self.assertEqual(page.scores(), sorted(page.scores()))
        self.assertEqual(len(page.rows), len(manifest["volumes"]))
        self.assertEqual({p for _, _, (p,) in page.rows},
                         {v["token"][:16] + ".png" for v in manifest["volumes"]})
        self.assertEqual(set(tree(qc)), {"index.html"} | {p for _, _, (p,) in page.rows})
        for name in (str(self.scratch), "demo", "DOE", "Doe"):
            self.assertNotIn(name, page.text)
        for _, _, (picture,) in page.rows:
            self.check_face_is_gone(read_png(qc / picture))

        again = self.scratch / "again"
        other, _, _ = self.run_on(study, out="other", expect=3, more=("--qc", again, "--jobs", "1"))
        self.assertEqual(tree(qc), tree(again))
        plain, _, _ = self.run_on(study, out="plain", expect=3)
        released = [tree(o) for o in (output, other, plain)]
        for files in released:
            files.pop("manifest.json")  # names --jobs and --qc
        self.assertEqual(released[0], released[2])
        self.assertEqual(released[1], released[2])

    def check_face_is_gone(self, picture):
        """In front of the outline in the mid-sagittal slice there is background alone."""
        self.assertEqual(picture.shape, (TILE, 7 * TILE, 3))
        for tile in range(7):
            part = picture[:, tile * TILE:(tile + 1) * TILE]
            self.assertGreater((part.max(2) > 60).mean(), 0.05, tile)
        sagittal = picture[:, 4 * TILE:5 * TILE]
        outline = (sagittal == (255, 150, 30)).all(2)
        self.assertGreater(outline.sum(), 50)
        rows = np.flatnonzero(outline.any(1))
        middle = range(rows[0] + len(rows) // 4, rows[-1] - len(rows) // 4)
        front = np.concatenate([sagittal[y, :max(0, np.flatnonzero(outline[y])[-1] - 2)].max(1)
                                for y in middle if outline[y].any()])
        self.assertGreater(front.size, 1000)
        self.assertGreater((front < 60).mean(), 0.97)

    def test_withheld_has_a_reason_and_no_picture_and_the_rest_has_one(self):
        folder = self.scratch / "Roe^Jane"
        self.thin("Roe^Jane/roe1.nii", "RL")  # uncertain: withheld
        self.thin("Roe^Jane/roe2.nii.gz", "SI")  # no face: written as it is
        config = self.scratch / "c.json"
        qc = self.scratch / "qc"
        config.write_text('{"qc": "%s", "names": "keep"}' % qc)
        _, manifest, _ = self.run_on(folder, expect=3, more=("--config", config))
        verdicts = {v["verdict"]: v for v in manifest["volumes"]}
        self.assertEqual(set(verdicts), {"uncertain", "no_face"})
        rows = {row[0][0]: row for row in Page(qc).rows}
        classes, text, pictures = rows["uncertain"]
        self.assertIn("withheld", classes)
        self.assertEqual(pictures, [])
        self.assertIn(verdicts["uncertain"]["reason"], "".join(text))
        self.assertEqual(rows["no_face"][2], [verdicts["no_face"]["token"][:16] + ".png"])
        self.assertEqual(set(tree(qc)), {"index.html", *rows["no_face"][2]})
        for path in qc.iterdir():
            for name in (b"Roe", b"roe", os.fsencode(self.scratch)):
                self.assertNotIn(name, path.read_bytes())
                self.assertNotIn(name, os.fsencode(path.name))

    def test_stale_pictures_of_what_is_withheld_are_deleted(self):
        path = self.thin("profile.nii", "RL")
        qc = self.scratch / "qc"
        output, manifest, _ = self.run_on(path, expect=3, more=("--qc", qc))
        (volume,) = manifest["volumes"]
        stray = qc / (volume["token"][:16] + ".png")
        stray.write_bytes(b"of an earlier attempt")
        page = Page(qc).text
        self.run_on(path, expect=3, more=("--qc", qc))
        self.assertFalse(stray.exists())
        self.assertEqual(Page(qc).text, page)

    def test_killed_run_resumes_to_the_same_page(self):
        folder = self.scratch / "in"
        for n in range(4):
            self.thin(f"in/{n}.nii", "SI")
        self.make("nifti", name="in/head.nii")
        whole = self.scratch / "whole-qc"
        self.run_on(folder, out="whole", more=("--qc", whole))
        qc, output = self.scratch / "qc", self.scratch / "out"
        command = [EFFACE, "run", folder, "--output", output, "--key", self.key, "--qc", qc, "-q",
                   "--jobs", "1"]
        run = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 120
        while not list(qc.glob("*.png")) and run.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        run.send_signal(signal.SIGKILL)
        self.assertEqual(run.wait(), -signal.SIGKILL)
        self.assertIn("has not finished", (qc / "index.html").read_text())
        self.efface(*command[1:])
        self.assertEqual(tree(qc), tree(whole))

    def test_a_run_may_be_resumed_with_pictures_or_without(self):
        path = self.thin("transverse.nii", "SI")
        qc = self.scratch / "qc"
        before, _, _ = self.run_on(path)
        files = tree(before)
        self.run_on(path, more=("--qc", qc))  # nothing is left to do
        page = Page(qc)
        self.assertEqual([pictures for _, _, pictures in page.rows], [[]])
        self.assertIn("No picture", page.text)
        self.run_on(path)
        self.assertEqual(tree(before), files)

    def test_folder_in_the_wrong_place_is_a_usage_error(self):
        path = self.thin("in/transverse.nii", "SI")
        out = self.scratch / "out"
        (self.scratch / "link").symlink_to(path.parent)
        for qc in (path.parent / "qc", path.parent, out / "qc", out, self.scratch, path,
                   self.scratch / "link" / "qc"):
            self.efface("run", path.parent, "--output", out, "--key", self.key, "--qc", qc, expect=2)
        self.assertFalse(out.exists())
        self.assertEqual(os.listdir(path.parent), [path.name])

    def test_folder_of_something_else_is_refused(self):
        path = self.thin("transverse.nii", "SI")
        mine = self.scratch / "mine"
        mine.mkdir()
        (mine / "index.html").write_text("my page")
        self.efface("run", path, "--output", self.scratch / "o", "--key", self.key, "--qc", mine,
                    expect=2)
        self.assertEqual((mine / "index.html").read_text(), "my page")
        qc = self.scratch / "qc"
        self.run_on(path, more=("--qc", qc))
        self.efface("run", path, "--output", self.scratch / "o2", "--key", self.key, "--qc", qc,
                    "--dates", "modified", expect=2)  # another run's pictures

    def test_dry_run_draws_nothing(self):
        path = self.thin("transverse.nii", "SI")
        self.efface("run", path, "--dry-run", "--qc", self.scratch / "qc")
        self.assertFalse((self.scratch / "qc").exists())


if __name__ == "__main__":
    unittest.main()
