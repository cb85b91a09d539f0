#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Links that are encrypted: by certificate and by pre-shared key, dialled in and out, and
every refusal with a reason of its own."""
import contextlib
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time

import harness
from certificates import Authority
from harness import Daemon, Terminal, equal, input_records, wait_until

SERIAL = "50-1945-0125"


class World:
    """An authority, certificates of each kind, and a daemon with a plain port, a TLS port
    for everybody, one for certificates and one for keys alone."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="readout-tls-")
        self.authority = Authority(os.path.join(self.directory, "ca"))
        self.other = Authority(os.path.join(self.directory, "other"))
        self.server = self.authority.issue("server", alternative="DNS:readout.test")
        self.good = self.authority.issue("good", "terminal-7")
        self.named = self.authority.issue("named", "no plain word", "DNS:terminal-8")
        self.expired = self.authority.issue("expired", expired=True)
        self.revoked = self.authority.issue("revoked")
        self.self_signed = self.authority.self_signed("selfish")
        self.foreign = self.other.issue("foreign")
        self.authority.revoke("revoked")
        self.secret = secrets.token_hex(32)
        self.keys = os.path.join(self.directory, "keys")
        with open(self.keys, "w", encoding="ascii") as file:
            file.write(f"# terminals\n{SERIAL}:{self.secret}\n")
        os.chmod(self.keys, 0o600)

    def config(self):
        certificate = {"certificate": self.server[0], "key": self.server[1]}
        local = {"address": "127.0.0.1", "port": 0}
        return {"listeners": {
            "main": local,
            "tls": {**local, "tls": {**certificate, "psk_file": self.keys}},
            "mutual": {**local, "tls": {
                **certificate, "client_ca": self.authority.certificate,
                "client_certificate": "required", "crl": self.authority.crl}},
            "keys": {**local, "tls": {"psk": [
                {"identity": "by-environment", "secret": {"env": "TEST_PSK"}}]}},
        }}

    def daemon(self, changes=None):
        return Daemon(harness.merge(self.config(), changes or {}))

    def close(self):
        shutil.rmtree(self.directory, ignore_errors=True)


WORLD = World()
os.environ["TEST_PSK"] = WORLD.secret


def port_of(daemon, name):
    line = daemon.log_lines("event=listening", f"listener={name} ")[0]
    return int(line.split("port=")[1].split()[0])


def client_context(version=None, certificate=None):
    context = ssl.create_default_context(cafile=WORLD.authority.certificate)
    if version:
        context.minimum_version = context.maximum_version = version
    if certificate:
        context.load_cert_chain(*certificate)
    return context


def connect_tls(port, **options):
    plain = socket.create_connection(("127.0.0.1", port), timeout=harness.PATIENCE_S)
    return client_context(**options).wrap_socket(plain, server_hostname="readout.test")


def connect_psk(port, identity, secret, *options):
    """openssl s_client, as a socket: Python's own ssl cannot do keys yet."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname())
        theirs, _ = server.accept()
    subprocess.Popen(["openssl", "s_client", "-quiet", "-connect", f"127.0.0.1:{port}",
                      "-psk_identity", identity, "-psk", secret, *options],
                     stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL)
    theirs.close()
    return ours


def collect(daemon, connect, serial):
    """A terminal's whole life over one kind of link."""
    records = input_records(5)
    terminal = Terminal(serial, records, daemon.database)
    terminal.dial(0, connect)
    wait_until(lambda: len(terminal.memory) == 1, f"{serial} to be collected")
    equal(len(daemon.database.telegrams(serial)), 5, "records on disk")
    terminal.hang_up()
    equal(terminal.violations, [], "violations")


def expect_closed(daemon, reason, attempt, detail=""):
    """attempt() leads to a link that is closed for this reason, and to no other."""
    before = daemon.status()["links"]["closed"]
    with contextlib.suppress(OSError):
        with attempt() as link:
            link.settimeout(harness.PATIENCE_S)
            while link.recv(4096):
                pass
    wait_until(lambda: daemon.closed(reason) > before.get(reason, 0), reason)
    after = daemon.status()["links"]["closed"]
    equal({k: n for k, n in after.items() if n != before.get(k)},
          {reason: before.get(reason, 0) + 1}, "closed")
    lines = daemon.log_lines("event=link_closed", f"reason={reason} ", detail)
    if not lines:
        raise AssertionError(f"no line says {detail!r} for {reason}")


