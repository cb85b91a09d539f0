#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Exporters of the running daemon under the operator's hand, against sinks that are stopped
dead, and a plugin that is built outside the tree."""
import csv
import glob
import gzip
import json
import os
import re
import shutil
import subprocess
import tempfile

from harness import BUILD, ROOT, Daemon, Terminal, equal, main, run, wait_until

WATER = ("685E5E6808007268170308653299068E0000000C13911800000B22730404046D3510E214326C00000C78"
         "6817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000"
         "000000000000027A2500027825004116")


def records(count, first=1):
    return [b'"AMS",%d,%d,"MBUS",1,0,"","%s"' % (1461340261 + 60 * n, n, WATER.encode())
            for n in range(first, first + count)]


def csv_exporter(directory, **options):
    return {"plugin": "csv", "batch_age": "20ms", "options": {"directory": directory, **options}}


def read_all(daemon, *given):
    terminal = Terminal("50-0000-0001", given, daemon.database)
    terminal.dial(daemon.port)
    wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
    terminal.hang_up()
    return terminal


def command(daemon, *words):
    done = run("exporter", *words, "--config", daemon.config_path)
    equal(done.returncode, 0, f"exporter {' '.join(words)}: {done.stderr}")
    return done.stdout


def exporter(daemon, name="csv"):
    return {e["name"]: e for e in daemon.status()["exporters"]}[name]


def drained(daemon, name="csv"):
    wait_until(lambda: exporter(daemon, name)["lag_telegrams"] == 0, "everything delivered")


class Files:
    """A directory for what is exported."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="readout-files-")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def names(self, pattern="*"):
        return sorted(os.path.basename(p) for p in glob.glob(os.path.join(self.path, pattern)))

    def rows(self, pattern="*.csv"):
        found = []
        for name in self.names(pattern):
            with open(os.path.join(self.path, name), encoding="utf-8-sig", newline="") as file:
                found += list(csv.DictReader(file))
        return found


# ---- the operator's hand ----

def test_orders():
    """pause outlives a restart, resume and reset do what they say, list and status show it"""
    with Files() as files, Daemon({"exporters": {"csv": csv_exporter(files.path)}}) as daemon:
        command(daemon, "pause", "csv")
        read_all(daemon, *records(5))
        daemon.terminate()
        daemon.start()
        wait_until(lambda: exporter(daemon)["state"] == "paused", "paused after the restart")
        equal(files.names(), [], "files of a paused exporter")
        assert re.search(r"csv +csv +paused", command(daemon, "list")), command(daemon, "list")
        command(daemon, "resume", "csv")
        drained(daemon)
        once = len(files.rows())
        assert once > 0
        command(daemon, "reset", "csv", "--from", "2000-01-01")
        wait_until(lambda: exporter(daemon)["delivered"] == 10, "the second delivery")
        drained(daemon)
        equal(len(files.rows()), once, "rows: the same range is the same file")
        listed = json.loads(command(daemon, "list", "--format", "json"))
        equal(listed[0]["position"], 5, "position")
        assert "waiting" in command(daemon, "status")
        equal(run("exporter", "pause", "nobody", "--config", daemon.config_path).returncode, 1,
              "exit code of an order to nobody")


def test_preview_and_help():
    """test shows what would be sent without a daemon, help the table of options"""
    with Files() as files, Daemon({"exporters": {"csv": csv_exporter(files.path)}}) as daemon:
        command(daemon, "pause", "csv")
        read_all(daemon, *records(3))
        daemon.terminate()
        shown = command(daemon, "test", "csv")
        assert "1.891" in shown and "0803176865329906" in shown, shown
        equal(files.names(), [], "files")
        shown = command(daemon, "help", "csv")
        assert "rotate_size" in shown and "(required)" in shown, shown
        assert "smartme" in command(daemon, "help")
        daemon.start()


# ---- what files look like ----

