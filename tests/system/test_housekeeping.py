#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Backup, verify, restore, retention, redecode and import, with the real daemon."""
import os
import re
import sqlite3
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import harness  # noqa: E402
from harness import Daemon, Database, Terminal, equal, input_records, wait_until  # noqa: E402

def command(daemon, *arguments, code=0):
    """A command with the daemon's configuration, in the daemon's directory."""
    done = harness.run(arguments[0], "--config", daemon.config_path, *arguments[1:],
                       cwd=daemon.directory)
    if done.returncode != code:
        raise AssertionError(f"{arguments}: exit code {done.returncode}, not {code}:\n"
                             f"{done.stdout}{done.stderr}")
    return done


class Load:
    """Terminals that get new records all the time; with-statement ends it."""

    def __init__(self, daemon, count=3):
        self.terminals = [Terminal(f"50-0000-{n:04}") for n in range(count)]
        self.daemon = daemon
        self.is_over = threading.Event()
        self.sent = 0
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.is_over.is_set():
            for terminal in self.terminals:
                terminal.add(*input_records(5, 1461340261 + 60 * self.sent, 1 + self.sent))
            self.sent += 5
            self.is_over.wait(0.02)

    def __enter__(self):
        for terminal in self.terminals:
            terminal.dial(self.daemon.port)
        self.thread.start()
        wait_until(lambda: self.stored() > 20, "records under load")
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()
        for terminal in self.terminals:
            terminal.hang_up()

    def stored(self):
        return self.daemon.database.one("SELECT count(*) FROM telegram")

    def settle(self):
        """Until everything that the terminals got is in the database."""
        self.is_over.set()
        self.thread.join()
        wanted = self.sent * len(self.terminals)
        wait_until(lambda: self.stored() == wanted, f"{wanted} telegrams")


def with_csv(**exporter):
    """A daemon with the exporter csv, or a broken one."""
    daemon = Daemon({"exporters": {"csv": {"batch_age": "0s",
                                           "options": {"directory": "csv"}, **exporter}}})
    os.mkdir(os.path.join(daemon.directory, "csv"))
    return daemon


def rows_of(path):
    return Database(path).rows("SELECT id, terminal, stamp, sequence, vals FROM telegram"
                               " ORDER BY id")


def test_backup():
    """a backup under load is one moment of the log, and the daemon goes on meanwhile"""
    with Daemon() as daemon, Load(daemon) as load:
        path = os.path.join(daemon.directory, "copy.db")
        done = command(daemon, "backup", "copy.db")
        assert "checked" in done.stdout, done.stdout
        copied = rows_of(path)
        equal(copied, daemon.database.rows(
            "SELECT id, terminal, stamp, sequence, vals FROM telegram WHERE id <= ?"
            " ORDER BY id", copied[-1][0]), "rows of the copy")
        equal([name for name in os.listdir(daemon.directory) if "copy.db" in name],
              ["copy.db"], "files beside the copy")
        before = load.stored()
        wait_until(lambda: load.stored() > before, "the daemon to go on")
        refused = command(daemon, "backup", "copy.db", code=1)
        assert "--force" in refused.stderr, refused.stderr
        equal(rows_of(path), copied, "the copy that was not replaced")
        command(daemon, "backup", "--force", "copy.db")
        assert len(rows_of(path)) > len(copied)
        for name in ("readout.db", "readout.db-wal"):
            refused = command(daemon, "backup", "--force", name, code=1)
            assert "belongs to the database" in refused.stderr, refused.stderr
        refused = command(daemon, "backup", "/nowhere/copy.db", code=1)
        assert "its user must be allowed" in refused.stderr, refused.stderr


