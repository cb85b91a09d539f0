#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The vendor's published transcripts, replayed byte for byte to the real daemon, in every
form that the published pages leave open."""
import itertools
import json

from harness import Daemon, Terminal, equal, input_records, main, run, wait_until

WFH21_1891 = (
    "685E5E6808007268170308653299068E0000000C13911800000B22730404046D3510E214326C00000C78"
    "6817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000"
    "000000000000027A2500027825004116")
WFH21_2002 = (
    "685E5E680800726817030865329906AF0000000C13022000000B22746404046D0511E81C326C00000C78"
    "6817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000"
    "000000000000027A2502027825021F16")
WIRELESS = "44B409466316140A077A9B0800000C1305000000"


def pro380(access_number, checksum):
    return ("684B4B680801721604021592B00102" + access_number +
            "0000000C04790200008C1004790200008C2004000000001C04660300009C1004660300009C20"
            "04000000002C0487000000AC100487000000AC200400000000" + checksum + "16")


IEC_BLOCK = ("F.F(000000){0}C.1.0(04869551){0}C.90(869551){0}1.8.1(0000002.7#kWh){0}"
             "1.8.2(0000002.0*kWh){0}0.3.3(000250.00*i\\kWh){0}0.4.2(001){0}")


class Record:
    """What the terminal sends, and the row it must become."""

    def __init__(self, line, kind, raw, device=None, index=1, rssi=None, status="ok"):
        self.line = line.encode("ascii")
        self.kind = kind
        self.raw = raw
        self.device = device
        self.index = index
        self.rssi = rssi
        self.status = status

    def row(self):
        fields = self.line.split(b",", 3)
        return (int(fields[1]), int(fields[2]), self.kind, self.index, 0, self.device,
                self.rssi, self.status, self.raw)


def mbus(stamp, sequence, payload):
    return Record(f'"AMS",{stamp},{sequence},"MBUS",1,0,"","{payload}"', "mbus",
                  bytes.fromhex(payload))


def pulses(stamp, sequence, value):
    return Record(f'"AMS",{stamp},{sequence},"AIN_DIN",1,0,"","{value}"', "input", value)


def iec(line_end):
    text = IEC_BLOCK.format(line_end)
    return Record(f'"AMS",1463246887,48962,"IEC62056-21",1,0,"ZE310.iv30_012","{text}"',
                  "iec62056-21", text, device="ZE310.iv30_012")


PAIR = [
    mbus(1449585962, 4, WFH21_2002),
    Record(f'"WMBUS",1449586020,5,-68,20,"{WIRELESS}"', "wmbus", bytes.fromhex(WIRELESS),
           index=0, rssi=-68),
]
TRIPLE = [
    mbus(1467365701, 10506, pro380("09", "80")),
    mbus(1467365762, 10508, pro380("0A", "81")),
    mbus(1467365822, 10509, pro380("0B", "82")),
]
INPUTS = [pulses(1461340261, 12091, "131"), pulses(1461340381, 12093, "228"),
          pulses(1461340441, 12094, "234")]
PUBLISHED = mbus(1427984042, 3, WFH21_1891)


def transcripts(line_end):
    return [PUBLISHED, *PAIR, *INPUTS, iec(line_end), *TRIPLE]


ROWS = """SELECT stamp, sequence, (SELECT text FROM word WHERE id = kind), device_index,
  error_code, nullif(device, ''), rssi, (SELECT text FROM word WHERE id = decode_status), raw
  FROM telegram JOIN origin ON origin.id = telegram.origin
  JOIN terminal ON terminal.id = telegram.terminal WHERE identity = ? ORDER BY telegram.id"""


def value(database, terminal, sequence, where):
    """value_text of the one reading of a record that meets the condition."""
    rows = database.rows(
        "SELECT value_text FROM readings WHERE terminal = ? AND id = (SELECT telegram.id"
        " FROM telegram JOIN terminal t ON t.id = terminal WHERE identity = ?"
        f" AND sequence = ?) AND {where}", terminal, terminal, sequence)
    equal(len(rows), 1, f"readings of {sequence} where {where}")
    return rows[0][0]


def check_values(database, serial):
    first = "quantity = 'volume' AND storage = 0"
    equal(value(database, serial, 3, first), "1.891", "published telegram")
    equal(value(database, serial, 3, "quantity = 'volume' AND storage = 1"), "1.874")
    equal(value(database, serial, 4, first), "2.002", "telegram of the pair")
    energy = "quantity = 'energy' AND storage = 0 AND subunit = 0"
    for sequence in (10506, 10508, 10509):
        for function, tariff, expected in (
                ("instantaneous", 0, "2790"), ("instantaneous", 1, "2790"),
                ("instantaneous", 2, "0"), ("maximum", 0, "3660"), ("minimum", 0, "870")):
            found = value(database, serial, sequence,
                          f"{energy} AND function = '{function}' AND tariff = {tariff}")
            equal(found, expected, f"{function} {tariff} of {sequence}")
    equal(database.rows("SELECT DISTINCT meter, medium FROM readings WHERE terminal = ?"
                        " AND unit = 'Wh' AND meter IS NOT NULL", serial),
          [("1502041692B00102", "electricity")])
    equal(value(database, serial, 5, first), "0.005", "wireless telegram of the pair")
    equal(value(database, serial, 12091, "quantity = 'input'"), "131", "pulses")
    for obis, expected in (("1.8.1", "2700"), ("1.8.2", "2000"), ("C.1.0", "04869551")):
        equal(value(database, serial, 48962, f"obis = '{obis}'"), expected, obis)


def replay(daemon, terminals, expected):
    for terminal in terminals:
        terminal.dial(daemon.port)
    for terminal in terminals:
        wait_until(lambda t=terminal: len(t.memory) == 1, f"{terminal.serial} to be read")
    for terminal in terminals:
        equal(terminal.violations, [], f"rules of deletion, {terminal.serial}")
        rows = daemon.database.rows(ROWS, terminal.serial)
        equal(rows, [record.row() for record in expected[terminal.serial]],
              f"rows of {terminal.serial}")


def one_byte_at_a_time(_command, reply):
    return [reply[i:i + 1] for i in range(len(reply))]


def test_every_form():
    """transcripts give their rows once, with any echo, blank and line end, whole or bytewise"""
    forms = itertools.product(("on", "always", "off"), (True, False),
                              (b"\r", b"\n", b"\r\n"), (None, one_byte_at_a_time))
    with Daemon() as daemon:
        terminals, expected = [], {}
        for number, (echo, blank, line_end, pieces) in enumerate(forms):
            serial = f"50-1945-{number:04}"
            expected[serial] = transcripts(line_end.decode())
            terminals.append(Terminal(
                serial, [record.line for record in expected[serial]], daemon.database,
                echo=echo, blank=blank, line_end=line_end, pieces=pieces))
        replay(daemon, terminals, expected)
        for terminal in terminals:
            check_values(daemon.database, terminal.serial)


def test_split_everywhere():
    """a reply cut in two at every byte gives the same rows"""
    # One terminal per byte of the reply: a daemon that keeps state across replies is
    # caught by the next test.
    lines = [record.line for record in PAIR]
    with Daemon() as daemon:
        probe = Terminal("probe", lines)
        size = len(probe.record_lines(lines) + probe.ok())
        terminals, expected = [], {}
        for at in range(1, size):
            serial = f"50-1946-{at:04}"

            def pieces(command, reply, at=at):
                is_get = "GET_OLDEST" in command and len(reply) == size
                return [reply[:at], reply[at:]] if is_get else [reply]

            expected[serial] = PAIR
            terminals.append(Terminal(serial, lines, daemon.database, pieces=pieces))
        replay(daemon, terminals, expected)


def test_split_in_one_link():
    """replies of one link, each cut at another byte, give every record once"""
    with Daemon({"terminals": {"batch": 2}}) as daemon:
        records = input_records(200)
        cut = itertools.count(1)

        def pieces(_command, reply):
            at = 1 + next(cut) % (len(reply) - 1)
            return [reply[:at], reply[at:]]

        terminal = Terminal("50-1947-0001", records, daemon.database, pieces=pieces)
        terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        equal(terminal.violations, [], "rules of deletion")
        equal(len(daemon.database.telegrams(terminal.serial)), 200, "records")
        equal(len(set(daemon.database.telegrams(terminal.serial))), 200, "records")


def test_device_table():
    """the device table is kept as AT^SCAMS? gave it"""
    rows = (b'"ENABLE",1', b'"RETRY",0', b'"DEV_CNT",3', b'1> 2,"MBUS","*15020416@2400","1M"',
            b'1> 128,"AIN_DIN","1/PULSE/ABS","5M"', b'2> 128,"AIN_DIN","2/PULSE/REL","5M"')

    def table(_link, command):
        if command.upper() != "AT^SCAMS?":
            return None
        return b"".join(b"^SCAMS: " + row + b"\r\n" for row in rows) + b"OK\r\n"

    with Daemon() as daemon:
        terminal = Terminal("50-1945-0125", hook=table)
        terminal.dial(daemon.port)
        wait_until(lambda: daemon.database.rows("SELECT * FROM device_table"), "the table")
        devices = json.loads(daemon.database.one("SELECT devices FROM device_table"))
        equal(devices, [
            {"index": 1, "port": 2, "protocol": "MBUS", "address": "*15020416@2400",
             "interval": "1M"},
            {"index": 1, "port": 128, "protocol": "AIN_DIN", "address": "1/PULSE/ABS",
             "interval": "5M"},
            {"index": 2, "port": 128, "protocol": "AIN_DIN", "address": "2/PULSE/REL",
             "interval": "5M"}], "devices")


def test_empty_memory():
    """an empty memory is answered by OK or by ERROR, an empty table by NO DEVICE"""
    def refuse(_link, command):
        return b"ERROR\r\n" if "GET_OLDEST" in command else None

    def no_device(_link, command):
        return b"^SCAMS: NO DEVICE\r\nOK\r\n" if command.upper() == "AT^SCAMS?" else None

    with Daemon() as daemon:
        terminals = [Terminal("50-1945-0001", hook=refuse),
                     Terminal("50-1945-0002", hook=no_device)]
        for terminal in terminals:
            terminal.dial(daemon.port)
        for terminal in terminals:
            wait_until(lambda t=terminal: t.count("GET_OLDEST") >= 3, "three rounds")
            equal(terminal.count("DEL_OLDEST"), 0, "deletions")
            equal(len(terminal.links), 1, "links")


def test_stray_lines():
    """empty and stray lines between the lines of a reply change nothing"""
    def pieces(command, reply):
        stray = b"\r\n\r\nRING\r\n" if "SCDATA" in command else b"\r\n\r\n"
        return [stray + reply]

    with Daemon() as daemon:
        terminal = Terminal("50-1945-0001", [r.line for r in transcripts("\r\n")],
                            daemon.database, pieces=pieces)
        replay(daemon, [terminal], {terminal.serial: transcripts("\r\n")})
        assert daemon.status()["links"]["stray_lines"] > 0, "stray lines are not counted"


def test_decode_command():
    """readout decode prints the published telegram as a table and as exact JSON"""
    table = run("decode", WFH21_1891)
    equal(table.returncode, 0, "exit code")
    for word in ("08031768", "LSE", "WFH21", "1.891", "m3", "2014-12-31"):
        assert word in table.stdout, f"{word} is not in the table:\n{table.stdout}"
    telegram = run("decode", "--format", "json", WFH21_1891)
    equal(telegram.returncode, 0, "exit code")
    json.loads(telegram.stdout)
    assert "1.891" in telegram.stdout, "1.891 is not in the JSON"


if __name__ == "__main__":
    main(globals())
