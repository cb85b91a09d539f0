/* SPDX-License-Identifier: MIT */
#include "exporters/csv/csv_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16 }; /* zlib: the largest window, and a header of gzip */

static void note(struct csv_file *file, bool is_good, int error)
{
	if (!is_good && file->error == 0)
		file->error = error;
}

static void open_packer(struct csv_file *file)
{
	z_stream *packer = calloc(1, sizeof *packer);
	bool is_good = packer && deflateInit2(packer, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
					      GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) == Z_OK;
	if (!is_good)
		free(packer);
	file->packer = is_good ? packer : NULL;
	note(file, is_good, ENOMEM);
}

void csv_file_open(struct csv_file *file, const char *directory, const char *part,
		   bool is_packed, bool has_digest)
{
	file->fd = -1;
	file->error = 0;
	file->size = 0;
	file->used = 0;
	file->packer = NULL;
	file->digester = has_digest ? EVP_MD_CTX_new() : NULL;
	snprintf(file->part, sizeof file->part, "%s", part);
	file->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file->directory >= 0)
		file->fd = openat(file->directory, file->part,
				  O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
				  0640);
	note(file, file->fd >= 0, errno);
	if (has_digest)
		note(file,
		     file->digester &&
			     EVP_DigestInit_ex(file->digester, EVP_sha256(), NULL) == 1,
		     ENOMEM);
	if (is_packed && file->error == 0)
		open_packer(file);
}

static void write_all(struct csv_file *file, const void *bytes, size_t size)
{
	const char *at = bytes;
	if (file->error == 0 && file->digester)
		note(file, EVP_DigestUpdate(file->digester, bytes, size) == 1, ENOMEM);
	while (size > 0 && file->error == 0) {
		ssize_t written = write(file->fd, at, size);
		if (written >= 0) {
			at += written;
			size -= (size_t)written;
		} else if (errno != EINTR) {
			file->error = errno;
		}
	}
}

/* flush is Z_NO_FLUSH, or Z_FINISH for the end. */
static void pack(struct csv_file *file, const char *bytes, size_t size, int flush)
{
	z_stream *packer = file->packer;
	packer->next_in = (unsigned char *)(uintptr_t)bytes;
	packer->avail_in = (unsigned)size;
	do {
		packer->next_out = file->packed;
		packer->avail_out = sizeof file->packed;
		note(file, deflate(packer, flush) != Z_STREAM_ERROR, EIO);
		write_all(file, file->packed, sizeof file->packed - packer->avail_out);
	} while (packer->avail_out == 0 && file->error == 0);
}

static void emit(struct csv_file *file, const char *bytes, size_t size)
{
	if (size == 0 || file->error != 0)
		return;
	file->size += size;
	if (file->packer)
		pack(file, bytes, size, Z_NO_FLUSH);
	else
		write_all(file, bytes, size);
}

void csv_file_spill(struct csv_file *file, const char *bytes, size_t size)
{
	emit(file, file->buffer, file->used);
	file->used = 0;
	if (size > sizeof file->buffer)
		emit(file, bytes, size);
	else
		csv_file_put(file, bytes, size);
}

static void close_all(struct csv_file *file)
{
	if (file->packer)
		deflateEnd(file->packer);
	free(file->packer);
	EVP_MD_CTX_free(file->digester);
	if (file->directory >= 0)
		close(file->directory);
	file->packer = NULL;
	file->digester = NULL;
	file->directory = -1;
	file->fd = -1;
}

int csv_file_publish(struct csv_file *file, const char *name,
		     unsigned char ret_digest[CSV_FILE_DIGEST])
{
	emit(file, file->buffer, file->used);
	file->used = 0;
	if (file->packer && file->error == 0)
		pack(file, NULL, 0, Z_FINISH);
	if (file->error == 0 && file->digester)
		note(file, EVP_DigestFinal_ex(file->digester, ret_digest, NULL) == 1,
		     ENOMEM);
	if (file->error == 0)
		note(file, fsync(file->fd) == 0, errno);
	if (file->fd >= 0) /* NFS reports a full disk here */
		note(file, close(file->fd) == 0, errno);
	if (file->error == 0)
		note(file,
		     renameat(file->directory, file->part, file->directory, name) == 0,
		     errno);
	if (file->error == 0)
		note(file, fsync(file->directory) == 0, errno);
	else if (file->directory >= 0)
		unlinkat(file->directory, file->part, 0);
	close_all(file);
	return file->error;
}

void csv_file_discard(struct csv_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	if (file->directory >= 0)
		unlinkat(file->directory, file->part, 0);
	close_all(file);
}
