#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The daemon killed with -9 at any moment, 100 times, while it exports to CSV (one file a
batch, and files of many batches) and to an HTTPS server that stands for smart-me: in the
end nothing is missing anywhere, no row is twice in the files, and the server has at most
one duplicate a kill."""
import collections
import csv
import glob
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
# pylint: disable=wrong-import-position
from harness import IS_LONG, READOUT, Daemon, Terminal, equal, main, wait_until
from smartme_server import Service

WATER = ("685E5E6808007268170308653299068E0000000C13911800000B22730404046D3510E214326C00000C78"
         "6817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000"
         "000000000000027A2500027825004116")
POWER = ("684B4B680801721604021592B00102090000000C04790200008C1004790200008C2004000000001C0466"
         "0300009C1004660300009C2004000000002C0487000000AC100487000000AC2004000000008016")
KILLS = 500 if IS_LONG else 100
SEED = int(os.environ.get("READOUT_SEED") or 6)
LIFE_S = (0.01, 0.35)            # between the start and the kill
EACH = 12                        # records a life


def records(count, first):
    """Water and electricity in turn, a minute apart."""
    return [b'"AMS",%d,%d,"MBUS",1,0,"","%s"'
            % (1461340261 + 60 * n, n, (WATER, POWER)[n % 2].encode())
            for n in range(first, first + count)]


def start(daemon):
    with open(daemon.log_path, "ab") as log:
        daemon.process = subprocess.Popen(
            [READOUT, "serve", "--config", daemon.config_path], cwd=daemon.directory,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def dial(terminal, port):
    """Until the daemon listens; a link that a kill cuts is the daemon's loss alone."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return terminal.dial(port)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.002)


def rows_of(directory, pattern):
    """How often each reading stands in the published files; none of them is torn."""
    found = collections.Counter()
    for path in glob.glob(os.path.join(directory, pattern)):
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
        assert text.endswith("\r\n"), f"{path} is torn"
        for row in csv.DictReader(text.splitlines()):
            found[(row["id"], row["quantity"], row["function"], row["storage"], row["tariff"],
                   row["modifiers"], row["occurrence"], row["value"])] += 1
    return found


def check_files(daemon, directory, pattern):
    rows = rows_of(directory, pattern)
    twice = [row for row, times in rows.items() if times > 1]
    equal(twice, [], f"rows that stand twice in {pattern}")
    known = daemon.database.rows(
        "SELECT id, quantity, function, storage, tariff, coalesce(modifiers, ''), occurrence,"
        " coalesce(value_text, '') FROM readings")
    wanted = {tuple(str(cell if cell is not None else "") for cell in row) for row in known}
    missing = wanted - set(rows)
    equal(len(wanted), len(known), "readings that can be told apart")
    equal(missing, set(), f"readings missing in {pattern}")
    equal(len(rows), len(wanted), f"rows in {pattern}")
    return len(rows)


def check_manifests(directory, pattern):
    for path in glob.glob(os.path.join(directory, pattern)):
        with open(path, "rb") as file, open(path + ".sha256", encoding="ascii") as manifest:
            equal(manifest.read(), f"{hashlib.sha256(file.read()).hexdigest()}  "
                  f"{os.path.basename(path)}\n", "the manifest")


def kill_again_and_again(daemon, terminal, dice):
    made = len(terminal.memory)
    for _ in range(KILLS):
        terminal.add(*records(EACH, first=made + 1))
        made += EACH
        dial(terminal, daemon.port)
        time.sleep(dice.uniform(*LIFE_S))
        daemon.kill()
        terminal.hang_up()
        start(daemon)
    return made


def test_kill():
    """after 100 kills nothing is missing, and no row is twice in the files"""
    files = tempfile.mkdtemp(prefix="readout-")
    cloud = tempfile.mkdtemp(prefix="readout-")
    dice = random.Random(SEED)
    try:
        with Service(cloud) as service:
            config = {
                "log": {"level": "info"},
                "terminals": {"interval": "100ms", "settle_time": "1s"},
                "exporters": {
                    "each": {"plugin": "csv", "batch_age": "30ms", "batch_count": 7,
                             "options": {"directory": files, "prefix": "each"}},
                    "long": {"plugin": "csv", "batch_age": "20ms", "batch_count": 5,
                             "options": {"directory": files, "prefix": "long",
                                         "rotate_age": "150ms", "rotate_size": "64KiB",
                                         "manifest": True}},
                    "smartme": {"batch_age": "20ms", "batch_count": 5,
                                "options": {"base_url": service.url, "timeout": "2s",
                                            "ca_file": service.certificate,
                                            "min_interval": "0s",
                                            "api_key": Service.API_KEY}},
                }}
            with Daemon(config) as daemon:
                daemon.terminate()
                daemon.start()               # from now on always on the same port
                terminal = Terminal("50-0000-0001", records(EACH, 1), daemon.database)
                made = kill_again_and_again(daemon, terminal, dice)
                dial(terminal, daemon.port)
                wait_until(lambda: daemon.status_code() in (0, 1), "the last start")
                wait_until(lambda: daemon.database.one("SELECT count(*) FROM telegram") == made,
                           "all records to be stored")
                wait_until(lambda: all(e["lag_telegrams"] == 0
                                       for e in daemon.status()["exporters"]),
                           "everything to be delivered", limit_s=120)
                terminal.hang_up()
                rows = check_files(daemon, files, "each_*.csv")
                check_files(daemon, files, "long_*.csv")
                check_manifests(files, "long_*.csv")
                equal(glob.glob(os.path.join(files, ".*.part")), [], "parts left over")
                dates = collections.Counter()
                for (name, date, _, _), times in service.set().items():
                    dates[name, date] = max(dates[name, date], times)
                equal(len(dates), made, "values at the server")
                again = sum(times - 1 for times in dates.values())
                assert again <= KILLS, f"{again} duplicates at the server in {KILLS} kills"
                equal(service.violations, [], "requests against the description")
                print(f"# {KILLS} kills, {made} telegrams, {rows} rows, "
                      f"{len(glob.glob(os.path.join(files, 'each_*.csv')))} and "
                      f"{len(glob.glob(os.path.join(files, 'long_*.csv')))} files, "
                      f"{again} duplicates at the server")
    finally:
        shutil.rmtree(files)
        shutil.rmtree(cloud)


main(globals())