def test_verify():
    """verify tells a sound database from a damaged one, with and without the daemon"""
    with Daemon() as daemon:
        with Load(daemon) as load:
            assert "sound" in command(daemon, "verify").stdout
            load.settle()
        command(daemon, "backup", "copy.db")
        daemon.terminate()
        path = os.path.join(daemon.directory, "copy.db")
        count = Database(path).one("SELECT count(*) FROM telegram")
        assert f"sound: {count} telegrams" in command(daemon, "verify").stdout
        assert "sound" in command(daemon, "verify", "copy.db").stdout
        with sqlite3.connect(path) as copy:
            copy.execute("UPDATE telegram SET vals = '[1,2]' WHERE id = 3")
            copy.execute("UPDATE telegram SET layout = 99 WHERE id = 4")
            copy.execute("INSERT INTO cursor VALUES ('csv', 1000000, 1000000)")
        copy.close()
        found = command(daemon, "verify", "copy.db", code=1).stdout
        for text in ("telegram 3: it has 2 values", "telegram 4: its layout",
                     "the exporter csv stands at", "DAMAGED: 3 problems"):
            assert text in found, found
        with open(path, "r+b") as file:  # a page of the log, in the middle
            file.seek(os.path.getsize(path) // 2 // 4096 * 4096)
            file.write(b"\xa5" * 4096)
        assert "DAMAGED" in command(daemon, "verify", "copy.db", code=1).stdout
        with open(path, "r+b") as file:
            file.write(b"no database")
        assert "DAMAGED" in command(daemon, "verify", "copy.db", code=1).stdout
        command(daemon, "verify", "missing.db", code=3)
        daemon.start()


def test_restore():
    """a whole restore drill: back up, lose the database, restore, go on"""
    with with_csv() as daemon:
        with Load(daemon) as load:
            command(daemon, "backup", "copy.db")
            before = load.stored()
            wait_until(lambda: load.stored() > before, "records after the backup")
            refused = command(daemon, "restore", "copy.db", code=1)
            assert "is held by process" in refused.stderr, refused.stderr
            daemon.kill()  # so that the write-ahead log holds what is kept
            path = daemon.database.path
            with open(path, "rb") as file, open(path + "-wal", "rb") as wal:
                old, old_wal = file.read(), wal.read()
            last = daemon.database.one("SELECT max(id) FROM telegram")
            with open(os.path.join(daemon.directory, "bad.db"), "wb") as file:
                file.write(old[:8192] + b"\xa5" * 8192 + old[16384:])
            command(daemon, "restore", "bad.db", code=1)
            with open(path, "rb") as file:
                equal(file.read() == old, True, "the database after a refused restore")
            done = command(daemon, "restore", "copy.db")
            kept = re.search(r"is kept as (\S+)\.", done.stdout).group(1)
            with open(kept, "rb") as file, open(kept + "-wal", "rb") as wal:
                equal((file.read() == old, wal.read() == old_wal), (True, True),
                      "what is kept")
            assert "sound" in command(daemon, "verify").stdout
            equal(daemon.database.one("SELECT count(*) FROM events"
                                      " WHERE kind = 'restored'"), 1, "event")
            daemon.start()
            for terminal in load.terminals:
                terminal.dial(daemon.port)
            wait_until(lambda: daemon.database.one("SELECT max(id) FROM telegram") > last,
                       "new telegrams behind all positions that were ever given")
            assert "sound" in command(daemon, "verify").stdout


def test_restore_interrupted():
    """a restore that was killed half-way is noticed, and done again"""
    with Daemon() as daemon:
        with Load(daemon) as load:
            load.settle()
        command(daemon, "backup", "copy.db")
        rows = rows_of(daemon.database.path)
        daemon.terminate()
        path = daemon.database.path
        with open(path + ".restoring", "wb") as file:
            file.write(b"20260101T000000Z")
        os.rename(path, path + ".replaced-20260101T000000Z")
        done = subprocess.run([harness.READOUT, "serve", "--config", daemon.config_path],
                              cwd=daemon.directory, capture_output=True, text=True,
                              timeout=60, check=False)
        equal(done.returncode, 1, "exit code of the daemon")
        assert "was interrupted" in done.stderr + done.stdout, done
        command(daemon, "restore", "copy.db")
        equal(rows_of(path), rows, "the log")
        daemon.start()


if __name__ == "__main__":
    harness.main(globals())
