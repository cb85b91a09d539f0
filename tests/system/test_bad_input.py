#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a broken or hostile peer can send: each ends as one counted, logged reason, the
raw bytes of a record are kept, and a terminal beside it notices nothing."""
import contextlib
import random

from harness import (Daemon, Terminal, equal, input_record, input_records, main, wait_until)

MEBIBYTE = 1 << 20
GROWTH_KIB = 16 * 1024
WFH21 = (b"685E5E6808007268170308653299068E0000000C13911800000B22730404046D3510E214326C00000C78"
         b"6817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000"
         b"000000000000027A2500027825004116")


def mbus_record(stamp, sequence, payload):
    return b'"AMS",%d,%d,"MBUS",1,0,"","%s"' % (stamp, sequence, payload)


class Neighbour:
    """A terminal beside the bad one, read all the while."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.made = 0
        self.terminal = Terminal("50-0000-0001", database=daemon.database)
        self.link = self.terminal.dial(daemon.port)

    def check(self):
        """Records made now arrive, on the link that was there from the beginning."""
        self.terminal.add(*(input_record(1461340261 + 60 * n, n, n)
                            for n in range(self.made + 1, self.made + 21)))
        self.made += 20
        wait_until(lambda: len(self.daemon.database.telegrams("50-0000-0001")) == self.made,
                   "the terminal beside it to be read")
        equal(self.link.ended.is_set(), False, "the link beside it was closed")
        equal(self.terminal.violations, [], "rules of deletion")


@contextlib.contextmanager
def daemon_with_neighbour(config=None):
    with Daemon(config) as daemon:
        neighbour = Neighbour(daemon)
        neighbour.check()
        before = daemon.memory_kib()
        yield daemon
        neighbour.check()
        growth = daemon.memory_kib() - before
        assert growth <= GROWTH_KIB, f"the daemon has grown by {growth} KiB"


def closed_total(daemon):
    return sum(daemon.status()["links"]["closed"].values())


def check_closed(daemon, link, name, reason):
    """The link ended for this reason, counted once and logged in one line."""
    assert link.ended.wait(60), "the link stayed open"
    wait_until(lambda: daemon.closed(reason), f"{reason} to be counted")
    equal(daemon.closed(reason), 1, f"{reason}, counted")
    equal(closed_total(daemon), 1, "links closed")
    peer = name.replace(":", " port=")  # an address and its port, or an identity
    lines = daemon.log_lines("event=link_closed", f"peer={peer} ")
    equal(len(lines), 1, f"log lines about the end of {name}")
    assert f"reason={reason} " in lines[0], lines[0]


