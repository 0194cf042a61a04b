"""What scripts/ci/ offers is run: the shell of the workflow and of the pipeline with the program, the hook
in a repository of git; and the reports that they hand on are what SARIF and JUnit want."""
import json
import os
import pathlib
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree

import jsonschema
import yaml
from check_test import CLEAN
from dicom_bytes import part10, ultrasound
from harness import EFFACE, Case

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI = ROOT / "scripts" / "ci"
SARIF = json.loads((pathlib.Path(__file__).parent / "sarif_2_1_0.schema.json").read_text())


class Ci(Case):
    def setUp(self):
        super().setUp()
        programs = self.scratch / "bin"
        programs.mkdir()
        (programs / "efface").symlink_to(EFFACE)
        self.repository = self.scratch / "repository"
        (self.repository / "data").mkdir(parents=True)
        self.environment = os.environ | {
            "PATH": f"{programs}:{os.environ['PATH']}", "EFFACE_CHECK_PATH": "data",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
            **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
               for what, value in (("NAME", "Test"), ("EMAIL", "test@example.org"))}}

    def put(self, name, content):
        (self.repository / "data" / name).write_bytes(content)

    def shell(self, script, expect, shell="bash"):
        done = subprocess.run([shell, "-e", "-c", script], cwd=self.repository, text=True,
                              env=self.environment, capture_output=True)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        self.assertNotIn("Mustermann", done.stdout + done.stderr)
        return done

    def accept(self):
        self.shell("efface check data --write-baseline .efface-baseline.json --fail-on none", 0)

    def test_the_workflow_of_github(self):
        workflow = yaml.safe_load((CI / "github-actions.yml").read_text())
        steps = workflow["jobs"]["check"]["steps"]
        (script,) = [step["run"] for step in steps if "run" in step]
        (upload,) = [step for step in steps if "upload-sarif" in step.get("uses", "")]
        report = self.repository / upload["with"]["sarif_file"]
        self.assertEqual(workflow["permissions"]["security-events"], "write")
        self.put("clean.dcm", part10(CLEAN, instance="2.25.77"))
        self.shell(script, 0)
        self.assertEqual(json.loads(report.read_text())["runs"][0]["results"], [])
        self.put("new one.dcm", part10(ultrasound()))
        self.shell(script, 3)
        sarif = json.loads(report.read_text())
        jsonschema.Draft7Validator.check_schema(SARIF)
        jsonschema.Draft7Validator(SARIF).validate(sarif)
        rules = sarif["runs"][0]["tool"]["driver"]["rules"]
        results = sarif["runs"][0]["results"]
        self.assertGreaterEqual(len(results), 2)
        for result in results:
            self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
            place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            self.assertEqual(place, "data/new%20one.dcm")
        self.accept()
        self.shell(script, 0)

    def test_the_schema_of_these_tests_refuses_what_sarif_refuses(self):
        self.put("a.dcm", part10(ultrasound()))
        done = self.shell("efface check data --format sarif", 3)
        for damage in (lambda s: s.pop("version"), lambda s: s.update(version="2.0.0"),
                       lambda s: s["runs"][0].pop("tool"),
                       lambda s: s["runs"][0]["results"][0].pop("message"),
                       lambda s: s["runs"][0]["results"][0].update(level="fatal"),
                       lambda s: s["runs"][0]["results"][0].update(place="x")):
            sarif = json.loads(done.stdout)
            damage(sarif)
            with self.assertRaises(jsonschema.ValidationError):
                jsonschema.Draft7Validator(SARIF).validate(sarif)

    def test_the_pipeline_of_gitlab(self):
        pipeline = yaml.safe_load((CI / "gitlab-ci.yml").read_text())["efface-check"]
        (script,) = pipeline["script"]
        report = self.repository / pipeline["artifacts"]["reports"]["junit"]
        self.assertEqual(pipeline["artifacts"]["when"], "always")
        self.put("a.dcm", part10(ultrasound()))
        self.shell(script, 3, shell="sh")
        cases = list(ElementTree.parse(report).getroot().iter("testcase"))
        self.assertEqual([case.get("name") for case in cases], ["data/a.dcm"])
        self.assertTrue(cases[0].findall("failure"))
        self.accept()
        self.shell(script, 0, shell="sh")

    def test_the_hook_of_git(self):
        self.shell("git init -q && mkdir -p .git/hooks && cp "
                   f"{CI}/pre-commit/efface-check .git/hooks/pre-commit", 0)
        self.put("clean.dcm", part10(CLEAN, instance="2.25.77"))
        self.shell("git add data && git commit -qm clean", 0)
        self.put("a.dcm", part10(ultrasound()))
        self.shell("git add data", 0)
        self.put("a.dcm", part10(CLEAN, instance="2.25.77"))  # staged is what counts
        done = self.shell("git commit -qm identifying", 1)
        self.assertIn("data/a.dcm: (0010,0010)", done.stdout + done.stderr)
        self.shell("git add data && git commit -qm 'clean again'", 0)
        self.shell("git commit -q --allow-empty -m nothing", 0)

    def test_the_hook_of_pre_commit(self):
        (repo,) = yaml.safe_load((CI / "pre-commit-config.yaml").read_text())["repos"]
        (hook,) = repo["hooks"]
        self.assertEqual(hook["id"], "efface-check")
        self.shell("git init -q", 0)
        self.put("a b.dcm", part10(ultrasound()))
        self.put("clean.dcm", part10(CLEAN, instance="2.25.77"))
        self.shell("git add data", 0)
        program = CI / "pre-commit" / pathlib.Path(hook["entry"]).name
        self.shell(f"{program} 'data/a b.dcm' data/clean.dcm", 3, shell="sh")
        self.shell(f"{program} data/clean.dcm", 0, shell="sh")
        
        for name in ("data/a b.dcm", "sub-01/anat/a.nii.gz", "participants.tsv", "DICOM/IM0001"):
            self.assertRegex(name, hook["files"])
        self.assertNotRegex("src/main.cpp", hook["files"])


if __name__ == "__main__":
    unittest.main()
