#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The rules of deletion, against a terminal whose memory is a list in this program."""
import threading
import time

from harness import (Daemon, Hang, HangUp, Terminal, equal, input_record, input_records, main,
                     wait_until)

SETTLE_S = 1.5
SERIAL = "50-1945-0125"
CONFIG = {"terminals": {"settle_time": "1500ms"}}


def is_delete(command):
    return "DEL_OLDEST" in command.upper()


def is_get(command):
    return "GET_OLDEST" in command.upper()


def check_stored(daemon, terminal, records):
    """Each of these records is in the log, and exactly once."""
    equal(terminal.violations, [], "rules of deletion")
    found = daemon.database.telegrams(terminal.serial)
    expected = sorted((int(f[1]), int(f[2])) for f in (r.split(b",") for r in records))
    equal(sorted(found), expected, "records in the log")


def wait_stored(daemon, terminal, count):
    wait_until(lambda: len(daemon.database.telegrams(terminal.serial)) >= count,
               f"{count} records in the log")


def wait_rounds(terminal, count):
    """Waits for so many further fetches."""
    before = terminal.count("GET_OLDEST")
    wait_until(lambda: terminal.count("GET_OLDEST") >= before + count, "further rounds")


def commands_after(terminal, moment, test):
    with terminal.lock:
        return [when for when, _, text in terminal.commands if when > moment and test(text)]


def test_one_is_kept():
    """of n records n-1 are deleted, the last is asked for again and stored once"""
    records = input_records(120)
    with Daemon(CONFIG) as daemon:
        terminal = Terminal(SERIAL, records, daemon.database)
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        wait_rounds(terminal, 2)
        check_stored(daemon, terminal, records)
        equal(terminal.memory, records[-1:], "what is left")
        equal([t for _, _, t in terminal.commands if is_delete(t)],
              ['AT^SCDATA="DEL_OLDEST",49', 'AT^SCDATA="DEL_OLDEST",49',
               'AT^SCDATA="DEL_OLDEST",21'], "deletions")
        equal(daemon.database.events(SERIAL, "overlap_missing"), 0, "events")


def test_overlap_missing():
    """a kept record that does not come again is an event; what came is stored"""
    first, second = input_records(5), input_records(4, stamp=1461350000, sequence=13000)
    with Daemon(CONFIG) as daemon:
        terminal = Terminal(SERIAL, first, daemon.database)
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        with terminal.lock:
            terminal.memory = list(second)
        wait_until(lambda: daemon.database.events(SERIAL, "overlap_missing"), "the event")
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        wait_rounds(terminal, 2)
        check_stored(daemon, terminal, first + second)
        equal(daemon.database.events(SERIAL, "overlap_missing"), 1, "events")


def test_emptied():
    """a memory emptied by somebody is one event, and the next records are stored"""
    first, second = input_records(5), input_records(2, stamp=1461350000, sequence=13000)
    with Daemon(CONFIG) as daemon:
        terminal = Terminal(SERIAL, first, daemon.database)
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        with terminal.lock:
            terminal.memory = []
        wait_until(lambda: daemon.database.events(SERIAL, "overlap_missing"), "the event")
        wait_rounds(terminal, 3)
        terminal.add(*second)
        wait_stored(daemon, terminal, 7)
        wait_rounds(terminal, 2)
        check_stored(daemon, terminal, first + second)
        equal(daemon.database.events(SERIAL, "overlap_missing"), 1, "events")
        equal(len(terminal.links), 1, "links")


def test_little_room():
    """with little room left a whole round is kept back, and new records still come"""
    records = input_records(70)
    with Daemon(CONFIG) as daemon:
        terminal = Terminal(SERIAL, records[:60], daemon.database, devices=3, space=100)
        terminal.dial(daemon.port)
        wait_stored(daemon, terminal, 60)
        wait_rounds(terminal, 2)
        assert len(terminal.memory) > 3, "a round of three meters was not kept back"
        equal(terminal.memory, records[60 - len(terminal.memory):60], "what is left")
        for record in records[60:]:
            terminal.add(record)
            wait_rounds(terminal, 1)
        wait_stored(daemon, terminal, 70)
        assert len(terminal.memory) > 3, "a round of three meters was not kept back"
        terminal.space = 1000000
        wait_until(lambda: len(terminal.memory) == 1, "the rest to be deleted")
        check_stored(daemon, terminal, records)


