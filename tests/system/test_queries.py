#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Queries and labels from the command line, against a running daemon and without one."""
import contextlib
import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import time
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import (Daemon, READOUT, SIMULATOR, Terminal, equal, main, run,  # noqa: E402
                     wait_until)

TERMINALS = 3
RECORDS = 288  # three meters each, 96 records in each terminal


def ask(daemon, *words, code=0):
    done = run(*words, "--config", daemon.config_path)
    equal(done.returncode, code, f"{words}: {done.stdout}{done.stderr}")
    return done.stdout if code == 0 else done.stderr


def lines(daemon, *words):
    return [json.loads(line) for line in ask(daemon, *words, "--format", "jsonl").splitlines()]


def fill(daemon):
    """Readings of simulated terminals, stamped in the last hours."""
    subprocess.run([SIMULATOR, "--connect", f"127.0.0.1:{daemon.port}", "--terminals",
                    str(TERMINALS), "--history", "96", "--exit-when-drained"], check=True,
                   stdout=subprocess.DEVNULL, timeout=100)
    wait_until(lambda: daemon.database.one("SELECT count(*) FROM telegram") == RECORDS,
               "all records")


@contextlib.contextmanager
def filled():
    with Daemon() as daemon:
        fill(daemon)
        yield daemon


def addresses(daemon):
    return [row["meter"] for row in lines(daemon, "meters")]


def telegram(identification, manufacturer="6532", version="99", medium="06", value="00189113"):
    """A wired telegram of a water meter: one volume, in BCD."""
    wire = "".join(reversed(re.findall("..", identification)))
    body = f"080172{wire}{manufacturer}{version}{medium}5500000" "00C13" + value
    size = f"{len(body) // 2:02X}"
    checksum = sum(bytes.fromhex(body)) & 0xff
    return f"68{size}{size}68{body}{checksum:02X}16"


def record(stamp, sequence, hexadecimal):
    return f'"AMS",{stamp},{sequence},"MBUS",1,0,"","{hexadecimal}"'.encode()


def write(daemon, name, text):
    path = os.path.join(daemon.directory, name)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return path


def two_hours_ago():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 7200))


def test_filters():
    """every filter gives exactly the rows that SQL gives"""
    with filled() as daemon:
        everything = daemon.database.one("SELECT count(*) FROM readings")
        equal(len(lines(daemon, "readings")), everything, "all readings")
        meter = addresses(daemon)[0]
        begin = two_hours_ago()
        for words, where in (
                (("--meter", meter), f"meter = '{meter}'"),
                (("--meter", meter[:8]), f"meter = '{meter}'"),
                (("--meter", meter.lower()), f"meter = '{meter}'"),
                (("--terminal", "50-1945-0002"), "terminal = '50-1945-0002'"),
                (("--quantity", "energy"), "quantity = 'energy'"),
                (("--meter", meter, "--quantity", "volume"),
                 f"meter = '{meter}' AND quantity = 'volume'"),
                (("--since", begin), f"read_at >= '{begin}'"),
                (("--until", begin, "--terminal", "50-1945-0001"),
                 f"read_at < '{begin}' AND terminal = '50-1945-0001'")):
            found = [row["id"] for row in lines(daemon, "readings", *words)]
            expected = [row[0] for row in daemon.database.rows(
                f"SELECT id FROM readings WHERE {where}")]
            assert expected, where
            equal(sorted(found), sorted(expected), words)
        # The clock goes on while it is asked.
        begin, found = two_hours_ago(), lines(daemon, "readings", "--since", "2h")
        end = two_hours_ago()
        count = "SELECT count(*) FROM readings WHERE read_at >= ?"
        assert daemon.database.one(count, end) <= len(found) <= daemon.database.one(count, begin)
        equal(len(lines(daemon, "readings", "--limit", "7")), 7, "--limit")
        equal(list(lines(daemon, "readings", "--limit", "1", "--columns", "unit,value")[0]),
              ["unit", "value"], "--columns")


def test_latest():
    """--latest gives the newest of everything each meter measures"""
    with filled() as daemon:
        found = lines(daemon, "readings", "--latest")
        equal(len(found), daemon.database.one("SELECT count(*) FROM latest_readings"))
        meter = addresses(daemon)[0]
        newest = daemon.database.one(f"SELECT max(read_at) FROM readings WHERE meter = '{meter}'")
        rows = lines(daemon, "readings", "--latest", "--meter", meter)
        equal({row["read_at"] for row in rows}, {newest})
        equal({row["meter"] for row in rows}, {meter})


def test_formats():
    """the three formats carry the same cells; a table fits a screen of text"""
    with filled() as daemon:
        words = ("readings", "--terminal", "50-1945-0001", "--limit", "20")
        objects = lines(daemon, *words)
        text = ask(daemon, *words, "--format", "csv")
        assert "\r\n" in text or text.endswith("\n"), text
        rows = list(csv.DictReader(io.StringIO(text)))
        for row, expected in zip(rows, objects):
            equal(row["value_text"], expected["value_text"] or "")
            equal(row["meter"], expected["meter"])
        table = ask(daemon, *words, "--columns", "meter,value_text").splitlines()
        equal(len(table), 21)
        equal(table[1].split()[0], objects[0]["meter"])


