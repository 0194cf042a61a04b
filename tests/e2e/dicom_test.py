"""DICOM inputs: files made byte by byte for what is easily missed, and the real ones below
EFFACE_DATA (skipped when that is not set): every output valid, and nothing of the patient in it."""
import gzip
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import unittest

import dicom_bytes as db
from harness import Case

try:
    import pydicom
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
except ImportError:
    pydicom = None

DATA = pathlib.Path(os.environ["EFFACE_DATA"]) if os.environ.get("EFFACE_DATA") else None


class MadeUp(Case):
    def put(self, name, content):
        folder = self.scratch / "in"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
        return folder

    def outcome(self, content, expect=0, more=()):
        """The only input's record and the bytes of its output (empty when there is none)."""
        output, manifest, _ = self.run_on(self.put("a.dcm", content), expect=expect, more=more)
        (record,) = manifest["inputs"]
        written = (output / record["output"]).read_bytes() if "output" in record else b""
        return record, written

    def test_meta_information_is_removed_searched_for_and_counted(self):
        meta = db.element(0x00020016, "AE", "CANARYAE77") + db.element(
            0x00020100, "UI", "1.2.3.77") + db.element(0x00020102, "OB", b"CANARYPRIVATE1  ")
        preamble = b"CANARYPREAMBLE55".ljust(128, b"\0")
        record, written = self.outcome(db.part10(db.ultrasound(), more_meta=meta, preamble=preamble))
        self.assertEqual(record["outcome"], "written")
        self.assertNotIn(b"CANARY", written)
        for tag in ("(0000,0000)", "(0002,0016)", "(0002,0100)", "(0002,0102)"):
            self.assertEqual(record["actions"][tag], {"remove": 1})

    def test_a_value_of_the_meta_information_that_stands_elsewhere_is_a_residue(self):
        meta = db.element(0x00020016, "AE", "CANARYAE77")
        drug = db.element(0x00180034, "LO", "given by CANARYAE77")
        data_set = db.ultrasound().replace(db.element(0x0020000D, "UI", "1.2.3.1"),
                                           drug + db.element(0x0020000D, "UI", "1.2.3.1"))
        self.assertIn(b"CANARYAE77", data_set)
        record, written = self.outcome(db.part10(data_set, more_meta=meta), expect=3)
        self.assertEqual((record["outcome"], record["reason"]), ("withheld", "residue"))
        self.assertEqual(written, b"")

    def test_samples_that_spell_a_short_number_are_no_residue(self):
        noise = random.Random(3)
        pixels = bytes(noise.choice(b"0123") for _ in range(4096 * 4))
        self.assertIn(b"123012", pixels)
        data_set = db.ultrasound(pixels, patient_id="123012")
        for tag in (0x00280010, 0x00280011):
            data_set = data_set.replace(db.element(tag, "US", 64), db.element(tag, "US", 128))
        # Kept: such noise looks like characters to a reader.
        record, written = self.outcome(db.part10(data_set), more=("--pixels", "keep"))
        self.assertEqual(record["outcome"], "written")
        self.assertTrue(written.endswith(pixels))
        self.assertNotIn(b"123012", written[:-len(pixels)])

    def test_names_in_samples_are_a_residue(self):
        pixels = bytes(2000) + b"Mustermann^Erika" + bytes(2080)
        record, _ = self.outcome(db.part10(db.ultrasound(pixels)), expect=3)
        self.assertEqual(record["reason"], "residue")

    def test_deflated_outputs_are_searched_unfolded(self):
        hidden = db.element(0x00280120, "OB", b"Mustermann^Erika")  # kept: not text by its VR
        for late, expected in ((b"", "written"), (hidden, "withheld")):
            with self.subTest(expected):
                shutil.rmtree(self.scratch / "out", ignore_errors=True)
                content = db.part10(db.deflated(db.ultrasound(late=late)), syntax=db.DEFLATED)
                record, written = self.outcome(content, expect=0 if expected == "written" else 3)
                self.assertEqual(record["outcome"], expected)
                if written:
                    self.assertNotIn(b"Mustermann", db.inflated(written))
                else:
                    self.assertEqual(record["reason"], "residue")


    def test_bare_deflated_data_sets_are_read(self):
        record, written = self.outcome(db.deflated(db.ultrasound(bytes(range(256)) * 16)))
        self.assertEqual((record["kind"], record["outcome"]), ("dicom", "written"))
        self.assertEqual(record["transfer_syntax_uid"], db.DEFLATED)
        self.assertEqual(written[128:132], b"DICM")
        plain = db.inflated(written)
        self.assertTrue(plain.rstrip(b"\0").endswith(bytes(range(256))))
        self.assertNotIn(b"Mustermann", plain)

    def test_of_equal_tags_the_first_is_kept_and_both_are_searched_for(self):
        second = db.element(0x00080018, "UI", "1.2.3.4.55555") + db.element(
            0x00080090, "PN", "Secondperson^Ann") + db.element(0x00080090, "PN", "Thirdman^Bob")
        drug = db.element(0x00180034, "LO", "given by Thirdman")
        record, written = self.outcome(db.part10(db.ultrasound(early=second)))
        self.assertEqual(record["outcome"], "written")
        for value in (b"1.2.3.4.5", b"Secondperson", b"Thirdman"):
            self.assertNotIn(value, written)
        shutil.rmtree(self.scratch / "out")
        late = db.ultrasound(early=second).replace(
            db.element(0x0020000D, "UI", "1.2.3.1"), drug + db.element(0x0020000D, "UI", "1.2.3.1"))
        record, _ = self.outcome(db.part10(late), expect=3)
        self.assertEqual(record["reason"], "residue")

    def test_two_values_that_say_what_the_image_is_are_refused(self):
        doubt = db.element(0x00280301, "CS", "YES")
        record, _ = self.outcome(db.part10(db.ultrasound(late=doubt)), expect=3)
        self.assertEqual((record["outcome"], record["reason"]), ("failed", "bad-input"))
        self.assertIn("(0028,0301) occurs twice", record["detail"])

    def test_odd_pixel_data_are_padded(self):
        data_set = db.ultrasound(b"\7" * 4095)
        for tag, size in ((0x00280010, 63), (0x00280011, 65)):
            data_set = data_set.replace(db.element(tag, "US", 64), db.element(tag, "US", size))
        record, written = self.outcome(db.part10(data_set))
        self.assertEqual(record["outcome"], "written")
        self.assertTrue(written.endswith(b"\7" * 4095 + b"\0"))
        self.assertEqual(written[-4100:-4096], b"\0\x10\0\0")

    def test_copies_are_told_from_other_files_of_the_same_instance(self):
        image = db.part10(db.ultrasound())
        self.put("a.dcm", image)
        folder = self.put("copy.dcm", image)
        _, manifest, _ = self.run_on(folder, expect=3)
        self.assertEqual(sorted(e.get("reason", "") for e in manifest["inputs"]),
                         ["", "identical-copy"])
        folder = self.put("copy.dcm", db.part10(db.ultrasound(bytes([1]) * 4096)))
        _, manifest, _ = self.run_on(folder, out="other", expect=3)
        self.assertEqual(sorted(e.get("reason", "") for e in manifest["inputs"]),
                         ["", "duplicate-instance"])

    def test_content_items_are_cut_out(self):
        observer = db.text_item("121013", "CANARYDEVICE")  # Device Observer Name: X
        note = db.text_item("121106", "CANARYCOMMENT", db.text_item("999999", "CANARYBELOW"))
        finding = db.text_item("121071", "CANARYFINDING")  # X/D
        content = db.part10(db.report(observer, finding, note),
                            sop_class="1.2.840.10008.5.1.4.1.1.88.22")
        record, written = self.outcome(content)
        self.assertEqual(record["outcome"], "written")
        self.assertNotIn(b"CANARY", written)
        self.assertEqual(record["actions"]["(0040,a730)"], {"remove": 2})
        self.assertEqual(written.count(b"121071"), 1)
        for code in (b"121013", b"121106", b"999999"):
            self.assertNotIn(code, written)

    def test_field_names_that_users_made_stay_out_of_the_manifest(self):
        voxels = bytes(32 * 32 * 32 * 2)
        nrrd = (b"NRRD0004\ntype: short\ndimension: 3\nspace: left-posterior-superior\n"
                b"sizes: 32 32 32\nspace directions: (2,0,0) (0,2,0) (0,0,2)\nendian: little\n"
                b"encoding: raw\nspace origin: (0,0,0)\n# CANARYCOMMENT\n"
                b"CANARYKEY:=CANARYVALUE\nCANARYFIELD: CANARYOTHER\n\n" + voxels)
        meta = (b"ObjectType = Image\nNDims = 3\nBinaryData = True\nCANARYNAME = CANARYTEXT\n"
                b"DimSize = 32 32 32\nElementSpacing = 2 2 2\nElementType = MET_SHORT\n"
                b"AnatomicalOrientation = RAI\nElementDataFile = LOCAL\n" + voxels)
        self.put("a.nrrd", nrrd)
        folder = self.put("b.mha", meta)
        output = self.scratch / "out"
        done = subprocess.run([os.environ["EFFACE"], "run", folder, "--output", output],
                              capture_output=True)
        self.assertIn(done.returncode, (0, 3))
        self.assertEqual(len(json.loads((output / "manifest.json").read_text())["inputs"]), 2)
        for path in output.rglob("*"):
            if path.is_file():
                self.assertNotIn(b"CANARY", path.read_bytes().upper(), path)