def pour(link, head, unit, total):
    """Sends head and then unit again and again, until total or the other side closes."""
    with contextlib.suppress(OSError):
        link.send(head)
        block = unit * (65536 // len(unit) + 1)
        sent = 0
        while sent < total:
            link.send(block)
            sent += len(block)


class Flood(Terminal):
    """Answers GET_OLDEST, or everything, with a flood."""

    def __init__(self, serial, head, unit, is_at_once=False):
        super().__init__(serial)
        self.flood = (head, unit)
        self.is_at_once = is_at_once

    def answer(self, link, command):
        if not self.is_at_once and "GET_OLDEST" not in command:
            return super().answer(link, command)
        pour(link, *self.flood, 10 * MEBIBYTE)
        return b""


def flood_test(reason, head, unit, is_at_once):
    with daemon_with_neighbour() as daemon:
        terminal = Flood("50-0000-0666", head, unit, is_at_once)
        link = terminal.dial(daemon.port)
        name = link.name if is_at_once else terminal.serial
        check_closed(daemon, link, name, reason)
        equal(daemon.database.telegrams(terminal.serial), [], "records")


def test_garbage():
    """10 MB of random bytes instead of an answer"""
    noise = random.Random(1).randbytes(MEBIBYTE)
    flood_test("reply_too_long", b"", noise, True)


def test_garbage_in_reply():
    """10 MB of random bytes instead of records"""
    noise = random.Random(2).randbytes(MEBIBYTE)
    flood_test("unasked", b"", noise, False)


def test_garbage_without_lines():
    """10 MB of bytes among which there is no line end"""
    noise = bytes(byte for byte in random.Random(3).randbytes(MEBIBYTE) if byte not in b"\r\n")
    flood_test("line_too_long", b"", noise, True)


def test_endless_line():
    """a line without end, in a reply"""
    flood_test("line_too_long", b"^SCDATA: ", b"A", False)


def test_endless_quote():
    """a quote that never closes, with line ends and OK in it"""
    flood_test("line_too_long", b'^SCDATA: "AMS",1449585962,4,"IEC62056-21",1,0,"","',
               b"1.8.1(0000002.7*kWh)\r\nOK\r\n", False)


def test_endless_empty_lines():
    """line ends for ever"""
    flood_test("reply_too_long", b"", b"\r\n", False)


def test_endless_records():
    """more records than were asked for: closed, kept, and nothing is deleted"""
    with daemon_with_neighbour({"terminals": {"batch": 10}}) as daemon:
        records = input_records(30)

        def list_more(_link, command):
            if "GET_OLDEST" in command:
                return terminal.record_lines(records) + terminal.ok()
            return None

        terminal = Terminal("50-0000-0666", records, hook=list_more)
        link = terminal.dial(daemon.port)
        check_closed(daemon, link, terminal.serial, "too_many_records")
        equal(terminal.count("DEL_"), 0, "deletions")
        equal(len(daemon.database.telegrams(terminal.serial)), 10, "records kept")


def test_reply_to_nothing():
    """lines that answer nothing: counted, not stored, and the link goes on"""
    with Daemon({"terminals": {"interval": "300ms"}}) as daemon:
        records = input_records(3)
        terminal = Terminal("50-0000-0666", records, daemon.database)
        link = terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        wait_until(lambda: daemon.status()["terminals"]["dialogue"].get("waiting"), "waiting")
        link.send(b"RING\r\nNO CARRIER\r\n")
        wait_until(lambda: daemon.status()["links"]["stray_lines"] >= 2, "lines to be counted")
        terminal.add(input_record(1461360000, 20000, 1))
        wait_until(lambda: len(daemon.database.telegrams(terminal.serial)) == 4, "the next")
        equal(link.ended.is_set(), False, "the link was closed")
        equal(closed_total(daemon), 0, "links closed")


def test_unasked():
    """a flood of lines that answer nothing"""
    with Daemon({"terminals": {"interval": "1h"}}) as daemon:
        terminal = Terminal("50-0000-0666")
        link = terminal.dial(daemon.port)
        wait_until(lambda: daemon.status()["terminals"]["dialogue"].get("waiting"), "waiting")
        before = daemon.memory_kib()
        pour(link, b"", input_record(1461360000, 20000, 1) + b"\r\nOK\r\n", 10 * MEBIBYTE)
        check_closed(daemon, link, terminal.serial, "unasked")
        equal(daemon.database.telegrams(terminal.serial), [], "records")
        assert daemon.memory_kib() - before <= GROWTH_KIB, "the daemon has grown"


def stored_rows(daemon, serial):
    return daemon.database.rows(
        "SELECT sequence, (SELECT text FROM word WHERE id = kind),"
        " (SELECT text FROM word WHERE id = decode_status), typeof(raw), CAST(raw AS BLOB)"
        " FROM telegram JOIN origin ON origin.id = telegram.origin"
        " JOIN terminal ON terminal.id = telegram.terminal WHERE identity = ?"
        " ORDER BY telegram.id", serial)


def bad_record_test(record, status, kind, raw_type, raw):
    """A bad record between good ones is stored raw, counted once and logged once; and the
    same when it is the last, so that it is kept back and listed again and again."""
    for is_last in (False, True):
        good = input_records(3, stamp=1449500000, sequence=1)
        records = good + [record]
        if not is_last:
            records += input_records(3, stamp=1449600000, sequence=100)
        with daemon_with_neighbour() as daemon:
            terminal = Terminal("50-0000-0666", records, daemon.database)
            link = terminal.dial(daemon.port)
            wait_until(lambda t=terminal: len(t.memory) == 1, "the memory to be read")
            rounds = terminal.count("GET_OLDEST")
            wait_until(lambda t=terminal, r=rounds: t.count("GET_OLDEST") > r + 2, "rounds")
            equal(terminal.violations, [], "rules of deletion")
            rows = stored_rows(daemon, terminal.serial)
            equal(len(rows), len(records), "records")
            equal(rows[3][1:], (kind, status, raw_type, raw), "the bad record")
            equal(daemon.status()["records"]["undecoded"], 1, "records.undecoded")
            equal(len(daemon.log_lines("event=record_undecoded", terminal.serial,
                                       f"status={status}")), 1, "log lines about it")
            equal(link.ended.is_set(), False, "the link was closed")


def test_odd_hex():
    """a record with an odd number of hex digits"""
    bad = WFH21[:-1]
    bad_record_test(mbus_record(1449585962, 50, bad), "malformed", "mbus", "text", bad)


def test_not_hex():
    """a record with a letter that is no hex digit"""
    bad = WFH21.replace(b"0C13", b"0G13", 1)
    bad_record_test(mbus_record(1449585962, 50, bad), "malformed", "mbus", "text", bad)


def test_wrong_checksum():
    """a telegram with a wrong checksum"""
    bad = WFH21[:-4] + b"4216"
    bad_record_test(mbus_record(1449585962, 50, bad), "malformed", "mbus", "blob",
                    bytes.fromhex(bad.decode()))


def test_cut_short():
    """a telegram that ends in its middle"""
    bad = WFH21[:100]
    bad_record_test(mbus_record(1449585962, 50, bad), "malformed", "mbus", "blob",
                    bytes.fromhex(bad.decode()))


def test_missing_field():
    """a record with a field missing is kept as the whole line"""
    bad = b'"AMS",1449585962,50,"MBUS",1,"%s"' % WFH21
    with daemon_with_neighbour() as daemon:
        terminal = Terminal("50-0000-0666", [bad, input_record(1449586000, 51, 7)])
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        rows = stored_rows(daemon, terminal.serial)
        equal(rows[0][:2], (50, "unknown"), "the bad record")
        assert WFH21 in rows[0][4], "the raw bytes are not kept"


def bytes_test(payload):
    """What stands between quotes is kept byte for byte."""
    record = b'"AMS",1449585962,50,"IEC62056-21",1,0,"ZE","%s"' % payload
    with daemon_with_neighbour() as daemon:
        terminal = Terminal("50-0000-0666", [record, input_record(1449586000, 51, 7)],
                            daemon.database)
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        equal(terminal.violations, [], "rules of deletion")
        rows = stored_rows(daemon, terminal.serial)
        equal(rows[0][1], "iec62056-21", "kind")
        equal(rows[0][4], payload, "raw bytes")
        equal(rows[1][0], 51, "the record behind it")


def test_not_utf8():
    """bytes that are no UTF-8 are kept as they came"""
    bytes_test(b"1.8.1(0\xe9\xff\xc0\x80 caf\xe9)\r\n")


def test_nul():
    """NUL and control characters are kept as they came"""
    bytes_test(b"1.8.1(\x00\x01\x1b[2J\x07\x7f)\r\n")


def test_device_with_nul():
    """NUL and bytes that are no UTF-8 in a device identification harm nobody"""
    record = b'"AMS",1449585962,50,"IEC62056-21",1,0,"Z\x00\xffE","1.8.1(1)"'
    with daemon_with_neighbour() as daemon:
        terminal = Terminal("50-0000-0666", [record, input_record(1449586000, 51, 7)])
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        equal(len(stored_rows(daemon, terminal.serial)), 2, "records")


def test_hostile_identity():
    """an identity with escape sequences is none"""
    with daemon_with_neighbour({"terminals": {"identify": ["serial"]}}) as daemon:
        terminal = Terminal("\x1b[2J\x1b]0;owned\x07")
        link = terminal.dial(daemon.port)
        check_closed(daemon, link, link.name, "not_identified")


def test_forged_line():
    """an identity that looks like a line of the log stays inside its own"""
    with daemon_with_neighbour() as daemon:
        terminal = Terminal("50-0001\n<3>event=forged", input_records(3))
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        forged = [line for line in daemon.log().splitlines() if line.startswith("<3>")]
        equal(forged, [], "forged lines")


def test_printable_mischief():
    """an identity of printable mischief is escaped in the log"""
    with daemon_with_neighbour() as daemon:
        terminal = Terminal("50-a=b\\c'", input_records(3))
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        lines = daemon.log_lines("event=terminal_connected", 'peer="50-a=b\\\\c\'"')
        equal(len(lines), 1, "lines")


def test_hostile_table():
    """a device table of a million rows has a limit"""
    def endless(link, command):
        if command.upper() != "AT^SCAMS?":
            return None
        pour(link, b"", b'^SCAMS: 1> 2,"MBUS","1@2400","1M"\r\n', 10 * MEBIBYTE)
        return b""

    with daemon_with_neighbour() as daemon:
        terminal = Terminal("50-0000-0666", hook=endless)
        link = terminal.dial(daemon.port)
        check_closed(daemon, link, terminal.serial, "reply_too_long")


def test_many_at_once():
    """a hundred floods at a time"""
    noise = random.Random(4).randbytes(MEBIBYTE)
    with daemon_with_neighbour() as daemon:
        links = []
        for number in range(100):
            terminal = Flood(f"50-0000-{number:04}", b"", noise, True)
            links.append(terminal.dial(daemon.port))
        for link in links:
            assert link.ended.wait(120), "a link stayed open"
        wait_until(lambda: closed_total(daemon) == 100, "all to be counted")
        equal(daemon.closed("reply_too_long"), 100, "reasons")


def test_connection_limit():
    """links beyond limits.connections are closed with that reason"""
    with Daemon({"limits": {"connections": 3}}) as daemon:
        links = [Terminal(f"50-0000-{n:04}").dial(daemon.port) for n in range(3)]
        wait_until(lambda: daemon.status()["links"]["identified"] == 3, "three links")
        surplus = Terminal("50-0000-0009").dial(daemon.port)
        check_closed(daemon, surplus, surplus.name, "limit_connections")
        equal([link.ended.is_set() for link in links], [False] * 3, "others closed")


if __name__ == "__main__":
    main(globals())
