"""The program as a user calls it: what it writes, what it says, what it refuses."""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import unittest

from harness import Case, tree


class CommandLine(Case):
    def test_help_names_every_subcommand(self):
        text = self.efface("--help").stdout
        for word in ("run", "key", "schema", "completion"):
            self.assertIn(word, text)

    def test_no_command_is_a_usage_error(self):
        self.efface(expect=2)

    def test_unknown_option_is_a_usage_error(self):
        self.efface("run", "--no-such-option", expect=2)

    def test_missing_input_is_a_usage_error(self):
        done = self.efface("run", self.scratch / "absent", "--output", self.scratch / "o", expect=2)
        self.assertIn("no such input", done.stderr)

    def test_output_inside_input_is_a_usage_error(self):
        study = self.make("small")
        self.efface("run", study, "--output", study / "out", expect=2)
        self.efface("run", study, "--output", self.scratch, expect=2)
        self.assertFalse((study / "out").exists())

    def test_output_with_foreign_files_is_refused(self):
        study = self.make("small")
        (self.scratch / "full").mkdir()
        (self.scratch / "full" / "mine.txt").write_text("keep me")
        self.efface("run", study, "--output", self.scratch / "full", expect=2)
        self.assertEqual(os.listdir(self.scratch / "full"), ["mine.txt"])

    def test_key_readable_by_others_is_refused(self):
        os.chmod(self.key, 0o644)
        done = self.efface("run", self.make("small"), "--output", self.scratch / "o", "--key",
                           self.key, expect=1)
        self.assertIn("chmod 600", done.stderr)

    def test_key_is_never_overwritten(self):
        before = self.key.read_bytes()
        self.assertNotEqual(
            subprocess.run([os.environ["EFFACE"], "key", "new", self.key],
                           capture_output=True).returncode, 0)
        self.assertEqual(self.key.read_bytes(), before)

    def test_cuda_that_is_not_there_is_an_error_with_a_hint(self):
        if pathlib.Path("/dev/nvidia0").exists():
            self.skipTest("this machine has a GPU")
        head = self.make("nifti", name="head.nii.gz")
        done = self.efface("run", head, "--output", self.scratch / "o", "--device", "cuda", expect=1)
        self.assertIn("hint", done.stderr)

    def test_options_come_from_json_and_toml(self):
        study = self.make("small")
        for name, text in (("c.json", '{"dates": "modified", "jobs": 1}'),
                           ("c.toml", 'dates = "modified"\njobs = 1\n')):
            config = self.scratch / name
            config.write_text(text)
            _, manifest, _ = self.run_on(study, out=name + ".out", expect=3,
                                         more=("--config", config))
            self.assertEqual(manifest["options"]["dates"], "modified")
            self.assertIn("113107", manifest["profile"]["codes"])

    def test_unknown_key_in_a_configuration_is_an_error(self):
        config = self.scratch / "c.json"
        config.write_text('{"datess": "modified"}')
        self.efface("run", self.make("small"), "--output", self.scratch / "o", "--config", config,
                    expect=2)

    def test_completion_scripts_know_the_options(self):
        for shell in ("bash", "zsh", "fish"):
            self.assertIn("record-paths", self.efface("completion", shell).stdout)


