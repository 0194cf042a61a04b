"""efface manifest verify, show and diff; signed manifests: one flipped byte anywhere is found."""
import json
import random
import shutil
import subprocess
import unittest

from harness import Case


class Manifest(Case):
    def setUp(self):
        super().setUp()
        self.sign, self.public = self.new_signer("sign")

    def new_signer(self, name):
        private, public = self.scratch / f"{name}.pem", self.scratch / f"{name}.pub.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
        private.chmod(0o600)
        subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
        return private, public

    def signed_run(self):
        study = self.make("bench", "--files", "60")
        output, manifest, _ = self.run_on(study, more=("--sign-key", self.sign))
        return output, manifest

    def findings(self, output, *more, expect=3):
        done = self.efface("manifest", "verify", output, "--json", *more, expect=expect)
        return json.loads(done.stdout)["findings"]

    def test_what_a_run_wrote_is_verified_and_its_origin_proven(self):
        output, manifest = self.signed_run()
        self.assertEqual(self.findings(output, "--public-key", self.public, expect=0), [])
        self.assertEqual(self.findings(output, expect=0), [])
        done = self.efface("manifest", "verify", output, "--public-key", self.public)
        self.assertIn(f"{manifest['totals']['written']} outputs, 0 findings", done.stderr)
        checked = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", self.public,
                                  "-rawin", "-in", output / "manifest.json", "-sigfile",
                                  output / "manifest.json.sig"], capture_output=True, text=True)
        self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_a_flipped_byte_anywhere_is_found(self):
        output, _ = self.signed_run()
        released = [p for p in output.rglob("*")
                    if p.is_file() and ".efface" not in p.relative_to(output).parts]
        self.assertGreater(len(released), 20)
        chance = random.Random(7)
        manifest = output / "manifest.json"
        tries = [(p, chance.randrange(p.stat().st_size)) for p in released]
        tries += [(manifest, chance.randrange(manifest.stat().st_size)) for _ in range(40)]
        tries += [(output / "manifest.json.sig", i) for i in range(64)]
        for path, place in tries:
            whole = path.read_bytes()
            damaged = bytearray(whole)
            damaged[place] ^= 1 << chance.randrange(8)
            path.write_bytes(damaged)
            found = self.findings(output, "--public-key", self.public)
            path.write_bytes(whole)
            self.assertTrue(found, f"{path.name} at {place}")
            if path.suffix == ".dcm":
                name = str(path.relative_to(output))
                self.assertEqual(found, [{"kind": "changed", "path": name}])
        self.assertEqual(self.findings(output, "--public-key", self.public, expect=0), [])

    def test_missing_extra_and_exchanged_files_are_found(self):
        output, _ = self.signed_run()
        images = sorted(output.rglob("*.dcm"))
        gone, linked = (str(p.relative_to(output)) for p in images[:2])
        images[0].unlink()
        target = self.scratch / "elsewhere.dcm"
        shutil.move(images[1], target)
        images[1].symlink_to(target)
        (output / "extra.txt").write_text("left over")
        (output / "empty folder").mkdir()
        (output / ".efface" / "staging" / "x").mkdir(parents=True)
        (output / ".efface" / "staging" / "x" / "half.dcm").write_text("half")
        found = {(f["kind"], f["path"]) for f in self.findings(output)}
        self.assertEqual(found, {("missing", gone), ("not-a-file", linked), ("extra", "extra.txt"),
                                 ("extra", "empty folder"), ("unfinished", ".efface/staging")})

    def test_signatures_of_others_and_none_are_found(self):
        output, _ = self.signed_run()
        _, other = self.new_signer("other")
        kinds = [f["kind"] for f in self.findings(output, "--public-key", other)]
        self.assertEqual(kinds, ["signature-wrong"])
        (output / "manifest.json.sig").unlink()
        kinds = [f["kind"] for f in self.findings(output, "--public-key", self.public)]
        self.assertEqual(kinds, ["signature-missing"])
        (output / "manifest.json").unlink()
        self.assertIn("manifest-missing", [f["kind"] for f in self.findings(output)])

    def test_a_manifest_written_anew_has_no_old_signature(self):
        output, _ = self.signed_run()
        study = self.scratch / "bench"
        self.efface("run", study, "--output", output, "--key", self.key)
        self.assertFalse((output / "manifest.json.sig").exists())
        self.efface("run", study, "--output", output, "--key", self.key, "--sign-key", self.sign)
        self.assertEqual(self.findings(output, "--public-key", self.public, expect=0), [])

    def test_totals_that_are_not_those_of_the_records_are_found(self):
        output, _ = self.signed_run()
        path = output / "manifest.json"
        text = path.read_text()
        for before, kind in (("\"totals\":{\"studies\":", "totals-disagree"),
                             ("\"volumes\":[", "manifest-damaged")):
            path.write_text(text.replace(before, before + "9" if "totals" in before else before + " "))
            self.assertEqual([f["kind"] for f in self.findings(output)][0], kind)
        path.write_text(text.replace('"output":"', '"output":"../', 1))
        self.assertEqual(self.findings(output)[0]["kind"], "bad-path")

    def test_unfit_keys_are_refused(self):
        study = self.make("small")
        rsa = self.scratch / "rsa.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-out", rsa], check=True,
                       capture_output=True)
        rsa.chmod(0o600)
        for key in (rsa, self.public, self.scratch / "absent.pem"):
            self.efface("run", study, "-o", self.scratch / "no", "--sign-key", key, expect=1)
        self.sign.chmod(0o644)
        done = self.efface("run", study, "-o", self.scratch / "no", "--sign-key", self.sign, expect=1)
        self.assertIn("others may read", done.stderr)
        self.assertFalse((self.scratch / "no").exists())

    def test_show_and_diff(self):
        study = self.make("bench", "--files", "12")
        first, manifest, _ = self.run_on(study, out="first")
        second, _, _ = self.run_on(study, out="second", more=("--dates", "modified"))
        shown = json.loads(self.efface("manifest", "show", first, "--json").stdout)
        self.assertEqual(shown, {k: v for k, v in manifest.items() if k not in ("inputs", "volumes")})
        text = self.efface("manifest", "show", first / "manifest.json").stdout
        self.assertIn(f"\ntotals.inputs {manifest['totals']['inputs']}\n", text)
        self.assertEqual(self.efface("manifest", "diff", first, first).stdout, "")
        done = self.efface("manifest", "diff", first, second, "--json", expect=3)
        differences = json.loads(done.stdout)
        self.assertIn({"what": "head", "name": "options.dates", "before": "\"removed\"",
                       "after": "\"modified\""}, differences)
        changed = [d for d in differences if d["what"] == "input"]
        self.assertEqual(len(changed), 12)
        self.assertIn("output_sha256", changed[0]["after"])
        files = sorted(p for p in study.rglob("*") if p.is_file())
        files[0].unlink()
        third, _, _ = self.run_on(study, out="third")
        text = self.efface("manifest", "diff", first, third, expect=3).stdout
        gone = [l for l in text.splitlines() if l.startswith("input") and "present -> absent" in l]
        self.assertEqual(len(gone), 1)


if __name__ == "__main__":
    unittest.main()