def test_without_a_daemon():
    """questions and labels work when no daemon runs"""
    with filled() as daemon:
        daemon.terminate()
        equal(len(addresses(daemon)), 9)
        ask(daemon, "label", "place", "Main Street 5")
        ask(daemon, "label", "meter", addresses(daemon)[0], "--name", "cellar", "--place",
            "Main Street 5")
        equal([row["meter_name"] for row in lines(daemon, "meters", "--place", "Main Street 5")],
              ["cellar"])
        daemon.start()


def test_wrong_questions():
    """a wrong question is told what to do, and exits with 1 or 2"""
    with Daemon() as daemon:
        for words, code, text in (
                (("readings", "--meter", "4711"), 1, "readout meters"),
                (("readings", "--place", "nowhere"), 1, "readout places"),
                (("readings", "--terminal", "4711"), 1, "readout terminals"),
                (("meters", "--quantity", "volume"), 1, "cannot be filtered"),
                (("readings", "--since", "yesterday"), 2, "2024-03-01"),
                (("readings", "--format", "xml"), 2, "jsonl"),
                (("readings", "--limit", "many"), 2, "number"),
                (("readings", "--columns", "1;DROP"), 1, "names of columns"),
                (("meters", "--latest"), 2, "readings"),
                (("sql", "SELECT 1; SELECT 2"), 1, "one statement"),
                (("sql", "DELETE FROM telegram"), 1, "only read"),
                (("sql", "ATTACH 'x' AS y"), 1, "only read"),
                (("sql", "PRAGMA user_version = 7"), 1, "only read"),
                (("sql", "SELECT load_extension('x')"), 1, "not authorized"),
                (("sql", "SELECT nonsense"), 1, "no such column"),
                (("sql", " "), 1, "no statement"),
                (("label", "meter", "08031768", "--name", "x"), 1, "has been heard"),
                (("exchange", "a", "b"), 2, "a time")):
            message = ask(daemon, *words, code=code)
            assert text in message, (words, message)


def test_sql():
    """sql answers in every format, from an argument and from standard input"""
    with filled() as daemon:
        equal(lines(daemon, "sql", "SELECT count(*) AS n, 0.1 AS x, NULL AS y FROM meters"),
              [{"n": 9, "x": 0.1, "y": None}])
        done = subprocess.run([READOUT, "sql", "-", "--config", daemon.config_path, "--format",
                               "csv"], input="SELECT 'a,b' AS c -- comment\n;\n", text=True,
                              capture_output=True, check=True)
        equal(done.stdout.splitlines(), ["c", '"a,b"'])


