#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The commands of the documents run, and do what the documents say."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import BUILD, ROOT, equal, main  # noqa: E402

# What a test must not do to the machine it runs on, and what runs us.
LEFT_OUT = re.compile(r"sudo |cmake |packages_install|^\./tests/run|^\./deploy/quickstart$")


def commands(document):
    """The indented commands of a document."""
    with open(os.path.join(ROOT, document), encoding="utf-8") as file:
        lines = [line[4:].rstrip() for line in file if line.startswith("    ")]
    return [line for line in lines if re.match(r"(\./|sqlite3 |build/release/bin/)", line)
            and not LEFT_OUT.search(line)]


def demo_copy(directory):
    """A copy of the tree whose build is the one under test: run/ stays out of the tree."""
    copy = os.path.join(directory, "readout")
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(
        "build", "run", ".git", "__pycache__"))
    return copy


def shell(command, directory):
    return subprocess.run(["bash", "-c", command], cwd=directory, text=True, check=False,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=500)


def test_readme():
    """each command of README.md runs after the quickstart, and the queries find rows"""
    with tempfile.TemporaryDirectory() as directory:
        copy = demo_copy(directory)
        first = shell("./deploy/quickstart --once", copy)
        equal(first.returncode, 0, f"quickstart: {first.stdout}{first.stderr}")
        assert re.search(r"│ 3 +│ 288 +│", first.stdout), first.stdout
        found = commands("README.md")
        assert len(found) >= 4, found
        for command in found:
            done = shell(command, copy)
            equal(done.returncode, 0, f"{command}: {done.stderr}")
            if "readings" in command:
                assert "volume" in command and " m3 " in done.stdout, done.stdout
            if "decode" in command:
                assert "1.891" in done.stdout, done.stdout


def test_help_names_every_command_of_the_readme():
    """the commands that README.md lists are those that readout --help lists"""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        rows = re.findall(r"^\| (`readout .*?) \|", file.read(), re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`(?:readout )?([a-z-]+)", row)}
    text = subprocess.run([os.path.join(BUILD, "bin", "readout"), "--help"], text=True,
                          check=True, capture_output=True).stdout
    equal(listed, set(re.findall(r"^  ([a-z-]+) ", text, re.MULTILINE)))


if __name__ == "__main__":
    main(globals())