def test_filter_and_wide_layout():
    """a filter by quantity and a wide template give the table that was asked for"""
    columns = ["meter", {"heading": "Stand", "quantity": "volume", "storage": 0},
               {"heading": "Stichtag", "quantity": "volume", "storage": 1}]
    with Files() as files:
        wide = csv_exporter(files.path, layout="wide", columns=columns, delimiter=";",
                            decimal=",", bom=True)
        none = csv_exporter(files.path, prefix="none")
        none["filter"] = {"media": ["gas"]}
        with Daemon({"exporters": {"csv": wide, "none": none}}) as daemon:
            read_all(daemon, *records(3))
            drained(daemon)
            with open(os.path.join(files.path, files.names("readings*")[0]), "rb") as file:
                text = file.read()
            assert text.startswith("\ufeffmeter;Stand;Stichtag\r\n".encode()), text
            assert b"0803176865329906;1,891;1,874\r\n" in text, text
            drained(daemon, "none")
            equal(files.names("none*"), [], "files of what fits no filter")


def test_rotation_gzip_manifest():
    """a file is ended by age, packed, and its manifest holds"""
    with Files() as files:
        options = {"rotate_age": "1s", "gzip": True, "manifest": True, "time_zone": "local"}
        with Daemon({"time_zone": "Europe/Berlin",
                     "exporters": {"csv": csv_exporter(files.path, **options)}}) as daemon:
            read_all(daemon, *records(30))
            drained(daemon)
            equal(len(files.names("*.csv.gz")), 1, "files")
            done = subprocess.run(["sha256sum", "-c", *files.names("*.sha256")], cwd=files.path,
                                  capture_output=True, text=True, check=False)
            equal(done.returncode, 0, done.stdout + done.stderr)
            with gzip.open(os.path.join(files.path, files.names("*.gz")[0]), "rt") as file:
                assert "2016-04-22T17:52:01+02:00" in file.read()


# ---- upload ----

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"


class Server:
    """A real sshd for one key, on a free port, as whoever runs the test."""

    def __init__(self, directory):
        self.key = os.path.join(directory, "key")
        host = os.path.join(directory, "host")
        for path in (self.key, host):
            subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-m", "PEM", "-N", "", "-f", path],
                           check=True)
        os.makedirs("/run/sshd", exist_ok=True)
        import socket  # pylint: disable=import-outside-toplevel
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        shutil.copy(self.key + ".pub", os.path.join(directory, "authorized"))
        with open(host + ".pub", encoding="ascii") as file:
            kind, text = file.read().split()[:2]
        self.known_hosts = os.path.join(directory, "known_hosts")
        with open(self.known_hosts, "w", encoding="ascii") as file:
            file.write(f"[127.0.0.1]:{self.port} {kind} {text}\n")
        config = os.path.join(directory, "sshd_config")
        with open(config, "w", encoding="ascii") as file:
            file.write(f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {host}\n"
                       f"AuthorizedKeysFile {directory}/authorized\nStrictModes no\nUsePAM no\n"
                       "PermitRootLogin yes\nSubsystem sftp internal-sftp\nPidFile none\n")
        self.process = subprocess.Popen([SSHD, "-D", "-e", "-f", config],
                                        stderr=subprocess.DEVNULL)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def test_upload():
    """files go to a real SSH server, whole, also after it was away"""
    if not os.path.exists(SSHD):
        print("# skipped: no sshd on this machine (package openssh-server)")
        return
    with Files() as keys, Files() as files, Files() as there:
        server = Server(keys.path)
        try:
            user = subprocess.run(["id", "-un"], capture_output=True, text=True,
                                  check=True).stdout.strip()
            sink = csv_exporter(files.path, upload_url=f"sftp://127.0.0.1:{server.port}"
                                f"{there.path}/", upload_user=user, upload_key=server.key,
                                upload_known_hosts=server.known_hosts, manifest=True)
            with Daemon({"exporters": {"csv": sink}}) as daemon:
                read_all(daemon, *records(5))
                drained(daemon)
                equal(there.names(), files.names(), "files at the server")
                equal(there.rows(), files.rows(), "rows at the server")
                command(daemon, "reset", "csv", "--from", "2000-01-01")
                wait_until(lambda: exporter(daemon)["delivered"] >= 10, "the second upload")
                drained(daemon)
                equal(there.names(".*"), [], "parts at the server")
        finally:
            server.stop()


# ---- sinks that are stopped dead ----

