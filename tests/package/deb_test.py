"""The Debian package, installed by dpkg below a root of its own and used: a run on a made-up head, the
manual, completion; and removed."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["EFFACE_BUILD"])
MAKE_STUDY = os.environ["MAKE_STUDY"]


def run(*command, **kwargs):
    return subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=300, **kwargs)


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(tempfile.mkdtemp(prefix="efface-deb-"))
        cls.addClassCleanup(shutil.rmtree, cls.scratch, ignore_errors=True)
        # Without dpkg-shlibdeps, which takes long; .ci/run builds the package with it.
        made = run("cpack", "-G", "DEB", "-B", cls.scratch / "package", "--config",
                   BUILD / "CPackConfig.cmake", "-D", "CPACK_DEBIAN_PACKAGE_SHLIBDEPS=OFF", cwd=BUILD)
        assert made.returncode == 0, made.stdout + made.stderr
        [cls.deb] = (cls.scratch / "package").glob("efface_*.deb")
        cls.root = cls.scratch / "root"
        (cls.root / "var" / "lib" / "dpkg" / "updates").mkdir(parents=True)
        (cls.root / "var" / "lib" / "dpkg" / "status").touch()
        installed = cls.dpkg("--install", cls.deb)
        assert installed.returncode == 0, installed.stderr
        cls.efface = cls.root / "usr" / "bin" / "efface"

    @classmethod
    def dpkg(cls, *arguments):
        """What it depends on is not below this root; .ci/run asks apt whether Debian has it."""
        return run("dpkg", f"--root={cls.root}", "--force-not-root", "--force-depends",
                   "--force-bad-path", f"--log={cls.scratch}/dpkg.log", *arguments)

    def test_dpkg_knows_all_of_it_and_removes_it_again(self):
        self.assertIn("ii  efface", self.dpkg("--list", "efface").stdout)
        self.assertEqual(self.dpkg("--verify", "efface").stdout, "")
        listed = self.dpkg("--listfiles", "efface").stdout.split()
        self.assertIn("/usr/bin/efface", listed)
        self.assertTrue([f for f in listed if f.startswith("/usr/share/efface/models/")], listed)
        gone = self.dpkg("--purge", "efface")
        try:
            self.assertEqual(gone.returncode, 0, gone.stderr)
            self.assertFalse((self.root / "usr").exists())
        finally:
            self.dpkg("--install", self.deb)  # for the other tests

    def test_a_run_from_the_installed_package(self):
        study, key, output = (self.scratch / n for n in ("study", "project.key", "out"))
        run(MAKE_STUDY, "--output", study)
        self.assertEqual(run(self.efface, "key", "new", key).returncode, 0)
        healthy = run(self.efface, "doctor", "--key", key, "--output", output)
        self.assertEqual(healthy.returncode, 0, healthy.stdout)
        done = run(self.efface, "run", study, "--output", output, "--key", key)
        self.assertEqual(done.returncode, 3, done.stderr)  # a screenshot and a text are withheld
        self.assertEqual(run(self.efface, "manifest", "verify", output).returncode, 0)
        self.assertIn('"verdict":"removed"', (output / "manifest.json").read_text())

    def test_the_manual(self):
        page = self.root / "usr" / "share" / "man" / "man1"
        [page] = page.glob("efface.1*")
        if shutil.which("man") is None:
            self.skipTest("SKIPPED: man is not installed")
        shown = run("man", "--warnings", "-l", page, env={**os.environ, "MANWIDTH": "100"})
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertEqual(shown.stderr, "")
        self.assertIn("efface doctor", shown.stdout)

    def complete(self, *words):
        script = self.root / "usr" / "share" / "bash-completion" / "completions" / "efface"
        # Sourced in a fresh shell, asked as readline asks.
        asked = run("bash", "--norc", "-c",
                    'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _efface; '
                    'complete -p efface >&2; printf "%s\\n" "${COMPREPLY[@]}"', script, *words,
                    cwd=self.scratch)
        self.assertEqual(asked.returncode, 0, asked.stderr)
        self.assertIn("_efface efface", asked.stderr)
        return asked.stdout.split()

    def test_completion(self):
        self.assertIn("doctor", self.complete("efface", "do"))
        self.assertEqual(self.complete("efface", "run", "--summ"), ["--summary"])
        self.assertIn("merge", self.complete("efface", "manifest", "me"))
        for place in ("zsh/vendor-completions/_efface", "fish/vendor_completions.d/efface.fish"):
            self.assertIn("doctor", (self.root / "usr" / "share" / place).read_text())

    def test_what_it_says_of_itself(self):
        fields = run("dpkg-deb", "--field", self.deb).stdout
        self.assertIn("Package: efface\n", fields)
        self.assertIn("tesseract-ocr-eng", fields)


if __name__ == "__main__":
    unittest.main()
