#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The daemon under a service manager: what it tells it, and that its watchdog is fed only
while the loop and the writer get on."""
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile

from harness import ROOT, Daemon, Terminal, equal, input_records, main, wait_until

# Holds the writer in fsync for as long as the file HOLD_SYNC exists.
HOLD_SYNC_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>
int fdatasync(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
	while (access(getenv("HOLD_SYNC"), F_OK) == 0)
		usleep(1000);
	return real(fd);
}
"""


class Manager:
    """A service manager's socket."""

    def __init__(self, watchdog_ms=None):
        self.directory = tempfile.mkdtemp(prefix="readout-")
        self.path = os.path.join(self.directory, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.environment = {"NOTIFY_SOCKET": self.path}
        if watchdog_ms is not None:
            self.environment["WATCHDOG_USEC"] = str(watchdog_ms * 1000)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        shutil.rmtree(self.directory)

    def hear(self, limit_s):
        """The next message, or None."""
        self.socket.settimeout(limit_s)
        with contextlib.suppress(TimeoutError):
            return self.socket.recv(4096).decode()
        return None

    def hear_until(self, wanted):
        message = ""
        while wanted not in message:
            message = self.hear(60)
            assert message is not None, f"{wanted} never came"

    def drain(self):
        while self.hear(0.001):
            pass


def test_ready_and_stopping():
    """the manager hears READY once the daemon listens, and STOPPING at its end"""
    with Manager() as manager, Daemon(environment=manager.environment) as daemon:
        equal(manager.hear(60), "READY=1", "the first message")
        daemon.terminate()
        equal(manager.hear(60), "STOPPING=1", "the second")
        equal(manager.hear(0.1), None, "after it")


def test_watchdog():
    """the watchdog is fed, but not while the writer hangs in the disk"""
    with Manager(watchdog_ms=300) as manager:
        hold = os.path.join(manager.directory, "hold")
        source = os.path.join(manager.directory, "hold.c")
        library = os.path.join(manager.directory, "hold.so")
        with open(source, "w", encoding="ascii") as file:
            file.write(HOLD_SYNC_SOURCE)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        with Daemon(environment={**manager.environment, "LD_PRELOAD": library,
                                 "HOLD_SYNC": hold}) as daemon:
            manager.hear_until("READY=1")
            manager.hear_until("WATCHDOG=1")
            with open(hold, "w", encoding="ascii"):
                pass
            terminal = Terminal("50-0000-0001", input_records(5), daemon.database)
            terminal.dial(daemon.port)
            wait_until(lambda: daemon.status()["store"]["queued_bytes"] > 0, "the writer to hang")
            manager.drain()
            # One beat may still come: the look before saw the last commit.
            beats = sum(manager.hear(0.5) is not None for _ in range(3))
            assert beats <= 1, f"{beats} beats while the writer hung"
            os.unlink(hold)
            manager.hear_until("WATCHDOG=1")
            wait_until(lambda: len(terminal.memory) == 1, "the memory to be read")


def test_unit_is_sandboxed():
    """systemd-analyze finds the unit correct and its exposure at most 1.5"""
    unit = os.path.join(ROOT, "deploy", "readout.service")
    found = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15",
                            unit], text=True, capture_output=True, check=False)
    equal(found.returncode, 0, found.stdout + found.stderr)
    assert "Overall exposure level" in found.stdout, found.stdout


main(globals())