def test_closed_pipe():
    """output into a pipe that is closed ends quietly, whoever ignores SIGPIPE"""
    with filled() as daemon:
        for restore in (True, False):
            process = subprocess.Popen(
                [READOUT, "sql", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                 " SELECT i FROM n", "--config", daemon.config_path, "--format", "csv"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, restore_signals=restore)
            equal(process.stdout.readline(), b"i\r\n")
            process.stdout.close()
            errors = process.stderr.read()
            process.wait(timeout=60)
            equal(errors, b"", "what it said")


def test_labels():
    """a file of labels comes back the same, changes nothing twice, and the views show it"""
    with filled() as daemon:
        first, second = sorted(row["meter"] for row in
                               lines(daemon, "meters", "--terminal", "50-1945-0001"))[:2]
        text = "kind,id,name,place,place_kind,from,to,start_reading,end_reading\r\n" \
            "place,Main Street 5,,,building,,,,\r\n" \
            "place,Main Street 5/Flat 3,,,flat,,,,\r\n" \
            "terminal,50-1945-0001,\"Cellar, left\",,,,,,\r\n" \
            f"meter,{first},Kitchen,Main Street 5/Flat 3,,1970-01-01T00:00:00Z,,,\r\n" \
            f"meter,{second},Hörsaal,Main Street 5,,1970-01-01T00:00:00Z,,,\r\n"
        path = write(daemon, "labels.csv", text)
        equal(ask(daemon, "label", "import", path, "--dry-run"),
              "5 would be changed, 0 as they were\n")
        equal(lines(daemon, "places"), [], "after a dry run")
        equal(ask(daemon, "label", "import", path), "5 changed, 0 as they were\n")
        equal(ask(daemon, "label", "import", path), "0 changed, 5 as they were\n")
        done = subprocess.run([READOUT, "label", "export", "--config", daemon.config_path],
                              capture_output=True, check=True)
        equal(done.stdout.decode(), text)
        rows = lines(daemon, "readings", "--place", "Flat 3", "--limit", "3")
        equal({(row["meter"], row["meter_name"], row["terminal_name"], row["place"])
               for row in rows},
              {(first, "Kitchen", "Cellar, left", "Main Street 5/Flat 3")})
        equal(len({row["meter"] for row in lines(daemon, "readings", "--place",
                                                 "Main Street 5")}), 2)
        ask(daemon, "label", "place", "Main Street 5", "--name", "Main Street 7")
        equal([row["place"] for row in lines(daemon, "meters", "--meter", "Kitchen")],
              ["Main Street 7/Flat 3"])


def test_wrong_labels():
    """every wrong line is told with file and line, and nothing is changed"""
    with filled() as daemon:
        meter = addresses(daemon)[0]
        path = write(daemon, "labels.csv", "id;kind;place\nHouse;place;\n"
                     f"{meter};meter;Flat 9\n4711;terminal;\n{meter};metre;House\n")
        message = ask(daemon, "label", "import", path, code=1)
        assert f"{path}:5: kind is place, terminal or meter, not metre" in message, message
        write(daemon, "labels.csv", "id;kind;place\nHouse;place;\n"
              f"{meter};meter;Flat 9\n4711;terminal;\n")
        message = ask(daemon, "label", "import", path, code=1)
        assert f"{path}:3: there is no place Flat 9" in message, message
        assert f"{path}:4: no terminal 4711" in message, message
        equal(lines(daemon, "places"), [], "places")
        write(daemon, "labels.csv", "kind,id,plase\n")
        message = ask(daemon, "label", "import", path, code=1)
        assert f"{path}:1: there is no column plase; did you mean place" in message, message


def test_exchange():
    """an exchange ends one stay and begins the next, with readings in the meter's unit"""
    with filled() as daemon:
        old = [row["meter"] for row in lines(daemon, "meters", "--terminal", "50-1945-0001")
               if row["medium"] == "warm water"][0]
        new = "12345678" + old[8:]
        ask(daemon, "label", "place", "House")
        ask(daemon, "label", "meter", old, "--name", "Bath", "--place", "House")
        words = ("exchange", old, new, "--at", "2026-01-01T12:00:00Z", "--end-reading", "508.5",
                 "--start-reading", "20 l")
        equal(ask(daemon, *words), "1 changed, 0 as they were\n")
        equal(ask(daemon, *words), "0 changed, 1 as they were\n")
        equal(daemon.database.rows(
            "SELECT address, from_at, to_at, start_reading, end_reading FROM meter_place"
            " JOIN meter ON meter.id = meter ORDER BY from_at"),
            [(old, 0, 1767268800, None, "508.5 m3"), (new, 1767268800, None, "0.020 m3", None)])
        equal([row["meter_name"] for row in lines(daemon, "meters", "--meter", new)], ["Bath"])
        heat = [row["meter"] for row in lines(daemon, "meters") if row["medium"] != "warm water"
                and row["meter"].startswith("08031769")][0]
        ask(daemon, "label", "meter", heat, "--place", "House")
        message = ask(daemon, "exchange", heat, "87654321" + heat[8:], "--at", "1h",
                      "--end-reading", "7", code=1)
        assert "say the unit" in message, message
        message = ask(daemon, "exchange", new, old, "--at", "1h", "--start-reading", "7 kWh",
                      code=1)
        assert "counts in m3, not in kWh" in message, message


def test_split():
    """a wired address at two terminals is an event, can be split and joined again"""
    with Daemon() as daemon:
        day = 86400
        begin = 1700000000
        hexadecimal = telegram("08031768")
        links = []
        for number, serial in enumerate(("T-1", "T-2")):
            terminal = Terminal(serial, [record(begin + day * n + number, n + 1, hexadecimal)
                                         for n in range(3)])
            links.append(terminal.dial(daemon.port))
        wait_until(lambda: daemon.database.one("SELECT count(*) FROM telegram") == 6, "records")
        equal(len(lines(daemon, "meters")), 1, "meters")
        events = [row for row in lines(daemon, "events") if row["kind"] == "address_conflict"]
        equal(len(events), 1, "events")
        address = "0803176865329906"
        assert f"readout meter split {address}" in events[0]["detail"], events
        equal(ask(daemon, "meter", "split", address), "1 changed, 0 as they were\n")
        equal(ask(daemon, "meter", "split", address), "0 changed, 1 as they were\n")
        equal(sorted(addresses(daemon)), [f"{address}@T-1", f"{address}@T-2"])
        for terminal in ("T-1", "T-2"):
            equal({row["terminal"] for row in
                   lines(daemon, "readings", "--meter", f"{address}@{terminal}")}, {terminal})
        equal(len({row["meter"] for row in lines(daemon, "readings", "--meter", address)}), 2)
        equal(daemon.database.one("SELECT count(*) FROM address_conflict"), 0)
        # What comes now goes to the meter of its terminal.
        links[1].terminal.add(record(begin + day * 5, 9, hexadecimal))
        wait_until(lambda: daemon.database.one("SELECT count(*) FROM telegram") == 7, "one more")
        equal(len(addresses(daemon)), 2)
        ask(daemon, "meter", "join", address)
        equal(addresses(daemon), [address])
        equal(len({row["id"] for row in lines(daemon, "readings", "--meter", address)}), 7)
        for link in links:
            link.close()


if __name__ == "__main__":
    main(globals())