def test_full_ring():
    """a full ring that overwrites a round before every deletion loses nothing unread"""
    records = input_records(150)
    waiting = records[60:]
    overwritten = []

    def round_of_readings():
        fresh = [waiting.pop(0) for _ in range(min(3, len(waiting)))]
        terminal.memory += fresh
        return len(fresh)

    def overwrite(_link, command):
        # The ring is full: readings take the place of as many of the oldest records.
        if is_delete(command):
            count = round_of_readings()
            overwritten.extend(terminal.memory[:count])
            terminal.memory = terminal.memory[count:]

    with Daemon(CONFIG) as daemon:
        terminal = Terminal(SERIAL, records[:60], devices=3, space=100, hook=overwrite)
        terminal.dial(daemon.port)
        while waiting:
            with terminal.lock:
                round_of_readings()
            wait_rounds(terminal, 2)
        wait_stored(daemon, terminal, 150)
        check_stored(daemon, terminal, records)
        equal([r for r in overwritten if r not in terminal.sent], [], "overwritten unsent")
        assert len(overwritten) >= 9, "the ring has hardly overwritten anything"


def check_not_too_early(terminal, since):
    """No deletion before the settling time, and a fetch before the first deletion."""
    gets = commands_after(terminal, since, is_get)
    deletes = commands_after(terminal, since, is_delete)
    assert gets and deletes, "neither fetched nor deleted"
    assert deletes[0] - since >= SETTLE_S, \
        f"deleted {deletes[0] - since:.3f} s after a deletion of unknown outcome"
    assert gets[0] < deletes[0], "deleted before fetching"


def test_answer_lost():
    """a deletion whose OK is lost: nothing is deleted before the settling time"""
    records = input_records(60)
    lost = []

    def lose(_link, command):
        if is_delete(command) and not lost:
            terminal.answer(None, command)
            lost.append(time.monotonic())
            raise HangUp
        return None

    with Daemon(CONFIG) as daemon:
        terminal = Terminal(SERIAL, records, daemon.database, hook=lose)
        first = terminal.dial(daemon.port)
        assert first.ended.wait(60), "the deletion did not come"
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        check_not_too_early(terminal, lost[0])
        check_stored(daemon, terminal, records)


def test_answer_lost_and_killed():
    """a deletion whose OK is lost is remembered across kill -9"""
    records = input_records(60)
    lost = threading.Event()

    def lose(_link, command):
        if is_delete(command) and not lost.is_set():
            terminal.answer(None, command)
            daemon.kill()
            lost.set()
            raise HangUp
        return None

    with Daemon(CONFIG) as daemon:
        terminal = Terminal(SERIAL, records, daemon.database, hook=lose)
        terminal.dial(daemon.port)
        assert lost.wait(60), "the deletion did not come"
        assert daemon.database.one("SELECT deletion_begun_ms FROM terminal"), \
            "the deletion was not marked before it was sent"
        daemon.start()
        since = time.monotonic()
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        check_not_too_early(terminal, since)
        check_stored(daemon, terminal, records)
        wait_until(lambda: daemon.database.one("SELECT deletion_begun_ms FROM terminal")
                   is None, "the mark to be taken back")


def test_late_deletion():
    """a deletion that is carried out late, after the next link's first fetch, hits nothing"""
    records = input_records(60)
    second = threading.Event()
    late = []

    def delay(_link, command):
        if is_delete(command) and not late:
            terminal.check_delete(49)
            late.append(time.monotonic())
            raise HangUp
        if is_get(command) and late and not second.is_set():
            reply = terminal.answer(None, command)
            terminal.delete(49)
            second.set()
            return reply
        return None

    with Daemon(CONFIG) as daemon:
        terminal = Terminal(SERIAL, records, daemon.database, hook=delay)
        first = terminal.dial(daemon.port)
        assert first.ended.wait(60), "the deletion did not come"
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        assert second.is_set(), "the late deletion did not take place"
        check_not_too_early(terminal, late[0])
        check_stored(daemon, terminal, records)


