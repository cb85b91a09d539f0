#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A fleet of simulated terminals with every fault on, and a daemon that is killed with -9
again and again: at the end each record is in the database exactly once, with the value
that the virtual meter encoded."""
import collections
import decimal
import json
import os
import random
import signal
import subprocess
import time

from harness import IS_LONG, SIMULATOR, Daemon, equal, main, wait_until

TERMINALS = 500 if IS_LONG else 100
KILLS = 100 if IS_LONG else 20
SEED = 2
# One a second: they must go on well after the last kill.
ROUNDS = 300 if IS_LONG else 75
OUTAGE_S = 20                    # long enough for a small memory to run over
CONFIG = {
    "log": {"level": "info"},
    "terminals": {
        # A terminal that answers ERROR for once must not turn up under another name.
        "identify": ["serial"],
        "interval": "400ms", "jitter": "200ms", "settle_time": "2s",
        "exchange_timeout": "3s", "identify_timeout": "3s",
    },
}
KINDS = {"MBUS": "mbus", "WMBUS": "wmbus", "AIN_DIN": "input", "IEC62056-21": "iec62056-21",
         "Unknown": "unknown"}


class Simulator:
    """One process of terminals; ends by itself when all was made, sent and deleted."""

    def __init__(self, daemon, name, first, terminals, kinds, memory, faults="all"):
        self.ledger_path = os.path.join(daemon.directory, name + ".ledger")
        self.report_path = os.path.join(daemon.directory, name + ".report")
        self.terminals = terminals
        self.process = subprocess.Popen(
            [SIMULATOR, "--connect", f"127.0.0.1:{daemon.port}", "--terminals", str(terminals),
             "--first-serial", str(first), "--meters", str(len(kinds)),
             "--kinds", ",".join(kinds), "--memory", str(memory), "--seed", str(SEED),
             "--history", str(6 * len(kinds)), "--interval-ms", "1000",
             "--records-total", str(ROUNDS * len(kinds)), "--faults", faults,
             "--reconnect-ms", "200", "--silence-ms", "4000", "--late-del-ms", "500",
             "--exit-when-drained", "--ledger", self.ledger_path, "--report", self.report_path],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def ledger(self):
        with open(self.ledger_path, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def report(self):
        with open(self.report_path, encoding="utf-8") as file:
            return json.load(file)

    def wait(self):
        try:
            code = self.process.wait(timeout=300)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
            totals = self.report()["totals"]
            raise AssertionError(f"the terminals were not read to their end: {totals}") from None
        totals = self.report()["totals"]
        equal(totals["deleted_unsent"], 0, f"deleted unsent, of {totals}")
        equal(code, 0, "exit code of the simulator")
        return totals

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def ledger_key(record):
    """All that the terminal said of a record."""
    payload = record["payload"]
    if record["kind"] in ("MBUS", "WMBUS"):
        payload = bytes.fromhex(payload)
    return (record["terminal"], record["stamp"], record["sequence"], KINDS[record["kind"]],
            record["error_code"], payload or None)


def stored(database):
    """The log: (row id, key as above)."""
    rows = database.rows(
        "SELECT t.id, identity, stamp, sequence, (SELECT text FROM word WHERE id = o.kind),"
        " error_code, raw FROM telegram t JOIN origin o ON o.id = t.origin"
        " JOIN terminal ON terminal.id = t.terminal")
    return [(row[0], (*row[1:6], row[6] or None)) for row in rows]


def check_once(ledger, log):
    """Every record is in the log once, but for those overwritten; and none was invented."""
    found = collections.Counter(key for _, key in log)
    made = collections.Counter(map(ledger_key, ledger))
    safe = collections.Counter(ledger_key(record) for record in ledger
                               if record["fate"] != "overwritten")
    missing, invented = safe - found, found - made
    equal((sum(missing.values()), sum(invented.values())), (0, 0),
          f"records missing {list(missing)[:5]} and too many {list(invented)[:5]}")


def check_values(database, ledger, log):
    """The primary counter of each record, exactly; returns how many were compared."""
    readings = collections.defaultdict(list)
    for telegram, unit, text in database.rows(
            "SELECT id, unit, value_text FROM readings WHERE quantity IN ('volume', 'energy')"
            " AND function = 'instantaneous' AND storage = 0 AND tariff = 0 AND subunit = 0"
            " AND modifiers = ''"):
        readings[telegram, unit].append(text)
    rows = {key: telegram for telegram, key in log}
    compared = 0
    for record in ledger:
        telegram = rows.get(ledger_key(record))
        if record["kind"] != "MBUS" or "value" not in record or telegram is None:
            continue
        texts = readings[telegram, record["unit"]]
        equal([decimal.Decimal(text) for text in texts], [decimal.Decimal(record["value"])],
              f"value of {record}")
        compared += 1
    return compared


def check_unsent_losses(ledger, log):
    """Of the overwritten ones, how many are in the log and how many are gone."""
    keys = {key for _, key in log}
    overwritten = [ledger_key(r) in keys for r in ledger if r["fate"] == "overwritten"]
    return sum(overwritten), len(overwritten) - sum(overwritten)


def wait_quiet(daemon):
    """Until the store has nothing left to do."""
    wait_until(lambda: daemon.status()["store"]["queued_bytes"] == 0, "the store to be idle")


def kill_again_and_again(daemon, dice, is_over):
    for number in range(KILLS):
        time.sleep(dice.uniform(0.3, 2.0))
        daemon.kill()
        if number == KILLS // 2:
            time.sleep(OUTAGE_S)
        daemon.start()
        assert not is_over(), "the terminals were done before the daemon was killed often"


def test_fleet():
    """every fault and many kills: each record once, exact values, none deleted unsent"""
    dice = random.Random(SEED)
    small = TERMINALS // 4
    with Daemon(CONFIG) as daemon:
        simulators = [
            Simulator(daemon, "roomy", 1, TERMINALS - small,
                      ["water", "heat", "electricity", "pulse", "iec", "wmbus", "unknown",
                       "dead"], 1 << 20),
            Simulator(daemon, "small", 5001, small, ["water", "heat", "electricity", "wmbus"],
                      6000),
        ]
        try:
            kill_again_and_again(
                daemon, dice, lambda: any(s.process.poll() is not None for s in simulators))
            totals = [simulator.wait() for simulator in simulators]
            wait_quiet(daemon)
        finally:
            for simulator in simulators:
                simulator.stop()
        log = stored(daemon.database)
        ledger = [record for simulator in simulators for record in simulator.ledger()]
        check_once(ledger, log)
        compared = check_values(daemon.database, ledger, log)
        known, gone = check_unsent_losses(ledger, log)
        equal(totals[0]["overwritten"], 0, "overwritten in a large memory")
        assert totals[1]["overwritten"] > 0, "no small memory has run over"
        assert compared > len(ledger) // 4, "hardly a value was compared"
        for simulator in simulators:
            quiet = [name for name, count in simulator.report()["faults"].items() if count == 0]
            print(f"# {simulator.report()['totals']}; faults that did not happen: {quiet}")
        print(f"# {len(log)} records in the log, {compared} values compared,"
              f" overwritten: {known} already in the log, {gone} gone")


if __name__ == "__main__":
    main(globals())
