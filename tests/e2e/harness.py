"""What the end-to-end tests share: running the program, reading its manifest, comparing trees."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

EFFACE = os.environ["EFFACE"]
MAKE_STUDY = os.environ["MAKE_STUDY"]


def tree(directory):
    """Relative path -> SHA-256 of every released file below a directory (not the journal)."""
    root = pathlib.Path(directory)
    return {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(root.rglob("*"))
            if p.is_file() and ".efface" not in p.relative_to(root).parts}


class Case(unittest.TestCase):
    """A test with a scratch directory and a key of its own."""

    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="efface-e2e-"))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.key = self.scratch / "project.key"
        self.efface("key", "new", self.key)

    def efface(self, *arguments, expect=0, **kwargs):
        done = subprocess.run([EFFACE, *map(str, arguments)], capture_output=True, text=True,
                              timeout=300, **kwargs)
        if expect is None:  # finished, perhaps with something withheld
            self.assertIn(done.returncode, (0, 3), done.stderr[-2000:])
        else:
            self.assertEqual(done.returncode, expect, done.stderr[-2000:])
        return done

    def make(self, kind, *more, name=None):
        path = self.scratch / (name or kind)
        subprocess.run([MAKE_STUDY, "--output", path, "--kind", kind, *more], check=True)
        return path

    def run_on(self, *inputs, out="out", expect=0, more=()):
        output = self.scratch / out
        done = self.efface("run", *inputs, "--output", output, "--key", self.key, *more,
                           expect=expect)
        return output, json.loads((output / "manifest.json").read_text()), done
