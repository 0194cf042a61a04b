"""A BIDS data set goes in, a valid one comes out: images by their verdict, sidecars and tables
cleaned by rule, rows of what is withheld dropped, and no marker left anywhere."""
import csv
import gzip
import json
import re
import shutil
import subprocess
import unittest

import nibabel
import numpy as np

from harness import Case, tree

MARK = "CANARY"


def sidecar():
    """As dcm2niix writes it when it is told not to anonymise, and more."""
    return {
        "Modality": "MR", "MagneticFieldStrength": 3, "Manufacturer": "Siemens",
        "ManufacturersModelName": "Prisma", "PatientName": "CANARYNAME^Erika",
        "PatientID": "CANARYPID77", "PatientBirthDate": "1933-02-01", "PatientSex": "F",
        "PatientWeight": 71.5, "AccessionNumber": "CANARYACC", "InstitutionName": "CANARYCLINIC",
        "InstitutionAddress": "CANARYSTREET 5", "InstitutionalDepartmentName": "CANARYDEPT",
        "StationName": "CANARYSTATION", "DeviceSerialNumber": "CANARYSERIAL",
        "ReferringPhysicianName": "CANARYDOCTOR", "ProcedureStepDescription": "CANARYSTEP",
        "SeriesInstanceUID": "1.2.826.0.1.3680043.8.498.4711", "StudyInstanceUID": "1.2.826.4712",
        "AcquisitionTime": "10:11:12.500000", "AcquisitionDateTime": "2019-03-04T10:11:12.5",
        "ImageComments": "CANARYCOMMENT", "ImageType": ["ORIGINAL", "PRIMARY", "M", "ND"],
        "EchoTime": 0.00456, "RepetitionTime": 2.3, "SliceTiming": [0, 0.5, 1.25],
        "ConversionSoftware": "dcm2niix", "ConversionSoftwareVersion": "v1.0.20230411",
        "IntendedFor": ["ses-1/func/sub-01_ses-1_task-rest_bold.nii.gz"],
        "Notes": "seen by Dr. Canarynote, call 212-555-0147, CANARYNAME", "TaskName": "rest",
        "Nested": {"OperatorsName": "CANARYOPERATOR", "Levels": {"CANARYNAME": 1, "left": 2}},
    }


def make_data_set(case):
    """In a folder of `case`; its root."""
    root = case.scratch / "study"
    anat = root / "sub-01" / "ses-1" / "anat"
    anat.mkdir(parents=True)
    case.make("nifti", name="study/sub-01/ses-1/anat/sub-01_ses-1_T1w.nii.gz")
    (anat / "sub-01_ses-1_T1w.json").write_text(json.dumps(sidecar(), indent="\t"))
    (anat.parent / "sub-01_ses-1_scans.tsv").write_text(
        "filename\tacq_time\toperator\n"
        "anat/sub-01_ses-1_T1w.nii.gz\t2019-03-04T10:11:12\tCANARYOPERATOR\n"
        "anat/sub-01_ses-1_label.nii.gz\t2019-03-04T11:00:00\tn/a\n")
    labels = np.zeros((12, 12, 12), np.uint8)
    labels[3:8, 3:8, 3:8] = 3
    nibabel.save(nibabel.Nifti1Image(labels, np.diag([2, 2, 2, 1])),
                 anat / "sub-01_ses-1_label.nii.gz")
    (anat / "sub-01_ses-1_label.json").write_text('{"PatientName": "CANARYHIDDEN"}')
    (anat / "sub-01_ses-1_T1w.bval").write_text("0 1000 1000\n")
    (anat / "sub-01_ses-1_T1w.bvec").write_text("0 1 0\n0 0 1\n0 0 0\n")
    (root / "dataset_description.json").write_text(json.dumps(
        {"Name": "A study", "BIDSVersion": "1.8.0", "Authors": ["Ada Lovelace"]}))
    (root / "participants.tsv").write_text(
        "participant_id\tage\tsex\tname\tdate_of_birth\tmrn\tremark\n"
        "sub-01\t93\tF\tCANARYNAME Erika\t1926-02-01\tCANARYMRN1\tcall 212-555-0147\n"
        "sub-02\t41\tM\tCANARYOTHER Max\t1978-07-05\tCANARYMRN2\tleft-handed\n"
        "sub-03\t50\tM\tn/a\tn/a\tn/a\tn/a\n"
        "sub-04\t60\tF\tn/a\tn/a\tn/a\tright-handed\n")
    make_more_subjects(root, anat)
    (root / "participants.json").write_text('{"age": {"Description": "in years"}}')
    (root / "README").write_text("Scans of volunteers.\nMail to erika@canary.example.org\n")
    (root / "extra.csv").write_text('id,"street, town"\r\n7,"CANARYSTREET 5, ""Berlin"""\r\n')
    (root / "protocol.pdf").write_bytes(b"%PDF-1.4 CANARYPDF")
    (root / "broken.json").write_text('{"PatientName": ')
    return root