def test_overlap_after_unknown():
    """after an unknown outcome a fetch that begins with a new record is not deleted from"""
    first = input_records(50)
    second = input_records(30, stamp=1461450000, sequence=14000)
    lost = []

    def lose(_link, command):
        if is_delete(command) and not lost:
            lost.append(time.monotonic())
            terminal.memory = []
            raise HangUp
        return None

    with Daemon(CONFIG) as daemon:
        terminal = Terminal(SERIAL, first, daemon.database, hook=lose)
        link = terminal.dial(daemon.port)
        assert link.ended.wait(60), "the deletion did not come"
        terminal.dial(daemon.port)
        wait_until(lambda: commands_after(terminal, lost[0] + SETTLE_S + 0.3, is_get),
                   "the deletion to have settled")
        terminal.add(*second)
        added = time.monotonic()
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        gets = commands_after(terminal, added, is_get)
        delete = commands_after(terminal, added, is_delete)[0]
        equal(len([when for when in gets if when < delete]) >= 2, True,
              "the overlap was seen before the deletion")
        check_stored(daemon, terminal, first + second)


def test_refused():
    """ERROR to DEL_OLDEST is an event; records stay, are tried again, and none is doubled"""
    records = input_records(20)
    refused = []

    def refuse(_link, command):
        if is_delete(command) and not refused:
            refused.append(time.monotonic())
            return b"ERROR 1\r\n"
        return None

    with Daemon(CONFIG) as daemon:
        terminal = Terminal(SERIAL, records, daemon.database, hook=refuse)
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the second deletion")
        equal(daemon.database.events(SERIAL, "delete_refused"), 1, "events")
        check_not_too_early(terminal, refused[0])
        check_stored(daemon, terminal, records)
        equal(len(terminal.links), 1, "links")


def test_no_answer():
    """a terminal that does not answer is closed: exchange_timeout; the next link goes on"""
    records = input_records(20)
    with Daemon({"terminals": {"exchange_timeout": "400ms"}}) as daemon:
        for part in ("GET_OLDEST", "DEL_OLDEST", "GET_SPACE", "SCAMS"):
            hung = []

            def hang(_link, command, part=part, hung=hung):
                if part in command and not hung:
                    hung.append(command)
                    raise Hang
                return None

            before = daemon.closed("exchange_timeout")
            terminal = Terminal(SERIAL + part, records, daemon.database, hook=hang)
            first = terminal.dial(daemon.port)
            assert first.ended.wait(60), f"{part}: the link stayed open"
            wait_until(lambda: daemon.closed("exchange_timeout") == before + 1, part)
            terminal.dial(daemon.port)
            wait_until(lambda t=terminal: len(t.memory) == 1, "the memory to be read")
            check_stored(daemon, terminal, records)


def test_never_identified():
    """a terminal that says nothing at all is closed: identify_timeout"""
    def hang(_link, _command):
        raise Hang

    with Daemon({"terminals": {"identify_timeout": "400ms"}}) as daemon:
        terminal = Terminal(SERIAL, hook=hang)
        link = terminal.dial(daemon.port)
        assert link.ended.wait(60), "the link stayed open"
        wait_until(lambda: daemon.closed("identify_timeout") == 1, "the reason")
        equal(len(daemon.log_lines("event=link_closed", link.peer)), 1, "log lines")


def test_duplicate():
    """a second link of a terminal takes the place of the first if nobody answers there"""
    with Daemon({"terminals": {"interval": "1h", "probe_timeout": "1s"}}) as daemon:
        for number, part in enumerate(("GET_OLDEST", "DEL_OLDEST")):
            hung = threading.Event()

            def hang(_link, command, part=part, hung=hung):
                if part in command and not hung.is_set():
                    hung.set()
                    raise Hang
                return None

            records = input_records(20)
            terminal = Terminal(SERIAL + part, records, daemon.database, hook=hang)
            first = terminal.dial(daemon.port)
            assert hung.wait(60), "it did not come so far"
            terminal.dial(daemon.port)
            assert first.ended.wait(60), "the first link stayed open"
            equal(daemon.closed("replaced"), number + 1, "links replaced")
            equal(len(daemon.log_lines("event=link_closed", "reason=replaced",
                                       terminal.serial)), 1, "log lines")
            wait_stored(daemon, terminal, 20)
            check_stored(daemon, terminal, records)


def wait_rounds_or_idle(daemon):
    """Waits until a link has nothing to do before the next interval."""
    wait_until(lambda: daemon.status()["terminals"]["dialogue"].get("waiting"), "an idle link")


