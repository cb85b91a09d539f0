#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The exporter smartme against a server that checks each request and misbehaves."""
import contextlib
import os
import shutil
import tempfile

from harness import Daemon, Terminal, equal, main, wait_until
from smartme_server import Service

WATER = ("685E5E6808007268170308653299068E0000000C13911800000B22730404046D3510E214326C00000C78"
         "6817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000"
         "000000000000027A2500027825004116")
POWER = ("684B4B680801721604021592B00102090000000C04790200008C1004790200008C2004000000001C0466"
         "0300009C1004660300009C2004000000002C0487000000AC100487000000AC2004000000008016")
QUICK = {"min_interval": "0s", "timeout": "2s"}


def records(count, first=1):
    """Water and electricity in turn, a minute apart."""
    return [b'"AMS",%d,%d,"MBUS",1,0,"","%s"'
            % (1461340261 + 60 * n, n, (WATER, POWER)[n % 2].encode())
            for n in range(first, first + count)]


@contextlib.contextmanager
def cloud():
    directory = tempfile.mkdtemp(prefix="readout-")
    try:
        with Service(directory) as service:
            yield service
            equal(service.violations, [], "requests against the description")
    finally:
        shutil.rmtree(directory)


def exporting(service, **options):
    given = {"api_key": Service.API_KEY} if not {"client_id", "user"} & set(options) else {}
    config = {"exporters": {"smartme": {
        "batch_age": "50ms", "batch_count": 20,
        "options": {"base_url": service.url, "ca_file": service.certificate, **QUICK, **given,
                    **options}}}}
    return Daemon(config)


def read_all(daemon, *given):
    terminal = Terminal("50-0000-0001", given, daemon.database)
    terminal.dial(daemon.port)
    wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
    terminal.hang_up()


def exporter(daemon):
    return daemon.status()["exporters"][0]


def drained(daemon):
    wait_until(lambda: exporter(daemon)["lag_telegrams"] == 0, "everything to be delivered")


def check_set(service, count, duplicates=0):
    """Each of count telegrams is there once, with its values."""
    found = service.set()
    dates = {(name, date) for name, date, _, _ in found}
    equal(len(dates), count, "values of devices at the service")
    twice = {(name, date) for (name, date, _, _), times in found.items() if times > 1}
    assert len(twice) <= duplicates, f"twice there: {sorted(twice)}"


# ---- as it should be ----

def test_values_arrive():
    """each reading arrives once, in the service's fields and units"""
    with cloud() as service, exporting(service) as daemon:
        read_all(daemon, *records(20))
        drained(daemon)
        check_set(service, 20)
        equal(len(service.devices), 2, "devices")
        found = {(field, value) for _, _, field, value in service.set()}
        assert ("CounterReading", "1.891") in found, found
        assert ("CounterReadingT1", "8.7") in found or ("CounterReading", "2.79") in found, found
        equal(exporter(daemon)["delivered"], 20, "delivered")


def test_ids_survive_a_restart():
    """after a restart the same devices get the new values, and none is made twice"""
    with cloud() as service, exporting(service) as daemon:
        read_all(daemon, *records(4))
        drained(daemon)
        daemon.terminate()
        daemon.start()
        read_all(daemon, *records(4, first=5))
        drained(daemon)
        equal(len(service.devices), 2, "devices")
        check_set(service, 8)


def test_adoption():
    """a REST meter with the serial number is adopted; one of another family is not"""
    with cloud() as service:
        ours, other = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
        service.devices[ours] = {"Id": ours, "Name": "Keller", "Serial": 8031768,
                                 "DeviceEnergyType": 2, "FamilyType": 1001}
        service.devices[other] = {"Id": other, "Name": "Strom", "Serial": 15020416,
                                  "DeviceEnergyType": 1, "FamilyType": 6}
        with exporting(service) as daemon:
            read_all(daemon, *records(2))
            drained(daemon)
            equal(len(service.values[ours]), 1, "values of the adopted device")
            equal(other in service.values, False, "values of the foreign device")
            equal(len(service.devices), 3, "devices")


