#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Time that jumps and links that die without a word: the wall clock is set wrong under the
running daemon by a preloaded library, and the sockets are asked what the kernel watches."""
import ctypes
import os
import shutil
import socket
import struct
import subprocess
import tempfile

import harness
from harness import Daemon, Terminal, equal, input_record, input_records, wait_until

# Adds the seconds that stand in the file CLOCK_SHIFT to the wall clock, and to no other.
PRELOAD = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static volatile int64_t *shift;

__attribute__((constructor)) static void begin(void)
{
	int fd = open(getenv("CLOCK_SHIFT"), O_RDONLY);
	shift = mmap(0, sizeof *shift, PROT_READ, MAP_SHARED, fd, 0);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);
	if (!real)
		real = dlsym(RTLD_NEXT, "clock_gettime");
	int status = real(clock, now);
	if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
		now->tv_sec += shift ? *shift : 0;
	return status;
}

time_t time(time_t *ret)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (ret)
		*ret = now.tv_sec;
	return now.tv_sec;
}

int gettimeofday(struct timeval *now, void *zone)
{
	struct timespec exact;
	(void)zone;
	clock_gettime(CLOCK_REALTIME, &exact);
	now->tv_sec = exact.tv_sec;
	now->tv_usec = exact.tv_nsec / 1000;
	return 0;
}
"""
YEAR_S = 365 * 86400


class Clock:
    """The wall clock as the daemon sees it."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="readout-clock-")
        source, self.library, self.file = (os.path.join(self.directory, name) for name in
                                           ("clock.c", "clock.so", "shift"))
        with open(source, "w", encoding="ascii") as file:
            file.write(PRELOAD)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", self.library, source, "-ldl"],
                       check=True)
        self.shift(0)

    def shift(self, seconds):
        with open(self.file, "r+b" if os.path.exists(self.file) else "w+b") as file:
            file.write(struct.pack("=q", seconds))

    def environment(self):
        loaded = [os.environ["LD_PRELOAD"]] if os.environ.get("LD_PRELOAD") else []
        return {**os.environ, "CLOCK_SHIFT": self.file,
                "LD_PRELOAD": ":".join(loaded + [self.library])}

    def close(self):
        shutil.rmtree(self.directory, ignore_errors=True)


def collect_more(daemon, terminal, number):
    terminal.add(input_record(1500000000 + number, number, 7))
    wait_until(lambda: (1500000000 + number, number) in
               daemon.database.telegrams(terminal.serial), f"record {number}")


def test_wall_clock_jumps_disturb_no_timer():
    """The wall clock jumps years ahead and back: rounds go on, none comes early, no link ends"""
    if os.environ.get("READOUT_SANITIZED"):
        print("# left out: a sanitizer wants to be loaded first")
        return
    clock = Clock()
    try:
        config = {"known_terminals": {"50-0000-0002": {"interval": "1h"}}}
        with Daemon(config, clock.environment()) as daemon:
            often, hourly = Terminal("50-0000-0001"), Terminal("50-0000-0002",
                                                               input_records(3))
            links = [often.dial(daemon.port), hourly.dial(daemon.port)]
            collect_more(daemon, often, 1)
            wait_until(lambda: len(hourly.memory) == 1, "the first round of the other")
            wait_until(lambda: hourly.count("GET_OLDEST") > 0, "its reads")
            harness.run("collect", "--config", daemon.config_path, "--terminals", "2")
            before = hourly.count("GET_OLDEST")
            for number, jump in enumerate((86400, -10 * YEAR_S, 20 * YEAR_S, -3600, 0), 2):
                clock.shift(jump)
                for step in range(3):
                    collect_more(daemon, often, 10 * number + step)
            equal(hourly.count("GET_OLDEST"), before, "rounds of the one read every hour")
            equal([link.ended.is_set() for link in links], [False, False], "links ended")
            equal(daemon.status()["links"]["closed"], {}, "closed")
            days = daemon.database.one("SELECT max(received_at) - min(received_at)"
                                       " FROM telegram") // 86400000
            assert days > 25 * 365, f"the clock was never shifted: {days} days"
    finally:
        clock.close()


# ---- what the kernel watches ----

PIDFD_GETFD = 438


def sockets_of(process):
    """Duplicates of the process's TCP sockets that are connected."""
    libc = ctypes.CDLL(None, use_errno=True)
    pidfd = os.pidfd_open(process.pid)
    found = []
    for name in os.listdir(f"/proc/{process.pid}/fd"):
        if not os.readlink(f"/proc/{process.pid}/fd/{name}").startswith("socket:"):
            continue
        fd = libc.syscall(PIDFD_GETFD, pidfd, int(name), 0)
        if fd < 0:
            continue
        one = socket.socket(fileno=fd)
        try:
            one.getpeername()
            found.append(one)
        except OSError:
            one.close()
    os.close(pidfd)
    return [one for one in found if one.family in (socket.AF_INET, socket.AF_INET6)]


def test_the_kernel_watches_each_link():
    """Each accepted link has keep-alive and a time limit for what is not acknowledged"""
    with Daemon() as daemon:
        terminal = Terminal("50-0000-0001")
        terminal.dial(daemon.port)
        collect_more(daemon, terminal, 1)
        found = sockets_of(daemon.process)
        if not found:
            print("# left out: this system lets no process look at another's sockets")
            return
        equal(len(found), 1, "links")
        tcp = socket.IPPROTO_TCP
        asked = ((socket.SOL_SOCKET, socket.SO_KEEPALIVE), (tcp, socket.TCP_KEEPIDLE),
                 (tcp, socket.TCP_USER_TIMEOUT), (tcp, socket.TCP_NODELAY))
        equal([found[0].getsockopt(*option) for option in asked], [1, 60, 120000, 1],
              "keep-alive, its idle seconds, user timeout in ms, no delay")
        for one in found:
            one.close()


def test_a_half_open_link_is_found():
    """A terminal that falls silent is asked AT, and its link is closed with that reason"""
    config = {"terminals": {"interval": "1h", "idle_probe": "200ms", "probe_timeout": "300ms"}}
    with Daemon(config) as daemon:
        def hook(_, command):
            if command == "AT":
                raise harness.Hang()
        terminal = Terminal("50-0000-0001", input_records(2), hook=hook)
        link = terminal.dial(daemon.port)
        wait_until(lambda: daemon.closed("half_open") == 1, "the dead link's end")
        wait_until(link.ended.is_set, "the end at the terminal")


if __name__ == "__main__":
    harness.main(globals())
