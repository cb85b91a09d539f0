#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The daemon among its neighbours: a second one, signals, the control socket, the
commands, and the CSV files."""
import collections
import csv
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import tempfile
import threading
import time

from harness import (BUILD, READOUT, Daemon, Hang, Terminal, equal, input_records, main, run,
                     wait_until)

WFH21 = ("685E5E6808007268170308653299068E0000000C13911800000B22730404046D3510E214326C00000C78"
         "6817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000"
         "000000000000027A2500027825004116")
PRO380 = ("684B4B680801721604021592B00102090000000C04790200008C1004790200008C2004000000001C0466"
          "0300009C1004660300009C2004000000002C0487000000AC100487000000AC2004000000008016")


def mbus_records(count, first=1):
    return [b'"AMS",%d,%d,"MBUS",1,0,"","%s"'
            % (1461340261 + 60 * n, n, (WFH21, PRO380)[n % 2].encode())
            for n in range(first, first + count)]


def read_all(daemon, serial, records):
    """A terminal whose records have all been read."""
    terminal = Terminal(serial, records, daemon.database)
    terminal.dial(daemon.port)
    wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
    return terminal


# ---- one daemon ----

def test_second_daemon():
    """a second daemon on the same database is refused, and the first goes on"""
    with Daemon() as daemon:
        changed = dict(daemon.config, control={"path": daemon.socket_path + "2"})
        path = os.path.join(daemon.directory, "second.json")
        with open(path, "w", encoding="ascii") as file:
            json.dump(changed, file)
        second = run("serve", "--config", path)
        equal(second.returncode, 1, "exit code")
        for word in ("cannot_start", "another Readout", str(daemon.process.pid)):
            assert word in second.stderr, f"{word} is not in: {second.stderr}"
        read_all(daemon, "50-0000-0001", input_records(5))
        equal(os.path.exists(daemon.socket_path + "2"), False, "its socket")


def test_same_config():
    """a second daemon with the same configuration does not take the control socket away"""
    with Daemon() as daemon:
        equal(run("serve", "--config", daemon.config_path).returncode, 1, "exit code")
        equal(daemon.status_code(), 0, "status of the first")


def test_port_taken():
    """a port that is taken is a clear message and exit code 1, and leaves no socket"""
    with socket.socket() as taken, tempfile.TemporaryDirectory() as directory:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        path = os.path.join(directory, "readout.json")
        with open(path, "w", encoding="ascii") as file:
            json.dump({"listeners": {"main": {"address": "127.0.0.1",
                                              "port": taken.getsockname()[1]}}}, file)
        done = run("serve", "--config", path, cwd=directory)
        equal(done.returncode, 1, "exit code")
        assert str(taken.getsockname()[1]) in done.stderr, done.stderr
        assert "address already in use" in done.stderr, done.stderr
        equal(os.path.exists(os.path.join(directory, "readout.sock")), False, "a socket")


def test_stop_commits():
    """SIGTERM: exit code 0, and whatever had arrived whole is in the database"""
    records = input_records(500)
    half = threading.Event()

    def stall(link, command):
        if "GET_OLDEST" not in command:
            return None
        link.send(terminal.record_lines(records[:40]))
        half.set()
        raise Hang

    with Daemon() as daemon:
        terminal = Terminal("50-0000-0001", records, hook=stall)
        link = terminal.dial(daemon.port)
        assert half.wait(60), "it was not asked"
        link.wait_read()
        equal(daemon.terminate(), 0, "exit code")
        equal(os.path.exists(daemon.socket_path), False, "the control socket")
        equal(os.path.exists(daemon.database.path + "-wal"), False, "the WAL")
        equal(len(daemon.database.telegrams("50-0000-0001")), 40, "records")


def test_stop_under_load():
    """SIGTERM in the middle of the dialogue of many: exit code 0, nothing deleted too early"""
    for _ in range(3):
        with Daemon({"terminals": {"batch": 5}}) as daemon:
            terminals = [Terminal(f"50-0000-{n:04}", input_records(200), daemon.database)
                         for n in range(20)]
            for terminal in terminals:
                terminal.dial(daemon.port)
            wait_until(lambda: sum(len(t.deleted) for t in terminals) > 200, "some reading")
            equal(daemon.terminate(), 0, "exit code")
            for terminal in terminals:
                equal(terminal.violations, [], "rules of deletion")
                stored = daemon.database.telegrams(terminal.serial)
                equal(len(stored), len(set(stored)), "records stored once")
                gone = {(int(r.split(b",")[1]), int(r.split(b",")[2])) for r in terminal.deleted}
                equal(gone - set(stored), set(), "deleted and not stored")


# ---- the control socket ----

def test_socket_mode():
    """the control socket has mode 0660 and is gone after the end"""
    with Daemon() as daemon:
        mode = stat.S_IMODE(os.stat(daemon.socket_path).st_mode)
        equal(oct(mode), oct(0o660), "mode")
        equal(daemon.terminate(), 0, "exit code")
        equal(os.path.exists(daemon.socket_path), False, "the control socket")


def test_stale_socket():
    """a socket left by kill -9 is in nobody's way"""
    with Daemon() as daemon:
        daemon.kill()
        equal(os.path.exists(daemon.socket_path), True, "the control socket")
        equal(daemon.status_code(), 2, "status without a daemon")
        daemon.start()
        equal(daemon.status_code(), 0, "status")