DEAD = """
#include <stdlib.h>
#include "exporters/exporter.h"
struct dead { const struct exporter_host *host; int answers; };
static const struct exporter_option options[] = {
	{ "answers", EXPORTER_BOOLEAN, NULL, "false: is silent for ever" },
	{ NULL, EXPORTER_TEXT, NULL, NULL },
};
static void *create(const struct exporter_host *host, const char *const *values,
		    char error[EXPORTER_ERROR_MAX])
{
	struct dead *dead = calloc(1, sizeof *dead);
	(void)error;
	if (dead)
		*dead = (struct dead){ host, values[0][0] == 't' };
	return dead;
}
static void deliver(void *self, const struct exporter_batch *batch,
		    struct exporter_delivery *delivery)
{
	struct dead *dead = self;
	if (dead->answers)
		dead->host->answer(delivery, 0, batch->count, EXPORTER_RETRY, 0, "never");
}
static const struct exporter_plugin plugin = {
	.abi = EXPORTER_ABI, .size = sizeof plugin, .name = "dead", .help = "takes nothing",
	.options = options, .create = create, .deliver = deliver, .destroy = free,
};
const struct exporter_plugin *readout_exporter(void)
{
	return &plugin;
}
"""


def installed(directory):
    """What `cmake --install` gives; the environment in which pkg-config finds it."""
    stage = os.path.join(directory, "stage")
    subprocess.run(["cmake", "--install", BUILD], env={**os.environ, "DESTDIR": stage},
                   check=True, capture_output=True)
    found = glob.glob(f"{stage}/**/readout-exporter.pc", recursive=True)
    equal(len(found), 1, "readout-exporter.pc")
    return {**os.environ, "PKG_CONFIG_PATH": os.path.dirname(found[0]),
            "PKG_CONFIG_SYSROOT_DIR": stage}


def build_plugin(directory, name, text):
    source = os.path.join(directory, name + ".c")
    with open(source, "w", encoding="utf-8") as file:
        file.write(text)
    line = (f"gcc -std=c17 -Wall -Wextra -Werror -shared -fPIC"
            f" $(pkg-config --cflags readout-exporter) -o {name}.so {name}.c")
    done = subprocess.run(["bash", "-c", line], cwd=directory, env=installed(directory),
                          capture_output=True, text=True, check=False)
    equal(done.returncode, 0, done.stderr)


def test_dead_sinks():
    """with all sinks dead for a day, terminals are collected and memory does not grow"""
    with Files() as plugins:
        build_plugin(plugins.path, "dead", DEAD)
        sinks = {name: {"plugin": "dead", "batch_age": "10ms", "batch_count": 100,
                        "options": {"answers": answers}}
                 for name, answers in (("silent", False), ("failing", True))}
        with Daemon({"exporter_directory": plugins.path, "exporters": sinks}) as daemon:
            # A day of 20 meters that are read every quarter of an hour.
            half, day = 960, 1920
            read_all(daemon, *records(half))
            before = daemon.memory_kib()
            read_all(daemon, *records(day - half, first=half + 1))
            equal(daemon.database.one("SELECT count(*) FROM telegram"), day, "telegrams")
            grown = daemon.memory_kib() - before
            assert grown < 2048, f"{grown} KiB more for the second half of the day"
            for name in sinks:
                equal(exporter(daemon, name)["delivered"], 0, "delivered")
            assert exporter(daemon, "failing")["state"] in ("backing off", "broken",
                                                            "delivering")


# ---- outside the tree ----

def test_plugin_of_the_document():
    """the plugin of docs/plugins.md is built with the installed header, and works"""
    with open(os.path.join(ROOT, "docs", "plugins.md"), encoding="utf-8") as file:
        source = re.search(r"```c\n(.*?)```", file.read(), re.DOTALL).group(1)
    with Files() as plugins:
        build_plugin(plugins.path, "count", source)
        lines = os.path.join(plugins.path, "lines")
        config = {"exporter_directory": plugins.path, "exporters": {"batches": {
            "plugin": "count", "batch_age": "10ms", "options": {"file": lines}}}}
        with Daemon(config) as daemon:
            read_all(daemon, *records(3))
            drained(daemon, "batches")
        with open(lines, encoding="ascii") as file:
            counted = sum(int(re.search(r": (\d+) tel", line).group(1)) for line in file)
        equal(counted, 3, "telegrams counted")


main(globals())
