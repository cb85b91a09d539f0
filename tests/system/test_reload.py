#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The configuration read again while the daemon runs: by SIGHUP and by `readout reload`.
No link is dropped that need not be, and a wrong file changes nothing."""
import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import tempfile

import harness
from certificates import Authority
from harness import Daemon, Terminal, equal, input_record, input_records, merge, wait_until

LOCAL = {"address": "127.0.0.1", "port": 0}


def port_of(daemon, name):
    line = daemon.log_lines("event=listening", f"listener={name} ")[-1]
    return int(line.split("port=")[1].split()[0])


def write_config(daemon, text=None):
    with open(daemon.config_path, "w", encoding="utf-8") as file:
        file.write(text if text is not None else json.dumps(daemon.config, indent=1))


def reload(daemon, changes=None, code=0):
    """Merges changes into the file and has it read; what the command said."""
    daemon.config = merge(daemon.config, changes or {})
    write_config(daemon)
    done = harness.run("reload", "--config", daemon.config_path)
    equal(done.returncode, code, f"exit code: {done.stdout}{done.stderr}")
    return done


def collect_more(daemon, terminal, number):
    """A record that comes into the memory now lands, over the link that is open."""
    terminal.add(input_record(1500000000 + number, number, 7))
    wait_until(lambda: (1500000000 + number, number) in
               daemon.database.telegrams(terminal.serial), f"record {number}")


def refused(port):
    with contextlib.suppress(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()
        return False
    return True


def test_listeners_come_and_go_and_links_stay():
    """Listeners come, change and go; links stay open, even when their own listener goes"""
    with Daemon({"listeners": {"main": LOCAL, "old": LOCAL}}) as daemon:
        staying, leaving = Terminal("50-0000-0001"), Terminal("50-0000-0002")
        links = [staying.dial(daemon.port), leaving.dial(port_of(daemon, "old"))]
        collect_more(daemon, staying, 1)
        collect_more(daemon, leaving, 1)
        old_port = port_of(daemon, "old")
        del daemon.config["listeners"]["old"]
        done = reload(daemon, {"listeners": {"new": LOCAL,
                                             "main": {"limits": {"connections": 1}}}})
        equal(sorted(done.stdout.splitlines()),
              ["added    $.listeners.main.limits", "added    $.listeners.new",
               "removed  $.listeners.old"], "what is said")
        wait_until(lambda: refused(old_port), "the old port to be closed")
        collect_more(daemon, staying, 2)
        collect_more(daemon, leaving, 2)
        third = Terminal("50-0000-0003")
        third.dial(port_of(daemon, "new"))
        collect_more(daemon, third, 1)
        with socket.create_connection(("127.0.0.1", daemon.port)) as over:
            equal(over.recv(10), b"", "a second link on main")
        equal(daemon.closed("limit_listener"), 1, "counted")
        equal([link.ended.is_set() for link in links], [False, False], "links ended")
        equal(daemon.status()["links"]["open"], 3, "links open")


def test_sighup():
    """SIGHUP does the same, says so in the log, and comes as often as one likes"""
    with Daemon() as daemon:
        terminal = Terminal("50-0000-0001")
        link = terminal.dial(daemon.port)
        collect_more(daemon, terminal, 1)
        for number in range(3):
            daemon.config["limits"] = {"connections": 20 + number}
            write_config(daemon)
            daemon.process.send_signal(signal.SIGHUP)
            wait_until(lambda: len(daemon.log_lines("event=reloaded")) == number + 1,
                       "the reload")
        equal(len(daemon.log_lines("event=reload ", "path=$.limits.connections",
                                   "change=changed")), 2, "changes")
        collect_more(daemon, terminal, 2)
        equal(link.ended.is_set(), False, "the link")


def test_limits():
    """More connections than there was room for at the start, then fewer: none is dropped"""
    with Daemon({"limits": {"connections": 4}}) as daemon:
        def call():
            return socket.create_connection(("127.0.0.1", daemon.port))
        links = [call() for _ in range(4)]
        for link in links:
            equal(link.recv(5), b"ATE0\r", "a link")
        equal(call().recv(5), b"", "a fifth")
        reload(daemon, {"limits": {"connections": 300, "connections_per_address": 250}})
        links += [call() for _ in range(246)]
        for link in links[4:]:
            equal(link.recv(5), b"ATE0\r", "a link")
        equal(call().recv(5), b"", "one too many of an address")
        reload(daemon, {"limits": {"connections": 2}})
        equal(daemon.status()["links"]["open"], 250, "links")
        equal(call().recv(5), b"", "one more")
        equal(daemon.status()["links"]["closed"],
              {"limit_connections": 2, "limit_address": 1}, "counted")


class Certificates:
    """What a TLS listener has, in files that can be replaced."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="readout-reload-")
        self.authority = Authority(os.path.join(self.directory, "ca"))
        self.names = [os.path.join(self.directory, name) for name in ("crt", "key")]

    def use(self, pair):
        for source, target in zip(pair, self.names):
            shutil.copy(source, target)

    def connect(self, port, certificate=None):
        context = ssl.create_default_context(cafile=self.authority.certificate)
        if certificate:
            context.load_cert_chain(*certificate)
        plain = socket.create_connection(("127.0.0.1", port), timeout=harness.PATIENCE_S)
        return context.wrap_socket(plain, server_hostname="readout.test")