class Inputs(Case):
    def test_everything_found_is_recorded(self):
        study = self.make("small")
        (study / "notes.txt").write_text("not an image")
        (study / "empty").write_bytes(b"")
        os.symlink(study / "mr.dcm", study / "link.dcm")
        os.symlink(study, study / "loop")
        os.mkfifo(study / "pipe")
        output, manifest, _ = self.run_on(study, expect=3)
        outcomes = {}
        for entry in manifest["inputs"]:
            outcomes.setdefault(entry["kind"], []).append(entry["outcome"])
        self.assertEqual(manifest["totals"]["inputs"], 4 + 5)
        self.assertEqual(outcomes["symbolic link"], ["withheld"] * 2)
        self.assertEqual(outcomes["special file"], ["withheld"])
        self.assertEqual(outcomes["other"], ["withheld"])
        self.assertEqual(outcomes["text"], ["withheld"])
        self.assertEqual(outcomes["dicom"].count("written"), len(tree(output)) - 1)

    def test_followed_loop_ends(self):
        study = self.make("small")
        os.symlink(study, study / "loop")
        _, manifest, _ = self.run_on(study, expect=3, more=("--follow-links",))
        self.assertIn("link loop", {e["kind"] for e in manifest["inputs"]})

    def test_list_of_files_from_standard_input(self):
        study = self.make("small")
        self.efface("run", "--files-from", "-", "--output", self.scratch / "o", "--key", self.key,
                    input=f"{study / 'sr.dcm'}\n")
        manifest = json.loads((self.scratch / "o" / "manifest.json").read_text())
        self.assertEqual(manifest["totals"]["inputs"], 1)

    def test_inputs_are_not_modified(self):
        study = self.make("small")
        before = tree(study)
        self.run_on(study, expect=3)
        self.assertEqual(tree(study), before)