def test_terminals_are_collected_over_tls():
    """TLS 1.2 and 1.3 with our certificate: whole rounds, overlap and all"""
    with WORLD.daemon() as daemon:
        port = port_of(daemon, "tls")
        for number, version in enumerate((ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)):
            collect(daemon, lambda _, v=version: connect_tls(port, version=v),
                    f"50-1945-000{number}")
        equal(daemon.log_lines("event=link_proved"), [], "nobody has proved anything")


def test_keys():
    """Pre-shared keys: TLS 1.2 and 1.3, from a file and the environment, prove who it is"""
    with WORLD.daemon() as daemon:
        port = port_of(daemon, "tls")
        for version in ("-tls1_2", "-tls1_3"):
            collect(daemon, lambda _, v=version: connect_psk(port, SERIAL, WORLD.secret, v),
                    "50-1945-001" + version[-1])
        collect(daemon, lambda _: connect_psk(port_of(daemon, "keys"), "by-environment",
                                              WORLD.secret), "50-1945-0020")
        equal(len(daemon.log_lines("event=link_proved", f"identity={SERIAL}")), 2, "proved")
        equal(len(daemon.log_lines("event=link_proved", "identity=by-environment")), 1,
              "proved by the key alone")


def test_wrong_keys():
    """A wrong secret and an unknown identity are refused, and the log says which"""
    wrong = secrets.token_hex(32)
    with WORLD.daemon() as daemon:
        for name in ("tls", "keys"):
            port = port_of(daemon, name)
            identity = SERIAL if name == "tls" else "by-environment"
            for version in ("-tls1_2", "-tls1_3"):
                expect_closed(daemon, "tls_wrong_psk",
                              lambda: connect_psk(port, identity, wrong, version),
                              f"its key is not the one configured for this identity: {identity}")
                expect_closed(daemon, "tls_wrong_psk",
                              lambda: connect_psk(port, "nobody", WORLD.secret, version),
                              "no key is configured for this identity: nobody")


def test_certificates_of_terminals():
    """Mutual TLS: a good certificate gives its name; each bad one has its own reason"""
    with WORLD.daemon() as daemon:
        port = port_of(daemon, "mutual")
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            for certificate, reason in ((WORLD.expired, "tls_expired"),
                                        (WORLD.revoked, "tls_revoked"),
                                        (WORLD.self_signed, "tls_self_signed"),
                                        (WORLD.foreign, "tls_untrusted"),
                                        (None, "tls_no_certificate")):
                expect_closed(daemon, reason, lambda: connect_tls(
                    port, version=version, certificate=certificate))
        for certificate, identity in ((WORLD.good, "terminal-7"), (WORLD.named, "terminal-8")):
            collect(daemon, lambda _: connect_tls(port, certificate=certificate), identity)
            equal(len(daemon.log_lines("event=link_proved", f"identity={identity}")), 1,
                  "proved")


def test_a_client_that_refuses_us():
    """A terminal that does not accept our certificate: the reason says that it was it"""
    with WORLD.daemon() as daemon:
        port = port_of(daemon, "tls")

        def attempt(name="other.test", authority=WORLD.authority):
            context = ssl.create_default_context(cafile=authority.certificate)
            plain = socket.create_connection(("127.0.0.1", port))
            return context.wrap_socket(plain, server_hostname=name)

        expect_closed(daemon, "tls_refused", attempt)
        expect_closed(daemon, "tls_refused", lambda: attempt("readout.test", WORLD.other))


def test_plain_text_on_a_tls_port():
    """Plain text on a TLS port, and TLS on a plain one, even byte by byte: said so"""
    hello = ssl.MemoryBIO()
    shy = client_context().wrap_bio(ssl.MemoryBIO(), hello, server_hostname="readout.test")
    with contextlib.suppress(ssl.SSLWantReadError):
        shy.do_handshake()
    hello = hello.read()

    def speak(port, *pieces):
        link = socket.create_connection(("127.0.0.1", port))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            link.sendall(piece)
            time.sleep(0.01)
        return link

    with WORLD.daemon() as daemon:
        tls, plain = port_of(daemon, "tls"), port_of(daemon, "main")
        expect_closed(daemon, "tls_plain_text", lambda: speak(tls, b"LOGIN:1001\r\n"))
        expect_closed(daemon, "tls_plain_text", lambda: speak(tls, b"\r"))
        expect_closed(daemon, "tls_not_here", lambda: speak(plain, hello))
        expect_closed(daemon, "tls_not_here",
                      lambda: speak(plain, *[hello[i:i + 1] for i in range(3)]))
        expect_closed(daemon, "tls_handshake",
                      lambda: speak(tls, hello[:5] + b"\xff" * 600), "TLS failed")


