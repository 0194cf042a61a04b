"""Originals in envelopes: run --encrypt-attributes, gdcmanon -d and restore. Keys are made by openssl."""
import hashlib
import io
import os
import pathlib
import shutil
import stat
import struct
import subprocess
import time
import unittest

import dicom_bytes as db
import pydicom
from harness import EFFACE, Case

pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

ENVELOPE = 0x04000500
DATA = pathlib.Path(os.environ["EFFACE_DATA"]) if os.environ.get("EFFACE_DATA") else None
NAME = "Größe^Erika".encode("latin-1")
NOISE = bytes((i * 131 + 7) % 256 for i in range(5000))
ICON = db.element(0x00280010, "US", 64) + db.element(0x7FE00010, "OB", NOISE[:4096])


def rich(private_icon=b""):
    """An image with something to bring back in every place."""
    code = (db.element(0x00080100, "SH", "121") + db.element(0x00080102, "SH", "99LOCAL") +
            db.element(0x00080104, "LO", "Chest of Mustermann"))
    reference = (db.element(0x00081150, "UI", "1.2.840.10008.5.1.4.1.1.4") +
                 db.element(0x00081155, "UI", "1.2.3.77"))
    early = b"".join([
        db.element(0x00080080, "LO", "Sankt Elsewo"),
        db.element(0x00080090, "PN", "Müller^Käthe".encode("latin-1")),
        db.element(0x00081030, "LO", "for Erika"),
        db.sequence(0x00081140, reference, reference.replace(b".77", b".78")),
        db.element(0x00090010, "LO", "ACME 1.1"),
        db.element(0x00091001, "LT", "private words"),
        db.element(0x00091002, "FD", struct.pack("<d", 2.5)),
        db.element(0x00091003, "OB", NOISE),
        db.sequence(0x00091004, db.element(0x00091010, "SH", "deep") + private_icon),
    ])
    late = b"".join([
        db.sequence(0x00400275, db.element(0x00400007, "LO", "MRI of Erika") +
                    db.sequence(0x00400008, code)),
        db.element(0x00401400, "LT", "ask\\Dr. Who"),
        db.sequence(0x00880200, ICON),
        db.element(0x60000010, "US", 8),
        db.element(0x60003000, "OW", b"overlaid" * 4),
    ])
    image = db.ultrasound(early=early, late=late)
    return image.replace(db.element(0x00100010, "PN", "Mustermann^Erika"),
                         db.element(0x00100010, "PN", NAME))


def is_picture(tag):
    return tag >> 16 & 0xFF00 in (0x5000, 0x6000, 0x7F00) or tag == 0x00880200


def is_unknown_binary(value):
    return isinstance(value, bytes) and len(value) > 4096 and any(
        (c < 32 and c not in b"\r\n\t\x1b") or c == 127 for c in value.rstrip(b"\0"))


def content(data_set, is_top=True):
    """Attributes as a tree; what is said to stay out of envelopes is left out."""
    found = {}
    for element in data_set:
        tag = int(element.tag)
        is_not_data = tag & 0xFFFF == 0 or tag == 0xFFFCFFFC  # group lengths, trailing padding
        if is_picture(tag) or is_not_data or is_top and tag in (0x00120062, 0x00280302):
            continue
        if element.VR == "SQ":
            found[tag] = [content(item, False) for item in element.value]
        elif element.tag.is_private and is_unknown_binary(element.value):
            continue
        else:
            found[tag] = (element.VR, str(element.value))
    return found


def without_padding(der):
    """The one DER value at the start, by its own length: DICOM pads to an even one, and ciphertext may
    itself end in zeros."""
    count = der[1] & 0x7F if der[1] & 0x80 else 0
    size = int.from_bytes(der[2:2 + count], "big") if count else der[1]
    return der[:2 + count + size]


def as_syntax(data, syntax):
    data_set = pydicom.dcmread(io.BytesIO(db.part10(data)))
    data_set.is_implicit_VR = syntax == db.IMPLICIT
    data_set.is_little_endian = syntax != db.BIG_ENDIAN
    data_set.file_meta.TransferSyntaxUID = syntax
    if syntax == db.BIG_ENDIAN:
        del data_set[0x60003000]  # pydicom does not swap its words
    made = io.BytesIO()
    data_set.save_as(made)
    return made.getvalue()


