"""The container recipes: form, and that every package they install exists. No container is built."""
import pathlib
import re
import shlex
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECIPES = ROOT / "scripts" / "container"
INSTRUCTIONS = {"FROM", "RUN", "COPY", "LABEL", "USER", "ENTRYPOINT", "CMD", "SHELL", "WORKDIR", "ENV"}


def instructions(text):
    """(name, arguments) of a Dockerfile, with continued lines joined."""
    lines = "\n".join(l for l in text.splitlines() if not l.lstrip().startswith("#"))
    for line in lines.replace("\\\n", " ").splitlines():
        if line.strip():
            name, _, arguments = line.partition(" ")
            yield name, arguments.strip()


def installed(command):
    """Names of Debian packages that a line of shell installs; files apart."""
    for part in re.split(r"&&|;|\n", command):
        words = shlex.split(part)
        if words[:2] == ["apt-get", "install"]:
            assert "-y" in words and "--no-install-recommends" in words, part
            yield from (w for w in words[2:] if not w.startswith(("-", "/")))


class Recipes(unittest.TestCase):
    def setUp(self):
        self.docker = list(instructions((RECIPES / "Dockerfile").read_text()))
        self.definition = (RECIPES / "efface.def").read_text()

    def require_known(self, packages):
        self.assertTrue(packages)
        if shutil.which("apt-cache") is None:
            self.skipTest("SKIPPED: no apt-cache here")
        known = subprocess.run(["apt-cache", "show", "--no-all-versions", *sorted(packages)],
                               capture_output=True, text=True).stdout
        found = set(re.findall(r"^Package: (\S+)$", known, re.MULTILINE))
        if not found:
            self.skipTest("SKIPPED: no package lists here; apt-get update fetches them")
        self.assertEqual(packages - found, set())

    def test_dockerfile_is_well_formed(self):
        self.assertEqual({name for name, _ in self.docker} - INSTRUCTIONS, set())
        stages = [a for name, a in self.docker if name == "FROM"]
        self.assertEqual([s.split(" ")[0] for s in stages], ["debian:12", "debian:12"])
        self.assertEqual(self.docker[0][0], "FROM")
        for name, arguments in self.docker:
            if name == "RUN":
                checked = subprocess.run(["bash", "-n", "-c", arguments], capture_output=True)
                self.assertEqual(checked.returncode, 0, checked.stderr)
                if "apt-get update" in arguments:
                    self.assertIn("rm -rf", arguments)  # no lists of packages in a layer
            if name in ("ENTRYPOINT", "CMD", "SHELL"):
                self.assertRegex(arguments, r'^\["[^"]+"(, "[^"]+")*\]$')
            if name == "COPY" and "--from=" in arguments:
                self.assertIn("AS " + re.search(r"--from=(\w+)", arguments)[1], stages[0])
        self.assertIn(("USER", "nobody"), self.docker)

    def test_packages_of_the_dockerfile_exist(self):
        self.require_known({p for name, a in self.docker if name == "RUN" for p in installed(a)})

    def test_it_builds_with_what_setup_installs_to_build(self):
        setup = (ROOT / "scripts" / "setup.sh").read_text()
        listed = re.search(r"# to build\n(.*?)  # to test", setup, re.DOTALL)[1].split()
        packages = {p for name, a in self.docker if name == "RUN" for p in installed(a)}
        self.assertEqual(set(listed) - packages, set())

    def test_definition_is_well_formed(self):
        header = re.findall(r"^(\w+): (\S+)$", self.definition.split("%")[0], re.MULTILINE)
        self.assertEqual(header, [("Bootstrap", "docker"), ("From", "debian:12")])
        sections = dict(re.findall(r"^%(\w+)\n((?:    .*\n|\n)*)", self.definition, re.MULTILINE))
        self.assertEqual(set(sections), {"files", "post", "test", "runscript", "help"})
        for name in ("post", "test", "runscript"):
            checked = subprocess.run(["sh", "-n", "-c", sections[name]], capture_output=True)
            self.assertEqual(checked.returncode, 0, checked.stderr)
        self.require_known(set(installed(sections["post"])))


if __name__ == "__main__":
    unittest.main()
