#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every query of docs/sql.md, run against a year that is known to the litre."""
import os
import re

from harness import ROOT, equal, main
from sql_year import utc, year

# What each question finds, by its number: rows, or a number of rows.
EXPECTED = {
    1: lambda rows: equal(rows[:3], [("Linden 1/flat 1", "energy", 36000, "Wh", 1),
                                     ("Linden 1/flat 1", "energy", 21600, "Wh", 1),
                                     ("Linden 1/flat 1", "volume", 2.7, "m3", 1)]),
    3: lambda rows: equal([row[:2] + (round(row[3] - row[2], 3), row[4]) for row in rows],
                          [("volume", "m3", 2.7, 0)]),
    4: lambda rows: equal(rows[10], ("11", 3.0, 2.7, "m3")),
    6: lambda rows: equal(rows[2:4], [("2025-11", 0, 36.0), ("2025-11", 1, 21.6)]),
    7: lambda rows: equal(rows[0], ("water 10", "Linden 1/flat 9", 27.0)),
    8: lambda rows: equal(rows, [("1000000365329907", "water 3", "Linden 1/flat 3", 30.0)]),
    9: lambda rows: equal(rows, [("water 6", "2025-11-15", "volume", "5.540", "m3")]),
    10: lambda rows: equal(rows, [("2025-08-10",), ("2025-08-11",)]),
    11: 0,
    12: lambda rows: equal(rows, [("1000000265329907", "water 2", 720)]),
    13: lambda rows: equal(rows, [(f"2025-{month:02d}", month * 60) for month in range(1, 13)]),
    14: lambda rows: equal((rows[-1], len(rows)),
                           (("2025-12", 1365, "2025-12-31T01:00:00Z"), 12)),
    15: 24,
    16: lambda rows: equal([row[:2] for row in rows],
                           [("weekend", 1200.0), ("working day", 1200.0)]),
    17: 7,
    18: lambda rows: equal(len(rows), 7),
    19: lambda rows: equal(rows[0], ("2025-12-01", "0.090", "m3", 0)),
    20: lambda rows: equal([row[1] for row in rows[:2]], ["water 9", "water 5"]),
    21: lambda rows: equal(rows[-1], ("2025-03-09T23:00:00Z", "2025-03-13T01:00:00Z", 36, 7200)),
    22: lambda rows: equal(rows, [("water 4", 36)]),
    24: lambda rows: equal(rows, [("2024-12-31", "36.600", "m3")]),
    25: 0,
    26: 0,
    27: lambda rows: equal([row[1] for row in rows], ["water 9"]),
}


def questions():
    """(number, sentence, query) of the cookbook."""
    with open(os.path.join(ROOT, "docs", "sql.md"), encoding="utf-8") as file:
        return [(int(number), " ".join(text.split()), query)
                for number, text, query in re.findall(
                    r"^(\d+)\. (.+?)\n\n```sql\n(.*?)```", file.read(),
                    re.MULTILINE | re.DOTALL)]


def plan(database, query):
    return [row[3] for row in database.rows("EXPLAIN QUERY PLAN " + query)]


def sums_are_the_counters(daemon, all_meters):
    """the days of each meter add up to the difference of its counter, to the litre"""
    for meter in all_meters:
        if meter.name in ("water 9", "water 10"):
            continue
        unit = 1000 if meter.name.startswith("water") else 1
        found = daemon.database.one(
            "SELECT sum(digits) FROM consumption JOIN counter ON counter.id = counter"
            " JOIN meter ON meter.id = meter JOIN series ON series.id = series"
            " WHERE name = ? AND tariff = 0", meter.name)
        equal(found, meter.readings[-1][1][0] - meter.readings[0][1][0],
              f"{meter.name}, {unit}")


def one_curve_over_the_exchange(daemon, all_meters):
    old = next(meter for meter in all_meters if meter.name == "water 9")
    new = next(meter for meter in all_meters if meter.name == "water 10")
    used = (old.readings[-1][1][0] + 5 - old.last_before(utc(2024, 12, 31, 23))[0]
            + new.readings[-1][1][0])
    query = next(query for number, _, query in questions() if number == 2)
    rows = daemon.database.rows(query)
    equal(rows[1][:3], ("volume", used / 1000, "m3"), "the year of flat 9")
    equal(set(rows[1][3].split(",")), {"water 9", "water 10"}, "its meters")


def days_of_23_and_25_hours(daemon):
    for day, hours, steps in (("2025-03-30", 23, 11), ("2025-10-26", 25, 13)):
        equal(daemon.database.one(
            "SELECT count(*) FROM consumption_hourly WHERE meter_name = 'power 1'"
            " AND tariff = 0 AND day = ?", day), hours, day)
        equal(daemon.database.one(
            "SELECT value FROM consumption_daily WHERE meter_name = 'power 1'"
            " AND tariff = 0 AND day = ?", day), steps * 100, day)


def exactly_the_value(daemon):
    """value_text is the number that value is."""
    for view in ("consumption_hourly", "consumption_daily", "consumption_monthly"):
        equal(daemon.database.one(
            f"SELECT count(*) FROM {view} WHERE meter_name IN ('water 1', 'power 1')"
            " AND CAST(value_text AS REAL) <> value"), 0, view)


def faults_of(database, number, sentence, query):
    """What a question finds otherwise than it must, and where it goes through everything."""
    rows = database.rows(query)
    expected = EXPECTED.get(number)
    try:
        if callable(expected):
            expected(rows)
        elif expected is not None:
            equal(len(rows), expected, "rows")
        else:
            assert rows, "no rows"
    except (AssertionError, IndexError) as error:
        yield f"{number}. {sentence} {error}; found {rows[:5]}"
    if re.search(r"\bmeter = '|meter_name = '|\bplace = '", query):
        for step in plan(database, query):
            if re.match(r"SCAN (t|telegram|c|consumption|newest)\b", step):
                yield f"{number}. {sentence} {step}"


def test_cookbook():
    """every query of docs/sql.md finds what is known, and one meter is never a full scan"""
    asked = questions()
    assert len(asked) >= 20, len(asked)
    equal([number for number, _, _ in asked], list(range(1, len(asked) + 1)), "numbers")
    with year() as (daemon, all_meters):
        sums_are_the_counters(daemon, all_meters)
        one_curve_over_the_exchange(daemon, all_meters)
        days_of_23_and_25_hours(daemon)
        exactly_the_value(daemon)
        faults = [fault for question in asked for fault in faults_of(daemon.database, *question)]
        equal(faults, [], "\n".join(faults))


def test_unknown_zone():
    """a time zone that does not exist is an error of the configuration that names it"""
    import json
    import tempfile
    from harness import run
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"time_zone": "Europe/Berlim"}, file)
        file.flush()
        done = run("check-config", file.name)
        equal(done.returncode != 0, True, "exit code")
        assert "$.time_zone" in done.stderr + done.stdout, done.stderr + done.stdout


if __name__ == "__main__":
    main(globals())