def test_foreign_file():
    """a file in the place of the control socket is not removed"""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "readout.sock")
        with open(path, "w", encoding="ascii") as file:
            file.write("precious")
        config = os.path.join(directory, "readout.json")
        with open(config, "w", encoding="ascii") as file:
            json.dump({"listeners": {"main": {"port": 0}}}, file)
        done = run("serve", "--config", config, cwd=directory)
        equal(done.returncode, 1, "exit code")
        with open(path, encoding="ascii") as file:
            equal(file.read(), "precious", "the file")


def test_control_nonsense():
    """nonsense on the control socket is answered by an error, or closed, and harms nobody"""
    with Daemon() as daemon:
        for nonsense in (b"\n", b"{}\n", b"[1]\n", b'{"command": "x"}\n', b"\xff\x00\n",
                         b"A" * 100000 + b"\n", b'{"command": 7}\n'):
            with socket.socket(socket.AF_UNIX) as control:
                control.settimeout(30)
                control.connect(daemon.socket_path)
                try:
                    control.sendall(nonsense)
                    reply = control.makefile("rb").read()
                except OSError:
                    continue
                assert not reply or b"error" in reply, reply
        equal(daemon.status_code(), 0, "status")


# ---- status ----

def test_status_codes():
    """readout status: 0 all is well, 1 a silent terminal by name, 2 no daemon"""
    with Daemon({"terminals": {"interval": "200ms"}}) as daemon:
        terminal = read_all(daemon, "50-1945-0125", input_records(5))
        done = run("status", "--config", daemon.config_path)
        equal(done.returncode, 0, done.stdout)
        assert "all is well" in done.stdout, done.stdout
        terminal.hang_up()
        wait_until(lambda: daemon.status_code() == 1, "the silence to be noticed")
        done = run("status", "--config", daemon.config_path)
        assert "50-1945-0125 is silent" in done.stdout, done.stdout
        equal(daemon.status()["terminals"]["silent_list"][0]["terminal"], "50-1945-0125",
              "the silent one")
        terminal.dial(daemon.port)
        wait_until(lambda: daemon.status_code() == 0, "its return to be noticed")
        daemon.terminate()
        done = run("status", "--config", daemon.config_path)
        equal(done.returncode, 2, "exit code without a daemon")
        assert done.stderr, "nothing is said about it"


def test_silent_since_before():
    """a terminal that has been silent since before a restart is told of"""
    with Daemon({"terminals": {"interval": "200ms"}}) as daemon:
        terminal = read_all(daemon, "50-1945-0125", input_records(5))
        daemon.kill()
        terminal.hang_up()
        daemon.start()
        wait_until(lambda: daemon.status()["terminals"]["silent"] == 1, "the silence")


def test_status_figures():
    """the figures of readout status are those of what happened"""
    with Daemon() as daemon:
        terminal = read_all(daemon, "50-1945-0125", mbus_records(20))
        status = daemon.status()
        equal(status["store"]["telegrams_new"], 20, "telegrams")
        equal(status["terminals"]["known"], 1, "known")
        equal(status["terminals"]["connected"], 1, "connected")
        assert status["store"]["database_bytes"] > 0, "size of the database"
        terminal.hang_up()
        wait_until(lambda: daemon.closed("peer_closed") == 1, "the end to be counted")


# ---- who may come in ----

