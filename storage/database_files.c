/* SPDX-License-Identifier: MIT */
#include "storage/database_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MAIN, WAL };

static const char *const suffixes[DATABASE_FILES] = { "", "-wal", "-shm" };

bool database_files_init(struct database_files *files, sqlite3 *db)
{
	const char *path = sqlite3_db_filename(db, "main");
	*files = (struct database_files){ 0 };
	for (size_t i = 0; i < DATABASE_FILES; i++) {
		size_t size = strlen(path) + sizeof "-wal";
		files->files[i].path = malloc(size);
		if (files->files[i].path == NULL)
			return false;
		(void)snprintf(files->files[i].path, size, "%s%s", path, suffixes[i]);
	}
	return true;
}

void database_files_free(struct database_files *files)
{
	for (size_t i = 0; i < DATABASE_FILES; i++)
		free(files->files[i].path);
}

static void note(struct database_file *file)
{
	struct stat found;
	file->is_known = stat(file->path, &found) == 0;
	if (file->is_known) {
		file->device = found.st_dev;
		file->inode = found.st_ino;
	}
}

void database_files_note(struct database_files *files)
{
	note(&files->files[MAIN]);
	database_files_note_wal(files);
}

void database_files_note_wal(struct database_files *files)
{
	for (size_t i = WAL; i < DATABASE_FILES; i++)
		note(&files->files[i]);
}

void database_files_forget_wal(struct database_files *files)
{
	for (size_t i = WAL; i < DATABASE_FILES; i++)
		files->files[i].is_known = false;
}

static bool check(const struct database_file *file, char error[STORE_ERROR_MAX])
{
	struct stat found;
	if (!file->is_known)
		return true;
	if (stat(file->path, &found) != 0)
		(void)snprintf(error, STORE_ERROR_MAX, "file gone: %.160s: %.60s",
			       file->path, strerror(errno));
	else if (found.st_ino != file->inode || found.st_dev != file->device)
		(void)snprintf(error, STORE_ERROR_MAX,
			       "file gone: another file stands in the place of %.160s",
			       file->path);
	else
		return true;
	return false;
}

bool database_files_check(const struct database_files *files, char error[STORE_ERROR_MAX])
{
	for (size_t i = 0; i < DATABASE_FILES; i++)
		if (!check(&files->files[i], error))
			return false;
	return true;
}

bool database_files_lack_wal(const struct database_files *files)
{
	char error[STORE_ERROR_MAX];
	struct stat found;
	return check(&files->files[MAIN], error) && files->files[WAL].is_known &&
	       stat(files->files[WAL].path, &found) != 0 && errno == ENOENT;
}

uint64_t database_files_wal_bytes(const struct database_files *files)
{
	struct stat found;
	return stat(files->files[WAL].path, &found) == 0 ? (uint64_t)found.st_size : 0;
}
