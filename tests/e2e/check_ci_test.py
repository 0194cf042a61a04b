"""What scripts/ci/ offers is run: the shell of the workflow and of the pipeline with the program, the hook
in a repository of git and by pre-commit itself; and the reports that they hand on are what SARIF and JUnit
want.

SARIF: no package of Debian 12 holds OASIS' schema, so reports are validated against our own writing of what
efface uses (sarif_2_1_0.schema.json). That was compared by hand with the copy of OASIS'
sarif-schema-2.1.0.json that SchemaStore keeps (npm: jest-sarif): each of our objects has no property that is
not theirs, the same required ones (physicalLocation wants artifactLocation here, and artifactLocation or
address there), the same types and enumerations; theirs lets runs be null. Reports of real data, of an empty
data set and of pictures (0 to 2,270 results) were valid against that copy. At test time ours is held against the
classes that Debian's python3-torch has, which were generated from OASIS' schema.

JUnit: there is no official schema. JUNIT below is written after junit-10.xsd of Jenkins' xUnit plugin and
surefire-test-report-3.0.xsd of Maven Surefire (which has no testsuites and wants a time of each case);
reports of the same data were valid against the former by xmllint."""
import ast
import importlib.util
import json
import os
import pathlib
import shutil
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
# element -> (required attributes, other attributes, children)
JUNIT = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped"},
                  {"time", "timestamp", "hostname", "id", "package", "file", "log", "url", "group"},
                  {"testcase", "properties", "system-out", "system-err"}),
    "testcase": ({"name", "time"}, {"classname", "group"},
                 {"failure", "skipped", "error", "system-out", "system-err"}),
    "failure": ({"type"}, {"message"}, set()),
    "system-out": (set(), set(), set()),
}


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

    def shell(self, script, expect, *shell, **variables):
        """As GitHub's runners start it; `shell`: another one."""
        (self.scratch / "step").write_text(script)
        command = shell or ("bash", "--noprofile", "--norc", "-eo", "pipefail")
        done = subprocess.run([*command, self.scratch / "step"], cwd=self.repository, text=True,
                              env=self.environment | variables, capture_output=True)
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
        (fetch,) = [step for step in steps if "checkout" in step.get("uses", "")]
        self.assertIs(fetch["with"]["lfs"], True)
        for step in steps:  # https://json.schemastore.org/github-workflow.json, as far as it is used
            self.assertEqual(("run" in step) + ("uses" in step), 1, step)
            self.assertLessEqual(set(step), {"name", "if", "uses", "with", "run", "shell", "env"})
        for step in steps[2:]:
            self.assertIn("always()", step["if"])
        self.assertLessEqual(set(workflow), {"name", True, "permissions", "jobs"})  # YAML 1.1: on
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
        self.assertEqual(len({r["partialFingerprints"]["primaryLocationLineHash"] for r in results}),
                         len(results))
        self.shell(script, 0, EFFACE_CHECK_OPTIONS="--fail-on face,pixels.text")
        self.accept()
        self.shell(script, 0)
        (self.repository / ".efface-baseline.json").write_text("{}")
        report.unlink()
        self.shell(script, 2)
        self.assertFalse(report.exists())  # so that no upload follows

    def test_sarif_of_an_empty_data_set_and_of_text(self):
        self.put("notes.txt", b"fine\nfor Dr. Mustermann\n")
        for path, line in (("data", 2), ("data/none", None)):
            (self.repository / "data" / "none").mkdir(exist_ok=True)
            done = self.shell(f"efface check {path} --fail-on none --format sarif", 0)
            sarif = json.loads(done.stdout)
            jsonschema.Draft7Validator(SARIF).validate(sarif)
            places = [r["locations"][0]["physicalLocation"] for r in sarif["runs"][0]["results"]]
            self.assertEqual([p["region"]["startLine"] for p in places], [line] if line else [])

    def test_the_schema_of_these_tests_has_what_oasis_has(self):
        torch = importlib.util.find_spec("torch")
        models = torch and (pathlib.Path(torch.origin).parent / "onnx" / "_internal" /
                            "diagnostics" / "infra" / "sarif")
        if not models or not models.is_dir():
            self.skipTest("python3-torch, which has SARIF's classes, is not installed")
        ours = SARIF["definitions"]
        location = ours["location"]["properties"]
        physical = location["physicalLocation"]
        for name, mine in {
                "sarif_log": SARIF, "run": ours["run"], "tool": ours["run"]["properties"]["tool"],
                "tool_component": ours["toolComponent"], "message": ours["message"],
                "multiformat_message_string": ours["multiformatMessageString"],
                "reporting_descriptor": ours["reportingDescriptor"],
                "reporting_configuration":
                    ours["reportingDescriptor"]["properties"]["defaultConfiguration"],
                "result": ours["result"], "location": ours["location"], "physical_location": physical,
                "artifact_location": physical["properties"]["artifactLocation"],
                "region": physical["properties"]["region"],
                "logical_location": location["logicalLocations"]["items"]}.items():
            with self.subTest(name):
                required, every = self.properties_of(models / f"_{name}.py")
                self.assertGreater(len(every), 1)
                self.assertLessEqual(set(mine["properties"]), every)
                self.assertLessEqual(required, set(mine.get("required", [])))

    @staticmethod
    def properties_of(path):
        """(required, all) of a class that was generated from a schema."""
        required, every = set(), set()
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.AnnAssign) or not isinstance(node.value, ast.Call):
                continue
            given = {word.arg: word.value for word in node.value.keywords}
            name = ast.literal_eval(given["metadata"])["schema_property_name"]
            every.add(name)
            if not {"default", "default_factory"} & set(given):
                required.add(name)
        return required, every

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
        self.shell(script, 3, "sh", "-e")
        for element in ElementTree.parse(report).getroot().iter():
            required, more, children = JUNIT[element.tag]
            self.assertLessEqual(required, set(element.attrib))
            self.assertLessEqual(set(element.attrib), required | more)
            self.assertLessEqual({child.tag for child in element}, children)
        cases = list(ElementTree.parse(report).getroot().iter("testcase"))
        self.assertEqual([case.get("name") for case in cases], ["data/a.dcm"])
        (failure,) = cases[0].findall("failure")  # readers look at the first alone
        self.assertGreater(len(failure.text.splitlines()), 1)
        self.assertLessEqual(set(pipeline), {"stage", "tags", "variables", "script", "artifacts"})
        self.accept()
        self.shell(script, 0, "sh", "-e")

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
        self.shell(f"{program} 'data/a b.dcm' data/clean.dcm", 3, "sh", "-e")
        self.shell(f"{program} data/clean.dcm", 0, "sh", "-e")
        for name in ("data/a b.dcm", "sub-01/anat/a.nii.gz", "participants.tsv", "DICOM/IM0001",
                     "a_physio.tsv.gz", "scan.bmp", "letter.docx", "report.PDF".lower()):
            self.assertRegex(name, hook["files"])
        self.assertNotRegex("src/main.cpp", hook["files"])

    @unittest.skipIf(shutil.which("pre-commit") is None, "pre-commit is not installed")
    def test_pre_commit_itself_runs_the_hook(self):
        scripts = self.repository / "scripts"
        scripts.mkdir()
        shutil.copy(CI / "pre-commit" / "efface-check", scripts)
        shutil.copy(CI / "pre-commit-config.yaml", self.repository / ".pre-commit-config.yaml")
        home = {"PRE_COMMIT_HOME": str(self.scratch / "home"), "HOME": str(self.scratch)}
        self.shell("git init -q && pre-commit validate-config && pre-commit install", 0, **home)
        self.put("clean.dcm", part10(CLEAN, instance="2.25.77"))
        self.shell("git add . && git commit -qm clean", 0, **home)
        self.put("a b.dcm", part10(ultrasound()))
        done = self.shell("git add data && git commit -qm identifying", 1, **home)
        self.assertIn("data/a b.dcm: (0010,0010)", done.stdout + done.stderr)
        self.assertNotIn("clean.dcm", done.stdout + done.stderr)
        self.accept()
        self.shell("git commit -qm accepted", 0, **home)


if __name__ == "__main__":
    unittest.main()