def test_unknown_terminal():
    """with unknown refuse a new terminal is refused and a known one is not"""
    with Daemon() as daemon:
        read_all(daemon, "50-0000-0001", input_records(5)).hang_up()
        equal(daemon.terminate(), 0, "exit code")
        daemon.config["terminals"]["unknown"] = "refuse"
        daemon.start()
        stranger = Terminal("50-0000-0002", input_records(5))
        link = stranger.dial(daemon.port)
        assert link.ended.wait(60), "the stranger stayed"
        equal(daemon.closed("unknown_terminal"), 1, "strangers")
        equal(stranger.count("SCDATA"), 0, "commands to the stranger's memory")
        equal(daemon.database.one("SELECT count(*) FROM terminal"), 1, "terminals")
        known = Terminal("50-0000-0001", input_records(5) + input_records(2, 1461390000, 20000))
        known.dial(daemon.port)
        wait_until(lambda: len(daemon.database.telegrams("50-0000-0001")) == 7, "the known")


# ---- commands ----

def test_collect():
    """readout collect asks every terminal now and says what came"""
    with Daemon({"terminals": {"interval": "1h"}}) as daemon:
        terminal = read_all(daemon, "50-0000-0001", input_records(5))
        wait_until(lambda: daemon.status()["terminals"]["dialogue"].get("waiting"), "waiting")
        terminal.add(*input_records(7, 1461390000, 20000))
        done = run("collect", "--config", daemon.config_path, "--terminals", "1")
        equal(done.returncode, 0, done.stderr)
        assert "7 telegrams" in done.stdout, done.stdout
        equal(len(daemon.database.telegrams("50-0000-0001")), 12, "records")
        done = run("collect", "--config", daemon.config_path, "--terminals", "2",
                   "--timeout", "300ms")
        equal(done.returncode, 1, "exit code when too few are there")
        assert done.stderr, "nothing is said about it"
        equal(daemon.status_code(), 0, "status after a request was given up")


def test_check_config():
    """check-config names file, line, path and what to do; every mistake at once"""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "readout.json")
        with open(path, "w", encoding="ascii") as file:
            file.write('{\n  "terminals": {\n    "intervall": "15m",\n'
                       '    "batch": "many",\n    "settle_time": "60"\n  },\n'
                       '  "exporters": {"csv": {"options": {"directry": "x"}}}\n}\n')
        done = run("check-config", path, cwd=directory)
        equal(done.returncode, 1, "exit code")
        for part in (f"{path}:3: $.terminals.intervall", "interval",
                     f"{path}:4: $.terminals.batch", f"{path}:5: $.terminals.settle_time"):
            assert part in done.stderr, f"{part} is not in:\n{done.stderr}"
        with open(path, "w", encoding="ascii") as file:
            file.write('{"log": {"level": "info",}}')
        done = run("check-config", path, cwd=directory)
        equal(done.returncode, 1, "exit code of no JSON")
        assert f"{path}:1:" in done.stderr, done.stderr
        with open(path, "w", encoding="ascii") as file:
            file.write("{}")
        done = run("check-config", path, cwd=directory)
        equal(done.returncode, 0, done.stderr)
        equal(run("check-config", path + "x").returncode, 1, "exit code of no file")