# Words that stand in anybody's files; a removed value that equals one proves nothing.
COMMON = re.compile(r"^(anonymi[sz]ed|anonymous|phantom|patient|unknown|private|removed|test|"
                    r"volunteer|subject|none)$", re.IGNORECASE)
IDENTIFIERS = ("PatientName", "PatientID", "OtherPatientIDs", "AccessionNumber",
               "PatientBirthName", "ReferringPhysicianName")


def standalone(path, scratch):
    """A copy that dciodvfy can read: unpacked, with preamble and meta information. Data sets that
    are deflated become plain, which dciodvfy does not read otherwise. None when the file has a
    data set without a stated encoding."""
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    if content[128:132] == b"DICM":
        data_set = pydicom.dcmread(path_of(content, scratch), stop_before_pixels=True)
        if data_set.file_meta.get("TransferSyntaxUID") == db.DEFLATED:
            content = db.part10(db.inflated(content), sop_class=str(data_set.SOPClassUID),
                                instance=str(data_set.SOPInstanceUID))
    elif content[:2] == b"\x02\0":
        return None
    else:
        data_set = pydicom.dcmread(path_of(content, scratch), force=True, stop_before_pixels=True)
        plain = db.EXPLICIT if data_set.is_little_endian else db.BIG_ENDIAN
        content = db.part10(content, db.IMPLICIT if data_set.is_implicit_VR else plain,
                            sop_class=str(data_set.get("SOPClassUID", "")),
                            instance=str(data_set.get("SOPInstanceUID", "")))
    return path_of(content, scratch)


