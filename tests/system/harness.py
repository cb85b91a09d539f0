# SPDX-License-Identifier: MIT
"""The real daemon over real sockets: start it, play terminals to it, look into its
database, and print TAP.

A test is a function test_... with a sentence as its docstring. No timing decides a test:
it waits for a condition, with a limit that only a defect reaches.
"""
import contextlib
import copy
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback

ROOT = os.environ.get("READOUT_ROOT") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("READOUT_BUILD") or os.path.join(ROOT, "build", "release")
READOUT = os.path.join(BUILD, "bin", "readout")
SIMULATOR = os.path.join(BUILD, "bin", "readout-simulator")
IS_LONG = os.environ.get("READOUT_LONG") == "1"
PATIENCE_S = float(os.environ.get("READOUT_PATIENCE") or 60)


def wait_until(condition, what, limit_s=PATIENCE_S, pause_s=0.02):
    """Returns the first true value of condition(); fails after limit_s."""
    deadline = time.monotonic() + limit_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {limit_s} s in vain: {what}")
        time.sleep(pause_s)


def equal(found, expected, what=""):
    if found != expected:
        raise AssertionError(f"{what}: found {found!r}, expected {expected!r}")


def run(*arguments, **options):
    """A command of readout, to its end: CompletedProcess with text."""
    return subprocess.run([READOUT, *arguments], stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, timeout=PATIENCE_S, check=False, **options)


def merge(base, changes):
    """base with changes merged into it, objects key by key."""
    result = copy.deepcopy(base)
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            value = merge(result[key], value)
        result[key] = value
    return result


class Database:
    """Read-only, a connection per question: it never pins the log."""

    def __init__(self, path):
        self.path = path

    def rows(self, sql, *values):
        uri = f"file:{self.path}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=30)) as connection:
            # What a peer sent as text need not be UTF-8.
            connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
            return connection.execute(sql, values).fetchall()

    def one(self, sql, *values):
        return self.rows(sql, *values)[0][0]

    def telegrams(self, identity):
        """(stamp, sequence) of all records of a terminal, in order of the log."""
        return self.rows("SELECT stamp, sequence FROM telegram JOIN terminal"
                         " ON terminal.id = terminal WHERE identity = ?"
                         " ORDER BY telegram.id", identity)

    def events(self, identity, kind):
        return self.one("SELECT count(*) FROM events WHERE terminal = ? AND kind = ?",
                        identity, kind)


class Daemon:
    """`readout serve` in a directory of its own; with-statement stops it by SIGTERM and
    insists on exit code 0."""

    # Short, so that a test has many rounds in a second.
    DEFAULTS = {
        "log": {"level": "debug"},
        "listeners": {"main": {"address": "127.0.0.1", "port": 0}},
        "terminals": {"interval": "100ms", "jitter": "0s", "exchange_timeout": "20s",
                      "identify_timeout": "20s", "settle_time": "1s"},
    }

    def __init__(self, config=None, environment=None):
        self.directory = tempfile.mkdtemp(prefix="readout-")
        self.config_path = os.path.join(self.directory, "readout.json")
        self.log_path = os.path.join(self.directory, "readout.log")
        self.socket_path = os.path.join(self.directory, "readout.sock")
        self.database = Database(os.path.join(self.directory, "readout.db"))
        self.config = merge(self.DEFAULTS, {
            "database": {"path": self.database.path},
            "control": {"path": self.socket_path},
        })
        self.config = merge(self.config, config or {})
        self.environment = environment
        self.process = None
        self.port = None

    def start(self):
        """Starts it and waits until it answers. Again after a kill: on the same port."""
        if self.port is not None:
            self.config["listeners"]["main"]["port"] = self.port
        with open(self.config_path, "w", encoding="ascii") as file:
            json.dump(self.config, file, indent=1)
        begin = os.path.getsize(self.log_path) if os.path.exists(self.log_path) else 0
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [READOUT, "serve", "--config", self.config_path], cwd=self.directory,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment)
        found = wait_until(lambda: self._listening(begin), "the daemon to listen")
        self.port = int(found.group(1))
        wait_until(lambda: self.status_code() in (0, 1), "readout status to answer")
        return self

    def _listening(self, begin):
        if self.process.poll() is not None:
            raise AssertionError(f"the daemon ended at once: {self.log()[begin:]}")
        return re.search(r"event=listening .*port=(\d+)", self.log()[begin:])

    def kill(self):
        self.process.kill()
        self.process.wait()

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE_S)

    def log(self):
        with open(self.log_path, "rb") as file:
            return file.read().decode("latin-1")

    def log_lines(self, *parts):
        """Lines that contain all parts."""
        return [line for line in self.log().splitlines()
                if all(part in line for part in parts)]

    def status_code(self):
        return run("status", "--config", self.config_path).returncode

    def status(self):
        done = run("status", "--config", self.config_path, "--format", "json")
        return json.loads(done.stdout)

    def closed(self, reason):
        """How many links ended for this reason."""
        return self.status()["links"]["closed"].get(reason, 0)

    def memory_kib(self):
        """Resident memory; 0 under a sanitizer, which keeps what is freed."""
        if os.environ.get("READOUT_SANITIZED"):
            return 0
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s*(\d+)", file.read()).group(1))

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, error, trace):
        try:
            if self.process.poll() is None:
                code = self.terminate()
                if error is None:
                    equal(code, 0, "exit code after SIGTERM")
            if error is None:
                strange = [c for c in self.log() if not (" " <= c <= "~" or c == "\n")]
                equal(strange, [], "bytes in the log that are not printable ASCII")
            else:
                for line in self.log().splitlines()[-40:]:
                    print(f"#   log: {line}")
        finally:
            if self.process.poll() is None:
                self.kill()
            shutil.rmtree(self.directory, ignore_errors=True)