def test_defaults():
    """an empty configuration runs, in the working directory"""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", 1560))
        except OSError:
            print("# port 1560 is taken here: only check-config was tried")
            return
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "c.json"), "w", encoding="ascii") as file:
            file.write("{}")
        with subprocess.Popen([READOUT, "serve", "--config", "c.json"], cwd=directory,
                              stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            try:
                wait_until(lambda: run("status", "--config", "c.json",
                                       cwd=directory).returncode == 0, "an answer")
                socket.create_connection(("127.0.0.1", 1560)).close()
                assert os.path.exists(os.path.join(directory, "readout.db")), "no database"
            finally:
                process.terminate()
            equal(process.wait(timeout=60), 0, "exit code")


def test_decode():
    """readout decode: exit codes, and a complaint about what is no telegram"""
    equal(run("decode", WFH21).returncode, 0, "a telegram")
    broken = run("decode", WFH21[:-4] + "0016")
    equal(broken.returncode, 1, "a wrong checksum")
    assert "checksum" in broken.stderr, broken.stderr
    equal(run("decode", "xyz").returncode, 1, "no hex")
    equal(run("decode", "--nonsense").returncode, 2, "an unknown option")


# ---- CSV ----

CSV_CONFIG = {"exporters": {"csv": {"batch_count": 7, "batch_age": "100ms",
                                    "options": {"directory": "csv"}}},
              "exporter_directory": os.path.join(BUILD, "lib", "readout")}


def csv_rows(directory):
    """The rows of all published files; checks each for its form."""
    rows, columns = [], None
    for name in sorted(os.listdir(directory)):
        if not name.endswith(".csv"):
            continue
        assert re.fullmatch(r"readings_\d{12}-\d{12}\.csv", name), name
        with open(os.path.join(directory, name), "rb") as file:
            data = file.read()
        assert data.endswith(b"\r\n"), f"{name} is cut short"
        equal(data.replace(b"\r\n", b"").count(b"\n"), 0, "line ends other than CRLF")
        lines = list(csv.reader(data.decode("utf-8").split("\r\n")[:-1], strict=True))
        columns = columns or lines[0]
        equal(lines[0], columns, f"columns of {name}")
        for line in lines[1:]:
            equal(len(line), len(columns), f"cells in {name}")
            rows.append(dict(zip(columns, line)))
    return rows


def view_rows(database):
    """What the rows should be: the view, with the exact text as the value."""
    columns = ("id", "revision", "terminal", "meter", "quantity", "function", "storage", "tariff",
               "subunit", "occurrence", "unit", "value_text", "no_value_reason", "read_at",
               "valid_at", "received_at", "time_quality")
    rows = database.rows(f"SELECT {', '.join(columns)} FROM readings")
    names = tuple(name.replace("value_text", "value") for name in columns)
    return [dict(zip(names, ("" if v is None else str(v) for v in row))) for row in rows]


def as_counter(rows, names):
    return collections.Counter(tuple(row[name] for name in names) for row in rows)


def check_csv(daemon, directory):
    expected = view_rows(daemon.database)
    names = tuple(expected[0])
    wanted = as_counter(expected, names)
    found = as_counter(csv_rows(directory), names)
    equal((list((wanted - found).items())[:3], list((found - wanted).items())[:3]), ([], []),
          "rows missing and rows too many")


def wait_exported(daemon):
    wait_until(lambda: (s := daemon.status())["exporters"][0]["lag_telegrams"] == 0
               and s["exporters"][0]["state"] == "waiting", "everything to be exported")


def csv_daemon():
    daemon = Daemon(CSV_CONFIG)
    os.mkdir(os.path.join(daemon.directory, "csv"))
    return daemon


def test_csv_complete():
    """CSV files hold each row of the readings view once, and appear when complete"""
    with csv_daemon() as daemon:
        directory = os.path.join(daemon.directory, "csv")
        terminal = Terminal("50-0000-0001", mbus_records(60), daemon.database)
        terminal.dial(daemon.port)
        deadline = time.monotonic() + 60
        while len(terminal.memory) > 1 and time.monotonic() < deadline:
            csv_rows(directory)  # whatever is visible is complete
        wait_exported(daemon)
        equal(daemon.database.one("SELECT count(*) FROM telegram"), 60, "telegrams")
        check_csv(daemon, directory)
        leftovers = [name for name in os.listdir(directory) if not name.endswith(".csv")]
        equal(leftovers, [], "files that are not CSV")


def test_csv_across_kills():
    """each reading is in the CSV files once, though the daemon is killed again and again"""
    with csv_daemon() as daemon:
        directory = os.path.join(daemon.directory, "csv")
        first = 1
        for number in range(8):
            terminal = Terminal(f"50-0000-{number:04}", mbus_records(90, first), daemon.database)
            terminal.dial(daemon.port)
            first += 90
            # At another stage of the export each time.
            wait_until(lambda n=number: len(os.listdir(directory)) > 7 * n, "a file")
            daemon.kill()
            terminal.hang_up()
            daemon.start()
        wait_exported(daemon)
        check_csv(daemon, directory)


def test_csv_trouble():
    """a directory that vanishes stops nothing but the export, which goes on by itself"""
    with csv_daemon() as daemon:
        directory = os.path.join(daemon.directory, "csv")
        read_all(daemon, "50-0000-0001", mbus_records(10))
        wait_exported(daemon)
        shutil.move(directory, directory + "-away")
        read_all(daemon, "50-0000-0002", mbus_records(10))
        wait_until(lambda: daemon.status_code() == 1, "the trouble to show in the status")
        shutil.move(directory + "-away", directory)
        wait_exported(daemon)
        wait_until(lambda: daemon.status_code() == 0, "the status to be well again")
        check_csv(daemon, directory)


def test_csv_refused():
    """an exporter that cannot start is a clear message, and exit code 1"""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "readout.json")
        with open(path, "w", encoding="ascii") as file:
            json.dump(dict(CSV_CONFIG, listeners={"main": {"port": 0}},
                           exporters={"csv": {"options": {"directory": "missing"}}}), file)
        done = run("serve", "--config", path, cwd=directory)
        equal(done.returncode, 1, "exit code")
        assert "missing" in done.stderr, done.stderr


if __name__ == "__main__":
    main(globals())
