"""Old and new identifiers for outside judges: run --export-maps."""
import csv
import json
import shutil
import stat
import subprocess
import time
import unittest

import dicom_bytes as db
import pydicom
from harness import EFFACE, Case

UIDS, PATIENTS = "uid_map.csv", "patid_map.csv"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        head, *pairs = list(csv.reader(file))
    assert head == ["id_old", "id_new"], head
    return [tuple(pair) for pair in pairs]


class Maps(Case):
    def put(self, name, data):
        path = self.scratch / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def images(self):
        reference = (db.element(0x00081150, "UI", "1.2.840.10008.5.1.4.1.1.4") +
                     db.element(0x00081155, "UI", "1.2.3.77"))
        early = db.sequence(0x00081140, reference)
        for i, patient in enumerate(("PID-4711", "M\u00fcller, \"J\"".encode("latin-1"), "PID-4711")):
            data = db.ultrasound(patient_id=patient, early=early)
            data = data.replace(b"1.2.3.4.5", f"1.2.3.4.{i}".encode())
            if i == 1:
                data = data.replace(b"1.2.3.1\0", b"1.2.3.8\0")
            self.put(f"in/{i}.dcm", db.part10(data))
        return self.scratch / "in"

    def test_maps_say_what_became_of_each_identifier(self):
        maps = self.scratch / "maps"
        output, manifest, done = self.run_on(self.images(), more=("--export-maps", maps, "-q"))
        uids, patients = dict(rows(maps / UIDS)), dict(rows(maps / PATIENTS))
        written = [pydicom.dcmread(p) for p in output.rglob("*.dcm")]
        self.assertEqual({uids[f"1.2.3.4.{i}"] for i in range(3)},
                         {str(w.SOPInstanceUID) for w in written})
        self.assertEqual({uids["1.2.3.77"]},
                         {str(w[0x00081140][0].ReferencedSOPInstanceUID) for w in written})
        self.assertEqual({uids["1.2.3.1"], uids["1.2.3.8"]},
                         {str(w.StudyInstanceUID) for w in written})
        self.assertEqual(len(uids), 7)
        self.assertEqual(set(patients), {"PID-4711", "M\u00fcller, \"J\""})
        self.assertEqual(set(patients.values()), {str(w.PatientID) for w in written})
        self.assertEqual(manifest["options"]["export-maps"], "true")
        self.assertIn("identify patients", done.stderr)

    def test_maps_are_sorted_private_and_the_only_place_of_originals(self):
        maps = self.scratch / "maps"
        output, _, done = self.run_on(self.images(), more=("--export-maps", maps, "-v"))
        for name in (UIDS, PATIENTS):
            lines = (maps / name).read_bytes().splitlines()[1:]
            self.assertEqual(lines, sorted(set(lines)))
        for path in maps.rglob("*"):
            self.assertEqual(mode(path), 0o700 if path.is_dir() else 0o600, path)
        self.assertEqual(mode(maps), 0o700)
        told = [(output / "manifest.json").read_text(),
                (output / ".efface" / "journal.jsonl").read_text(), done.stderr, done.stdout]
        for old, new in rows(maps / UIDS) + rows(maps / PATIENTS):
            for text in told:
                self.assertNotIn(old, text.replace("1.2.3.4.", "") if old == "1.2.3.4" else text)
                self.assertNotIn(new, text)

    def test_nothing_of_what_is_withheld_is_in_them(self):
        source = self.images()
        pixels = bytes(1000) + b"SECRET-99" + bytes(3087)
        self.put("in/residue.dcm", db.part10(db.ultrasound(pixels=pixels, patient_id="SECRET-99")
                                             .replace(b"1.2.3.4.5", b"1.2.3.4.9")
                                             .replace(b"1.2.3.1\0", b"1.2.3.9\0")))
        maps = self.scratch / "maps"
        self.run_on(source, expect=3, more=("--export-maps", maps))
        self.assertNotIn("SECRET-99", (maps / PATIENTS).read_text())
        self.assertNotIn("1.2.3.4.9", (maps / UIDS).read_text())

    def test_folders_that_would_be_released_or_mixed_up_are_refused(self):
        source = self.images()
        taken = self.put("taken/cat.jpg", b"").parent
        output = self.scratch / "out"
        for folder in (output / "maps", output, source / "maps", source, self.scratch, taken,
                       self.scratch / "pictures" / "maps"):
            self.efface("run", source, "-o", output, "--key", self.key, "--qc",
                        self.scratch / "pictures", "--export-maps", folder, expect=2)
            self.assertFalse((output / "manifest.json").exists())
            self.assertEqual(list(self.scratch.rglob("*_map.csv")), [])

    def test_runs_with_and_without_maps_are_not_one(self):
        source = self.images()
        self.run_on(source)
        done = self.efface("run", source, "-o", self.scratch / "out", "--key", self.key,
                           "--export-maps", self.scratch / "maps", expect=2)
        self.assertNotIn("identify patients", done.stdout)

    def test_a_dry_run_writes_none(self):
        self.efface("run", self.images(), "--dry-run", "--export-maps", self.scratch / "maps")
        self.assertFalse((self.scratch / "maps").exists())

    @staticmethod
    def kill_when(command, is_time):
        run = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        began = time.monotonic()
        while run.poll() is None and not is_time(began):
            time.sleep(0.001)
        run.kill()
        run.wait()

    def test_killed_runs_lose_no_study(self):
        study = self.make("bench", "--files", "380")  # ten studies
        whole = self.scratch / "whole-maps"
        self.run_on(study, out="whole", more=("--export-maps", whole))
        output, maps = self.scratch / "killed", self.scratch / "maps"
        command = [EFFACE, "run", study, "--output", output, "--key", self.key, "-q",
                   "--export-maps", maps]
        journal = output / ".efface" / "journal.jsonl"
        committed = lambda: journal.read_text().count('"committed"') if journal.exists() else 0
        for delay in (0.02, 0.04, 0.07, 0.1):
            self.kill_when(command, lambda began: time.monotonic() - began > delay)
        for _ in range(20):  # on a busy machine a run ends before it is killed
            self.kill_when(command, lambda _: committed() > 0)
            if 0 < committed() < 10:
                break
            shutil.rmtree(output, ignore_errors=True)
            shutil.rmtree(maps, ignore_errors=True)
        self.assertIn(committed(), range(1, 10), "no run was killed between two studies")
        subprocess.run(command, check=True, capture_output=True)
        for name in (UIDS, PATIENTS):
            self.assertEqual((maps / name).read_bytes(), (whole / name).read_bytes())
        self.assertGreater(len(rows(maps / UIDS)), 380)

    def test_an_interrupted_run_goes_on_with_its_own_folder_only(self):
        source = self.images()
        self.run_on(source, more=("--export-maps", self.scratch / "maps"))
        before = (self.scratch / "maps" / UIDS).read_bytes()
        (self.scratch / "maps" / UIDS).unlink()
        command = ("run", source, "-o", self.scratch / "out", "--key", self.key, "--export-maps")
        self.efface(*command, self.scratch / "maps")
        self.assertEqual((self.scratch / "maps" / UIDS).read_bytes(), before)
        done = self.efface(*command, self.scratch / "elsewhere", expect=2)
        self.assertIn("lacks studies", done.stderr)
        self.assertEqual(json.loads((self.scratch / "out/manifest.json").read_text())["options"]
                         ["export-maps"], "true")


if __name__ == "__main__":
    unittest.main()
