# SPDX-License-Identifier: MIT
"""A building and a year in the database, known to the litre: ten flats with a water and an
electricity meter each, a reading a day in 2024 and every two hours in 2025, time zone
Europe/Berlin. The first telegram of each meter goes the natural way, through a terminal and
the daemon; the others are copies of it with later values, put into the log while nothing
runs. Consumption is then the daemon's to work out."""
import contextlib
import json
import sqlite3
from datetime import datetime, timedelta, timezone

from harness import Daemon, Terminal, wait_until

STEP = timedelta(hours=2)
EXCHANGE = datetime(2025, 7, 1, 10, tzinfo=timezone.utc)
DUE = "2024-12-31"


def utc(*parts):
    return datetime(*parts, tzinfo=timezone.utc)


def times():
    """When meters are read: midnight in winter's Berlin is 23 o'clock."""
    at = utc(2024, 1, 1, 23)
    while at <= utc(2024, 12, 31, 23):
        yield at
        at += timedelta(days=1)
    at = utc(2025, 1, 1, 1)
    while at <= utc(2025, 12, 31, 23):
        yield at
        at += STEP


def litres(number, at):
    """What flows in the step that ends here."""
    if at.year == 2024 or at <= utc(2025, 1, 1, 0):
        return 100 * number
    if number == 4 and utc(2025, 8, 9, 23) <= at <= utc(2025, 8, 11, 21):
        return 0
    extra = 5000 if number == 6 and at == utc(2025, 11, 15, 11) else 0
    if number != 3 and at.hour in (1, 3, 5):
        return extra
    return 10 * number + extra


def is_read(number, at):
    if number == 4 and utc(2025, 3, 10, 1) <= at <= utc(2025, 3, 12, 23):
        return False
    if number == 5 and at > utc(2025, 12, 20, 23):
        return False
    if number == 9 and at > EXCHANGE:
        return False
    return number != 10 or at > EXCHANGE


def water(number):
    volume, due = 0, 0
    for at in times():
        if number == 10 and at < EXCHANGE:
            continue
        volume += litres(number, at)
        due = volume if at <= utc(2024, 12, 31, 23) else due
        clock = at + timedelta(hours=1, minutes=at.month if number == 2 else 0)
        if is_read(number, at):
            yield at, [volume, clock.strftime("%Y-%m-%dT%H:%M"), 100 + at.timetuple().tm_yday,
                       due, DUE]