def test_thinning():
    """with an interval only the newest value of a meter goes out; the rest is counted"""
    with cloud() as service, exporting(service, min_interval="1h") as daemon:
        read_all(daemon, *records(10))
        drained(daemon)
        state = exporter(daemon)
        equal(state["delivered"] + state["thinned"], 10, "delivered and thinned")
        assert service.posted() >= 2 and state["thinned"] > 0, state
        newest = max(date for _, date, _, _ in service.set())
        equal(newest, "2016-04-22T16:01:01Z", "the newest value")


def test_oauth():
    """a token is got by client credentials, and got anew when it is refused"""
    with cloud() as service, exporting(service, client_id=Service.CLIENT[0],
                                       client_secret=Service.CLIENT[1]) as daemon:
        read_all(daemon, *records(4))
        drained(daemon)
        with service.lock:
            service.tokens.clear()
        read_all(daemon, *records(4, first=5))
        drained(daemon)
        check_set(service, 8)
        equal(service.count("POST", "/oauth/token"), 2, "tokens")
        equal(exporter(daemon)["retried"], 0, "pauses")


def test_basic():
    """a name and a password work as well"""
    with cloud() as service, exporting(service, user="somebody",
                                       password="the-password") as daemon:
        read_all(daemon, *records(2))
        drained(daemon)
        check_set(service, 2)


def test_telegram_mode():
    """raw telegrams go to the address of their own, as they came"""
    with cloud() as service, exporting(service, mode="telegram",
                                       mbus_url=service.url + "/api/MBus") as daemon:
        read_all(daemon, *records(4))
        drained(daemon)
        equal(sorted({telegram for _, telegram in service.raw}), sorted({WATER, POWER}), "raw")
        equal(len(service.raw), 4, "telegrams")


# ---- the service misbehaves ----

def first_posts(count, answer):
    """Gives this answer to the first count values."""
    left = [count]

    def misbehave(request):
        if request.command != "POST" or request.path != "/Devices" or left[0] == 0:
            return None
        left[0] -= 1
        return answer
    return misbehave


def recovers(answer, count=3):
    """After so many such answers everything is there, once."""
    with cloud() as service:
        service.misbehave = first_posts(count, answer)
        with exporting(service) as daemon:
            read_all(daemon, *records(10))
            drained(daemon)
            check_set(service, 10)
            state = exporter(daemon)
            equal(state["dead_letters"], 0, "dead letters")
            assert state["retried"] > 0, state


def test_server_errors():
    """500 and 503 are tried again; nothing is lost or doubled"""
    recovers({"status": 500})
    recovers({"status": 503, "body": b"<html>busy</html>"})


def test_taken_but_failed():
    """a value that was taken although the reply says 500, or was cut off, is not doubled"""
    recovers({"takes": True, "status": 500})
    recovers({"takes": True, "cut": True})


def test_retry_after():
    """429 is tried again, not before Retry-After in either of its forms"""
    recovers({"status": 429, "headers": [("Retry-After", "1")]}, count=1)
    recovers({"status": 429, "headers": [("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")]},
             count=1)
    with cloud() as service:
        service.misbehave = first_posts(1, {"status": 429, "headers": [("Retry-After", "3600")]})
        with exporting(service) as daemon:
            read_all(daemon, *records(2))
            wait_until(lambda: exporter(daemon)["state"] == "backing off", "the pause")
            equal(service.posted() <= 1, True, "no value goes out in the pause")


def test_slow_and_hung():
    """a service that answers too late is tried again, and what it took is not doubled"""
    recovers({"takes": True, "slow_s": 3}, count=1)


def test_invalid_json():
    """a new device whose reply is no JSON is found again by the list, not made twice"""
    with cloud() as service:
        service.misbehave = first_posts(1, {"takes": True, "status": 200, "body": b"{oops"})
        with exporting(service, connections=1) as daemon:
            read_all(daemon, *records(4))
            drained(daemon)
            check_set(service, 4)
            equal(len(service.devices), 2, "devices")