def make_more_subjects(root, anat):
    """02: its image is withheld; 03: is listed alone; 04: has no images, but responses."""
    (root / "sub-02" / "anat").mkdir(parents=True)
    (root / "sub-02" / "anat" / "sub-02_T1w.nii.gz").write_bytes(
        (anat / "sub-01_ses-1_label.nii.gz").read_bytes())
    (root / "sub-02" / "sub-02_scans.tsv").write_text("filename\nanat/sub-02_T1w.nii.gz\n")
    (root / "sub-04" / "beh").mkdir(parents=True)
    stem = root / "sub-04" / "beh" / "sub-04_task-x_recording-eye_physio"
    stem.with_suffix(".json").write_text(json.dumps(
        {"SamplingFrequency": 10, "StartTime": 0, "Columns": ["cardiac", "operator"]}))
    with gzip.open(str(stem) + ".tsv.gz", "wt") as file:
        file.write("0.5\tCANARYOPERATOR\n1.5\tn/a\n")
    (root / "sub-04" / "sub-04_sessions.tsv").write_text("session_id\nses-none\n")
    (root / "report.xml").write_text(
        '<report><PatientName>CANARYNAME</PatientName><text by="CANARYNAME">CANARYNAME, '
        'healthy</text></report>')


class Bids(Case):
    def run_bids(self, *more, out="out"):
        output, manifest, done = self.run_on(self.root, out=out, expect=3,
                                             more=("--names", "keep", "--record-paths", *more))
        return output / "study", manifest, done

    def setUp(self):
        super().setUp()
        self.root = make_data_set(self)

    def record(self, manifest, name):
        (found,) = [e for e in manifest["inputs"] if e["path"].endswith("/" + name)]
        return found

    def assert_no_marks(self, output):
        for path in output.rglob("*"):
            if path.is_file():
                self.assertNotIn(MARK.lower(), path.name.lower())
                content = path.read_bytes()
                if path.suffix == ".gz":
                    content = gzip.decompress(content)
                self.assertEqual(re.findall(rb"canary\w*", content.lower()), [], path)

    def assert_valid(self, output):
        """What the BIDS specification demands of a data set's structure."""
        description = json.loads((output / "dataset_description.json").read_text())
        self.assertTrue(description["Name"] and description["BIDSVersion"])
        with (output / "participants.tsv").open() as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        listed = {row["participant_id"] for row in rows}
        folders = {p.name for p in output.glob("sub-*") if p.is_dir()}
        self.assertEqual(folders, listed)
        self.assertTrue(folders)
        for label in listed:
            self.assertRegex(label, r"^sub-[A-Za-z0-9]+$")
        images = list(output.rglob("*.nii.gz"))
        self.assertTrue(images)
        for image in images:
            subject = image.relative_to(output).parts[0]
            self.assertTrue(image.name.startswith(subject + "_"), image)
            self.assertTrue(image.with_name(image.name.replace(".nii.gz", ".json")).exists(), image)
        for table in output.rglob("*_scans.tsv"):
            with table.open() as file:
                for row in csv.DictReader(file, delimiter="\t"):
                    self.assertTrue((table.parent / row["filename"]).exists(), row["filename"])
        for path in output.rglob("*.json"):
            json.loads(path.read_text())

    def test_the_output_is_a_clean_data_set_and_records_what_is_withheld(self):
        output, manifest, _ = self.run_bids()
        self.check_what_is_released(output)
        self.check_what_is_withheld(output, manifest)

    def test_shards_that_are_merged_give_the_same_bytes(self):
        """Whose images others withhold, no shard knows: tables of many subjects wait for the merge."""
        (self.root / "files.csv").write_text(
            "filename,remark\nsub-01/ses-1/anat/sub-01_ses-1_T1w.nii.gz,seen\n"
            "sub-02/anat/sub-02_T1w.nii.gz,CANARYNAME\n")
        whole, _, _ = self.run_bids("--relabel")
        parts = self.scratch / "parts"
        for shard in ("1/3", "2/3", "3/3"):
            self.efface("run", self.root, "--output", parts, "--key", self.key, "--relabel",
                        "--names", "keep", "--record-paths", "--shard", shard, expect=None)
        self.assertFalse((parts / "study" / "participants.tsv").exists())
        self.assertFalse((parts / "study" / "files.csv").exists())
        for _ in range(2):  # merging again gives the same
            self.efface("manifest", "merge", parts, "-o", parts)
            self.assertEqual(tree(parts), tree(whole.parent))
        self.efface("manifest", "verify", parts)
        (waiting,) = parts.glob(".efface/*/tables/study/participants.tsv")
        self.assertNotIn(MARK, waiting.read_text())
        waiting.write_text(waiting.read_text().replace("right-handed", "left-handed"))
        (parts / "study" / "participants.tsv").unlink()
        done = self.efface("manifest", "merge", parts, "-o", parts, expect=1)
        self.assertIn("was changed", done.stderr)
        self.assertFalse((parts / "study" / "participants.tsv").exists())

    def validated(self, root):
        """Codes of the errors that the BIDS validator finds."""
        done = subprocess.run(["bids-validator", root, "--json", "--ignoreSubjectConsistency"],
                              capture_output=True, text=True, timeout=300)
        return {issue["key"] for issue in json.loads(done.stdout)["issues"]["errors"]}

    @unittest.skipUnless(shutil.which("bids-validator"),
                         "SKIPPED: bids-validator is not installed (Debian does not have it)")
    def test_the_validator_of_bids_finds_no_error(self):
        for name in ("extra.csv", "report.xml", "broken.json", "protocol.pdf",
                     "sub-01/ses-1/anat/sub-01_ses-1_T1w.bval",
                     "sub-01/ses-1/anat/sub-01_ses-1_T1w.bvec"):
            (self.root / name).unlink()  # no part of BIDS
        self.assertNotEqual(self.validated(self.root), set())  # 03 is listed, and is not there
        for more in ((), ("--relabel",)):
            output, _, _ = self.run_bids(*more, out="valid" + "".join(more))
            self.assertEqual(self.validated(output), set())

    def check_what_is_released(self, output):
        self.assert_valid(output)
        self.assert_no_marks(output)
        anat = output / "sub-01" / "ses-1" / "anat"
        self.assertEqual((anat / "sub-01_ses-1_T1w.bval").read_text(), "0 1000 1000\n")
        after = json.loads((anat / "sub-01_ses-1_T1w.json").read_text())
        kept = ("Modality", "MagneticFieldStrength", "Manufacturer", "EchoTime", "RepetitionTime",
                "SliceTiming", "ImageType", "ConversionSoftwareVersion", "IntendedFor", "TaskName")
        for field in kept:
            self.assertEqual(after.get(field), sidecar()[field], field)
        for field in ("PatientName", "PatientID", "PatientBirthDate", "PatientWeight",
                      "AcquisitionTime", "AcquisitionDateTime", "InstitutionName", "StationName"):
            self.assertNotIn(field, after)
        self.assertTrue(after["SeriesInstanceUID"].startswith("2.25."))
        self.assertEqual(after["Nested"], {"Levels": {"left": 2}})
        self.assertNotIn("212-555-0147", after["Notes"])
        table = (output / "participants.tsv").read_text().splitlines()
        self.assertEqual(table[0], "participant_id\tage\tsex\tname\tdate_of_birth\tmrn\tremark")
        self.assertEqual(table[1].split("\t")[:6], ["sub-01", "89+", "F", "n/a", "n/a", "n/a"])
        self.assertNotIn("0147", table[1])
        self.assertEqual(table[2], "sub-04\t60\tF\tn/a\tn/a\tn/a\tright-handed")
        self.assertEqual(len(table), 3)
        physio = output / "sub-04" / "beh" / "sub-04_task-x_recording-eye_physio.tsv.gz"
        self.assertEqual(gzip.decompress(physio.read_bytes()), b"0.5\tn/a\n1.5\tn/a\n")
        self.assertEqual((output / "sub-04" / "sub-04_sessions.tsv").read_text(), "session_id\n")
        self.assertEqual((output / "report.xml").read_text(),
                         '<report><text by="[name]">[name], healthy</text></report>\n')
        self.assertEqual((output / "extra.csv").read_bytes(), b'id,"street, town"\r\n7,\r\n')
        readme = (output / "README").read_text()
        self.assertTrue(readme.startswith("Scans of volunteers.\n"), readme)
        self.assertEqual(json.loads((output / "dataset_description.json").read_text())["Authors"],
                         ["Ada Lovelace"])

    def check_what_is_withheld(self, output, manifest):
        reasons = {"sub-01_ses-1_label.nii.gz": "label-map",
                   "sub-01_ses-1_label.json": "image-withheld",
                   "sub-02_scans.tsv": "image-withheld",
                   "protocol.pdf": "unknown-format", "broken.json": "bad-input"}
        for name, reason in reasons.items():
            self.assertEqual(self.record(manifest, name).get("reason"), reason, name)
        scans = (output / "sub-01" / "ses-1" / "sub-01_ses-1_scans.tsv").read_text().splitlines()
        self.assertEqual(scans, ["filename\tacq_time\toperator",
                                 "anat/sub-01_ses-1_T1w.nii.gz\tn/a\tn/a"])
        record = self.record(manifest, "sub-01_ses-1_scans.tsv")
        self.assertEqual(record["actions"]["rows of what is not released"], {"remove": 1})
        record = self.record(manifest, "participants.tsv")
        self.assertEqual(record["actions"]["rows of what is not released"], {"remove": 2})
        self.assertEqual(record["output_sha256"], tree(output.parent)[record["output"]])
        self.assertNotIn(MARK, json.dumps(manifest))

    def test_dates_move_together_and_options_keep_more(self):
        output, _, _ = self.run_bids("--dates", "modified", "--retain",
                                     "institution-identity,patient-characteristics")
        after = json.loads(next(output.rglob("*_T1w.json")).read_text())
        scan = next(output.rglob("*_scans.tsv")).read_text().splitlines()[1].split("\t")[1]
        self.assertEqual(after["AcquisitionDateTime"][:10], scan[:10])
        self.assertEqual(scan[10:], "T10:11:12")
        self.assertNotEqual(scan[:10], "2019-03-04")
        self.assertEqual(after["AcquisitionTime"], sidecar()["AcquisitionTime"])
        self.assertEqual(after["PatientWeight"], 71.5)
        self.assertEqual(after["InstitutionName"], "CANARYCLINIC")
        self.assertNotIn("PatientName", after)

    def test_relabelled(self):
        self.efface("run", self.root, "--output", self.scratch / "no", "--relabel", expect=2)
        output, manifest, _ = self.run_bids("--relabel")
        self.assert_valid(output)
        self.assert_no_marks(output)
        for path in output.rglob("*"):
            if path.is_file():
                self.assertNotIn("sub-01", path.name)
                if path.suffix in (".json", ".tsv"):
                    self.assertNotIn("sub-01", path.read_text(), path)
        after = json.loads(next(output.rglob("*_T1w.json")).read_text())
        (subject,) = {p.name.split("_")[0] for p in output.rglob("*_T1w.json")}
        self.assertEqual(after["IntendedFor"],
                         [f"ses-1/func/{subject}_ses-1_task-rest_bold.nii.gz"])
        self.assertEqual(tree(self.run_bids("--relabel", out="again")[0]), tree(output))

    def test_keyed_names_keep_sidecars_beside_their_images(self):
        output, manifest, _ = self.run_on(self.root, expect=3, more=("--record-paths",))
        image = self.record(manifest, "sub-01_ses-1_T1w.nii.gz")["output"]
        self.assertEqual(self.record(manifest, "sub-01_ses-1_T1w.json")["output"],
                         image.replace(".nii.gz", ".json"))
        self.assertEqual(self.record(manifest, "participants.tsv")["reason"],
                         "sidecar-without-image")
        self.assert_no_marks(output)


if __name__ == "__main__":
    unittest.main()