def path_of(content, scratch):
    path = pathlib.Path(scratch) / "copy.dcm"
    path.write_bytes(content)
    return path


def findings(path):
    """What dciodvfy calls an error, without values, UIDs, counts and places in sequences."""
    done = subprocess.run(["dciodvfy", path], capture_output=True, timeout=60)
    normal = set()
    for line in (done.stderr + done.stdout).decode("latin-1").splitlines():
        if "Error" not in line:
            continue
        line = re.sub(r"\[\d+\]", "[]", line)
        line = re.sub(r"<[^</]*>", "<>", line)
        line = re.sub(r"(UID |\b)([0-9]+(\.[0-9]+){4,}|2\.25\.[0-9]+|[0-9.]+$)", "UID", line)
        normal.add(line.strip())
    return normal


def is_read(reader, path):
    return subprocess.run([reader, path], capture_output=True, timeout=60).returncode == 0


def resolved(data_sets):
    """For each data set: how many of the instances that it refers to are among all of them."""
    present = {str(each.get("SOPInstanceUID")) for each in data_sets}
    return [sum(1 for entry in walk(each) if entry.keyword == "ReferencedSOPInstanceUID" and
                str(entry.value) in present) for each in data_sets]


def walk(data_set):
    for entry in data_set:
        yield entry
        if entry.VR == "SQ":
            for item in entry.value:
                yield from walk(item)