class Hang(Exception):
    """Raised by a hook: no answer to this command."""


class HangUp(Exception):
    """Raised by a hook: the link is closed, after the bytes given."""

    def __init__(self, data=b""):
        super().__init__()
        self.data = data


class Terminal:
    """A terminal with a record memory, as the vendor's pages describe it. Records are the
    bytes behind "^SCDATA:", e.g. b'"AMS",1449585962,4,"MBUS",1,0,"","68..."'.

    hook(link, command) may answer a command itself: bytes, or None for the usual answer.
    It watches the reader: what breaks the rules of deletion stands in violations.
    """

    def __init__(self, serial, records=(), database=None, *, echo="on", blank=True,
                 line_end=b"\r\n", devices=1, space=1000000, pieces=None, hook=None):
        self.serial = serial
        self.memory = list(records)
        self.database = database
        self.echo = echo              # "on" until ATE0, "off", or "always"
        self.blank = blank
        self.line_end = line_end
        self.devices = devices
        self.space = space
        self.pieces = pieces          # cuts the answer to a command into writes
        self.hook = hook
        self.lock = threading.RLock()
        self.links = []
        self.commands = []            # (monotonic time, link, text)
        self.sent = set()
        self.last_listed = 0
        self.deleted = []
        self.violations = []

    def dial(self, port, connect=None):
        """A link to the daemon; connect(port) gives another socket than plain TCP."""
        return self.answer_on(connect(port) if connect else socket.create_connection(
            ("127.0.0.1", port), timeout=PATIENCE_S))

    def answer_on(self, connected):
        """A link on a socket that is connected."""
        link = Link(self, connected)
        with self.lock:
            self.links.append(link)
        link.thread.start()
        return link

    def hang_up(self):
        for link in list(self.links):
            link.close()

    # ---- what it holds ----

    def add(self, *records):
        with self.lock:
            self.memory.extend(records)

    def count(self, word):
        with self.lock:
            return sum(word in text for _, _, text in self.commands)

    # ---- answers ----

    def lines(self, *lines):
        return b"".join(line + self.line_end for line in lines)

    def info(self, name, rest):
        return name + (b": " if self.blank else b":") + rest

    def record_lines(self, records):
        return self.lines(*(self.info(b"^SCDATA", record) for record in records))

    def ok(self):
        return self.line_end + self.lines(b"OK")

    def answer(self, link, command):
        """The usual answer; None: ERROR."""
        upper = command.upper()
        if upper == "ATE0":
            if self.echo == "always":
                return self.lines(b"ERROR")
            link.echo = False
            return self.ok()
        if upper in ("ATI4", "ATI3"):
            text = self.serial if upper == "ATI4" else "1.13.6.13.15"
            return self.lines(text.encode("latin-1")) + self.ok()
        if upper == "AT^SCAMS?":
            return self.table() + self.ok()
        found = re.fullmatch(r'AT\^SCDATA="(\w+)"(?:,(\d+))?', upper)
        if found:
            return self.data(found.group(1), int(found.group(2) or 1))
        return self.lines(b"ERROR")

    def table(self):
        rows = [self.info(b"^SCAMS", b'"ENABLE",1'), self.info(b"^SCAMS", b'"RETRY",0'),
                self.info(b"^SCAMS", b'"DEV_CNT",%d' % self.devices)]
        rows += [self.info(b"^SCAMS", b'%d> 2,"MBUS","%d@2400","1M"' % (n, n))
                 for n in range(1, self.devices + 1)]
        return self.lines(*rows)

    def data(self, name, number):
        if name == "GET_OLDEST":
            listed = self.memory[:number]
            self.last_listed = len(listed)
            self.sent.update(listed)
            return self.record_lines(listed) + self.ok()
        if name == "DEL_OLDEST":
            self.check_delete(number)
            self.delete(number)
            return self.ok()
        if name in ("GET_SPACE", "MESS_CNT"):
            value = self.space if name == "GET_SPACE" else len(self.memory)
            return self.lines(self.info(b"^SCDATA", b'"%s",%d' % (name.encode(), value))) \
                + self.ok()
        return self.lines(b"ERROR")

    def delete(self, number):
        with self.lock:
            gone, self.memory = self.memory[:number], self.memory[number:]
            self.deleted += gone
            for record in gone:
                if record not in self.sent:
                    self.violations.append(f"deleted, never sent: {record!r}")

    # ---- the rules ----

    def check_delete(self, number):
        """Called when DEL_OLDEST arrives, before it is carried out."""
        if number > self.last_listed - 1:
            self.violations.append(
                f"DEL_OLDEST,{number} after a GET that listed {self.last_listed}")
        if self.database is None:
            return
        stored = set(self.database.telegrams(self.serial))
        for record in self.memory[:number]:
            if identity_of(record) not in stored:
                self.violations.append(f"DEL_OLDEST before it is on disk: {record!r}")


