#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Backup, verify, restore, retention, redecode and import, with the real daemon."""
import csv
import os
import re
import sqlite3
import subprocess
import sys
import threading
import time

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

    def __init__(self, daemon, count=3, stamp=1461340261):
        self.stamp = stamp
        self.terminals = [Terminal(f"50-1111-{n:04}") for n in range(count)]
        self.daemon = daemon
        self.is_over = threading.Event()
        self.sent = self.before = 0
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.is_over.is_set():
            for terminal in self.terminals:
                terminal.add(*input_records(5, self.stamp + 60 * self.sent, 1 + self.sent))
            self.sent += 5
            self.is_over.wait(0.02)

    def __enter__(self):
        self.before = self.stored()
        for terminal in self.terminals:
            terminal.dial(self.daemon.port)
        self.thread.start()
        wait_until(lambda: self.stored() > self.before + 20, "records under load")
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()
        for terminal in self.terminals:
            terminal.hang_up()

    def stored(self):
        return self.daemon.database.one("SELECT count(*) FROM telegram")

    def settle(self, gone=0):
        """Until everything that the terminals got is in the database."""
        self.is_over.set()
        self.thread.join()
        wanted = self.before - gone + self.sent * len(self.terminals)
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
            copy.execute("UPDATE telegram SET origin = 99 WHERE id = 4")
            copy.execute("INSERT INTO cursor (exporter, position, announced) VALUES ('csv', 1000000, 1000000)")
        copy.close()
        found = command(daemon, "verify", "copy.db", code=1).stdout
        for text in ("telegram 3: it has 2 values", "telegram 4: its origin",
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


WATER = ("685E5E6808007268170308653299068E0000000C13911800000B22730404046D3510E214326C00000C"
         "786817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD17"
         "0000000000000000027A2500027825004116")
RADIO = "44B409466316140A077A9B0800000C1305000000"


def write(daemon, name, text):
    with open(os.path.join(daemon.directory, name), "w", encoding="latin-1",
              newline="") as file:
        file.write(text)


def dump_of(records, serial="50-0000-0000"):
    """What a terminal program saves: echoes, results, prompts, noise around."""
    lines = ["", "ATI4", "", serial, "", "OK", 'AT^SCDATA="GET_OLDEST",50', "garbage \"",
             *(f"^SCDATA: {record.decode()}" for record in records), "OK", "", "AT^SCAMS?",
             '^SCAMS: 1> 2,"MBUS","*15020416@2400","1M"', "OK"]
    return "\r\n".join(lines) + "\r\n"


def test_import_dump():
    """records of a dump are known when the terminal delivers them, and the reverse"""
    block = b'"AMS",1463246887,48962,"IEC62056-21",1,0,"ZE310","F.F(000000)\r\n1.8.1(0000002.7#kWh)\r\n"'
    mbus = b'"AMS",1449585962,4,"MBUS",1,0,"","' + WATER.encode() + b'"'
    unset = [harness.input_record(120, n, 7) for n in (3, 4, 5)]
    records = [*unset, mbus, *input_records(8), block]
    with Daemon() as daemon:
        terminal = Terminal("50-0000-0000", records[:2] + records[6:9])
        terminal.dial(daemon.port)
        count = "SELECT count(*) FROM telegram"
        wait_until(lambda: daemon.database.one(count) == 5, "what the terminal has")
        terminal.hang_up()
        write(daemon, "dump.txt", dump_of(records))
        done = command(daemon, "import", "dump.txt")
        assert f"{len(records) - 5} new, 5 known, 0 bad" in done.stdout, done.stdout
        assert f"0 new, {len(records)} known" in command(daemon, "import", "dump.txt").stdout
        equal(daemon.database.one("SELECT count(*) FROM readings WHERE obis = '1.8.1'"), 1)
        again = Terminal("50-0000-0000", records + input_records(1, 1500000000, 99999))
        again.dial(daemon.port)
        wait_until(lambda: daemon.database.one(count) == len(records) + 1, "the new one")
        again.hang_up()
        write(daemon, "cut.txt", dump_of([mbus[:80], mbus[:-20] + b'"', records[-2], b"what"]))
        done = command(daemon, "import", "cut.txt", code=1)
        assert "0 new, 1 known, 3 bad" in done.stdout, done.stdout
        for line in (9, 10, 12):
            assert f"cut.txt:{line}: " in done.stderr, done.stderr
        write(daemon, "nameless.txt", "\n".join(f"^SCDATA: {r.decode()}" for r in records[:3]))
        assert "--terminal" in command(daemon, "import", "nameless.txt", code=1).stderr
        done = command(daemon, "import", "--terminal", "50-0000-0000", "nameless.txt")
        assert "0 new, 3 known" in done.stdout, done.stdout
        daemon.terminate()
        assert f"0 new, {len(records)} known" in command(daemon, "import", "dump.txt").stdout
        assert "sound" in command(daemon, "verify").stdout
        daemon.start()


def test_import_hex():
    """hex lists and CSV are known by file and line, and an import that was stopped goes on"""
    with Daemon() as daemon:
        spaced = " ".join(WATER[n:n + 2] for n in range(0, len(WATER), 2))
        lines = ["# a list", WATER, "", spaced, RADIO, f"{len(RADIO) // 2:02X}" + RADIO,
                 WATER[:-2] + "17", "68"]
        write(daemon, "list.hex", "\n".join(lines))
        done = command(daemon, "import", "list.hex", code=1)
        assert "4 new, 0 known, 2 bad" in done.stdout, done.stdout
        for line in (7, 8):
            assert f"list.hex:{line}: " in done.stderr, done.stderr
        done = command(daemon, "import", "list.hex", code=1)
        assert "0 new, 4 known, 2 bad" in done.stdout, done.stdout
        equal(daemon.database.rows("SELECT DISTINCT raw FROM telegram JOIN origin"
                                   " ON origin.id = origin JOIN word ON word.id = kind"
                                   " WHERE text = 'wmbus'"), [(bytes.fromhex(RADIO),)])
        rows = ["when;terminal;hex"] + [
            f'"2020-01-{n + 1:02} 00:00:00Z";"T{n % 3}";{WATER}' for n in range(20)]
        write(daemon, "list.csv", "\r\n".join(rows))
        done = command(daemon, "import", "--time-column", "when", "list.csv")
        assert "20 new" in done.stdout, done.stdout
        equal(daemon.database.rows("SELECT terminal, min(read_at), max(read_at) FROM readings"
                                   " WHERE terminal = 'T1' GROUP BY terminal"),
              [("T1", "2020-01-02T00:00:00Z", "2020-01-20T00:00:00Z")])
        write(daemon, "bad.csv", "a,b\n1,2\n")
        assert "--hex-column" in command(daemon, "import", "bad.csv", code=1).stderr
        count = 40000
        write(daemon, "long.hex", (WATER + "\n") * count)
        with subprocess.Popen([harness.READOUT, "import", "--config", daemon.config_path,
                               "long.hex"], cwd=daemon.directory,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
            wait_until(lambda: daemon.database.one("SELECT coalesce(max(lines), 0) FROM"
                                                   " import_file") > 100, "a part of the file")
            child.kill()
        found = daemon.database.one("SELECT count(*) FROM telegram") - 24
        assert 0 < found < count, found
        done = command(daemon, "import", "long.hex")
        new, known = (int(n) for n in re.match(r"(\d+) new, (\d+) known", done.stdout).groups())
        equal((new + known, known >= found), (count, True), "lines after going on")
        equal(daemon.database.one("SELECT count(*) FROM telegram") - 24, count)
        assert "sound" in command(daemon, "verify").stdout


# The example of OMS volume 2, with the link's CRCs and encrypted in mode 5.
SECRET = ("2E44931578563412330333637A2A0020255923C95AAA26D1B2E7493BC2AD013EC4A6F6D3529B520EDFF0EA"
          "6DEFC955B29D6D69EBF3EC8A")
SECRET_KEY = "0102030405060708090A0B0C0D0E0F11"
# As terminals keep it: blocks of 10 and 16 bytes, without CRCs and L field.
SECRET_RECORD = SECRET[2:20] + "".join(SECRET[n:n + 32] for n in (24, 60)) + SECRET[96:-4]


def give_key(daemon):
    """Restarts the daemon with the key of the meter."""
    if daemon.process.poll() is None:
        daemon.terminate()
    path = os.path.join(daemon.directory, "key")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
        file.write(SECRET_KEY)
    daemon.config["meters"] = {"12345678": {"key": {"file": path}}}
    daemon.start()


def revisions(daemon):
    return daemon.database.rows("SELECT revision, count(*) FROM telegram GROUP BY revision")


def exported(daemon):
    """(telegram, revision) of all rows that the exporter csv has written."""
    found = []
    directory = os.path.join(daemon.directory, "csv")
    for name in sorted(os.listdir(directory)):
        with open(os.path.join(directory, name), encoding="utf-8", newline="") as file:
            found += [(int(row["id"]), int(row["revision"])) for row in csv.DictReader(file)]
    return set(found)


def test_redecode():
    """with a new key the past is decoded anew, in the order of before, and exported again"""
    with with_csv() as daemon:
        unset = [harness.input_record(120, n, 7) for n in (3, 4)]
        secret = b'"WMBUS",%d,%d,-68,46,"' + SECRET_RECORD.encode() + b'"'
        records = [secret % (100, 1), *unset, secret % (1467365701, 10506),
                   *input_records(3, 1467365702, 10507)]
        terminal = Terminal("50-0000-0000", records)
        terminal.dial(daemon.port)
        wait_until(lambda: sum(n for _, n in revisions(daemon)) == len(records), "records")
        terminal.hang_up()
        write(daemon, "list.hex", f"{SECRET}\n{WATER}\n" * 100)
        command(daemon, "import", "list.hex")
        total = 200 + len(records)
        ids = daemon.database.rows("SELECT telegram.id FROM telegram JOIN origin ON origin.id = origin"
                                   " WHERE layout <> 0")
        give_key(daemon)
        with Load(daemon) as load:
            done = command(daemon, "redecode", "--meter", "12345678")
            assert done.stdout.startswith("102 telegrams read otherwise"), done.stdout
            load.settle()
            more = load.stored() - total
        equal(revisions(daemon), [(0, total + more - 102), (1, 102)])
        equal(daemon.database.rows("SELECT telegram.id FROM telegram JOIN origin ON origin.id = origin"
                                   " WHERE layout <> 0 AND telegram.id <= ? AND revision = 0",
                                   ids[-1][0]), ids, "what was not changed")
        equal(daemon.database.one("SELECT count(DISTINCT id) FROM readings WHERE revision = 1"
                                  " AND meter LIKE '12345678%' AND value IS NOT NULL"), 102)
        wait_until(lambda: len([1 for _, r in exported(daemon) if r == 1]) == 102,
                   "the corrections to be exported")
        assert "0 telegrams read otherwise" in command(daemon, "redecode").stdout
        again = Terminal("50-0000-0000", records + input_records(1, 1500000000, 99999))
        count = load.stored()
        again.dial(daemon.port)
        wait_until(lambda: load.stored() == count + 1, "the one that is new")
        equal(daemon.database.one("SELECT count(*) FROM telegram WHERE stamp = 120"), 2)
        again.hang_up()
        assert "sound" in command(daemon, "verify").stdout


def test_redecode_killed():
    """decoding anew, killed half-way, goes on and does everything once"""
    with Daemon() as daemon:
        count = 60000 if harness.IS_LONG else 15000
        write(daemon, "list.hex", (SECRET + "\n") * count)
        command(daemon, "import", "list.hex")
        give_key(daemon)
        with subprocess.Popen([harness.READOUT, "redecode", "--config", daemon.config_path],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
            wait_until(lambda: len(revisions(daemon)) == 2, "some to be decoded")
            daemon.kill()
            child.wait()
        done = daemon.database.one("SELECT count(*) FROM telegram WHERE revision = 1")
        assert 0 < done < count, done
        daemon.start()
        done = command(daemon, "redecode")
        assert "not finished" in done.stdout and f"{count} telegrams" in done.stdout, done.stdout
        equal(revisions(daemon), [(1, count)])
        assert "sound" in command(daemon, "verify").stdout


def aged(daemon, **ages):
    """Restarts the daemon with ages of raw telegrams and readings, in days."""
    daemon.terminate()
    daemon.config["database"]["retention"] = {key: f"{days}d" for key, days in ages.items()}
    daemon.start()


def days_ago(days):
    return int(time.time()) - days * 86400


def test_retention():
    """what is old goes in slices under load, and is known when it comes again"""
    with with_csv() as daemon:
        old = input_records(1200, days_ago(500), 1)
        middle = input_records(30, days_ago(200), 5000)
        new = input_records(5, days_ago(2), 6000)
        unset = [harness.input_record(120, n, 7) for n in (7000, 7001)]
        terminal = Terminal("50-0000-0000", old + middle + new + unset)
        terminal.dial(daemon.port)
        count = "SELECT count(*) FROM telegram"
        total = len(old + middle + new + unset)
        wait_until(lambda: daemon.database.one(count) == total, "the records")
        wait_until(lambda: daemon.database.one("SELECT position FROM cursor") == total,
                   "all to be exported")
        terminal.hang_up()
        assert "for ever" in command(daemon, "retention").stdout
        aged(daemon, raw=100, readings=400)
        done = command(daemon, "retention", "--dry-run")
        assert "1200 telegrams would go with their readings, 30 would stay" in done.stdout, \
            done.stdout
        equal(daemon.database.one(count), total, "after a dry run")
        with Load(daemon, stamp=days_ago(30)) as load:
            done = command(daemon, "retention")
            assert done.stdout.startswith("1200 telegrams went"), done.stdout
            load.settle(gone=1200)
        equal(daemon.database.one("SELECT count(*) FROM telegram WHERE raw = x''"), 30)
        equal(daemon.database.one("SELECT count(*) FROM readings WHERE terminal ="
                                  " '50-0000-0000'"), 37)
        stored = daemon.database.one(count)
        late = harness.input_record(days_ago(450), 9000, 1)  # its clock was set back
        again = Terminal("50-0000-0000", [*old, *middle, *new, *unset, late])
        again.dial(daemon.port)
        wait_until(lambda: daemon.database.one(count) == stored + 1, "the new one alone")
        again.hang_up()
        other = Terminal("50-0000-0001", old[:70])
        other.dial(daemon.port)
        wait_until(lambda: daemon.database.one(count) == stored + 71,
                   "the history of a terminal that is new")
        other.hang_up()
        daemon.terminate()
        assert "0 telegrams went" not in command(daemon, "retention").stdout
        assert "sound" in command(daemon, "verify").stdout
        daemon.start()


def test_retention_exporters():
    """nothing goes that an exporter lacks, unless it is best effort or no longer configured"""
    with with_csv(enabled=False) as daemon:
        records = input_records(41, days_ago(500), 1)
        terminal = Terminal("50-0000-0000", records[:40])
        terminal.dial(daemon.port)
        count = "SELECT count(*) FROM telegram"
        wait_until(lambda: daemon.database.one(count) == 40, "the records")
        terminal.hang_up()
        aged(daemon, readings=400)
        done = command(daemon, "retention")
        assert done.stdout.startswith("0 telegrams went"), done.stdout
        assert "40 are old enough" in done.stdout, done.stdout
        daemon.terminate()
        with sqlite3.connect(daemon.database.path) as database:
            database.execute("INSERT INTO cursor (exporter, position, announced) VALUES ('csv', 10, 10)")
        database.close()
        daemon.start()
        assert command(daemon, "retention").stdout.startswith("10 telegrams went")
        equal(daemon.database.one(count), 30)
        passed = "SELECT count(*) FROM events WHERE kind = 'retention_passed'"
        equal(daemon.database.one(passed), 0)
        daemon.config["exporters"]["csv"]["best_effort"] = True
        aged(daemon, readings=400)
        assert command(daemon, "retention").stdout.startswith("30 telegrams went")
        equal((daemon.database.one(count), daemon.database.one(passed)), (0, 1))
        again = Terminal("50-0000-0000", records)
        again.dial(daemon.port)
        wait_until(lambda: daemon.database.one(count) == 1, "the last record, which is new")
        again.hang_up()
        del daemon.config["exporters"]["csv"]
        aged(daemon, readings=400)
        assert command(daemon, "retention").stdout.startswith("1 telegrams went")
        equal(daemon.database.one(passed), 1, "an exporter is told once")


if __name__ == "__main__":
    harness.main(globals())
