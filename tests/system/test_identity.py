#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Who a terminal is, how it is collected, and its health, with the real daemon."""
import os
import socket
import time

from harness import Daemon, Hang, Terminal, equal, input_records, main, wait_until

SERIAL = "50-1945-0125"
SECRET = "a gateway's registration 7f3a"


def mbus_record(stamp, sequence, status):
    body = bytes.fromhex("08017201000000824D0107%02X%02X0000" % (sequence & 255, status)
                         + "0C1327000000")
    frame = bytes([0x68, len(body), len(body), 0x68]) + body + bytes([sum(body) & 255, 0x16])
    return b'"AMS",%d,%d,"MBUS",1,0,"","%s"' % (stamp, sequence, frame.hex().upper().encode())


def failed_record(stamp, sequence):
    return b'"AMS",%d,%d,"MBUS",1,131082,"",""' % (stamp, sequence)


def conditions(daemon):
    return [row[0] for row in daemon.database.rows("SELECT kind FROM conditions ORDER BY kind")]


def phases(daemon, kind):
    """What the events view tells of a kind, in order."""
    return [row[0] for row in daemon.database.rows(
        "SELECT phase FROM events WHERE kind = ? ORDER BY id", kind)]


def wait_waiting(daemon, count=1):
    wait_until(lambda: daemon.status()["terminals"]["dialogue"].get("waiting", 0) == count,
               "the round to end")


def test_name_taken():
    """a newcomer with the serial number of a terminal that answers is refused, told once"""
    with Daemon({"terminals": {"interval": "1h", "probe_timeout": "2s"}}) as daemon:
        first = Terminal(SERIAL, input_records(5), daemon.database)
        link = first.dial(daemon.port)
        wait_waiting(daemon)
        for number in range(1, 4):
            other = Terminal(SERIAL, input_records(5, stamp=1500000000))
            intruder = other.dial(daemon.port)
            assert intruder.ended.wait(60), "the newcomer stayed connected"
            wait_until(lambda n=number: daemon.closed("name_taken") == n, "the reason")
            equal(other.count("GET_OLDEST"), 0, "records asked of the newcomer")
        assert not link.ended.is_set(), "the first link was closed"
        equal(conditions(daemon), ["name_taken"])
        equal(phases(daemon, "name_taken"), ["begin"])
        daemon.kill()
        daemon.start()
        first.dial(daemon.port)
        wait_waiting(daemon)
        Terminal(SERIAL).dial(daemon.port)
        wait_until(lambda: daemon.closed("name_taken") == 1, "the reason after a restart")
        equal(phases(daemon, "name_taken"), ["begin"], "told again after a restart")


def test_half_open():
    """an idle link on which nobody answers AT is closed"""
    def silent(_link, command):
        if command == "AT":
            raise Hang
        return None

    with Daemon({"terminals": {"interval": "1h", "idle_probe": "200ms",
                               "probe_timeout": "500ms"}}) as daemon:
        link = Terminal(SERIAL, input_records(3), daemon.database, hook=silent).dial(daemon.port)
        assert link.ended.wait(60), "the dead link stayed open"
        wait_until(lambda: daemon.closed("half_open") == 1, "the reason")


def test_unknown():
    """unknown terminals are kept in quarantine unread, named ones read, forbidden ones not"""
    config = {"terminals": {"unknown": "quarantine", "idle_probe": "300ms"},
              "known_terminals": {"known": {"batch": 2}, "banned": {"forbidden": True}}}
    with Daemon(config) as daemon:
        stranger = Terminal("stranger", input_records(5))
        stranger.dial(daemon.port)
        known = Terminal("known", input_records(5), daemon.database)
        known.dial(daemon.port)
        banned = Terminal("banned", input_records(5)).dial(daemon.port)
        assert banned.ended.wait(60), "the forbidden one stayed"
        wait_until(lambda: daemon.closed("forbidden") == 1, "the reason")
        wait_until(lambda: len(known.memory) == 1, "the known one to be read")
        wait_until(lambda: [q["terminal"] for q in daemon.status()["health"]["quarantined"]]
                   == ["stranger"], "the list of quarantine")
        wait_until(lambda: any(text == "AT" for _, _, text in stranger.commands), "a probe")
        equal(stranger.count("SCDATA"), 0, "commands about records in quarantine")
        equal({t for _, _, t in known.commands if "GET_OLDEST" in t},
              {'AT^SCDATA="GET_OLDEST",2'}, "the batch of its own")
        equal(daemon.database.one("SELECT count(*) FROM terminals"), 1, "terminals stored")