def test_poison():
    """413 and 422 put one telegram aside with what was sent and replied; the rest arrives"""
    for status in (413, 422, 400):
        with cloud() as service:
            service.misbehave = first_posts(1, {"status": status, "body": b"no thanks"})
            with exporting(service, connections=1) as daemon:
                read_all(daemon, *records(4))
                drained(daemon)
                check_set(service, 3)
                payload, reply, reason = daemon.database.rows(
                    "SELECT payload, reply, reason FROM dead_letter")[0]
                assert '"ValueDate"' in payload and reply == "no thanks", (payload, reply)
                assert str(status) in reason, reason


def test_gone_device():
    """a device that was deleted at the service is looked up and made anew"""
    with cloud() as service, exporting(service) as daemon:
        read_all(daemon, *records(2))
        drained(daemon)
        with service.lock:
            service.devices.clear()
            service.values.clear()
        read_all(daemon, *records(2, first=3))
        drained(daemon)
        check_set(service, 2)
        equal(exporter(daemon)["dead_letters"], 0, "dead letters")


def test_configured_device_is_gone():
    """a device that the operator named and that is gone takes nothing; no other is made"""
    with cloud() as service, exporting(service, meters={
            "08031768": {"id": "33333333-3333-3333-3333-333333333333"},
            "15020416": {"id": "33333333-3333-3333-3333-333333333333"}}) as daemon:
        read_all(daemon, *records(4))
        drained(daemon)
        equal(len(service.devices), 0, "devices")
        equal(exporter(daemon)["dead_letters"], 4, "dead letters")


def test_wrong_credentials():
    """with wrong credentials nothing is sent but a probe, nothing is lost, and it is said"""
    with cloud() as service, exporting(service, api_key="wrong") as daemon:
        read_all(daemon, *records(2))
        wait_until(lambda: "credentials are refused" in exporter(daemon)["error"], "the word")
        equal(service.posted(), 0, "values")
        equal(exporter(daemon)["dead_letters"], 0, "dead letters")


def test_forbidden():
    """403 says which claim is missing"""
    with cloud() as service:
        service.misbehave = lambda request: (
            {"status": 403} if request.command == "POST" else None)
        with exporting(service) as daemon:
            read_all(daemon, *records(2))
            wait_until(lambda: "device.readwrite" in exporter(daemon)["error"], "the word")


def test_redirect():
    """a redirect is not followed"""
    with cloud() as service:
        service.misbehave = lambda request: (
            {"status": 307, "headers": [("Location", service.url + "/stolen")]}
            if request.command == "POST" else None)
        with exporting(service) as daemon:
            read_all(daemon, *records(2))
            wait_until(lambda: "redirect" in exporter(daemon)["error"], "the word")
            equal(service.count("POST", "/stolen"), 0, "requests there")


def test_wrong_certificate():
    """a certificate for another host is refused, and nothing is sent"""
    with cloud() as service:
        service.use_certificate("other.example")
        with exporting(service) as daemon:
            read_all(daemon, *records(2))
            wait_until(lambda: "not trusted" in exporter(daemon)["error"], "the word")
            equal(service.requests, [], "requests")


def test_mbus_gone():
    """when /MBus is gone the exporter says what to do instead, and keeps the data"""
    with cloud() as service:
        service.misbehave = lambda request: {"status": 410} if request.path == "/api/MBus" else None
        with exporting(service, mode="telegram", mbus_url=service.url + "/api/MBus") as daemon:
            read_all(daemon, *records(2))
            wait_until(lambda: 'switch to mode "device"' in exporter(daemon)["error"], "the word")
            equal(exporter(daemon)["position"], 0, "the cursor")


def test_kills():
    """killed at any moment: nothing is missing, nothing is there twice"""
    with cloud() as service, exporting(service) as daemon:
        terminal = Terminal("50-0000-0001", records(200), daemon.database)
        terminal.dial(daemon.port)
        for count in range(10, 200, 20):
            wait_until(lambda c=count: service.posted() >= c, "values to arrive")
            daemon.kill()
            daemon.start()
            terminal.dial(daemon.port)
        wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")
        drained(daemon)
        check_set(service, 200)


main(globals())