def serial_of(link):
    return link.getpeercert()["serialNumber"]


def test_certificates_are_renewed():
    """Renewed certificates and revocation lists hold for new links; unusable ones change nothing"""
    files = Certificates()
    try:
        issue = files.authority.issue
        first, second = (issue(name, alternative="DNS:readout.test")
                         for name in ("first", "second"))
        client = issue("client", "50-0000-0007")
        files.use(first)
        config = {"listeners": {"main": LOCAL, "tls": {**LOCAL, "tls": {
            "certificate": files.names[0], "key": files.names[1],
            "client_ca": files.authority.certificate, "client_certificate": "required",
            "crl": files.authority.crl}}}}
        with Daemon(config) as daemon:
            port = port_of(daemon, "tls")
            terminal = Terminal("50-0000-0007")
            link = terminal.dial(0, lambda _: files.connect(port, client))
            collect_more(daemon, terminal, 1)
            with files.connect(port, client) as before:
                old = serial_of(before)
            shutil.copy(second[0], files.names[0])  # without its key
            done = reload(daemon, {"limits": {"connections": 77}}, code=1)
            assert "nothing was changed" in done.stderr and "tls" in done.stderr, done.stderr
            with files.connect(port, client) as same:
                equal(serial_of(same), old, "the certificate after a failed reload")
            files.use(second)
            done = reload(daemon)
            equal(done.stdout, "added    $.limits\n", "what is said")
            with files.connect(port, client) as after:
                assert serial_of(after) != old, "the old certificate still"
            files.authority.revoke("client")
            done = reload(daemon)
            equal(done.stdout, "no key has changed; the files it names were read again\n",
                  "what is said")
            with contextlib.suppress(OSError), files.connect(port, client) as refused_link:
                refused_link.recv(1)
            wait_until(lambda: daemon.closed("tls_revoked") == 1, "the revoked one's end")
            equal(link.ended.is_set(), False, "the link of before")
            collect_more(daemon, terminal, 2)
    finally:
        shutil.rmtree(files.directory, ignore_errors=True)


# The example of OMS volume 2, encrypted in mode 5, as terminals keep it.
SECRET = ("2E44931578563412330333637A2A0020255923C95AAA26D1B2E7493BC2AD013EC4A6F6D3529B520EDFF0EA"
          "6DEFC955B29D6D69EBF3EC8A")
SECRET_KEY = "0102030405060708090A0B0C0D0E0F11"
SECRET_RECORD = SECRET[2:20] + "".join(SECRET[n:n + 32] for n in (24, 60)) + SECRET[96:-4]


def test_a_key_decodes_the_next_telegram():
    """A meter's key that is added opens the next telegram of the same link"""
    with Daemon() as daemon:
        def secret(number):
            return b'"WMBUS",%d,%d,-68,46,"%s"' % (1467365701 + number, number,
                                                 SECRET_RECORD.encode())

        def states():
            return [row[0] for row in daemon.database.rows(
                "SELECT word.text FROM telegram JOIN origin ON origin.id = origin"
                " JOIN word ON word.id = decode_status ORDER BY telegram.id")]
        terminal = Terminal("50-0000-0001", [secret(1)])
        link = terminal.dial(daemon.port)
        wait_until(lambda: len(states()) == 1, "the first telegram")
        path = os.path.join(daemon.directory, "key")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w",
                  encoding="ascii") as file:
            file.write(SECRET_KEY)
        done = reload(daemon, {"meters": {"12345678": {"key": {"file": path}}}})
        equal(done.stdout, "added    $.meters\n", "what is said")
        terminal.add(secret(2))
        wait_until(lambda: len(states()) == 2, "the second telegram")
        equal(states(), ["encrypted", "ok"], "decoded")
        equal(link.ended.is_set(), False, "the link")


