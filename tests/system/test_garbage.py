#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Crowds: a thousand peers that send garbage, and a fleet that comes back all at once.
READOUT_LONG=1: a fleet of two thousand."""
import random
import selectors
import socket
import subprocess

import harness
from harness import Daemon, Terminal, equal, input_record, input_records, wait_until

PEERS = 1000
BYTES_EACH = 10 * 1000 * 1000
GROWTH_KIB = 16 * 1024
FLEET = 2000 if harness.IS_LONG else 500
RECORDS = 20
BLOCK = 50000  # bytes


def kinds():
    """What the peers send, over and over."""
    dice = random.Random(5)
    record = b'^SCDATA: ' + input_record(1461340261, 12091, 7)
    return {
        "no line end": b"A" * BLOCK,
        "line ends": b"\r\n" * (BLOCK // 2),
        "binary": dice.randbytes(BLOCK),
        "echo": b"ATE0\r\r\nOK\r\n" * (BLOCK // 11),
        "answers": b"50-1945-0001\r\nOK\r\n" * (BLOCK // 18),
        "half records": (record[:-9] + b"\r\n") * (BLOCK // len(record)),
        "records": (record + b"\r\n") * (BLOCK // len(record)),
        "no end of quote": (b'^SCDATA: "' + b"\x00" * 900) * (BLOCK // 910),
    }


class Crowd:
    """Sockets that send their garbage as fast as it is taken, until they are closed; then
    they dial again and go on, until each has offered its share."""

    def __init__(self, port, payloads):
        self.port = port
        self.selector = selectors.DefaultSelector()
        self.links = 0
        for number in range(PEERS):
            self.dial(payloads[number % len(payloads)], BYTES_EACH)

    def dial(self, payload, left):
        link = socket.socket()
        link.setblocking(False)
        link.connect_ex(("127.0.0.1", self.port))
        self.selector.register(link, selectors.EVENT_WRITE, [payload, left])
        self.links += 1

    def step(self):
        """false: all have offered everything."""
        for key, _ in self.selector.select(0.2):
            payload, left = key.data
            try:
                sent = key.fileobj.send(payload[:left])
            except BlockingIOError:
                continue
            except OSError:  # closed by the daemon; what was offered counts as a block
                sent, is_over = len(payload), True
            else:
                is_over = False
            key.data[1] = left = left - min(left, sent)
            if is_over or left == 0:
                self.selector.unregister(key.fileobj)
                key.fileobj.close()
                if left > 0:
                    self.dial(payload, left)
        return len(self.selector.get_map()) > 0


def test_garbage():
    """A thousand connections of garbage: memory stays, honest terminals are collected"""
    config = {"log": {"level": "info"},
              "listeners": {"main": {"limits": {"accept_rate": 100000}}},
              "limits": {"connections": 3000, "connections_per_address": 3000}}
    with Daemon(config) as daemon:
        honest = [Terminal(f"50-0000-{n:04d}", input_records(50)) for n in range(10)]
        links = [terminal.dial(daemon.port) for terminal in honest]
        wait_until(lambda: all(len(t.memory) == 1 for t in honest), "the first records")
        before = daemon.memory_kib()
        crowd = Crowd(daemon.port, list(kinds().values()))
        peak, number = before, 0
        while crowd.step():
            number += 1
            if number % 20 == 0:
                peak = max(peak, daemon.memory_kib())
        for terminal in honest:
            terminal.add(input_record(1500000000, 20000, 7))
        for terminal in honest:
            wait_until(lambda: (1500000000, 20000) in
                       daemon.database.telegrams(terminal.serial), terminal.serial)
        equal([t.violations for t in honest if t.violations], [], "violations")
        equal([link.ended.is_set() for link in links], [False] * 10, "honest links ended")
        print(f"# {before} KiB before, at most {peak} KiB; {crowd.links} links;"
              f" closed: {daemon.status()['links']['closed']}")
        if peak - before > GROWTH_KIB:
            raise AssertionError(f"grew by {peak - before} KiB")


def test_a_fleet_that_comes_back_at_once():
    """The daemon dies under a whole fleet, which dials in again at once: all are collected"""
    config = {"log": {"level": "info"}, "limits": {"connections": FLEET + 100},
              "terminals": {"interval": "1s", "batch": 5}}
    with Daemon(config) as daemon:
        fleet = subprocess.Popen(
            [harness.SIMULATOR, "--connect", f"127.0.0.1:{daemon.port}",
             "--terminals", str(FLEET), "--history", str(RECORDS), "--memory", "65536",
             "--connect-rate", "0", "--reconnect-ms", "50", "--exit-when-drained",
             "--duration-s", "100"],
            stdout=subprocess.DEVNULL)
        try:
            def stored():
                return daemon.database.one("SELECT count(*) FROM telegram")
            for part in (0.02, 0.2, 0.5):
                wait_until(lambda: stored() >= part * FLEET * RECORDS, "a part", 90)
                daemon.kill()
                daemon.start()
            equal(fleet.wait(timeout=110), 0, "the simulator: nothing was deleted unsent")
        finally:
            fleet.kill()
            fleet.wait()
        equal(stored(), FLEET * RECORDS, "records, each once")
        equal(daemon.database.one("SELECT count(DISTINCT terminal) FROM telegram"), FLEET)
        links = daemon.status()["links"]
        print(f"# accepted since the last start: {links['accepted']}, pauses:"
              f" {links['accept_pauses']}, closed: {links['closed']}")


if __name__ == "__main__":
    harness.main(globals())
