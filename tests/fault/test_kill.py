#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The daemon under the full load of a fleet, killed with -9 at any moment and started
again at once, 200 times. Then the terminals make nothing new and are read to their end:
each record ever made is in the database exactly once, and nothing else is. Prints how long
it takes until it listens again."""
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
from test_fleet import Simulator, check_once, stored

KILLS = 1000 if IS_LONG else 200
SEED = int(os.environ.get("READOUT_SEED") or 4)
TERMINALS = 100
KINDS = ["water", "heat", "electricity", "wmbus"]
LIFE_RECORDS = (0, 600)          # new in the database between listening and the kill
LIFE_LIMIT_S = 3                 # a machine that is too slow for them
MOMENT_S = 0.02                  # then, a kill at any moment within a round of the fleet
AIM_MS = 500
DRAIN_LIMIT_S = 300              # only a defect takes that long
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
             "--seed", str(SEED), "--history", str(5 * KILLS), "--interval-ms", "400",
             "--reconnect-ms", "10", "--late-del-ms", "50",
             "--ledger", self.ledger_path, "--report", self.report_path],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def end(self):
        """No new records; waits until all there are were read. Returns the totals."""
        self.process.send_signal(signal.SIGUSR1)
        equal(self.process.wait(timeout=DRAIN_LIMIT_S), 0, "exit code of the simulator")
        return self.report()["totals"]


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


def count_records(daemon):
    return daemon.database.one("SELECT coalesce(max(id), 0) FROM telegram")


def live(daemon, dice):
    """Lets it work until so many records have come."""
    end = time.monotonic() + LIFE_LIMIT_S
    target = count_records(daemon) + dice.randint(*LIFE_RECORDS)
    while count_records(daemon) < target and time.monotonic() < end:
        time.sleep(MOMENT_S / 2)
    time.sleep(dice.uniform(0, MOMENT_S))


def kill_again_and_again(daemon, fleet, dice):
    waits_ms = []
    for _ in range(KILLS):
        live(daemon, dice)
        equal(fleet.process.poll(), None, "exit code of the simulator before the last kill")
        equal(daemon.process.poll(), None, "exit code of the daemon before it was killed")
        daemon.kill()
        waits_ms.append(start_again(daemon))
    return waits_ms


def test_kill():
    """killed with -9 again and again under full load: nothing lost, nothing doubled"""
    dice = random.Random(SEED)
    with Daemon(CONFIG) as daemon:
        daemon.kill()
        daemon.start()  # writes the port into its configuration
        fleet = Fleet(daemon)
        try:
            waits_ms = kill_again_and_again(daemon, fleet, dice)
            stored_by_then = count_records(daemon)
            totals = fleet.end()
        finally:
            fleet.stop()
        wait_until(lambda: daemon.status()["store"]["queued_bytes"] == 0, "an idle store")
        ledger, log = fleet.ledger(), stored(daemon.database)
        print(f"# seed {SEED}, {KILLS} kills, {stored_by_then / KILLS:.0f} records stored in"
              f" each life; {totals}")
        print(f"# listens again after {statistics.median(waits_ms):.0f} ms (median),"
              f" {max(waits_ms):.0f} ms at worst; the aim is {AIM_MS} ms")
        equal((totals["overwritten"], totals["deleted_unsent"]), (0, 0), "lost by a terminal")
        equal(len(ledger), totals["made"], "records in the ledger")
        check_once(ledger, log)
        equal(daemon.database.one("PRAGMA integrity_check"), "ok", "integrity")
        assert stored_by_then > 100 * KILLS, "hardly a record was stored in each life: no load"
        assert totals["deleted"] > 50 * KILLS, "hardly a record was deleted: no load"


if __name__ == "__main__":
    main(globals())
