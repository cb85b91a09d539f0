#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The decoder as others get it: installed, found by pkg-config, and used by the example of
docs/library.md from C and from C++."""
import glob
import os
import re
import shutil
import subprocess
import tempfile

from harness import BUILD, ROOT, equal, main

WFH21 = ("685E5E6808007268170308653299068E0000000C13911800000B22730404046D3510E214326C00000C"
         "786817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD17"
         "0000000000000000027A2500027825004116")


def execute(*command, **options):
    done = subprocess.run(command, text=True, capture_output=True, check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


class Installed:
    """What `cmake --install` gives, under a prefix of its own."""

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="readout-library-")
        stage = os.path.join(self.directory, "stage")
        execute("cmake", "--install", BUILD, env={**os.environ, "DESTDIR": stage})
        found = glob.glob(f"{stage}/**/readout-protocol.pc", recursive=True)
        equal(len(found), 1, "readout-protocol.pc")
        self.environment = {**os.environ, "PKG_CONFIG_PATH": os.path.dirname(found[0]),
                            "PKG_CONFIG_SYSROOT_DIR": stage}
        self.libraries = os.path.dirname(os.path.dirname(found[0]))
        self.include = glob.glob(f"{stage}/**/include/readout", recursive=True)[0]
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.directory)

    def flags(self, *arguments):
        return execute("pkg-config", *arguments, env=self.environment).split()

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


def example():
    with open(os.path.join(ROOT, "docs", "library.md"), encoding="utf-8") as file:
        return re.findall(r"```c\n(.*?)```", file.read(), re.DOTALL)[0]


def check_example(installed, *compiler):
    source = installed.write("example.c", example())
    program = os.path.join(installed.directory, "example")
    execute(*compiler, "-Wall", "-Wextra", "-Werror", source, "-o", program,
            *installed.flags("--cflags", "--libs", "readout-protocol"))
    environment = {**os.environ, "LD_LIBRARY_PATH": installed.libraries}
    lines = execute(program, WFH21, env=environment).splitlines()
    equal(lines[0], "volume 1.891 m3", "first line")
    equal(lines[-1], "08031768 ok", "last line")


def test_c():
    """the example of docs/library.md is built by gcc and decodes"""
    with Installed() as installed:
        equal(example().count("\n") <= 35, True, "the example is short")
        check_example(installed, "gcc", "-std=c17", "-Wpedantic")


def test_cpp():
    """the same example is built by g++ and decodes"""
    with Installed() as installed:
        check_example(installed, "g++", "-std=c++17", "-Wpedantic", "-x", "c++")


def test_archive():
    """the archive can be linked without the shared library and without LTO"""
    with Installed() as installed:
        for shared in glob.glob(f"{installed.libraries}/*.so*"):
            os.unlink(shared)
        check_example(installed, "gcc", "-std=c17", "-fno-lto")


def test_headers():
    """each installed header can be included alone, by C and by C++"""
    with Installed() as installed:
        headers = glob.glob("protocol/**/*.h", root_dir=installed.include, recursive=True)
        equal(len(headers) > 15, True, "headers are there")
        for header in headers:
            for language, standard in (("c", "c17"), ("c++", "c++17")):
                source = installed.write("alone.c", f"#include <{header}>\n")
                execute("gcc", "-x", language, f"-std={standard}", "-Wall", "-Wextra",
                        "-Wpedantic", "-Werror", "-fsyntax-only", source,
                        *installed.flags("--cflags", "readout-protocol"))


if __name__ == "__main__":
    main(globals())
