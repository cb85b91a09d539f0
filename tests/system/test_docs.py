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
from harness import BUILD, ROOT, equal, main, run  # noqa: E402

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


# What an operator types on a machine where Readout is installed, said for the demo.
INSTALLED = (("/etc/readout/readout.json", "run/readout.json"), ("/var/lib/readout/", "run/"),
             (" readout.db", " run/readout.db"))
# Needs the running daemon; tests of their own have it.
NEEDS_DAEMON = re.compile(r"readout reload ")
# The demo has no address at two terminals, and is told so.
REFUSED = {"meter split": "nothing to split"}


def operator_commands(document):
    """The commands of a page for operators, as they are in the demo."""
    with open(os.path.join(ROOT, document), encoding="utf-8") as file:
        lines = [line[4:].rstrip() for line in file if line.startswith("    ")]
    for line in lines:
        command = re.sub(r"^readout ", "build/release/bin/readout ", line)
        if not re.match(r"(build/release/bin/readout|sqlite3) ", command):
            continue
        for here, demo in INSTALLED:
            command = command.replace(here, demo)
        if "--config" not in command and "meter split" in command:
            command += " --config run/readout.json"
        if not NEEDS_DAEMON.search(command):
            yield command


def write_imports(copy):
    with open(os.path.join(copy, "dump.txt"), "w", encoding="utf-8") as file:
        file.write('ATI4\r\n50-1945-0125\r\nOK\r\n'
                   '^SCDATA: "AMS",1461340261,12091,"AIN_DIN",1,0,"","131"\r\n')
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        telegram = re.search(r"decode ([0-9A-F]+)", file.read()).group(1)
    with open(os.path.join(copy, "list.hex"), "w", encoding="utf-8") as file:
        file.write(f"# one line\n{telegram}\n")
    with open(os.path.join(copy, "list.csv"), "w", encoding="utf-8") as file:
        file.write(f"time,hex\n2026-01-01T00:00:00Z,{telegram}\n")


def run_pages(copy):
    """Each command of the pages for operators, in their order."""
    write_imports(copy)
    for document in ("docs/queries.md", "docs/sql.md", "docs/operations.md", "docs/fleet.md"):
        found = list(operator_commands(document))
        assert found, document
        for command in found:
            done = shell(command, copy)
            refused = [text for what, text in REFUSED.items() if what in command]
            equal(done.returncode, int(bool(refused)),
                  f"{document}: {command}: {done.stdout}{done.stderr}")
            assert all(text in done.stderr for text in refused), done.stderr


def test_configurations():
    """each JSON block of docs/fleet.md is a configuration that check-config accepts"""
    with open(os.path.join(ROOT, "docs/fleet.md"), encoding="utf-8") as file:
        blocks = re.findall(r"```json\n(.*?)```", file.read(), re.DOTALL)
    assert blocks
    for block in blocks:
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "readout.json")
            with open(path, "w", encoding="utf-8") as file:
                file.write(block)
            done = run("check-config", path)
            equal(done.returncode, 0, f"docs/fleet.md: {done.stdout}{done.stderr}")


def test_readme():
    """each command of README.md and the pages for operators runs after the quickstart"""
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
        run_pages(copy)


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
