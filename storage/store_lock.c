/* SPDX-License-Identifier: MIT */
#include "storage/store_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

enum { PID_TEXT_MAX = 24 };

static void read_holder(int lock, char ret_pid[PID_TEXT_MAX])
{
	ssize_t size = pread(lock, ret_pid, PID_TEXT_MAX - 1, 0);
	ret_pid[size > 0 ? size : 0] = '\0';
	ret_pid[strcspn(ret_pid, "\n")] = '\0';
	if (ret_pid[0] == '\0')
		memcpy(ret_pid, "unknown", sizeof "unknown");
}

static bool write_holder(int lock)
{
	char pid[PID_TEXT_MAX];
	int size = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
	return ftruncate(lock, 0) == 0 && pwrite(lock, pid, (size_t)size, 0) == size;
}

static void explain(int lock, const char *file, int number, char error[STORE_ERROR_MAX])
{
	if (lock >= 0 && number == EWOULDBLOCK) {
		char pid[PID_TEXT_MAX];
		read_holder(lock, pid);
		snprintf(error, STORE_ERROR_MAX,
			 "%.120s is held by process %s: another Readout writes this "
			 "database; stop it or choose another database",
			 file, pid);
		return;
	}
	snprintf(error, STORE_ERROR_MAX,
		 "cannot take the lock file %.120s: %.40s; the directory must exist "
		 "and be writable for this user",
		 file, strerror(number));
}

int store_lock_take(const char *path, char error[STORE_ERROR_MAX])
{
	char file[PATH_MAX];
	if (snprintf(file, sizeof file, "%s.lock", path) >= (int)sizeof file) {
		snprintf(error, STORE_ERROR_MAX, "the path of the database is too long");
		return -1;
	}
	int lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0 && write_holder(lock))
		return lock;
	explain(lock, file, errno, error);
	store_lock_drop(lock);
	return -1;
}

void store_lock_drop(int lock)
{
	if (lock >= 0)
		close(lock);
}
