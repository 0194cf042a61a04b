"""For whoever looks after runs: doctor, --summary, log lines."""
import ctypes.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from harness import EFFACE, Case, tree

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Start of a shared object's name -> what doctor says of it.
LINKED = {"libre2.": "library RE2", "libicu": "library ICU", "libz.": "library zlib",
          "libpugixml.": "library pugixml", "libof": "library DCMTK", "libdcm": "library DCMTK",
          "libITK": "library ITK", "libgdcm": "library GDCM", "libcrypto.": "library OpenSSL",
          "libfmt.": "library fmt", "libstdc++.": "library libstdc++",
          "libgcc_s.": "library libstdc++", "libc.": "library glibc", "libm.": "library glibc",
          "ld-linux": "library glibc", "libtorch": "plugin libefface_torch.so",
          "libc10": "plugin libefface_torch.so", "libtesseract.": "plugin libefface_ocr.so",
          "libgomp.": "library OpenMP", "libpng": "library libpng", "libjpeg.": "library libjpeg",
          "libtiff.": "library libtiff"}
SAMPLE = re.compile(r'efface_[a-z_]+(\{([a-z_]+="[^"\\\n]*",?)+\})? [0-9.e+-]+')


class Doctor(Case):
    def look(self, *more, expect=0, **kwargs):
        """Name -> check."""
        done = self.efface("doctor", "--json", *more, expect=expect, **kwargs)
        report = json.loads(done.stdout)
        self.assertEqual(report["healthy"], expect == 0)
        return {check["name"]: check for check in report["checks"]}

    def failed(self, *more, **kwargs):
        checks = self.look(*more, expect=1, **kwargs)
        return {name: check for name, check in checks.items() if check["status"] == "failed"}

    def test_a_sound_installation(self):
        output = self.scratch / "new" / "out"
        checks = self.look("--output", output, "--key", self.key)
        self.assertTrue(all(c["status"] in ("ok", "warning") for c in checks.values()), checks)
        for name in ("library DCMTK", "library ITK", "library OpenSSL", "model", "device",
                     "plugin libefface_torch.so", "plugin libefface_ocr.so",
                     "Tesseract language data", "key", "output", "free disk"):
            self.assertIn(name, checks)
        self.assertFalse(output.parent.exists())  # it changes nothing
        text = self.efface("doctor").stdout
        self.assertRegex(text, r"(?m)^ok      device: (cpu|cuda)")

    def test_every_library_that_is_linked_is_named(self):
        checks = self.look()
        build = pathlib.Path(EFFACE).parents[1]
        for file in (EFFACE, build / "lib/libefface_torch.so", build / "lib/libefface_ocr.so"):
            dynamic = subprocess.run(["readelf", "-d", file], capture_output=True, text=True, check=True)
            for needed in re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic.stdout):
                names = [name for start, name in LINKED.items() if needed.startswith(start)]
                self.assertEqual(len(names), 1, needed)  # a new library: name it in doctor and here
                self.assertIn(names[0], checks)
                self.assertRegex(checks[names[0]]["detail"], r"[0-9]\.[0-9]+")
        loaded = pathlib.Path(ctypes.util.find_library("z")).name  # libz.so.1, by its link
        self.assertTrue(checks["library zlib"]["detail"].startswith(loaded), checks["library zlib"])
        shown = self.efface("--version").stdout
        head = self.run_on(self.make("bench", "--files", "4"))[1]["tool"]["libraries"]
        for name in ("RE2", "ICU", "zlib", "GDCM", "pugixml"):
            detail = checks["library " + name]["detail"]
            self.assertIn(f"{name} {detail}\n", shown)
            self.assertEqual(head[name], detail)

    def test_a_key_that_others_may_read(self):
        self.key.chmod(0o644)
        failed = self.failed("--key", self.key)
        self.assertEqual(list(failed), ["key"])
        self.assertIn("chmod 600", failed["key"]["hint"])

    def test_damaged_weights(self):
        for file in (ROOT / "models").iterdir():
            if file.is_file():
                shutil.copy(file, self.scratch)
        card = self.scratch / "face_v1.json"
        weights = self.scratch / json.loads(card.read_text())["file"]
        content = bytearray(weights.read_bytes())
        content[len(content) // 2] ^= 1
        weights.write_bytes(content)
        failed = self.failed("--model", card)
        self.assertIn("SHA-256", failed["model"]["detail"])

    def test_a_missing_language_and_a_missing_installation(self):
        failed = self.failed(env={**os.environ, "TESSDATA_PREFIX": str(self.scratch)})
        self.assertEqual(list(failed), ["Tesseract language data"])
        alone = self.scratch / "bin" / "efface"
        alone.parent.mkdir()
        shutil.copy(EFFACE, alone)
        done = subprocess.run([alone, "doctor"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("failed  plugin libefface_torch.so", done.stdout)
        self.assertIn("failed  model", done.stdout)

    def test_outputs_that_a_run_would_refuse(self):
        full = self.scratch / "full"
        full.mkdir()
        (full / "something").write_text("")
        self.assertEqual(list(self.failed("--output", full)), ["output"])
        self.assertEqual(list(self.failed("--output", full / "something" / "out")), ["output"])
        if os.geteuid() != 0:
            full.chmod(0o500)
            self.assertEqual(list(self.failed("--output", full / "out")), ["output"])

    def test_devices(self):
        self.efface("doctor", "--device", "gpu", expect=2)
        failed = self.failed("--device", "cuda:99")
        self.assertEqual(list(failed), ["device"])


class Summaries(Case):
    def test_json_and_prometheus(self):
        study = self.make("small")
        _, manifest, _ = self.run_on(study, out="plain", expect=3)
        plain = tree(self.scratch / "plain")
        for name in ("run.json", "run.prom"):
            output, _, _ = self.run_on(study, out=name + ".out", expect=3,
                                       more=("--summary", self.scratch / name))
            self.assertEqual(tree(output), plain)  # not even the manifest tells
        totals = manifest["totals"]
        summary = json.loads((self.scratch / "run.json").read_text())
        self.assertEqual(summary["totals"], totals)
        self.assertEqual(summary["exit_code"], 3)
        self.assertTrue(0 <= summary["network_seconds"] <= summary["seconds"])
        self.assertTrue(0 <= summary["network_batches"] <= summary["network_volumes"])
        text = (self.scratch / "run.prom").read_text()
        for line in text.splitlines():
            if not line.startswith("# "):
                self.assertRegex(line, SAMPLE)
                metric = re.split("[ {]", line)[0]
                self.assertIn(f"# TYPE {metric} gauge\n", text)
        self.assertIn("efface_run_exit_code 3\n", text)
        self.assertIn(f'efface_files{{outcome="written"}} {totals["written"]}\n', text)
        for reason, count in totals["withheld_reasons"].items():
            self.assertIn(f'efface_files_withheld{{reason="{reason}"}} {count}\n', text)
        self.assertEqual([p.name for p in self.scratch.glob("*partial*")], [])

    def test_a_resumed_run_counts_all(self):
        study = self.make("bench", "--files", "76")
        file = self.scratch / "s.json"
        for before in (0, 2):
            self.run_on(study, more=("--summary", file))
            summary = json.loads(file.read_text())
            self.assertEqual(summary["studies_resumed"], before)
            self.assertEqual(summary["totals"]["written"], 76)

    def test_shards_do_not_share_a_file(self):
        study = self.make("bench", "--files", "76")
        for i in (1, 2):
            self.efface("run", study, "-o", self.scratch / "out", "--key", self.key, "--shard",
                        f"{i}/2", "--summary", self.scratch / "run.prom")
        text = (self.scratch / "run.shard-2-of-2.prom").read_text()
        self.assertIn('efface_run_exit_code{shard="2/2"} 0\n', text)
        self.assertIn('efface_files{outcome="written",shard="2/2"}', text)
        self.assertTrue((self.scratch / "run.shard-1-of-2.prom").exists())
        self.assertFalse((self.scratch / "run.prom").exists())

    def test_failed_runs_say_so(self):
        study = self.make("bench", "--files", "4")
        self.run_on(study)
        (study / "late.dcm").write_bytes(next(study.rglob("*.dcm")).read_bytes())
        file = self.scratch / "s.prom"
        self.efface("run", study, "-o", self.scratch / "out", "--key", self.key, "--summary", file,
                    expect=2)
        self.assertIn("efface_run_exit_code 2\n", file.read_text())

    def test_it_lies_apart_from_inputs_and_outputs(self):
        study = self.make("bench", "--files", "4")
        for place in (study / "s.json", self.scratch / "out" / "s.json"):
            self.efface("run", study, "-o", self.scratch / "out", "--key", self.key, "--summary",
                        place, expect=2)
        self.assertFalse((self.scratch / "out").exists())


class LogLines(Case):
    def test_lines_carry_study_tokens(self):
        study = self.make("small")
        output, manifest, done = self.run_on(study, expect=3, more=("--verbose",))
        withheld = [i for i in manifest["inputs"] if i["outcome"] != "written"]
        self.assertTrue(withheld)
        for item in withheld:
            self.assertIn(f"efface: study {item['study']}: input {item['token']} withheld: ",
                          done.stderr)
        _, _, done = self.run_on(study, out="json", expect=3,
                                 more=("--verbose", "--progress", "json"))
        lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
        told = {(l["study"], l["input"]) for l in lines if l["event"] == "file"}
        self.assertEqual(told, {(i["study"], i["token"]) for i in withheld})

    def test_time_left_is_told_only_when_it_can_be(self):
        study = self.make("small")

        def events():
            _, _, done = self.run_on(study, expect=3, more=("--progress", "json"))
            lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
            return {line["event"]: line for line in lines}

        first, again = events(), events()
        self.assertIsNone(first["start"]["seconds_left"])  # nothing was done yet
        self.assertEqual(first["end"]["seconds_left"], 0)
        self.assertGreater(first["end"]["files_per_second"], 0)
        # What an earlier run did is done, but says nothing of this one's pace.
        self.assertEqual(again["start"]["files_done"], again["start"]["files"])
        self.assertEqual(again["start"]["files_per_second"], 0)


if __name__ == "__main__":
    unittest.main()