def power(number):
    energy = 0
    for at in times():
        energy += 100 * number
        yield at, [energy, energy * 6 // 10, 1000 + at.timetuple().tm_yday]


def bcd(value, size):
    return bytes.fromhex(f"{value:0{2 * size}d}")[::-1].hex()


def little(value, size):
    return value.to_bytes(size, "little").hex()


def water_records(values):
    return ("0C13" + bcd(values[0], 4) + "046D" + "00000133" + "0A5A" + bcd(values[2], 2)
            + "4C13" + bcd(values[3], 4) + "426C" + "9F3C")


def power_records(values):
    return ("0403" + little(values[0], 4) + "841003" + little(values[1], 4)
            + "042B" + little(values[2], 4))


def telegram(identification, medium, records):
    body = bytes.fromhex("080172" + bytes.fromhex(identification)[::-1].hex() + "653299"
                         + f"{medium:02x}" + "01000000" + records)
    size = f"{len(body):02x}"
    return ("68" + size + size + "68" + body.hex() + f"{sum(body) & 255:02x}" + "16").upper()


# kind: identification before the number, medium, records, readings
KINDS = {"water": ("1", 7, water_records, water), "power": ("2", 2, power_records, power)}


class Meter:
    def __init__(self, kind, number):
        lead, medium, records, readings = KINDS[kind]
        self.identification = f"{lead}{number:07d}"
        self.address = f"{self.identification}653299{medium:02d}"
        self.name = f"{kind} {number}"
        self.flat = 9 if self.name == "water 10" else number
        self.readings = list(readings(number))
        self.first = telegram(self.identification, medium, records(self.readings[0][1]))

    def last_before(self, at):
        return [values for when, values in self.readings if when <= at][-1]


def meters(count=10):
    return [Meter(kind, number) for kind in KINDS for number in range(1, count + 1)]


def first_records(all_meters):
    return [b'"AMS",%d,%d,"MBUS",%d,0,"","%s"'
            % (int(meter.readings[0][0].timestamp()), n + 1, n + 1, meter.first.encode())
            for n, meter in enumerate(all_meters)]


def fill(path, all_meters):
    """The readings after the first, in order of arrival as from the terminal's memory."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        rows = []
        for n, meter in enumerate(all_meters):
            origin, terminal = database.execute(
                "SELECT o.id, o.terminal FROM origin o JOIN meter ON meter.id = o.meter"
                " WHERE identification = ? AND layout <> 0", (meter.identification,)).fetchone()
            for at, values in meter.readings[1:]:
                stamp = int(at.timestamp())
                rows.append((stamp, n, terminal, origin, stamp * 1000 + 60000,
                             json.dumps(values, separators=(",", ":"))))
        rows.sort()
        database.executemany(
            "INSERT INTO telegram (stamp, sequence, terminal, epoch, variant, origin,"
            " received_at, vals) VALUES (?1, ?2 + 1000, ?3, 0, 0, ?4, ?5, ?6)", rows)
        database.execute("UPDATE origin SET since = 1703980800, until = 1767225600")
        database.commit()


def label(path, all_meters):
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("INSERT INTO place (id, kind, name, path)"
                         " VALUES (100, 'building', 'Linden 1', 'Linden 1')")
        for flat in range(1, 11):
            database.execute("INSERT INTO place (id, parent, kind, name, path)"
                             " VALUES (?1, 100, 'flat', 'flat ' || ?1, 'Linden 1/flat ' || ?1)",
                             (flat,))
        for meter in all_meters:
            row, = database.execute("SELECT id FROM meter WHERE identification = ?",
                                    (meter.identification,)).fetchone()
            begin, start, end, last = int(utc(2023, 12, 1).timestamp()), None, None, None
            if meter.name == "water 10":
                begin, start = int(EXCHANGE.timestamp()), "0 m3"
            if meter.name == "water 9":
                end = int(EXCHANGE.timestamp())
                last = f"{meter.last_before(EXCHANGE)[0] + 5} l"
            database.execute("UPDATE meter SET name = ? WHERE id = ?", (meter.name, row))
            database.execute("INSERT INTO meter_place (meter, place, from_at, to_at,"
                             " start_reading, end_reading) VALUES (?, ?, ?, ?, ?, ?)",
                             (row, meter.flat, begin, end, start, last))
        database.commit()


def is_worked_out(database):
    return database.one(
        "SELECT (SELECT max(id) FROM telegram) = (SELECT CAST(value AS INTEGER) FROM setting"
        " WHERE name = 'consumption') AND NOT EXISTS (SELECT 1 FROM stale)")


@contextlib.contextmanager
def year(count=10):
    """A daemon whose database holds it all, worked out."""
    all_meters = meters(count)
    with Daemon({"time_zone": "Europe/Berlin"}) as daemon:
        terminal = Terminal("50-0000-0001", first_records(all_meters), daemon.database)
        terminal.dial(daemon.port)
        wait_until(lambda: daemon.database.one("SELECT count(*) FROM telegram")
                   == len(all_meters), "the first telegram of each meter")
        daemon.terminate()
        fill(daemon.database.path, all_meters)
        label(daemon.database.path, all_meters)
        with contextlib.closing(sqlite3.connect(daemon.database.path)) as database:
            # As if nothing had been worked out before: the whole log is gone through.
            database.execute("DELETE FROM setting WHERE name = 'consumption'")
            database.commit()
        daemon.start()
        wait_until(lambda: is_worked_out(daemon.database), "consumption", limit_s=300)
        yield daemon, all_meters