def test_terminals_take_their_new_settings():
    """Links take new intervals, leave quarantine and, if forbidden, are closed"""
    config = {"terminals": {"interval": "1h", "unknown": "quarantine"},
              "known_terminals": {"50-0000-0001": {}, "50-0000-0002": {}}}
    with Daemon(config) as daemon:
        names = ["50-0000-0001", "50-0000-0002", "50-0000-0003"]
        terminals = [Terminal(name, input_records(3)) for name in names]
        links = [terminal.dial(daemon.port) for terminal in terminals]
        for name in names[:2]:
            wait_until(lambda: len(daemon.database.telegrams(name)) == 3, name)
        wait_until(lambda: daemon.log_lines("event=quarantined"), "the quarantine")
        reload(daemon, {"known_terminals": {"50-0000-0002": {"forbidden": True},
                                            "50-0000-0003": {"group": "often"}},
                        "groups": {"often": {"interval": "100ms"}},
                        "terminals": {"interval": "200ms"}})
        wait_until(lambda: daemon.closed("forbidden") == 1, "the forbidden one's end")
        wait_until(links[1].ended.is_set, "the end of its link")
        collect_more(daemon, terminals[0], 4)
        collect_more(daemon, terminals[2], 4)
        equal([link.ended.is_set() for link in links], [False, True, False], "links ended")


def test_exporters_come_and_go():
    """An exporter is added to a daemon that had none, changed, and taken away again"""
    modules = os.path.join(harness.BUILD, "lib", "readout")
    with Daemon({"exporter_directory": modules}) as daemon:
        terminal = Terminal("50-0000-0001")
        terminal.dial(daemon.port)
        collect_more(daemon, terminal, 1)

        def csv(name):
            return {"exporters": {"csv": {"batch_age": "0s", "options": {
                "directory": os.path.join(daemon.directory, name)}}}}

        def has_file(name):
            path = os.path.join(daemon.directory, name)
            return os.path.isdir(path) and os.listdir(path)
        for number, name in enumerate(("one", "two"), 2):
            os.mkdir(os.path.join(daemon.directory, name))
            reload(daemon, csv(name))
            collect_more(daemon, terminal, number)
            wait_until(lambda: has_file(name), "a file in " + name)
        daemon.config["exporters"] = {}
        reload(daemon)
        wait_until(lambda: daemon.status()["exporters"] == [], "no exporter")
        collect_more(daemon, terminal, 4)


def test_a_wrong_file_changes_nothing():
    """Every error is told, by the command and in the log, and everything is as it was"""
    with Daemon() as daemon:
        terminal = Terminal("50-0000-0001")
        terminal.dial(daemon.port)
        collect_more(daemon, terminal, 1)
        wrong = merge(daemon.config, {
            "listeners": {"new": {**LOCAL, "prot": 3}},
            "limits": {"connections": "many"}})
        write_config(daemon, json.dumps(wrong, indent=1))
        done = harness.run("reload", "--config", daemon.config_path)
        equal((done.returncode, done.stdout), (1, ""), "the command")
        for word in ("$.listeners.new.prot", "$.limits.connections", "nothing was changed"):
            assert word in done.stderr, done.stderr
        daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: daemon.log_lines("event=not_reloaded"), "the refusal")
        equal(len(daemon.log_lines("event=reload_failed")), 2, "errors in the log")
        write_config(daemon, "{")
        daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: len(daemon.log_lines("event=not_reloaded")) == 2, "no JSON")
        equal(len(daemon.log_lines("event=listening")), 1, "listeners")
        collect_more(daemon, terminal, 2)


def test_what_cannot_change_is_kept():
    """What cannot change is named and kept; a port that is taken is told, all else follows"""
    with Daemon() as daemon, socket.create_server(("127.0.0.1", 0)) as other:
        terminal = Terminal("50-0000-0001")
        terminal.dial(daemon.port)
        write_config(daemon, json.dumps(merge(daemon.config, {
            "database": {"path": os.path.join(daemon.directory, "other.db"),
                         "retention": {"raw": "10000d"}},
            "limits": {"layouts": 17}, "log": {"level": "info"},
            "listeners": {"taken": {"address": "127.0.0.1",
                                    "port": other.getsockname()[1]}}})))
        daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: daemon.log_lines("event=reloaded"), "the reload")
        for path in ("$.database.path", "$.limits.layouts"):
            equal(len(daemon.log_lines("event=reload_kept", path)), 1, path)
        equal(len(daemon.log_lines("event=reload_failed", "cannot listen")), 1, "the port")
        collect_more(daemon, terminal, 1)
        equal(os.path.exists(os.path.join(daemon.directory, "other.db")), False, "a file")


if __name__ == "__main__":
    harness.main(globals())
