#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The daemon under the full load of a fleet, killed with -9 at any moment and started
again at once, 200 times: whatever a terminal has deleted is in the database exactly once,
and nothing is there that no terminal has made. Prints how long it takes until it listens
again."""
import collections
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
# pylint: disable=wrong-import-position
from harness import IS_LONG, READOUT, SIMULATOR, Daemon, equal, main, wait_until
from test_fleet import Simulator, ledger_key, stored

KILLS = 1000 if IS_LONG else 200
SEED = int(os.environ.get("READOUT_SEED") or 4)
TERMINALS = 100
KINDS = ["water", "heat", "electricity", "wmbus"]
LIFE_S = (0.02, 0.4)             # between listening and the kill
AIM_MS = 500
CONFIG = {
    "log": {"level": "info"},
    "terminals": {
        "identify": ["serial"], "interval": "100ms", "jitter": "50ms",
        # A deletion is settled within most lives, or hardly any would be made.
        "settle_time": "100ms",
        "exchange_timeout": "3s", "identify_timeout": "3s",
    },
}


class Fleet(Simulator):
    """Terminals that make records until they are stopped, in a large memory."""

    # pylint: disable=super-init-not-called
    def __init__(self, daemon):
        self.ledger_path = os.path.join(daemon.directory, "kill.ledger")
        self.report_path = os.path.join(daemon.directory, "kill.report")
        self.process = subprocess.Popen(
            [SIMULATOR, "--connect", f"127.0.0.1:{daemon.port}", "--terminals", str(TERMINALS),
             "--meters", str(len(KINDS)), "--kinds", ",".join(KINDS), "--memory", "100000000",
             "--seed", str(SEED), "--history", "200", "--interval-ms", "500",
             "--reconnect-ms", "20", "--late-del-ms", "50",
             "--ledger", self.ledger_path, "--report", self.report_path],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)


def is_listening(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except ConnectionRefusedError:
        return False


def start_again(daemon):
    """Starts the killed daemon; returns how many ms until it listens."""
    with open(daemon.log_path, "ab") as log:
        begin = time.monotonic()
        daemon.process = subprocess.Popen(
            [READOUT, "serve", "--config", daemon.config_path], cwd=daemon.directory,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    wait_until(lambda: is_listening(daemon.port), "the daemon to listen again", pause_s=0.002)
    return 1000 * (time.monotonic() - begin)


def kill_again_and_again(daemon, fleet, dice):
    waits_ms = []
    for _ in range(KILLS):
        time.sleep(dice.uniform(*LIFE_S))
        equal(fleet.process.poll(), None, "exit code of the simulator before the last kill")
        equal(daemon.process.poll(), None, "exit code of the daemon before it was killed")
        daemon.kill()
        waits_ms.append(start_again(daemon))
    return waits_ms


def check_books(ledger, log):
    """What was deleted is there once; what is there was made. Returns how many deleted."""
    found = collections.Counter(key for _, key in log)
    made = collections.Counter(map(ledger_key, ledger))
    deleted = collections.Counter(ledger_key(r) for r in ledger if r["fate"] == "deleted")
    lost, doubled = deleted - found, found - made
    equal((sum(lost.values()), sum(doubled.values())), (0, 0),
          f"records lost {list(lost)[:5]} and too many {list(doubled)[:5]}")
    return sum(deleted.values())


def test_kill():
    """killed with -9 again and again under full load: nothing lost, nothing doubled"""
    dice = random.Random(SEED)
    with Daemon(CONFIG) as daemon:
        daemon.kill()
        daemon.start()  # writes the port into its configuration
        fleet = Fleet(daemon)
        try:
            waits_ms = kill_again_and_again(daemon, fleet, dice)
            time.sleep(1)
            fleet.end()
        finally:
            fleet.stop()
        wait_until(lambda: daemon.status()["store"]["queued_bytes"] == 0, "an idle store")
        ledger, log = fleet.ledger(), stored(daemon.database)
        print(f"# seed {SEED}, {KILLS} kills: {len(ledger)} records made, {len(log)} in the log")
        print(f"# listens again after {statistics.median(waits_ms):.0f} ms (median),"
              f" {max(waits_ms):.0f} ms at worst; the aim is {AIM_MS} ms")
        deleted = check_books(ledger, log)
        print(f"# {deleted} records were deleted by their terminals")
        equal(daemon.database.one("PRAGMA integrity_check"), "ok", "integrity")
        assert deleted > KILLS, "hardly a record was deleted: no load"


if __name__ == "__main__":
    main(globals())