class Keys(Case):
    """With a certificate, and what is done with it."""

    def setUp(self):
        super().setUp()
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out",
                     "cert.pem", "-subj", "/O=Trust/CN=Trustee", "-days", "30")
        self.option = ("--encrypt-attributes", self.scratch / "cert.pem")

    def openssl(self, *arguments):
        return subprocess.run(["openssl", *arguments], cwd=self.scratch, check=True,
                              capture_output=True).stdout

    def put(self, name, data):
        path = self.scratch / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def clean(self, data, out="out", name="in/a.dcm"):
        """The output of one input with an envelope, and the manifest."""
        output, manifest, _ = self.run_on(self.put(name, data), out=out, more=self.option)
        [path] = output.rglob("*.dcm")
        return path, manifest

    def restore(self, *inputs, out="back", key="key.pem", expect=0, more=(), **kwargs):
        return self.efface("restore", *inputs, "--private-key", self.scratch / key, "--output",
                           self.scratch / out, *more, expect=expect, **kwargs)

    def assert_not_restored(self, path, word, key="key.pem", more=(), expect=3, **kwargs):
        done = self.restore(path, out="refused", key=key, more=more, expect=expect, **kwargs)
        self.assertIn(word, done.stderr)
        left = [p for p in (self.scratch / "refused").rglob("*") if p.is_file()]
        self.assertEqual(left, [], "nothing is half-written")


