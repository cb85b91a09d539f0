#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The ways in without TLS: several listeners and their limits, proxies, and terminals that
are dialled, with telnet and a login."""
import contextlib
import os
import re
import socket
import struct
import threading
import time

import harness
from harness import Daemon, Terminal, equal, input_records, wait_until

LOCAL = {"address": "127.0.0.1", "port": 0}
V2 = b"\r\n\r\n\0\r\nQUIT\n"


def port_of(daemon, name):
    line = daemon.log_lines("event=listening", f"listener={name} ")[0]
    return int(line.split("port=")[1].split()[0])


def call(port, data=b""):
    link = socket.create_connection(("127.0.0.1", port), timeout=harness.PATIENCE_S)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    link.sendall(data)
    return link


def read_to_end(link):
    data = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := link.recv(4096):
            data += piece
    return data


def expect_closed(daemon, reason, link):
    """The link is closed by the daemon, for this reason."""
    before = daemon.closed(reason)
    read_to_end(link)
    link.close()
    wait_until(lambda: daemon.closed(reason) > before or daemon.log_lines(
        "event=link_closed", f"reason={reason} "), reason)


# ---- listeners ----

def test_listeners_with_limits_of_their_own():
    """Each listener has its limits: what is over them is accepted, closed and counted"""
    limits = {"few": {"connections": 2}, "one-each": {"connections_per_address": 1}}
    config = {"listeners": {"main": LOCAL, **{
        name: {**LOCAL, "limits": value} for name, value in limits.items()}}}
    with Daemon(config) as daemon:
        few = [call(port_of(daemon, "few")) for _ in range(2)]
        each = call(port_of(daemon, "one-each"))
        for link in (*few, each):
            equal(link.recv(5), b"ATE0\r", "a welcome link")
        equal(read_to_end(call(port_of(daemon, "few"))), b"", "a third link")
        equal(read_to_end(call(port_of(daemon, "one-each"))), b"", "a second link")
        other = call(daemon.port)
        equal(other.recv(5), b"ATE0\r", "another listener")
        equal(daemon.closed("limit_listener"), 2, "counted")
        few.pop().close()
        wait_until(lambda: daemon.status()["links"]["open"] == 3, "one to be gone")
        equal(call(port_of(daemon, "few")).recv(5), b"ATE0\r", "room again")


def test_accepting_pauses_beyond_the_rate():
    """Beyond the accept rate connections wait, none is refused, and all come in"""
    config = {"listeners": {"main": {**LOCAL, "limits": {"accept_rate": 20}}}}
    with Daemon(config) as daemon:
        begin = time.monotonic()
        links = [call(daemon.port) for _ in range(50)]
        for link in links:
            equal(link.recv(5), b"ATE0\r", "a link")
        # 20 at once, 30 more at 20 a second: the clock can only make it longer
        if time.monotonic() - begin < 1.4:
            raise AssertionError("50 links were accepted at once")
        links_part = daemon.status()["links"]
        equal(links_part["accepted"], 50, "accepted")
        equal(links_part["closed"], {}, "closed")
        if links_part["accept_pauses"] == 0:
            raise AssertionError("no pause is counted")


def test_ipv6():
    """A listener on :: takes IPv4 and IPv6, and tells one host by one address"""
    with Daemon({"listeners": {"main": {"address": "::", "port": 0}}}) as daemon:
        equal(call(daemon.port).recv(5), b"ATE0\r", "IPv4")
        six = socket.create_connection(("::1", daemon.port), timeout=harness.PATIENCE_S)
        equal(six.recv(5), b"ATE0\r", "IPv6")
        equal(len(daemon.log_lines("event=link_opened", "peer=127.0.0.1 ")), 1, "IPv4")
        equal(len(daemon.log_lines("event=link_opened", "peer=::1 ")), 1, "IPv6")


# ---- proxies ----

def v2(address, port, command=0x21, extra=b""):
    family = 0x21 if ":" in address else 0x11
    size = 16 if ":" in address else 4
    packed = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
    body = packed + bytes(size) + struct.pack(">HH", port, 1560) + extra
    return V2 + bytes([command, family]) + struct.pack(">H", len(body)) + body


def test_proxies():
    """Listed proxies say who the terminal is, in both versions, at once or byte by byte"""
    config = {"listeners": {"main": {**LOCAL, "proxy_protocol": {"from": ["127.0.0.0/8"]}}}}
    cases = (
        (b"PROXY TCP4 203.0.113.7 198.51.100.1 4000 1560\r\n", "peer=203.0.113.7 port=4000"),
        (b"PROXY TCP6 2001:db8::7 2001:db8::1 4001 1560\r\n", "peer=2001:db8::7 port=4001"),
        (b"PROXY UNKNOWN\r\n", "peer=127.0.0.1 "),
        (v2("203.0.113.8", 4002, extra=b"\x03\0\4abcd"), "peer=203.0.113.8 port=4002"),
        (v2("2001:db8::9", 4003), "peer=2001:db8::9 port=4003"),
        (v2("203.0.113.10", 4004, command=0x20), "peer=127.0.0.1 "),
        (v2("::ffff:203.0.113.11", 4005), "peer=203.0.113.11 port=4005"),
    )
    with Daemon(config) as daemon:
        for number, (header, words) in enumerate(cases):
            equal(call(daemon.port, header).recv(5), b"ATE0\r", words)
            slow = call(daemon.port)
            for byte in header:
                slow.sendall(bytes([byte]))
            equal(slow.recv(5), b"ATE0\r", words)
            lines = daemon.log_lines("event=link_opened", words)
            equal(len(lines) >= 2, True, f"case {number}: {words}")
        terminal = Terminal("50-1945-0125", input_records(5), daemon.database)
        terminal.dial(0, lambda _: call(daemon.port, cases[0][0]))
        wait_until(lambda: len(terminal.memory) == 1, "to be collected")
        equal(daemon.database.one("SELECT count(*) FROM terminal"
                                  " WHERE remote = '203.0.113.7'"), 1, "address kept")


def test_proxy_headers_that_are_refused():
    """A broken header, none, and one from an address that is not listed: each says so"""
    config = {"listeners": {
        "main": LOCAL,
        "behind": {**LOCAL, "proxy_protocol": {"from": ["127.0.0.1"]}},
        "elsewhere": {**LOCAL, "proxy_protocol": {"from": ["192.0.2.0/24"]}}},
        "terminals": {"identify_timeout": "1s"}}
    with Daemon(config) as daemon:
        port = port_of(daemon, "behind")
        for bad in (b"OK\r\n", b"PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n", b"PROXY " + b"x" * 120,
                    V2 + b"\x21\x11\xff\xff", V2 + b"\x31\x11\0\0", V2 + b"\x21\x11\0\4abcd"):
            before = daemon.closed("proxy_header")
            read_to_end(call(port, bad))
            equal(daemon.closed("proxy_header"), before + 1, repr(bad))
        for name in ("main", "elsewhere"):
            for header in (b"PROXY TCP4 203.0.113.7 198.51.100.1 4000 1560\r\n",
                           v2("203.0.113.8", 4002)):
                before = daemon.closed("proxy_not_listed")
                read_to_end(call(port_of(daemon, name), header))
                equal(daemon.closed("proxy_not_listed"), before + 1, name)
        equal(daemon.log_lines("203.0.113"), [], "nobody believed it")
        equal(call(port_of(daemon, "elsewhere")).recv(5), b"ATE0\r", "without a header")
        expect_closed(daemon, "handshake_timeout", call(port))


# ---- dialled ----

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240


class Telnet:
    """A socket that takes answers to telnet commands out of what it receives."""

    def __init__(self, link):
        self.link = link
        self.command = b""

    def __getattr__(self, name):
        return getattr(self.link, name)

    def recv(self, size):
        while True:
            piece = self.link.recv(size)
            kept = bytearray()
            for byte in piece:
                if self.command or byte == IAC:
                    self.command += bytes([byte])
                    if len(self.command) == 3:
                        self.command = b""
                else:
                    kept.append(byte)
            if kept or not piece:
                return bytes(kept)


class Station:
    """A terminal in Standalone mode: a telnet server with a login, if it has one."""

    def __init__(self, terminal, login=None, noise=b""):
        self.terminal = terminal
        self.login = login
        self.noise = noise      # telnet commands, before and inside what it sends
        self.links = 0
        self.heard = b""        # before the dialogue
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self.server.close()

    def _serve(self):
        while True:
            try:
                link, _ = self.server.accept()
            except OSError:
                return
            self.links += 1
            with contextlib.suppress(OSError, EOFError):
                link = Telnet(link)
                link.sendall(self.noise)
                if self._let_in(link):
                    self.terminal.answer_on(link)

    def _let_in(self, link):
        if self.login is None:
            return True
        for prompt in (b"2N SmartCOM\r\n\r\nLogin: ", b"Password:"):
            link.sendall(prompt)
            self.heard += self._line(link)
        if self.heard == self.login:
            link.sendall(b"\r\nOK\r\n")
            return True
        self.heard = b""
        link.sendall(b"\r\nLogin incorrect\r\nLogin: ")
        return False

    @staticmethod
    def _line(link):
        line = b""
        while not line.endswith(b"\r"):
            piece = link.recv(1)
            if not piece:
                raise EOFError
            line += piece
        return line


def dial(station, **more):
    return {"dial": {"cellar": {"host": "localhost", "port": station.port,
                                "reconnect_least": "20ms", "reconnect_most": "100ms", **more}}}


def noisy(command, reply):
    """An answer with telnet commands between its bytes."""
    middle = len(reply) // 2
    return [reply[:middle] + bytes([IAC, SB, 24, 1, IAC, IAC, IAC, SE]),
            bytes([IAC]), bytes([241]) + reply[middle:]]


def test_a_dialled_terminal():
    """A terminal is dialled, telnet is taken out of its text, and it is dialled again"""
    terminal = Terminal("50-1945-0125", input_records(5), pieces=noisy)
    noise = bytes([IAC, WILL, 1, IAC, WILL, 3, IAC, DO, 24, IAC, WILL, 5])
    station = Station(terminal, noise=noise)
    with Daemon(dial(station)) as daemon:
        wait_until(lambda: len(terminal.memory) == 1, "to be collected")
        terminal.hang_up()
        terminal.add(*input_records(3, stamp=1461341261, sequence=13000))
        wait_until(lambda: len(terminal.memory) == 1, "to be collected again")
        equal(terminal.violations, [], "violations")
        equal(len(daemon.database.telegrams("50-1945-0125")), 8, "records on disk")
        equal(daemon.status()["links"]["dialled"] >= 2, True, "dialled is counted")
    station.close()


def test_telnet_is_answered():
    """Offers of the terminal are answered once: echo and no go-ahead yes, the rest no"""
    server = socket.create_server(("127.0.0.1", 0))
    config = {"dial": {"cellar": {"host": "127.0.0.1", "port": server.getsockname()[1],
                                  "reconnect_least": "20ms", "reconnect_most": "20ms"}}}
    with Daemon(config):
        link, _ = server.accept()
        link.settimeout(harness.PATIENCE_S)
        server.close()
        equal(link.recv(5), b"ATE0\r", "first command")
        for offer in ([IAC, WILL, 1], [IAC, WILL, 1], [IAC, DO, 3], [IAC, DO, 24],
                      [IAC, WILL, 34], [IAC, DONT, 24], [IAC, WILL, 3]):
            for byte in offer:
                link.sendall(bytes([byte]))
        expected = bytes([IAC, DO, 1, IAC, WILL, 3, IAC, WONT, 24, IAC, DONT, 34, IAC, DO, 3])
        found = b""
        while len(found) < len(expected):
            found += link.recv(64)
        equal(found, expected, "answers")


def test_a_login():
    """A login prompt gets user and password; wrong ones are refused with a reason"""
    secret = os.path.join(harness.tempfile.mkdtemp(prefix="readout-login-"), "secret")
    with open(secret, "w", encoding="ascii") as file:
        file.write("2n-\n")
    os.chmod(secret, 0o600)
    login = {"user": "Admin", "password": {"file": secret}, "prompt_timeout": "5s"}
    terminal = Terminal("50-1945-0125", input_records(5))
    station = Station(terminal, login=b"Admin\r2n-\r", noise=bytes([IAC, WILL, 1]))
    with Daemon(dial(station, login=login)) as daemon:
        wait_until(lambda: len(terminal.memory) == 1, "to be collected")
        equal(station.heard, b"Admin\r2n-\r", "what was typed")
        equal(daemon.log_lines("2n-"), [], "the password in the log")
        terminal.hang_up()
        station.close()
    station = Station(terminal, login=b"Other\r2n-\r")
    with Daemon(dial(station, login=login)) as daemon:
        wait_until(lambda: daemon.closed("login_refused") > 0, "to be refused")
        station.close()
    harness.shutil.rmtree(os.path.dirname(secret))


def test_no_prompt():
    """A login that nobody asks for holds nothing up"""
    os.environ["TEST_LOGIN"] = "2n"
    terminal = Terminal("50-1945-0125", input_records(5))
    station = Station(terminal)
    login = {"user": "Admin", "password": {"env": "TEST_LOGIN"}, "prompt_timeout": "100ms"}
    with Daemon(dial(station, login=login)):
        wait_until(lambda: len(terminal.memory) == 1, "to be collected")
        station.close()


def test_a_terminal_that_is_not_there():
    """Nobody answers: counted, said, and tried again with growing pauses until it is there"""
    probe = socket.create_server(("127.0.0.1", 0))
    port = probe.getsockname()[1]
    probe.close()
    terminal = Terminal("50-1945-0125", input_records(5))
    config = {"dial": {"cellar": {"host": "127.0.0.1", "port": port,
                                  "reconnect_least": "20ms", "reconnect_most": "100ms"},
                       "nowhere": {"host": "no-such-host.invalid"}}}
    with Daemon(config) as daemon:
        wait_until(lambda: daemon.closed("connect_failed") >= 3, "three attempts")
        wait_until(lambda: daemon.log_lines("event=dial_failed", "no-such-host"), "a line")
        line = daemon.log_lines("reason=connect_failed")[0]
        equal(bool(re.search("detail=.*refused", line)), True, line)
        server = socket.create_server(("127.0.0.1", port))
        link, _ = server.accept()
        terminal.answer_on(link)
        wait_until(lambda: len(terminal.memory) == 1, "to be collected")
        server.close()


if __name__ == "__main__":
    harness.main(dict(globals()))