class Link:
    """One connection of a terminal, with a thread that answers."""

    def __init__(self, terminal, connected):
        self.terminal = terminal
        self.echo = terminal.echo != "off"
        self.socket = connected
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.name = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self.peer = "peer=" + self.name.replace(":", " port=") + " "  # as the log has it
        self.ended = threading.Event()  # the other side has closed, or we have
        self.error = None
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def wait_read(self, is_acknowledged=True):
        """Until the other side has read all that was sent. Its acknowledgement takes 40 ms
        more; without it, bytes may in theory be between the two queues still."""
        ours, theirs = (f"0100007F:{name[1]:04X}"
                        for name in (self.socket.getsockname(), self.socket.getpeername()))

        def is_read():
            queues = {}
            with open("/proc/net/tcp", encoding="ascii") as file:
                for line in file:
                    fields = line.split()
                    queues[fields[1], fields[2]] = fields[4].split(":")
            unsent, unread = queues.get((ours, theirs)), queues.get((theirs, ours))
            if is_acknowledged and unsent and int(unsent[0], 16) > 0:
                return False
            return not unread or int(unread[1], 16) == 0

        wait_until(is_read, "the bytes to be read", pause_s=0.0005)

    def _serve(self):
        rest = b""
        try:
            self.socket.settimeout(None)
            while True:
                data = self.socket.recv(4096)
                if not data:
                    break
                rest += data
                *commands, rest = re.split(rb"\r\n?", rest)
                for command in commands:
                    self._command(command.decode("ascii"))
        except (OSError, HangUp):
            pass
        except Exception as error:  # a defect of a test shows in its result
            self.error = error
            self.terminal.violations.append(f"in a hook: {error!r}")
        finally:
            self.close()
            self.ended.set()

    def _command(self, command):
        terminal = self.terminal
        with terminal.lock:
            terminal.commands.append((time.monotonic(), self, command))
            echo = command.encode("ascii") + terminal.line_end if self.echo else b""
            try:
                reply = terminal.hook(self, command) if terminal.hook else None
                if reply is None:
                    reply = terminal.answer(self, command)
            except Hang:
                return
            except HangUp as end:
                self.send(end.data)
                self.close()
                raise
            reply = echo + reply
            pieces = terminal.pieces(command, reply) if terminal.pieces else [reply]
        for number, piece in enumerate(pieces):
            if number > 0 and len(pieces) == 2:
                self.wait_read(False)  # the reader sees the first piece alone
            self.send(piece)


def identity_of(record):
    """(stamp, sequence) of a record."""
    fields = record.split(b",", 3)
    return int(fields[1]), int(fields[2])


def input_record(stamp, sequence, value):
    """A record of a pulse counter: the shortest kind."""
    return b'"AMS",%d,%d,"AIN_DIN",1,0,"","%d"' % (stamp, sequence, value)


def input_records(count, stamp=1461340261, sequence=12091, value=131):
    return [input_record(stamp + 60 * n, sequence + n, value + n) for n in range(count)]


def main(namespace):
    """Runs every test_... of a module in the order of its lines, or those named."""
    tests = [value for name, value in namespace.items() if name.startswith("test_")]
    wanted = sys.argv[1:]
    tests = [test for test in tests if not wanted or test.__name__ in wanted]
    failed = 0
    # Stopped from outside, the test still stops what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"1..{len(tests)}", flush=True)
    for number, test in enumerate(tests, 1):
        begin = time.monotonic()
        try:
            test()
            word = "ok"
        except Exception:  # AssertionError, and whatever a defect makes of it
            word = "not ok"
            failed += 1
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
        seconds = time.monotonic() - begin
        print(f"{word} {number} - {test.__doc__.strip()} # {seconds:.1f} s", flush=True)
    sys.exit(1 if failed else 0)