def test_registration():
    """a registration text names a gateway; without it nobody gets that name"""
    os.environ["READOUT_TEST_SECRET"] = SECRET
    config = {"terminals": {"identify": ["registration", "serial"], "first_line_wait": "300ms"},
              "known_terminals": {"gate": {"registration": {"env": "READOUT_TEST_SECRET"}}}}
    with Daemon(config) as daemon:
        impostor = Terminal("gate", input_records(3)).dial(daemon.port)
        assert impostor.ended.wait(60), "a plain name was taken for a proof"
        wait_until(lambda: daemon.closed("not_proven") == 1, "the reason")
        gate = Terminal("50-1945-0001", input_records(3))
        link = gate.dial(daemon.port)
        link.send(SECRET.encode() + b"\r\n")
        wait_until(lambda: len(daemon.database.telegrams("gate")) == 3, "its records")
        assert SECRET not in daemon.log(), "the secret stands in the log"
        equal(daemon.database.one("SELECT count(*) FROM terminals"), 1, "terminals stored")


def test_slow_identity():
    """who sends a byte now and then has all the same to say who it is within the time"""
    with Daemon({"terminals": {"identify_timeout": "1s", "exchange_timeout": "1s"}}) as daemon:
        begin = time.monotonic()
        with socket.create_connection(("127.0.0.1", daemon.port)) as link:
            link.settimeout(0.1)
            ended = False
            while not ended and time.monotonic() - begin < 60:
                try:
                    link.send(b"x")
                    ended = link.recv(100) == b""
                except socket.timeout:
                    pass
                except OSError:
                    ended = True
        assert ended, "the link stayed open"
        wait_until(lambda: daemon.closed("identify_timeout") == 1, "the reason")


def test_ten_records():
    """a link that breaks after ten records still makes progress, also across restarts"""
    records = input_records(60)
    with Daemon() as daemon:
        def breaks(link, command):
            if "GET_OLDEST" not in command or int(command.split(",")[1]) <= 10:
                return None
            link.send(terminal.record_lines(terminal.memory[:10]))
            terminal.sent.update(terminal.memory[:10])
            link.close()
            raise Hang

        terminal = Terminal(SERIAL, records, daemon.database, hook=breaks)
        links = 0
        while len(terminal.memory) > 1 and links < 60:
            link = terminal.dial(daemon.port)
            links += 1
            wait_until(lambda: link.ended.is_set() or len(terminal.memory) == 1, "progress")
            wait_until(lambda: daemon.status()["links"]["open"] <= 1, "the end of the link")
            if links == 3:
                daemon.kill()
                daemon.start()
        equal(terminal.violations, [], "rules of deletion")
        equal(len(terminal.memory), 1, "records left")
        equal(len(daemon.database.telegrams(SERIAL)), 60, "records stored")
        assert daemon.database.one("SELECT batch FROM terminal") <= 11, "the batch is remembered"


def test_large_record():
    """a record that fits no limit is stored raw and does not stop those behind it"""
    records = input_records(6)
    records[2] = records[2][:-5] + b'"' + b"7" * 9000 + b'"'
    with Daemon({"terminals": {"line_limit": "4KiB", "reply_limit": "8KiB", "batch": 2}}) \
            as daemon:
        terminal = Terminal(SERIAL, records, daemon.database)
        while len(terminal.memory) > 1:
            link = terminal.dial(daemon.port)
            wait_until(lambda: link.ended.is_set() or len(terminal.memory) == 1, "progress")
        equal(terminal.violations, [], "rules of deletion")
        equal(len(daemon.database.telegrams(SERIAL)), 6, "records stored")
        equal(daemon.database.events(SERIAL, "large_record"), 1, "events")


def test_overwritten():
    """what the ring has overwritten is told with its size"""
    with Daemon() as daemon:
        terminal = Terminal(SERIAL, input_records(5), daemon.database)
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        with terminal.lock:
            terminal.memory = input_records(3, stamp=1461361000, sequence=12091 + 44)
        wait_until(lambda: daemon.database.events(SERIAL, "overlap_missing"), "the event")
        detail = daemon.database.one("SELECT detail FROM events WHERE kind = 'overlap_missing'")
        assert "at most 39 records" in detail, detail


