"""The manual page and the program's own help name the same things, and the page renders."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

EFFACE = os.environ["EFFACE"]
ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "cmd" / "efface.1"
NAME = r"(?<![\w-])(--[a-z][a-z-]*|-[a-zA-Z])(?![\w-])"


def help_of(*command):
    return subprocess.run([EFFACE, *command, "--help"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def commands_in(text):
    """The subcommands that a help lists."""
    listed = re.search(r"^Subcommands:\n((?:  .*\n?)+)", text, re.MULTILINE)
    return re.findall(r"^  (\w+)", listed.group(1), re.MULTILINE) if listed else []


def all_helps(*command):
    """(command, help) for every command, at any depth."""
    text = help_of(*command)
    yield command, text
    for name in commands_in(text):
        yield from all_helps(*command, name)


def options_in_help(text):
    """Names of options, and for each line of options the values that it lists in braces."""
    options, values = set(), {}
    for line in re.findall(r"^  (-.*)$", text, re.MULTILINE):
        names = re.findall(NAME, re.split(r"\s", line, maxsplit=1)[0])
        options.update(names)
        braces = re.search(r"\{([\w,]+)\}", line)
        values[names[-1]] = braces.group(1).split(",") if braces else []
    return options, values


def plain(roff):
    """Text of a line of the page without its escapes."""
    return re.sub(r"\\f.|\\&|\"", "", roff.replace(r"\-", "-"))


class Page:
    def __init__(self):
        self.tags = {}  # section -> {tag line: its paragraph}
        section = tag = None
        is_tag = False
        for line in PAGE.read_text(encoding="utf-8").splitlines():
            if line.startswith('.\\"'):
                continue
            if line.startswith((".SH", ".SS")):
                if line.startswith(".SH"):
                    section = self.tags.setdefault(plain(line[4:]).strip(), {})
                tag = None
            elif line == ".TP":
                is_tag = True
            elif is_tag:
                is_tag, tag = False, plain(re.sub(r"^\.[BIR]+ ", "", line))
                section[tag] = ""
            elif tag is not None:
                section[tag] += plain(line) + "\n"

    def options(self, section):
        """Option -> the tag and text under which it stands."""
        return {name: tag + "\n" + text for tag, text in self.tags[section].items()
                for name in re.findall(NAME, tag)}


class ManPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.page = Page()
        cls.helps = dict(all_helps())

    def test_options_are_those_of_the_help(self):
        general, _ = options_in_help(self.helps[()])
        run, _ = options_in_help(self.helps[("run",)])
        self.assertGreater(len(run), 15)
        self.assertEqual(set(self.page.options("GENERAL OPTIONS")), general)
        self.assertEqual(set(self.page.options("OPTIONS OF RUN")), run - {"-h", "--help"})

    def test_options_of_other_commands_stand_in_a_section_of_their_own_or_in_that_of_run(self):
        of_run = set(self.page.options("OPTIONS OF RUN"))
        own = {}
        for command, text in self.helps.items():
            if command not in ((), ("run",)):
                own.setdefault(command[0], set()).update(options_in_help(text)[0] - {"-h", "--help"})
        for command, options in own.items():
            section = f"OPTIONS OF {command.upper()}"
            documented = set(self.page.options(section)) if section in self.page.tags else set()
            self.assertLessEqual(documented, options, command)
            self.assertLessEqual(options, documented | of_run, command)

    def test_values_are_those_of_the_help(self):
        _, values = options_in_help(self.helps[("run",)])
        documented = self.page.options("OPTIONS OF RUN")
        self.assertTrue(any(values.values()))
        for option, words in values.items():
            for word in words:
                self.assertRegex(documented[option], rf"\b{word}\b", option)

    def test_commands_are_those_of_the_help(self):
        leaves = {" ".join(command) for command, text in self.helps.items()
                  if command and not commands_in(text)}
        self.assertIn("key new", leaves)
        self.assertEqual(set(self.page.tags["COMMANDS"]), leaves)

    def test_shells_are_those_of_the_help(self):
        listed = re.search(r"SHELL.*\{([\w,]+)\}", self.helps[("completion",)]).group(1)
        for shell in listed.split(","):
            self.assertIn(shell, self.page.tags["COMMANDS"]["completion"])

    def test_exit_codes_are_those_of_the_program(self):
        code = (ROOT / "cmd" / "exit_codes.h").read_text(encoding="utf-8")
        codes = set(re.findall(r"constexpr int exit_\w+ =\s*(\d+);", code))
        self.assertIn("130", codes)
        self.assertEqual(set(self.page.tags["EXIT STATUS"]), codes)

    def test_version_is_that_of_the_project(self):
        cmake = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
        version = re.search(r"project\(efface VERSION ([\d.]+)", cmake).group(1)
        self.assertIn(f'"efface {version}"', PAGE.read_text(encoding="utf-8"))

    def test_it_renders_without_warnings(self):
        if shutil.which("groff") is None:
            self.skipTest("groff is not installed")
        done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", str(PAGE)], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        text = re.sub(r"\x1b\[[\d;]*m|.\x08", "", done.stdout)
        self.assertIn("--output DIR", text)
        self.assertIn("PATIENT/STUDY/SERIES/INSTANCE.dcm", text)


if __name__ == "__main__":
    unittest.main()