def secrets(data_set):
    """Values of the input that no output may hold, as bytes."""
    found = set()
    for entry in walk(data_set):
        if entry.VR == "UI":
            values = entry.value if isinstance(entry.value, (list, tuple)) else [entry.value]
            values = [v for v in map(str, values) if not v.startswith("1.2.840.10008.")]
            if "Class" in entry.keyword or "TransferSyntax" in entry.keyword:
                values = []
            if entry.keyword in ("CodingSchemeUID", "ContextUID", "MappingResourceUID"):
                values = []
            found.update(v for v in values if not v.startswith("1.2.840.10008.") and "." in v)
        elif entry.keyword in IDENTIFIERS:
            text = str(entry.value)
            found.update([text, *re.split(r"[\^= ,\\]", text)])
    # A number of the series that happens to be the patient's stays what it is.
    numbers = {str(data_set.get(k, "")) for k in ("SeriesNumber", "InstanceNumber", "EchoNumbers")}
    telling = (v.strip() for v in found - numbers)
    return {v.encode() for v in telling
            if len(v) >= 5 and not COMMON.match(v) and not re.fullmatch(r"[0.]+", v)}


@unittest.skipUnless(DATA and DATA.is_dir(), "EFFACE_DATA names no folder of real data")
@unittest.skipUnless(pydicom, "pydicom is not installed")
class RealData(Case):
    """One run over everything, looked at from several sides."""

    options = ()
    more_folders = [DATA / "mri_fnndsc_data"] if DATA else []
    known_findings = {}  # of the inputs

    @classmethod
    def setUpClass(cls):
        cls.folders = sorted(p for p in DATA.iterdir() if p.name.startswith("dicom_"))
        cls.folders += [p for p in cls.more_folders if p.is_dir()]
        if not cls.folders:
            raise unittest.SkipTest("EFFACE_DATA holds no folder dicom_*")
        cls.place = tempfile.mkdtemp(prefix="efface-dicom-")
        cls.addClassCleanup(shutil.rmtree, cls.place, ignore_errors=True)
        cls.output = pathlib.Path(cls.place) / "out"
        done = subprocess.run([os.environ["EFFACE"], "run", *cls.folders, "--output", cls.output,
                               "--record-paths", "--quiet", *cls.options], capture_output=True,
                              timeout=500)
        if done.returncode != 3:
            raise AssertionError(done.stderr[-2000:].decode(errors="replace"))
        cls.manifest = json.loads((cls.output / "manifest.json").read_text())
        cls.pairs = [(pathlib.Path(e["path"]), cls.output / e["output"])
                     for e in cls.manifest["inputs"]
                     if e["outcome"] == "written" and e["kind"] == "dicom"]

    def test_every_input_is_accounted_for(self):
        found = {str(p) for folder in self.folders for p in folder.rglob("*")
                 if p.is_file() or p.is_symlink()}
        self.assertEqual({e["path"] for e in self.manifest["inputs"]}, found)
        self.assertGreater(len(self.pairs), 150)
        for entry in self.manifest["inputs"]:
            self.assertTrue(entry["outcome"] == "written" or entry["reason"], entry["path"])

    def test_outputs_read_and_say_what_was_done(self):
        for source, output in self.pairs:
            with self.subTest(source.name):
                self.assertEqual(output.read_bytes()[:132], bytes(128) + b"DICM")
                data_set = pydicom.dcmread(output)
                self.assertEqual(data_set.file_meta.MediaStorageSOPInstanceUID,
                                 data_set.SOPInstanceUID)
                self.assertEqual(data_set.PatientIdentityRemoved, "YES")
                codes = [item.CodeValue for item in data_set.DeidentificationMethodCodeSequence]
                self.assertIn("113100", codes)
                private = [str(e.tag) for e in walk(data_set) if e.tag.is_private]
                self.assertEqual(private, [])

    def test_nothing_of_the_patient_is_left(self):
        checked = 0
        for source, output in self.pairs:
            content = source.read_bytes()
            if content[:2] == b"\x1f\x8b":
                content = gzip.decompress(content)
            wanted = secrets(pydicom.dcmread(path_of(content, self.place), force=True))
            written = output.read_bytes()
            if f"{db.DEFLATED}\0".encode() in written[:1000]:
                written += db.inflated(written)
            checked += len(wanted)
            left = [value for value in wanted if value in written]
            self.assertEqual(left, [], source)
        self.assertGreater(checked, 1000)

    def test_outputs_are_as_valid_as_their_inputs(self):
        if not shutil.which("dciodvfy"):
            self.skipTest("dciodvfy (dicom3tools) is not installed")
        for source, output in self.pairs:
            if standalone(source, self.place) is None:
                continue
            with self.subTest(source.name):
                before = self.known_findings.get(source)
                if before is None:
                    before = findings(standalone(source, self.place))
                    self.known_findings[source] = before
                self.assertEqual(findings(standalone(output, self.place)) - before, set(), source)

    def test_other_readers_read_what_is_written(self):
        readers = [name for name in ("dcmdump", "gdcminfo") if shutil.which(name)]
        if not readers:
            self.skipTest("neither dcmdump nor gdcminfo is installed")
        for source, output in self.pairs:
            for reader in readers:
                with self.subTest(source.name, reader=reader):
                    if not is_read(reader, output):
                        self.assertFalse(is_read(reader, source), source)

    def test_what_is_referred_to_among_the_outputs_is_found_there(self):
        """Each output refers to as many of the others as its input did to theirs."""
        sources, outputs = {}, {}
        for source, output in self.pairs:
            if source.suffix == ".gz":
                continue
            sources[source] = pydicom.dcmread(source, force=True, stop_before_pixels=True)
            outputs[source] = pydicom.dcmread(output, stop_before_pixels=True)
        before, after = resolved(sources.values()), resolved(outputs.values())
        self.assertGreater(sum(before), 20)
        for source, count, left in zip(sources, before, after):
            # The Basic Profile removes some sequences whole, Source Image Sequence for one.
            self.assertLessEqual(left, count, source)
        self.assertGreaterEqual(sum(after), sum(before) - 2)


class RealDataWithOptions(RealData):
    """The same with every option of PS3.15 that keeps more."""

    options = ("--retain", "safe-private,uids,device-identity,institution-identity,"
               "patient-characteristics", "--clean", "descriptors,structured-content,graphics",
               "--dates", "modified")
    more_folders = []

    def test_other_readers_read_what_is_written(self):
        self.skipTest("what they may dislike is the same as without options")

    def test_nothing_of_the_patient_is_left(self):
        self.skipTest("UIDs stay, as was asked for")

    def test_outputs_read_and_say_what_was_done(self):
        wanted = {"113100", "113104", "113105", "113107", "113108", "113109", "113110", "113111",
                  "113112"}
        for source, output in self.pairs:
            codes = {item.CodeValue
                     for item in pydicom.dcmread(output).DeidentificationMethodCodeSequence}
            self.assertTrue(codes & wanted - {"113100"}, source)


if __name__ == "__main__":
    unittest.main()