def test_meter_conditions():
    """what meters say of themselves begins once and ends once, across restarts"""
    now = int(time.time())
    with Daemon() as daemon:
        terminal = Terminal(SERIAL, [mbus_record(now, 1, 0x0C)], daemon.database)
        terminal.dial(daemon.port)
        wait_until(lambda: conditions(daemon) == ["meter_permanent_error", "meter_power_low"],
                   "the conditions of the status byte")
        terminal.add(mbus_record(now + 1, 2, 0x0C), failed_record(now + 2, 3),
                     failed_record(now + 3, 4))
        wait_until(lambda: "read_failed" in conditions(daemon), "the failed read")
        detail = daemon.database.one("SELECT detail FROM conditions WHERE kind = 'read_failed'")
        assert "131082" in detail and "1@2400" in detail, detail
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        daemon.kill()
        daemon.start()
        terminal.dial(daemon.port)
        terminal.add(mbus_record(now + 4, 5, 0x04), mbus_record(now + 5, 6, 0x04))
        wait_until(lambda: conditions(daemon) == ["meter_power_low"], "what has ended")
        for kind, expected in (("meter_power_low", ["begin"]), ("read_failed", ["begin", "end"]),
                               ("meter_permanent_error", ["begin", "end"])):
            equal(phases(daemon, kind), expected, kind)
        equal(daemon.status()["health"]["open"], {"meter_power_low": 1})


def test_terminal_health():
    """error buffer, firmware, a clock ahead and a full memory are told, each once"""
    now = int(time.time())
    firmware = ["1.0"]

    def answers(_link, command):
        if command == "AT^SCERR?":
            return terminal.lines(b"^SCERR: 71> 5,0", b"^SCERR: 72> 8,10") + terminal.ok()
        if command == "ATI3":
            return terminal.lines(firmware[0].encode()) + terminal.ok()
        return None

    with Daemon({"terminals": {"survey": "100ms"}}) as daemon:
        terminal = Terminal(SERIAL, input_records(3, stamp=now + 7200), daemon.database,
                            hook=answers)
        terminal.dial(daemon.port)
        wait_until(lambda: "clock_wrong" in conditions(daemon), "the wrong clock")
        wait_until(lambda: terminal.count("SCERR") > 3, "further looks")
        equal(daemon.database.events(SERIAL, "terminal_error"), 2, "entries of the error buffer")
        terminal.space = 1000
        terminal.add(*input_records(3, stamp=now + 7500, sequence=13000))
        wait_until(lambda: "memory_full" in conditions(daemon), "the full memory")
        firmware[0] = "2.0"
        daemon.kill()
        daemon.start()
        terminal.dial(daemon.port)
        wait_until(lambda: daemon.database.events(SERIAL, "firmware_changed"), "the firmware")
        wait_until(lambda: terminal.count("SCERR") > 8, "further looks")
        equal(daemon.database.events(SERIAL, "terminal_error"), 2, "told again")
        equal(phases(daemon, "clock_wrong"), ["begin"])
        equal(phases(daemon, "memory_full"), ["begin"])


def test_quiet_hours():
    """no round begins in quiet hours, but for an operator who wants it"""
    hour = time.localtime().tm_hour
    hours = f"{(hour + 23) % 24:02}:00-{(hour + 2) % 24:02}:00"
    with Daemon({"groups": {"night": {"members": ["50-*"], "quiet_hours": hours}}}) as daemon:
        quiet = Terminal(SERIAL, input_records(3), daemon.database)
        quiet.dial(daemon.port)
        other = Terminal("60-1945-0001", input_records(3), daemon.database)
        other.dial(daemon.port)
        wait_until(lambda: other.count("GET_OLDEST") > 5, "rounds of the other group")
        equal(quiet.count("GET_OLDEST"), 0, "rounds in quiet hours")


def test_never_deleted():
    """where nothing is deleted the whole memory is read, and the limit is told"""
    records = input_records(200)
    with Daemon({"terminals": {"delete": "never", "line_limit": "1KiB", "reply_limit": "30KiB",
                               "interval": "300ms"}}) as daemon:
        terminal = Terminal(SERIAL, records[:90], daemon.database)
        terminal.dial(daemon.port)
        wait_until(lambda: len(daemon.database.telegrams(SERIAL)) == 90, "the whole memory")
        equal(conditions(daemon), [])
        terminal.add(*records[90:])
        wait_until(lambda: conditions(daemon) == ["records_unreached"], "the limit to be told")
        equal(terminal.count("DEL_OLDEST"), 0, "deletions")


if __name__ == "__main__":
    main(globals())