def test_handshake_byte_by_byte():
    """A handshake fed byte by byte works, in both versions"""
    with WORLD.daemon() as daemon:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            tls = client_context(version, WORLD.good).wrap_bio(
                incoming, outgoing, server_hostname="readout.test")
            with socket.create_connection(("127.0.0.1", port_of(daemon, "mutual"))) as link:
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

                def step(action):
                    """action() with its bytes sent one by one, and received until it is done."""
                    while True:
                        try:
                            result = action()
                        except ssl.SSLWantReadError:
                            result = None
                        for byte in outgoing.read():
                            link.sendall(bytes([byte]))
                        if result is not None:
                            return result
                        incoming.write(link.recv(1))

                step(lambda: tls.do_handshake() or True)
                equal(step(lambda: tls.read(5)), b"ATE0\r", version.name)
        equal(len(daemon.log_lines("event=link_proved", "identity=terminal-7")), 2, "proved")


def test_half_a_handshake():
    """Whoever does not finish its handshake is closed when its time is over"""
    with WORLD.daemon({"terminals": {"identify_timeout": "300ms"}}) as daemon:
        def begin():
            link = socket.create_connection(("127.0.0.1", port_of(daemon, "tls")))
            link.sendall(b"\x16\x03\x01\x02")
            return link

        expect_closed(daemon, "handshake_timeout", begin)


class Station:
    """A terminal that is dialled, behind TLS, with a certificate."""

    def __init__(self, certificate, terminal=None):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*certificate)
        self.terminal = terminal
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                plain, _ = self.server.accept()
            except OSError:
                return
            with contextlib.suppress(OSError):
                link = self.context.wrap_socket(plain, server_side=True)
                if self.terminal:
                    self.terminal.answer_on(link)

    def close(self):
        self.server.close()


def test_dialled_terminals():
    """Dialled over TLS: a good terminal is collected, each bad one has its own reason"""
    authority = WORLD.authority
    local = "IP:127.0.0.1"
    terminal = Terminal("50-1945-0100", input_records(5))
    cases = {
        "good": (authority.issue("station", alternative=local), None),
        "named": (authority.issue("station2", alternative="DNS:x.test"), "tls_wrong_name"),
        "old": (authority.issue("station3", alternative=local, expired=True), "tls_expired"),
        "revoked": (authority.issue("station4", alternative=local), "tls_revoked"),
        "selfish": (WORLD.self_signed, "tls_self_signed"),
        "foreign": (WORLD.other.issue("station5", alternative=local), "tls_untrusted"),
    }
    authority.revoke("station4")
    stations = {name: Station(certificate, terminal if reason is None else None)
                for name, (certificate, reason) in cases.items()}
    dial = {name: {"host": "127.0.0.1", "port": station.port, "telnet": False,
                   "reconnect_least": "1m",
                   "tls": {"ca": authority.certificate, "crl": authority.crl}}
            for name, station in stations.items()}
    for entry in dial.values():  # a terminal that refuses is left alone for long
        entry["reconnect_least"], entry["reconnect_most"] = "50ms", "200ms"
    with WORLD.daemon({"dial": dial}) as daemon:
        wait_until(lambda: len(terminal.memory) == 1, "the good one to be collected")
        for name, (_, reason) in cases.items():
            if reason:
                wait_until(lambda: daemon.log_lines("event=link_closed", f"reason={reason} ",
                                                    f"way={name} "), f"{name}: {reason}")
        terminal.hang_up()
    for station in stations.values():
        station.close()


def test_memory_of_an_idle_link():
    """An idle TLS link takes at most 20 KiB; 4 more if the terminal showed a certificate"""
    for name, certificate, most in (("tls", None, 20), ("mutual", WORLD.good, 24)):
        with WORLD.daemon({"terminals": {"interval": "1h"}}) as daemon:
            links = []

            def open_links(number):
                for _ in range(number):
                    links.append(connect_tls(port_of(daemon, name), certificate=certificate))
                    equal(links[-1].recv(5), b"ATE0\r", "first command")

            open_links(20)  # what is allocated once
            before = daemon.memory_kib()
            open_links(200)
            each = (daemon.memory_kib() - before) / 200
            print(f"# {each:.1f} KiB for an idle link of \"{name}\"")
            for link in links:
                link.close()
            if each > most:
                raise AssertionError(f"{each:.1f} KiB for an idle TLS link")


if __name__ == "__main__":
    try:
        harness.main(dict(globals()))
    finally:
        WORLD.close()
