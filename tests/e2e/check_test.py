"""efface check: markers in every kind of place are found under the right rule, their values are never
printed, and what efface itself wrote is clean."""
import gzip
import json
import os
import pathlib
import struct
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree
import zlib

import bids_test
import jsonschema
from PIL import Image, PngImagePlugin
from dicom_bytes import element, head, part10, sequence, ultrasound
from harness import EFFACE, Case, tree

ULTRASOUND = "1.2.840.10008.5.1.4.1.1.6.1"
CLEAN = b"".join([  # a file of another tool that keeps to the Basic Profile
    element(0x00080016, "UI", ULTRASOUND),
    element(0x00080018, "UI", "2.25.77"),
    element(0x00080060, "CS", "US"),
    element(0x00100010, "PN", "Anonymous"),
    element(0x00100020, "LO", "SUBJ-0012"),
    element(0x00120062, "CS", "YES"),
    element(0x0020000D, "UI", "2.25.78"),
    element(0x0020000E, "UI", "2.25.79"),
])


class Check(Case):
    def folder(self, **files):
        data = self.scratch / "data"
        for name, content in files.items():
            path = data / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return data

    def check(self, data, *more, expect=3):
        """{(rule, name of the file, place)} of the JSON report, which must fit its schema."""
        done = self.efface("check", data, "--format", "json", *more, expect=expect)
        report = json.loads(done.stdout)
        schema = json.loads(self.efface("schema", "findings").stdout)
        jsonschema.Draft202012Validator(schema).validate(report)
        return {(f["rule"], pathlib.PurePath(f["path"]).name, f["place"])
                for f in report["findings"]}

    def test_files_that_keep_to_the_profile_are_clean(self):
        data = self.folder(a_dot_dcm=part10(CLEAN, instance="2.25.77"))
        self.assertEqual(self.check(data, expect=0), set())

    def test_each_kind_of_marker_is_found_under_its_rule(self):
        markers = {
            "name": element(0x00080090, "PN", "Zyxwvut^Marker"),
            "date": element(0x00080020, "DA", "20190304"),
            "text": element(0x00081030, "LO", "seen by Dr. Zyxwvut"),
            "description": element(0x0008103E, "LO", "T1 axial"),
            "uid": element(0x00081155, "UI", "1.3.12.2.1107.5.2.43.66012"),
            "nested": sequence(0x00082218, element(0x00080080, "LO", "Zyxwvut Hospital")),
            "private": (element(0x00090010, "LO", "ZYXWVUT CREATOR") +
                        element(0x00091001, "LO", "Zyxwvut")),
            "phone": element(0x00189424, "LT", "call +49 30 901820 or so"),
        }
        places = {
            "name": ("attribute.identifying", "(0008,0090)"),
            "date": ("attribute.date", "(0008,0020)"),
            "text": ("text.name", "(0008,1030)"),
            "description": ("attribute.description", "(0008,103e)"),
            "uid": ("uid.vendor-root", "(0008,1155)"),
            "nested": ("attribute.identifying", "(0008,2218)[0].(0008,0080)"),
            "private": ("attribute.private", "(0009,10xx)"),
            "phone": ("text.pattern", "(0018,9424)"),
        }
        for kind, extra in markers.items():
            with self.subTest(kind):
                whole = b"".join(sorted([CLEAN[:0]] + self.elements(CLEAN) + self.elements(extra),
                                        key=self.tag_of))
                path = self.scratch / kind / f"{kind}.dcm"
                path.parent.mkdir()
                path.write_bytes(part10(whole, instance="2.25.77"))
                rule, place = places[kind]
                found = self.check(path.parent)
                self.assertIn((rule, path.name, place), found)
                claim = ("claim.identity-removed", path.name, "(0012,0062)")
                self.assertEqual(claim in found, kind in ("name", "text"))
                for form in ("text", "json", "junit", "sarif"):
                    done = self.efface("check", path.parent, "--format", form, expect=3)
                    self.assertNotIn("yxwvut", (done.stdout + done.stderr).lower())
                    self.assertNotIn("901820", done.stdout + done.stderr)

    @staticmethod
    def elements(data):
        from dicom_bytes import split
        return list(split(data).values())

    @staticmethod
    def tag_of(raw):
        return (int.from_bytes(raw[0:2], "little"), int.from_bytes(raw[2:4], "little"))

    def test_around_the_data_set(self):
        sender = element(0x00020016, "AE", "ZYXSCANNER")
        data = self.folder(
            a_dot_dcm=part10(CLEAN, preamble=b"Zyxwvut".ljust(128, b"\0"), instance="2.25.77"),
            b_dot_dcm=part10(CLEAN, more_meta=sender, instance="2.25.77"),
            c_dot_bin=bytes(range(256)),
            d_dot_txt="first line\nsecond: Dr. Zyxwvut\n",
            e_dot_json=json.dumps({"a": [{"b": "for Dr. Zyxwvut"}]}))
        (data / "link").symlink_to("a.dcm")
        (data / ".git").mkdir()
        (data / ".git" / "blob").write_bytes(bytes(range(256)))
        self.assertEqual(self.check(data), {
            ("file.preamble", "a.dcm", "(0000,0000)"),
            ("attribute.identifying", "b.dcm", "(0002,0016)"),
            ("not-checked", "c.bin", ""),
            ("text.name", "d.txt", "line 2"),
            ("text.name", "e.json", "/a/0/b"),
            ("not-checked", "link", ""),
        })

    def test_sidecars_of_bids(self):
        data = self.folder(**{
            "dataset_description_dot_json": json.dumps({"Authors": ["Dr. Zyxwvut"]}),
            "participants_dot_tsv": "participant_id\tage\nsub-01\t34\nsub-02\t93\n",
            "sub-01__scans_dot_tsv": "filename\tacq_time\nanat/a.nii\t2019-03-04T10:11:12\n",
            "sub-02__scans_dot_tsv": "filename\tacq_time\nanat/a.nii\t1877-03-04T10:11:12\n",
            "sub-01__a_dot_json": json.dumps({
                "EchoTime": 0.0024, "PatientName": "Zyxwvut^Marker", "AcquisitionTime": "10:11:12",
                "SeriesInstanceUID": "1.3.12.2.1107.5.2.43.66012", "InstitutionName": "Zyxwvut"}),
            "sub-01__b_dot_json": json.dumps({"00100010": {
                "vr": "PN", "Value": [{"Alphabetic": "Zyxwvut^Marker"}]}}),
            "john_smith__notes_dot_txt": "nothing\n"})
        self.assertEqual(self.check(data), {
            ("document.text", "dataset_description.json", "/Authors/0"),
            ("sidecar.field", "participants.tsv", "column age"),
            ("sidecar.field", "scans.tsv", "column acq_time"),
            ("sidecar.field", "a.json", "/PatientName"),
            ("sidecar.other", "a.json", "/AcquisitionTime"),
            ("uid.vendor-root", "a.json", "/SeriesInstanceUID"),
            ("sidecar.field", "a.json", "/InstitutionName"),
            ("sidecar.field", "b.json", "/00100010/Value/0/Alphabetic"),
            ("file-name.identifying", "notes.txt", ""),
        })
        done = self.efface("check", data, expect=3)
        self.assertNotIn("yxwvut", done.stdout)
        self.assertNotIn("sub-02/scans", done.stdout)

    def test_metadata_of_pictures(self):
        data = self.folder()
        data.mkdir()
        picture = Image.new("RGB", (40, 30))
        exif = Image.Exif()
        exif[0x013B] = "Zyxwvut"  # artist
        exif[0x010E] = "seen by Dr. Zyxwvut"
        exif[0x8825] = {1: "N"}  # GPS
        exif[0x8769] = {0xA431: "66012-Zyxwvut"}  # serial number of the body
        picture.save(data / "a.jpg", exif=exif.tobytes())
        picture.save(data / "b.tif", tiffinfo={0x013B: "Zyxwvut"})
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", "for Dr. Zyxwvut")
        picture.save(data / "c.png", pnginfo=text)
        picture.save(data / "plain.jpg")
        picture.save(data / "d.bmp")
        picture.save(data / "e.gif")
        (data / "f.webp").write_bytes(b"RIFF\x1c\0\0\0WEBPEXIF\x08\0\0\0II*\0\x08\0\0\0")
        (data / "cut.jpg").write_bytes((data / "a.jpg").read_bytes()[:-300])
        found = self.check(data)
        expected = {
            ("exif.identifying", "a.jpg", "EXIF Artist"),
            ("exif.identifying", "a.jpg", "EXIF GPS position"),
            ("exif.identifying", "a.jpg", "EXIF BodySerialNumber"),
            ("text.name", "a.jpg", "EXIF ImageDescription"),
            ("exif.identifying", "b.tif", "EXIF Artist"),
            ("text.name", "c.png", "tEXt"),
        }
        expected |= {(rule, "cut.jpg", place) for rule, name, place in expected if name == "a.jpg"}
        self.assertEqual({f for f in found if f[0] not in ("not-checked", "face.uncertain")}, expected)
        self.assertEqual({f for f in found if f[0] == "not-checked"},
                         {("not-checked", name, "pixels") for name in ("e.gif", "f.webp", "cut.jpg")})
        names = {path.name for path in data.iterdir()}
        self.assertEqual({name for rule, name, _ in found if rule == "face.uncertain"}, names)
        skipped = self.check(data, "--pixels", "skip", "--faces", "skip")
        self.assertEqual(skipped, expected)

    def test_documents_xml_and_compressed_files(self):
        packed = gzip.compress(b"0.5\tOlivia Smith\n", mtime=0)
        data = self.folder(**{
            "report_dot_xml": '<r><PatientName>Zyxwvut^Marker</PatientName><t by="Dr. Zyxwvut"/></r>',
            "doctype_dot_xml": "<!DOCTYPE r><r>Dr. Zyxwvut</r>",
            "a_physio_dot_tsv.gz": packed,
            "a_physio_dot_json": json.dumps({"Columns": ["cardiac", "operator"]}),
            "notes_dot_txt.gz": gzip.compress(b"nothing\nfor Dr. Zyxwvut\n"),
            "head_dot_OBJ": "v 0 0 0\nv 1 0 0\nf 1 2 1\n",
            "code_dot_gz": gzip.compress(bytes(range(256))),
            "text_dot_pdf": "%PDF-1.4\n% Zyxwvut\n",
            "letter_dot_docx": b"PK\3\4" + bytes(30), "letter_dot_odt": b"PK\3\4" + bytes(30),
            "old_dot_doc": b"\xd0\xcf\x11\xe0" + bytes(30), "letter_dot_rtf": "{\\rtf1 Zyxwvut}"})
        self.assertEqual(self.check(data), {
            ("sidecar.field", "report.xml", "/r/PatientName"),
            ("text.name", "report.xml", "/r/t/@by"),
            ("text.name", "doctype.xml", "line 1"),
            ("not-checked", "doctype.xml", ""),
            ("sidecar.field", "a_physio.tsv.gz", "column operator"),
            ("text.name", "notes.txt.gz", "line 2"),
            ("face.uncertain", "head.OBJ", ""),
            *{("not-checked", name, "") for name in ("code.gz", "text.pdf", "letter.docx",
                                                      "letter.odt", "old.doc", "letter.rtf")}})
        done = self.efface("check", data, expect=3)
        self.assertNotIn("yxwvut", done.stdout + done.stderr)

    def test_icons_and_documents_inside_dicom(self):
        icon = sequence(0x00880200, element(0x00280010, "US", 4) + element(0x7FE00010, "OB", bytes(16)))
        pdf = element(0x00420011, "OB", b"%PDF-1.4 Zyxwvut") + element(0x00420012, "LO", "application/pdf")
        data = self.folder(icon=part10(CLEAN + icon, instance="2.25.77"),
                           letter=part10(head("1.2.840.10008.5.1.4.1.1.104.1", "DOC") + pdf,
                                         sop_class="1.2.840.10008.5.1.4.1.1.104.1"))
        found = self.check(data)
        self.assertIn(("thumbnail", "icon", "(0088,0200)"), found)
        self.assertIn(("not-checked", "letter", ""), found)
        self.assertIn(("attribute.other", "letter", "(0042,0011)"), found)

    def test_a_small_file_that_is_huge_inside_is_refused(self):
        """Bounded memory and time: 1 GiB of zeros, and a picture of 3.6 thousand million pixels."""
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        bomb = b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(1024)), packer.flush()])
        header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
        chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
        end = struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))
        data = self.folder(**{"a_dot_tsv.gz": bomb, "b_dot_txt.gz": bomb,
                              "c_dot_png": b"\x89PNG\r\n\x1a\n" + chunk + end})
        command = [EFFACE, "check", data, "--format", "json", "--jobs", "1", "--faces", "skip"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            found = json.loads(process.stdout.read())["findings"]
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 3)
        self.assertEqual({(f["rule"], pathlib.PurePath(f["path"]).name) for f in found},
                         {("not-checked", name) for name in ("a.tsv.gz", "b.txt.gz", "c.png")})
        self.assertLess(usage.ru_maxrss, 900 * 1024)  # kB; the largest table may be 256 MiB, twice

    def test_dates_of_a_study_that_were_not_shifted_together(self):
        def image(date):
            return part10(element(0x00080016, "UI", ULTRASOUND) +
                          element(0x00080020, "DA", date) + CLEAN[CLEAN.index(b"\x08\0\x60\0"):] +
                          element(0x00280303, "CS", "MODIFIED"))
        data = self.folder(a=image("20110304"), b=image("20110304"), c=image("20170511"))
        self.assertEqual(self.check(data), {("dates.not-shifted-together", "c", "(0008,0020)")})

    def test_paths_are_as_the_user_named_them(self):
        self.folder(a_dot_dcm=part10(ultrasound()))
        for named, shown in (("data", "data/a.dcm"), ("./data/", "data/a.dcm"), (".", "data/a.dcm"),
                             ("data/a.dcm", "data/a.dcm"),
                             (self.scratch / "data", str(self.scratch / "data" / "a.dcm"))):
            done = self.efface("check", named, expect=3, cwd=self.scratch)
            self.assertTrue(done.stdout.startswith(shown + ": "), (named, done.stdout[:200]))

    def test_fail_on_and_baseline(self):
        data = self.folder(a_dot_dcm=part10(ultrasound()))
        known = self.scratch / "known.json"
        self.efface("check", data, "--fail-on", "none", "--write-baseline", known)
        self.assertNotIn("Mustermann", known.read_text())
        done = self.efface("check", data, "--baseline", known)
        self.assertIn("0 findings", done.stdout)
        self.assertIn("known to the baseline", done.stdout)
        self.folder(new_dot_dcm=part10(ultrasound()))
        found = self.check(data, "--baseline", known)
        self.assertEqual({name for _, name, _ in found}, {"new.dcm"})
        self.efface("check", data, "--baseline", known, "--fail-on", "face,pixels.text")
        self.efface("check", data, "--fail-on", "nonsense", expect=2)
        self.efface("check", data, "--baseline", self.key, expect=2)

    def test_it_writes_nothing_into_the_data_set(self):
        data = self.folder(a_dot_dcm=part10(ultrasound()))
        before = tree(data)
        for option in ("--output", "--write-baseline"):
            self.efface("check", data, option, data / "report", expect=2)
            self.efface("check", data, option, data / "new" / "report", expect=2)
        self.efface("check", data, "--output", self.scratch / "report.txt", expect=3)
        self.assertIn("files checked", (self.scratch / "report.txt").read_text())
        self.assertEqual(tree(data), before)
        self.efface("check", expect=2)
        self.efface("check", data / "absent", expect=2)

    def test_reports_are_the_same_for_any_number_of_jobs(self):
        demo = self.make("small")
        reports = {self.efface("check", demo, "--format", "sarif", "--jobs", jobs, expect=3).stdout
                   for jobs in (1, 2, 5)}
        self.assertEqual(len(reports), 1)

    def test_junit_has_a_case_a_file(self):
        data = self.folder(a_dot_dcm=part10(ultrasound()), b_dot_dcm=part10(CLEAN))
        root = ElementTree.fromstring(self.efface("check", data, "--format", "junit", expect=3).stdout)
        cases = {pathlib.PurePath(c.get("name")).name: c for c in root.iter("testcase")}
        self.assertEqual(set(cases), {"a.dcm", "b.dcm"})
        self.assertEqual(root.get("failures"), "1")
        self.assertTrue(cases["a.dcm"].findall("failure"))
        self.assertFalse(cases["b.dcm"].findall("failure"))

    def test_what_efface_wrote_is_clean(self):
        for kind in ("small", "demo", "canary"):
            with self.subTest(kind):
                output, _, _ = self.run_on(self.make(kind), out=f"out-{kind}", expect=None)
                self.assertEqual(self.check(output, expect=0), set())

    def test_the_signature_of_a_manifest_is_no_unknown_file(self):
        key = self.scratch / "sign.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True,
                       capture_output=True)
        key.chmod(0o600)
        output, _, _ = self.run_on(self.make("small"), expect=None, more=("--sign-key", key))
        self.assertEqual(self.check(output, expect=0), set())
        signature = output / "manifest.json.sig"
        signature.rename(output / "other.sig")
        self.assertEqual({rule for rule, _, _ in self.check(output, expect=3)}, {"not-checked"})
        signature.write_bytes(b"call Dr. Hansen ".ljust(64))
        self.assertIn("text.name", {rule for rule, _, _ in self.check(output, expect=3)})

    def test_what_efface_wrote_with_options_is_clean_under_them(self):
        """Canary holds every attribute of the table, small what else is asked of; faces are the
        matter of other tests."""
        canary, small = self.make("canary"), self.make("small")
        for study, options in ((canary, ["--dates", "modified"]), (canary, ["--dates", "kept"]),
                               (canary, ["--clean", "descriptors"]),
                               (small, ["--retain", "device-identity,patient-characteristics"])):
            with self.subTest(" ".join(options)):
                output, manifest, _ = self.run_on(study, out="out" + options[1], expect=None,
                                                  more=options)
                self.assertGreater(manifest["totals"]["written"], 1)
                self.assertEqual(self.check(output, *options, "--faces", "skip", expect=0), set())

    def test_a_bids_data_set_before_and_after_efface(self):
        study = bids_test.make_data_set(self)
        found = self.check(study, "--faces", "skip")
        for finding in (("sidecar.field", "sub-04_task-x_recording-eye_physio.tsv.gz", "column operator"),
                        ("sidecar.field", "report.xml", "/report/PatientName"),
                        ("not-checked", "protocol.pdf", "")):
            self.assertIn(finding, found)
        found = {place for rule, name, place in found
                 if name == "sub-01_ses-1_T1w.json" and rule in ("sidecar.field", "text.name")}
        for field in ("PatientName", "PatientBirthDate", "InstitutionName", "AcquisitionDateTime",
                      "DeviceSerialNumber", "Notes", "Nested/OperatorsName"):
            self.assertIn("/" + field, found)
        for faces, more in (("skip", ()), ("look", ("--names", "keep", "--relabel"))):
            output, _, _ = self.run_on(study, out="out" + "".join(more), expect=None, more=more)
            self.assertEqual({f for f in self.check(output, "--faces", faces, expect=0)
                              if f[0] != "document.text"}, set())

    def test_rules_are_listed(self):
        listed = self.efface("check", "--list-rules").stdout.splitlines()
        ids = [line.split()[0] for line in listed]
        self.assertEqual(ids, sorted(ids))
        self.assertIn("face.visible", ids)
        done = subprocess.run([EFFACE, "check", "--help"], capture_output=True, text=True)
        self.assertIn("Exit codes", done.stdout)


if __name__ == "__main__":
    unittest.main()
