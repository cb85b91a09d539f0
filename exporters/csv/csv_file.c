/* SPDX-License-Identifier: MIT */
#include "exporters/csv/csv_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void csv_file_open(struct csv_file *file, const char *directory, const char *name)
{
	file->fd = -1;
	file->error = 0;
	file->used = 0;
	snprintf(file->name, sizeof file->name, "%s", name);
	snprintf(file->part, sizeof file->part, ".%s.part", file->name);
	file->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file->directory >= 0)
		file->fd = openat(file->directory, file->part,
				  O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
				  0640);
	if (file->fd < 0)
		file->error = errno;
}

static void write_all(struct csv_file *file, const char *bytes, size_t size)
{
	while (size > 0 && file->error == 0) {
		ssize_t written = write(file->fd, bytes, size);
		if (written >= 0) {
			bytes += written;
			size -= (size_t)written;
		} else if (errno != EINTR) {
			file->error = errno;
		}
	}
}

void csv_file_spill(struct csv_file *file, const char *bytes, size_t size)
{
	write_all(file, file->buffer, file->used);
	file->used = 0;
	if (size > sizeof file->buffer)
		write_all(file, bytes, size);
	else
		csv_file_put(file, bytes, size);
}

static void note(struct csv_file *file, int result)
{
	if (result != 0 && file->error == 0)
		file->error = errno;
}

int csv_file_finish(struct csv_file *file)
{
	write_all(file, file->buffer, file->used);
	if (file->error == 0)
		note(file, fsync(file->fd));
	if (file->fd >= 0)
		note(file, close(file->fd)); /* NFS reports a full disk here */
	if (file->error == 0)
		note(file,
		     renameat(file->directory, file->part, file->directory, file->name));
	if (file->error == 0)
		note(file, fsync(file->directory));
	else if (file->directory >= 0)
		unlinkat(file->directory, file->part, 0);
	if (file->directory >= 0)
		close(file->directory);
	file->fd = -1;
	file->directory = -1;
	return file->error;
}
