#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A full disk, a read-only file, a lost one, a rival, a reader that never ends, a damaged
file: while it lasts nothing is acknowledged and the status says so; after the cure work
goes on by itself, and at the end each record is in the database exactly once."""
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time

from harness import (SIMULATOR, Daemon, Database, Terminal, equal, identity_of, input_records,
                     main, run, wait_until)
from test_fleet import check_once, stored

CURE_S = 60  # the store is at work again this long after the cure
CONFIG = {"log": {"level": "info"}, "terminals": {"interval": "300ms", "settle_time": "1s"}}
PAGE = 4096


class Fleet:
    """Simulated terminals whose meters go on being read while the trouble lasts."""

    def __init__(self, daemon, name="fleet", first=1, terminals=5, rounds=16):
        self.daemon = daemon
        self.ledger_path = os.path.join(daemon.directory, name + ".ledger")
        self.report_path = os.path.join(daemon.directory, name + ".report")
        self.process = subprocess.Popen(
            [SIMULATOR, "--connect", f"127.0.0.1:{daemon.port}", "--terminals", str(terminals),
             "--first-serial", str(first), "--meters", "3", "--history", "60",
             "--interval-ms", "300", "--records-total", str(60 + 3 * rounds),
             "--reconnect-ms", "200", "--exit-when-drained", "--ledger", self.ledger_path,
             "--report", self.report_path],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def ledger(self):
        with open(self.ledger_path, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def drain(self):
        """Until the terminals are read to their end; what each of them made."""
        equal(self.process.wait(timeout=120), 0, "exit code of the simulator")
        with open(self.report_path, encoding="utf-8") as file:
            totals = json.load(file)["totals"]
        equal(totals["deleted_unsent"], 0, f"deleted unsent, of {totals}")
        return self.ledger()

    def balance(self):
        """Each record that was ever made is in the log once."""
        ledger = self.drain()
        wait_until(lambda: self.daemon.status()["store"]["queued_bytes"] == 0, "an idle store")
        check_once(ledger, stored(self.daemon.database))


def store(daemon):
    return daemon.status()["store"]


def wait_committed(daemon, count):
    wait_until(lambda: store(daemon)["telegrams_new"] >= count, f"{count} telegrams")


def wait_trouble(daemon, name):
    """The trouble shows in the status, for programs and for people, and nothing is
    acknowledged any more."""
    status = wait_until(lambda: (s := store(daemon))["trouble"] == name and s, f"{name!r}")
    printed = run("status", "--config", daemon.config_path)
    equal(printed.returncode, 1, "exit code of readout status")
    for part in ("ATTENTION  the store is", name, "nothing is deleted", status["advice"]):
        assert part in printed.stdout, f"{part} is not in:\n{printed.stdout}"
    transactions = store(daemon)["transactions"]
    time.sleep(1)
    equal(store(daemon)["transactions"], transactions, "transactions while in trouble")


def wait_cure(daemon):
    begin = time.monotonic()
    wait_until(lambda: store(daemon)["state"] == "running", "work to go on", limit_s=CURE_S)
    print(f"# at work again {time.monotonic() - begin:.1f} s after the cure")


def wait_event(daemon, kind, count=1):
    """The details of events of this kind; each is in the log, too."""
    rows = wait_until(
        lambda: (r := daemon.database.rows("SELECT detail FROM events WHERE kind = ?", kind))
        and len(r) >= count and r, f"the event {kind}")
    assert daemon.log_lines(f"event={kind}"), f"{kind} is not in the log"
    return [row[0] for row in rows]


def check_told(daemon, word):
    """Both ends of the trouble were told."""
    began = wait_event(daemon, "store_trouble_began")
    assert word in " ".join(began), began
    wait_event(daemon, "store_trouble_ended", len(began))
    equal(daemon.log().count("ERROR: AddressSanitizer"), 0, "sanitizer")


def place_database(daemon, directory):
    path = os.path.join(directory, "readout.db")
    daemon.config["database"]["path"] = path
    daemon.database = Database(path)


@contextlib.contextmanager
def small_disk(directory, megabytes):
    """A file system of its own; None with a word why where we may not mount one."""
    os.mkdir(directory)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", directory],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"# skipped, needs the right to mount: {done.stderr.strip()}")
        yield None
        return
    try:
        yield directory
    finally:
        subprocess.run(["umount", "--lazy", directory], check=True)


def fill(directory, leave_percent):
    """Fills the file system up to so many percent free; 0: to the last byte."""
    with open(os.path.join(directory, "filler"), "ab", buffering=0) as file:
        while True:
            disk = os.statvfs(directory)
            spare = disk.f_bavail - disk.f_blocks * leave_percent // 100
            if spare <= 0:
                return
            with contextlib.suppress(OSError):
                file.write(bytes(spare * disk.f_frsize))


def test_full_disk():
    """a disk that fills up is announced at 10 and 5 %; full, nothing is lost; then it goes on"""
    daemon = Daemon(CONFIG)
    with small_disk(os.path.join(daemon.directory, "disk"), 16) as disk:
        if disk is None:
            shutil.rmtree(daemon.directory)
            return
        place_database(daemon, disk)
        with daemon, Fleet(daemon, rounds=24) as fleet:
            wait_committed(daemon, 30)
            equal(store(daemon)["disk_low_percent"], 0, "percent")
            fill(disk, 8)
            wait_until(lambda: store(daemon)["disk_low_percent"] == 10, "less than 10 %")
            equal(daemon.status_code(), 1, "exit code of readout status")
            fill(disk, 3)
            wait_until(lambda: store(daemon)["disk_low_percent"] == 5, "less than 5 %")
            fill(disk, 0)
            wait_trouble(daemon, "disk full")
            os.remove(os.path.join(disk, "filler"))
            wait_cure(daemon)
            check_told(daemon, "disk full")
            for kind in ("disk_low", "disk_very_low"):
                equal(len(wait_event(daemon, kind + "_began")), 1, kind)
                equal(len(wait_event(daemon, kind + "_ended")), 1, kind)
            fleet.balance()
            equal(daemon.status_code(), 0, "exit code of readout status")


def set_immutable(paths, sign):
    return subprocess.run(["chattr", sign + "i", *paths], capture_output=True, text=True,
                          check=False)


def test_read_only():
    """files that may not be written any more: nothing is lost, and it goes on by itself"""
    with Daemon(CONFIG) as daemon, Fleet(daemon) as fleet:
        wait_committed(daemon, 30)
        files = [daemon.database.path, daemon.database.path + "-wal"]
        done = set_immutable(files, "+")
        if done.returncode != 0:
            print(f"# skipped, needs chattr +i: {done.stderr.strip()}")
            return
        try:
            wait_trouble(daemon, "read-only")
        finally:
            equal(set_immutable(files, "-").returncode, 0, "chattr -i")
        wait_cure(daemon)
        check_told(daemon, "read-only")
        fleet.balance()


def test_lost_file():
    """a database moved away is missed before anything is acknowledged, and not made anew"""
    with Daemon(CONFIG) as daemon, Fleet(daemon) as fleet:
        path = daemon.database.path
        wait_committed(daemon, 30)
        os.rename(path, path + ".away")
        wait_trouble(daemon, "file gone")
        assert not os.path.exists(path), "an empty database was made"
        os.rename(path + ".away", path)
        wait_cure(daemon)
        check_told(daemon, "No such file")
        fleet.balance()


def test_replaced_file():
    """a copy put in the place of the database is not written into; the true file is"""
    with Daemon(CONFIG) as daemon, Fleet(daemon) as fleet:
        path = daemon.database.path
        wait_committed(daemon, 30)
        shutil.copy(path, path + ".copy")
        os.rename(path, path + ".true")
        os.rename(path + ".copy", path)
        with open(path, "rb") as file:
            before = file.read()
        wait_trouble(daemon, "file gone")
        with open(path, "rb") as file:
            equal(file.read() == before, True, "the copy as it was")
        os.rename(path + ".true", path)
        wait_cure(daemon)
        check_told(daemon, "another file")
        fleet.balance()


def test_foreign_writer():
    """another writer is noticed; while it locks the database nothing is acknowledged"""
    with Daemon(CONFIG) as daemon, Fleet(daemon, rounds=30) as fleet:
        wait_committed(daemon, 30)
        rival = sqlite3.connect(daemon.database.path, timeout=30, isolation_level=None)
        rival.execute("BEGIN IMMEDIATE")
        rival.execute("UPDATE terminal SET name = 'by hand'")
        wait_trouble(daemon, "locked")
        rival.execute("COMMIT")
        rival.close()
        wait_cure(daemon)
        check_told(daemon, "locked")
        wait_event(daemon, "foreign_writer")
        assert store(daemon)["foreign_writes"] > 0, "not counted"
        printed = run("status", "--config", daemon.config_path).stdout
        assert "another program wrote" in printed, printed
        fleet.balance()


def refuse(daemon, condition):
    """Rows that fulfil the condition cannot be stored; no real ones are known to."""
    with contextlib.closing(sqlite3.connect(daemon.database.path, timeout=30)) as rival:
        rival.execute(f"CREATE TRIGGER refuse BEFORE INSERT ON telegram WHEN {condition}"
                      " BEGIN SELECT RAISE(ABORT, 'refused for a test'); END")


def accept_again(daemon):
    with contextlib.closing(sqlite3.connect(daemon.database.path, timeout=30)) as rival:
        rival.execute("DROP TRIGGER refuse")


def wait_stored(daemon, terminal, records):
    wait_until(lambda: sorted(daemon.database.telegrams(terminal.serial))
               == sorted(map(identity_of, records)), f"{len(records)} records in the log")


def test_refused_record():
    """a record that cannot be stored stays in the terminal; all others are stored and told"""
    records = input_records(200)
    bad = records[70]
    others = records[:70] + records[71:]
    with Daemon(CONFIG) as daemon:
        refuse(daemon, f"new.sequence = {identity_of(bad)[1]}")
        terminal = Terminal("50-0000-0001", records, daemon.database)
        terminal.dial(daemon.port)
        wait_stored(daemon, terminal, others)
        equal(terminal.memory[:2], records[69:71], "the oldest ones left")
        new = input_records(3, 1461390000, 20000)
        terminal.add(*new)
        wait_stored(daemon, terminal, others + new)
        detail = wait_event(daemon, "record_refused")[0]
        for part in (str(identity_of(bad)[0]), str(identity_of(bad)[1]), "refused for a test"):
            assert part in detail, detail
        printed = run("status", "--config", daemon.config_path)
        equal(printed.returncode, 1, "exit code of readout status")
        assert "terminal 50-0000-0001 holds 1 record(s)" in printed.stdout, printed.stdout
        equal(daemon.status()["terminals"]["refused"], 1, "terminals in the status")
        accept_again(daemon)
        wait_stored(daemon, terminal, records + new)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        wait_event(daemon, "record_refused_ended")
        equal(len(wait_event(daemon, "record_refused")), 1, "told once")
        equal(daemon.status()["terminals"]["refused"], 0, "terminals in the status")
        equal(daemon.database.events(terminal.serial, "overlap_missing"), 0, "false alarms")
        equal(terminal.violations, [], "rules of deletion")


def test_refused_form():
    """a record whose decoded form cannot be stored is stored raw, and deleted like any other"""
    records = input_records(60)
    with Daemon(CONFIG) as daemon:
        sequence = identity_of(records[0])[1]
        refuse(daemon, f"new.vals IS NOT NULL AND new.sequence = {sequence}")
        terminal = Terminal("50-0000-0001", records, daemon.database)
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        wait_stored(daemon, terminal, records)
        wait_event(daemon, "record_stored_raw")
        equal(daemon.database.rows("SELECT vals, (SELECT text FROM word WHERE id = decode_status)"
                                   " FROM telegram JOIN origin ON origin.id = telegram.origin"
                                   " WHERE sequence = ?", sequence),
              [(None, "refused")], "the row")
        equal(daemon.status()["terminals"]["refused"], 0, "terminals in the status")


READER = """
import sqlite3, sys
db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, isolation_level=None)
db.execute("BEGIN")
db.execute("SELECT count(*) FROM telegram").fetchone()
print("reading", flush=True)
sys.stdin.read()
"""


def test_pinned_wal():
    """a reader that pins the WAL is named; when it ends the WAL is cut off"""
    with Daemon({**CONFIG, "database": {"wal_limit": "1MiB"}}) as daemon:
        with Fleet(daemon) as fleet:
            wait_committed(daemon, 30)
            with subprocess.Popen([sys.executable, "-c", READER, daemon.database.path],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
                equal(reader.stdout.readline(), b"reading\n", "the reader")
                wait_until(lambda: store(daemon)["wal_pinned_since_ms"] > 0, "it to be noticed")
                detail = wait_event(daemon, "wal_pinned_began")[0]
                assert f"process {reader.pid};" in detail, detail
                equal(store(daemon)["state"], "running", "state")
                equal(daemon.status_code(), 1, "exit code of readout status")
                reader.stdin.close()
            wait_until(lambda: store(daemon)["wal_pinned_since_ms"] == 0, "its end")
            wait_event(daemon, "wal_pinned_ended")
            fleet.balance()
            wait_until(lambda: store(daemon)["wal_bytes"] < 2 << 20, "the WAL to be cut off")


def damage(path):
    """Everything behind the first page is overwritten."""
    with open(path, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(PAGE)
        file.write(b"\xaa" * (size - PAGE))


def test_damaged_file():
    """a damaged database is not written any more and kept; with a backup it goes on"""
    daemon = Daemon(CONFIG)
    path = daemon.database.path
    with daemon:
        with Fleet(daemon, "before", rounds=0) as fleet:
            before = fleet.drain()
        equal(daemon.terminate(), 0, "exit code")
        shutil.copy(path, path + ".backup")
        daemon.start()
        damage(path)
        with open(path, "rb") as file:
            damaged = file.read()
        with Fleet(daemon, "after", first=100) as fleet:
            wait_trouble(daemon, "damaged")
            equal(store(daemon)["state"], "failed", "state")
            for word in ("readout verify", "readout restore"):
                assert daemon.log_lines("event=store_trouble_began", word), word
            equal(daemon.terminate(), 0, "exit code")
            with open(path, "rb") as file:
                equal(file.read() == damaged, True, "the damaged file as it was")
            for suffix in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.remove(path + suffix)
            os.rename(path + ".backup", path)
            daemon.start()
            after = fleet.drain()
        wait_until(lambda: store(daemon)["queued_bytes"] == 0, "an idle store")
        check_once(before + after, stored(daemon.database))


if __name__ == "__main__":
    main(globals())