def test_broken_off():
    """records that came whole before a link broke are stored, and not deleted on it"""
    records = input_records(20)
    broken = []

    def cut(_link, command):
        if is_get(command) and not broken:
            broken.append(True)
            reply = terminal.answer(None, command)
            half = reply.index(records[10]) + 20
            raise HangUp(reply[:half])
        return None

    with Daemon(CONFIG) as daemon:
        terminal = Terminal(SERIAL, records, daemon.database, hook=cut)
        first = terminal.dial(daemon.port)
        assert first.ended.wait(60), "the link stayed open"
        wait_stored(daemon, terminal, 10)
        equal(terminal.count("DEL_OLDEST"), 0, "deletions")
        equal(daemon.closed("peer_broke_off"), 1, "links broken off")
        check_stored(daemon, terminal, records[:10])
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        check_stored(daemon, terminal, records)


def test_sequence_reset():
    """a counter that begins again is an event and nothing is doubled or lost"""
    first = input_records(10, sequence=500)
    second = input_records(10, stamp=1461440000, sequence=1)
    with Daemon(CONFIG) as daemon:
        terminal = Terminal(SERIAL, first, daemon.database)
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        terminal.add(*second)
        wait_until(lambda: terminal.memory == second[-1:], "the memory to be read")
        check_stored(daemon, terminal, first + second)
        equal(daemon.database.events(SERIAL, "sequence_reset"), 1, "events")


def test_clock_lost():
    """counter and clock begin again at 1970, twice: nothing is doubled or lost"""
    def life(value):
        return [input_record(60 * n, n, value + n) for n in range(1, 11)]

    lives = [life(0), life(100), life(200)]
    with Daemon(CONFIG) as daemon:
        terminal = Terminal(SERIAL, [], hook=None)
        terminal.dial(daemon.port)
        for records in lives:
            terminal.add(*records)
            wait_until(lambda r=records: terminal.memory == r[-1:], "the memory to be read")
            wait_rounds(terminal, 2)
        equal(terminal.violations, [], "rules of deletion")
        rows = daemon.database.rows("SELECT stamp, sequence, raw FROM telegram ORDER BY id")
        expected = [(60 * n, n, str(100 * life + n)) for life in range(3) for n in range(1, 11)]
        equal(rows, expected, "records in the log")


def test_clock_lost_across_kill():
    """the same, with a kill -9 and an unconfirmed deletion between the lives"""
    def life(value):
        return [input_record(60 * n, n, value + n) for n in range(1, 11)]

    killed = threading.Event()

    def kill(_link, command):
        if is_delete(command) and not killed.is_set():
            terminal.answer(None, command)
            daemon.kill()
            killed.set()
            raise HangUp
        return None

    with Daemon(CONFIG) as daemon:
        terminal = Terminal(SERIAL, life(0), hook=kill)
        terminal.dial(daemon.port)
        assert killed.wait(60), "the deletion did not come"
        daemon.start()
        terminal.dial(daemon.port)
        terminal.add(*life(100))
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        equal(terminal.violations, [], "rules of deletion")
        rows = daemon.database.rows("SELECT stamp, sequence, raw FROM telegram ORDER BY id")
        expected = [(60 * n, n, str(100 * life + n)) for life in range(2) for n in range(1, 11)]
        equal(rows, expected, "records in the log")


def test_clock_lost_equal_records():
    """two lives with equal records, as a dead meter makes them: none is taken for the other"""
    life = [b'"AMS",%d,%d,"MBUS",1,131082,"",""' % (60 * n, n) for n in range(1, 6)]
    with Daemon(CONFIG) as daemon:
        terminal = Terminal(SERIAL, life)
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        wait_rounds(terminal, 2)
        terminal.add(*life)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        wait_rounds(terminal, 2)
        equal(sorted(daemon.database.telegrams(SERIAL)),
              sorted(2 * [(60 * n, n) for n in range(1, 6)]), "records in the log")


def test_keep_everything():
    """with delete never all records are read and none is deleted"""
    records = input_records(130)
    with Daemon({"terminals": {"delete": "never"}}) as daemon:
        terminal = Terminal(SERIAL, records, daemon.database)
        terminal.dial(daemon.port)
        wait_until(lambda: terminal.count("GET_OLDEST") >= 5, "several rounds")
        equal(terminal.count("DEL_"), 0, "deletions")
        wait_stored(daemon, terminal, 130)
        check_stored(daemon, terminal, records)


if __name__ == "__main__":
    main(globals())
