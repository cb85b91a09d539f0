/* SPDX-License-Identifier: MIT */
#include "storage/wal_readers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/*
 * Where SQLite's readers lock the index (its file format: "WAL-Index Locks"): bytes 124
 * to 127 for marks that hold the WAL. Byte 123 is mark 0, which uses the database alone.
 */
enum { FIRST_MARK = 124, LAST_MARK = 127, NAMED_MAX = 8, LINE_MAX_BYTES = 256 };

/* The next number of a line, in the given base; the text moves behind it. */
static uint64_t take_number(char **text, int base)
{
	while (**text == ' ' || **text == ':')
		(*text)++;
	return strtoull(*text, text, base);
}

/*
 * "1: POSIX  ADVISORY  READ 4711 fe:00:131 124 124": number, kind, mode, what, process,
 * device and inode of the file, first and last byte.
 */
static long reader_of(char *line, const struct database_file *file)
{
	char *text = strstr(line, " READ ");
	if (text == NULL || strstr(line, "POSIX") == NULL)
		return 0;
	text += strlen(" READ ");
	long process = (long)take_number(&text, 10);
	uint64_t major_number = take_number(&text, 16);
	uint64_t minor_number = take_number(&text, 16);
	uint64_t inode = take_number(&text, 10);
	uint64_t first = take_number(&text, 10);
	bool is_mark = first >= FIRST_MARK && first <= LAST_MARK;
	bool is_file = inode == file->inode && major_number == major(file->device) &&
		       minor_number == minor(file->device);
	return is_mark && is_file && process != (long)getpid() ? process : 0;
}

static size_t find_readers(const struct database_file *file, long ret_readers[NAMED_MAX])
{
	char line[LINE_MAX_BYTES];
	size_t count = 0;
	FILE *locks = fopen("/proc/locks", "re");
	if (locks == NULL)
		return 0;
	while (count < NAMED_MAX && fgets(line, sizeof line, locks) != NULL) {
		long process = reader_of(line, file);
		if (process > 0 && (count == 0 || ret_readers[count - 1] != process))
			ret_readers[count++] = process;
	}
	(void)fclose(locks);
	return count;
}

void wal_readers_text(const struct database_files *files,
		      char ret_text[WAL_READERS_TEXT_MAX])
{
	long readers[NAMED_MAX];
	size_t count = find_readers(&files->files[DATABASE_FILES - 1], readers);
	int used = snprintf(ret_text, WAL_READERS_TEXT_MAX, "%s",
			    count == 0   ? "fuser names those that have it open"
			    : count == 1 ? "process"
					 : "processes");
	for (size_t i = 0; i < count && used < WAL_READERS_TEXT_MAX; i++)
		used += snprintf(ret_text + used, (size_t)(WAL_READERS_TEXT_MAX - used),
				 "%s %ld", i > 0 ? "," : "", readers[i]);
}