class Envelopes(Keys):
    def test_restored_files_have_their_attributes_again(self):
        for syntax in (db.EXPLICIT, db.IMPLICIT, db.BIG_ENDIAN, db.DEFLATED):
            with self.subTest(syntax):
                data = (db.part10(db.deflated(rich()), syntax) if syntax == db.DEFLATED
                        else as_syntax(rich(), syntax))
                path, _ = self.clean(data, out="out-" + syntax, name=syntax + "/a.dcm")
                self.restore(path, out="back-" + syntax)
                [back] = (self.scratch / ("back-" + syntax)).rglob("*.dcm")
                before = pydicom.dcmread(io.BytesIO(data))
                after = pydicom.dcmread(back)
                self.assertEqual(content(after), content(before))
                self.assertEqual(after.PatientName, "Größe^Erika")
                self.assertIn("deep", str(after[0x00091004].value))
                self.assertEqual(after.PatientIdentityRemoved, "NO")
                self.assertEqual(after.file_meta.MediaStorageSOPInstanceUID, "1.2.3.4.5")
                self.assertEqual(after.PixelData, before.PixelData)
                self.assertEqual(stat.S_IMODE(back.stat().st_mode), 0o600)
                self.assertEqual(stat.S_IMODE(back.parent.stat().st_mode), 0o700)

    def test_pictures_do_not_come_back(self):
        path, _ = self.clean(db.part10(rich(private_icon=ICON)))
        self.restore(path)
        after = pydicom.dcmread(self.scratch / "back" / path.name)
        for tag in (0x00880200, 0x60003000, 0x00091003):
            self.assertNotIn(tag, after)
        self.assertNotIn(0x7FE00010, after[0x00091004][0])
        self.assertNotIn(NOISE[:64], (self.scratch / "back" / path.name).read_bytes()
                         .replace(after.PixelData, b""))

    def test_gdcmanon_opens_envelopes(self):
        gdcmanon = shutil.which("gdcmanon")
        if gdcmanon is None:
            self.skipTest("gdcmanon (libgdcm-tools) is not installed")
        before = pydicom.dcmread(io.BytesIO(db.part10(rich())))
        path, _ = self.clean(db.part10(rich()))
        back = self.scratch / "by-gdcm.dcm"
        subprocess.run([gdcmanon, "-d", "-k", self.scratch / "key.pem", "-i", path, "-o", back],
                       check=True, capture_output=True)
        after = content(pydicom.dcmread(back))
        del after[0x00120064], after[0x00280303]  # gdcmanon leaves them
        self.assertEqual(after, content(before))

    def test_a_file_that_was_deidentified_before_says_so_again(self):
        data = db.ultrasound(early=b"", late=b"").replace(
            db.element(0x0020000D, "UI", "1.2.3.1"),
            db.element(0x00120062, "CS", "YES") + db.element(0x00120063, "LO", "by hand") +
            db.element(0x0020000D, "UI", "1.2.3.1"))
        path, _ = self.clean(db.part10(data))
        self.restore(path)
        after = pydicom.dcmread(self.scratch / "back" / path.name)
        self.assertEqual((after.PatientIdentityRemoved, after.DeidentificationMethod),
                         ("YES", "by hand"))
        self.assertNotIn("DeidentificationMethodCodeSequence", after)

    def test_options_that_retain_do_not_matter(self):
        data = db.part10(rich().replace(b"1.2.3.4.5\0", b" 1.2.3.4.5"))
        more = (*self.option, "--retain", "uids,institution-identity", "--dates", "modified")
        output, _, _ = self.run_on(self.put("in/a.dcm", data), more=more)
        self.restore(output)
        [path] = output.rglob("*.dcm")
        after = pydicom.dcmread(self.scratch / "back" / path.relative_to(output))
        self.assertEqual(content(after), content(pydicom.dcmread(io.BytesIO(data))))

    def test_directories_keep_their_paths(self):
        for i in range(3):
            self.put(f"in/{i}.dcm", db.part10(rich().replace(b"1.2.3.4.5", f"1.2.3.4.{i}".encode())))
        output, _, _ = self.run_on(self.scratch / "in", more=self.option)
        done = self.restore(output)
        self.assertIn("3 files restored, 0 not restored", done.stderr)
        self.assertEqual({p.relative_to(output) for p in output.rglob("*.dcm")},
                         {p.relative_to(self.scratch / "back")
                          for p in (self.scratch / "back").rglob("*") if p.is_file()})
        self.restore(output, expect=3)  # never overwrites

    def test_the_envelope_is_as_the_standard_says(self):
        path, _ = self.clean(db.part10(rich()))
        after = pydicom.dcmread(path)
        [item] = after[ENVELOPE].value
        self.assertEqual(item[0x04000510].value, "1.2.840.10008.1.2.1")
        der = self.put("envelope.der", without_padding(item[0x04000520].value))
        parsed = self.openssl("asn1parse", "-inform", "DER", "-in", str(der)).decode()
        for word in ("pkcs7-envelopedData", "rsaEncryption", "aes-256-cbc"):
            self.assertIn(word, parsed)
        self.assertNotIn("Trust", parsed)
        plain = self.openssl("cms", "-decrypt", "-binary", "-inform", "DER", "-in", str(der),
                             "-inkey", "key.pem")
        self.assertTrue(plain.startswith(struct.pack("<HH2s", 0x0400, 0x0550, b"SQ")))
        self.assertIn(NAME, plain)
        self.assertEqual(after.PatientIdentityRemoved, "YES")
        self.assertEqual(after.DeidentificationMethodCodeSequence[0].CodeValue, "113100")
        for secret in (NAME, b"Erika", b"private words", b"1.2.3.77"):
            self.assertNotIn(secret, path.read_bytes())

    def test_it_is_off_by_default(self):
        output, manifest, _ = self.run_on(self.put("in/a.dcm", db.part10(rich())))
        [path] = output.rglob("*.dcm")
        self.assertNotIn(ENVELOPE, pydicom.dcmread(path))
        self.assertEqual(manifest["options"]["encrypt-attributes"], "none")

    def test_the_manifest_names_the_certificate_by_its_digest(self):
        _, manifest = self.clean(db.part10(rich()))
        der = self.openssl("x509", "-in", "cert.pem", "-outform", "DER")
        self.assertEqual(manifest["options"]["encrypt-attributes"],
                         "sha256:" + hashlib.sha256(der).hexdigest())
        self.assertEqual(manifest["inputs"][0]["actions"]["(0400,0500)"], {"add": 1})

    def test_all_but_the_envelope_is_repeatable(self):
        one, _ = self.clean(db.part10(rich()), out="one")
        other, _ = self.clean(db.part10(rich()), out="other")
        a, b = pydicom.dcmread(one), pydicom.dcmread(other)
        self.assertNotEqual(a[ENVELOPE], b[ENVELOPE])
        del a[ENVELOPE], b[ENVELOPE]
        self.assertEqual(a, b)

    def test_an_older_envelope_is_replaced(self):
        path, _ = self.clean(db.part10(rich()))
        again, _ = self.clean(path.read_bytes(), out="again", name="second/b.dcm")
        self.assertEqual(len(pydicom.dcmread(again)[ENVELOPE].value), 1)
        self.restore(again)
        back = pydicom.dcmread(self.scratch / "back" / again.name)
        self.assertEqual(back[ENVELOPE], pydicom.dcmread(path)[ENVELOPE])
        plain, _, _ = self.run_on(path, out="plain")
        [bare] = plain.rglob("*.dcm")
        self.assertNotIn(ENVELOPE, pydicom.dcmread(bare))

    def test_residue_is_found_as_without_envelope(self):
        pixels = bytes(1000) + b"PID-4711" + bytes(3088)
        source = self.put("in/a.dcm", db.part10(db.ultrasound(pixels=pixels)))
        _, manifest, _ = self.run_on(source, expect=3, more=self.option)
        self.assertEqual(manifest["inputs"][0]["reason"], "residue")

    def test_names_of_a_certificate_without_key_identifier_are_searched_for(self):
        self.openssl("req", "-x509", "-key", "key.pem", "-out", "cert.pem", "-subj",
                     "/O=Sankt Elsewo/CN=Trustee", "-addext", "subjectKeyIdentifier=none")
        source = self.put("in/a.dcm", db.part10(rich()))
        _, manifest, _ = self.run_on(source, expect=3, more=self.option)
        self.assertEqual(manifest["inputs"][0]["reason"], "residue")
        self.put("in/a.dcm", db.part10(db.ultrasound()))
        output, _, _ = self.run_on(source, out="other", more=self.option)
        self.restore(output)

    def test_killed_runs_go_on_and_every_output_can_be_restored(self):
        study = self.make("bench", "--files", "190")
        output = self.scratch / "killed"
        command = [EFFACE, "run", study, "-o", output, "--key", self.key, "-q", *self.option]
        for delay in (0.05, 0.1, 0.15):
            run = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            run.kill()
            run.wait()
        subprocess.run(command, check=True)
        done = self.restore(output)
        self.assertIn("190 files restored, 0 not restored", done.stderr)

    def test_resuming_needs_the_same_certificate(self):
        path, _ = self.clean(db.part10(rich()))
        written = path.read_bytes()
        self.clean(db.part10(rich()))
        self.assertEqual(path.read_bytes(), written, "what is finished stays")
        more = (self.scratch / "in/a.dcm", "-o", self.scratch / "out", "--key", self.key)
        self.efface("run", *more, expect=2)
        self.openssl("req", "-x509", "-key", "key.pem", "-out", "cert.pem", "-subj", "/CN=Other")
        self.efface("run", *more, *self.option, expect=2)

    def test_a_dry_run_plans_the_envelope(self):
        done = self.efface("run", self.put("in/a.dcm", db.part10(rich())), "--dry-run", *self.option)
        self.assertIn('"(0400,0500)":{"add":1}', done.stdout)

    def test_certificates_that_do_not_serve(self):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-keyout", "ec.key", "-out", "ec.pem", "-subj", "/CN=x")
        self.openssl("req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", "weak.key", "-out",
                     "weak.pem", "-subj", "/CN=x")
        source = self.put("in/a.dcm", db.part10(rich()))
        for name, word in (("ec.pem", "RSA"), ("weak.pem", "2048"), ("key.pem", "no certificate"),
                           ("absent.pem", "cannot open")):
            done = self.efface("run", source, "-o", self.scratch / "none", "--encrypt-attributes",
                               self.scratch / name, expect=1)
            self.assertIn(word, done.stderr)
            self.assertFalse((self.scratch / "none").exists())

    def test_files_that_cannot_be_restored(self):
        path, _ = self.clean(db.part10(rich()))
        self.assert_not_restored(self.put("bare.dcm", db.part10(rich())), "no encrypted attributes")
        self.assert_not_restored(self.put("text.txt", b"no image"), "not a DICOM file")
        self.openssl("genrsa", "-out", "other.pem", "2048")
        self.assert_not_restored(path, "envelope cannot be opened", key="other.pem")
        whole = path.read_bytes()
        self.assert_not_restored(self.put("cut.dcm", whole[:-5000]), "")
        for name, place in (("absent.pem", "cannot open"), ("cert.pem", "no private key")):
            self.assert_not_restored(path, place, key=name, expect=1)

    def test_damage_anywhere_in_the_envelope_is_noticed(self):
        path, _ = self.clean(db.part10(rich()))
        whole = path.read_bytes()
        envelope = pydicom.dcmread(path)[ENVELOPE][0][0x04000520].value
        start = whole.index(envelope)
        last = len(envelope.rstrip(b"\0")) - 1
        for at in [*range(0, last, 97), last]:
            damaged = bytearray(whole)
            damaged[start + at] ^= 1
            self.assert_not_restored(self.put("damaged.dcm", bytes(damaged)), "envelope")
        data_set = pydicom.dcmread(path)
        for size in (0, 10, len(envelope) // 2 & ~1, len(envelope) - 20 & ~1):
            data_set[ENVELOPE][0][0x04000520].value = envelope[:size]
            data_set.save_as(self.scratch / "short.dcm")
            self.assert_not_restored(self.scratch / "short.dcm", "envelope")

    def test_an_envelope_of_another_file_is_not_opened_into_this_one(self):
        one, _ = self.clean(db.part10(rich()), out="one")
        other, _ = self.clean(db.part10(rich().replace(b"1.2.3.4.5", b"1.2.3.4.6")), out="other",
                              name="in/b.dcm")
        data_set = pydicom.dcmread(one)
        data_set[ENVELOPE] = pydicom.dcmread(other)[ENVELOPE]
        data_set.save_as(self.scratch / "swapped.dcm")
        self.assert_not_restored(self.scratch / "swapped.dcm", "SOP Instance UID")

    def test_good_files_are_restored_beside_bad_ones(self):
        path, _ = self.clean(db.part10(rich()))
        bare = self.put("bare.dcm", db.part10(rich()))
        self.restore(bare, path, expect=3)
        self.assertEqual([p.name for p in (self.scratch / "back").iterdir()], [path.name])

    def test_output_may_not_lie_inside_the_input(self):
        path, _ = self.clean(db.part10(rich()))
        self.efface("restore", path.parent, "--private-key", self.scratch / "key.pem", "-o",
                    path.parent / "back", expect=2)

    def test_protected_keys(self):
        path, _ = self.clean(db.part10(rich()))
        self.openssl("rsa", "-aes256", "-in", "key.pem", "-passout", "pass:open sesame", "-out",
                     "locked.pem")
        self.put("good.txt", b"open sesame\n")
        self.put("bad.txt", b"guess\n")
        self.assert_not_restored(path, "wrong passphrase", key="locked.pem", expect=1,
                                 more=("--passphrase-file", self.scratch / "bad.txt"))
        self.assert_not_restored(path, "--passphrase-file", key="locked.pem", expect=2,
                                 start_new_session=True)
        self.restore(path, key="locked.pem", more=("--passphrase-file", self.scratch / "good.txt"))
        self.assertEqual(pydicom.dcmread(self.scratch / "back" / path.name).PatientID, "PID-4711")

    def test_the_terminal_is_asked_for_a_passphrase_without_echo(self):
        path, _ = self.clean(db.part10(rich()))
        self.openssl("rsa", "-aes256", "-in", "key.pem", "-passout", "pass:open sesame", "-out",
                     "locked.pem")
        child, terminal = os.forkpty()
        if child == 0:
            os.execv(EFFACE, [EFFACE, "restore", str(path), "--private-key",
                              str(self.scratch / "locked.pem"), "-o", str(self.scratch / "back")])
        shown = b""
        while b"passphrase" not in shown:
            shown += os.read(terminal, 1024)
        os.write(terminal, b"open sesame\n")
        try:
            while piece := os.read(terminal, 1024):
                shown += piece
        except OSError:  # the other side has ended
            pass
        self.assertEqual(os.waitpid(child, 0)[1], 0, shown)
        self.assertNotIn(b"sesame", shown)
        self.assertTrue((self.scratch / "back" / path.name).exists())


@unittest.skipIf(DATA is None, "EFFACE_DATA is not set")
class RealData(Keys):
    def test_restored_files_have_their_attributes_again(self):
        folders = [f for f in sorted(DATA.glob("dicom_*")) if f.name != "dicom_deid_data"]
        # Pixels are not restored, and cleaned ones are described by other attributes.
        output, manifest, _ = self.run_on(*folders, expect=3,
                                          more=(*self.option, "--record-paths", "--pixels", "keep"))
        self.restore(output)
        compared = 0
        for entry in manifest["inputs"]:
            is_output = entry["outcome"] == "written" and entry["kind"] == "dicom"
            if not is_output or entry["path"].endswith(".gz"):
                continue
            with self.subTest(entry["path"]):
                before = pydicom.dcmread(entry["path"], force=True)
                after = pydicom.dcmread(self.scratch / "back" / entry["output"])
                self.assertEqual(content(after), content(before))
                compared += 1
        self.assertGreater(compared, 100)


if __name__ == "__main__":
    unittest.main()