class Outputs(Case):
    def test_manifest_tells_the_truth(self):
        study = self.make("small")
        output, manifest, _ = self.run_on(study, expect=3)
        written = {e["output"]: e for e in manifest["inputs"] if e["outcome"] == "written"}
        files = tree(output)
        self.assertEqual(set(written) | {"manifest.json"}, set(files))
        inputs = set(tree(study).values())
        for name, entry in written.items():
            self.assertEqual(files[name], entry["output_sha256"])
            self.assertEqual((output / name).stat().st_size, entry["output_bytes"])
            self.assertIn(entry["sha256"], inputs)

    def test_manifest_fits_its_schema(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("python3-jsonschema is not installed")
        _, manifest, _ = self.run_on(self.make("small"), expect=3)
        jsonschema.validate(manifest, json.loads(self.efface("schema").stdout))

    def test_canaries_are_in_no_output(self):
        study = self.make("canary")
        # The maker's own list lies beside the files: it is no input.
        markers = [m for m in (study / "markers.txt").read_text().split("\n") if m]
        (study / "markers.txt").rename(self.scratch / "markers.txt")
        self.assertGreater(len(markers), 600)
        inputs = b"".join(p.read_bytes() for p in study.rglob("*") if p.is_file())
        planted = [m for m in markers if m.split()[-1].encode() in inputs]
        self.assertGreater(len(planted), 600)
        output, manifest, done = self.run_on(study, expect=3, more=("-v",))
        self.assertGreater(manifest["totals"]["written"], 0)
        texts = {str(p): p.read_bytes() for p in output.rglob("*") if p.is_file()}
        texts["messages"] = (done.stderr + done.stdout).encode()
        # New UIDs are forty random digits each: some of thousands hold a planted date by chance.
        without_uids = {name: re.sub(rb"2\.25\.\d{30,39}", b"", t) for name, t in texts.items()}
        for marker in planted:
            value = marker.split()[-1].encode()
            for name, content in (without_uids if value.isdigit() else texts).items():
                self.assertTrue(value not in content, f"{marker} in {name}")

    def test_same_bytes_for_any_number_of_threads(self):
        study = self.make("bench", "--files", "80")
        one, _, _ = self.run_on(study, out="one", more=("--jobs", "1"))
        four, _, _ = self.run_on(study, out="four", more=("--jobs", "4"))
        first, second = tree(one), tree(four)
        self.assertEqual(first.pop("manifest.json") != "", second.pop("manifest.json") != "")
        self.assertEqual(len(first), 80)
        self.assertEqual(first, second)

    def test_same_faces_for_any_number_of_threads_and_size_of_batches(self):
        studies = [self.make("nifti", "--seed", str(n), name=f"head{n}.nii") for n in (1, 2, 3)]
        runs = [self.run_on(*studies, out=f"jobs{jobs}", more=("--jobs", jobs, "--batch", batch))[:2]
                for jobs, batch in ((1, 1), (3, 3))]
        self.assertEqual([v["verdict"] for v in runs[0][1]["volumes"]], ["removed"] * 3)
        for member in ("volumes", "inputs", "totals"):
            self.assertEqual(runs[0][1][member], runs[1][1][member])
        first, second = ({name: digest for name, digest in tree(output).items()
                          if name != "manifest.json"} for output, _ in runs)
        self.assertEqual(first, second)

    def test_another_key_gives_other_pseudonyms(self):
        study = self.make("small")
        first, _, _ = self.run_on(study, out="first", expect=3)
        self.key = self.scratch / "other.key"
        self.efface("key", "new", self.key)
        second, _, _ = self.run_on(study, out="second", expect=3)
        self.assertFalse(set(tree(first)) & set(tree(second)) - {"manifest.json"})

    def test_second_run_finds_nothing_left_but_pseudonyms(self):
        study = self.make("bench", "--files", "8")
        first, _, _ = self.run_on(study, out="first")
        (first / "manifest.json").unlink()
        _, manifest, _ = self.run_on(*[p for p in first.iterdir() if p.name != ".efface"], out="again")
        for tag, actions in manifest["totals"]["actions"].items():
            self.assertLessEqual(set(actions), {"replace_uid", "pseudonym", "add"}, tag)

    def test_dry_run_writes_nothing(self):
        study = self.make("small")
        done = self.efface("run", study, "--dry-run", "--output", self.scratch / "o")
        self.assertFalse((self.scratch / "o").exists())
        plans = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(sum(len(p["inputs"]) for p in plans), 4)

    def test_paths_are_recorded_only_when_asked(self):
        study = self.make("small", name="DOE_JANE")
        output, _, _ = self.run_on(study, out="quiet", expect=3)
        self.assertNotIn("DOE_JANE", (output / "manifest.json").read_text())
        output, _, _ = self.run_on(study, out="paths", expect=3, more=("--record-paths",))
        self.assertIn("DOE_JANE", (output / "manifest.json").read_text())

    def test_names_can_be_kept(self):
        study = self.make("small")
        output, manifest, _ = self.run_on(study, expect=3, more=("--names", "keep"))
        written = [e["output"] for e in manifest["inputs"] if e["outcome"] == "written"]
        self.assertTrue(written)
        for name in written:
            self.assertTrue(name.startswith("small/"), name)
            self.assertTrue((output / name).is_file())


class Heads(Case):
    """The model is asked; what it says is its own affair, that it is obeyed is ours."""

    def test_a_volume_is_removed_or_withheld_never_copied(self):
        study = self.make("demo")
        output, manifest, _ = self.run_on(study, expect=3)
        self.assertEqual(manifest["device"]["name"].split(":")[0] in ("cpu", "cuda"), True)
        by_token = {v["token"]: v for v in manifest["volumes"]}
        self.assertTrue(by_token)
        for entry in manifest["inputs"]:
            volume = by_token.get(entry.get("volume", ""))
            if volume is None:
                continue
            if volume["verdict"] == "uncertain":
                self.assertEqual(entry["outcome"], "withheld")
        for volume in manifest["volumes"]:
            self.assertNotEqual(volume["verdict"], "no_head", "the demo study is a head")

    def test_text_in_a_nifti_header_goes(self):
        head = self.make("nifti", name="head.nii")
        content = bytearray(head.read_bytes())
        content[148:148 + 12] = b"DOE^JANE1234"  # descrip
        head.write_bytes(content)
        output = self.scratch / "out"
        done = subprocess.run([os.environ["EFFACE"], "run", head, "--output", output], capture_output=True)
        self.assertIn(done.returncode, (0, 3))
        for path in output.rglob("*"):
            if path.is_file():
                self.assertNotIn(b"DOE^JANE", path.read_bytes())


if __name__ == "__main__":
    unittest.main()
