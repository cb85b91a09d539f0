/* SPDX-License-Identifier: MIT */
#include "config/psk_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/file_text.h"
#include "config/tls.h"

enum { FILE_BYTES_MAX = 16 << 20, IDENTITY_BYTES_MAX = 63 };

/* The text of the file, or NULL after saying why not. */
static char *read_text(const char *path, size_t *ret_size, char error[PSK_FILE_ERROR_MAX])
{
	/* O_NONBLOCK: a named pipe must not hang the start. */
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	char *text = NULL;

	if (descriptor < 0 || fstat(descriptor, &status) != 0)
		(void)snprintf(error, PSK_FILE_ERROR_MAX,
			       "\"%s\" cannot be opened: %s; check the path and who may "
			       "read it",
			       path, strerror(errno));
	else if (status.st_mode & (S_IROTH | S_IWOTH))
		(void)snprintf(error, PSK_FILE_ERROR_MAX,
			       "\"%s\" is open to everybody (mode %04o); run: chmod o= "
			       "\"%s\"",
			       path, status.st_mode & 07777u, path);
	else if (!file_text_read(descriptor, FILE_BYTES_MAX, &text, ret_size))
		(void)snprintf(error, PSK_FILE_ERROR_MAX, "\"%s\" cannot be read: %s",
			       path, strerror(errno));
	if (descriptor >= 0)
		close(descriptor);
	return text;
}

static bool read_line(const char *line, size_t size, struct config_psk *psk)
{
	const char *colon = memchr(line, ':', size);
	size_t length = colon ? (size_t)(colon - line) : 0;

	if (length == 0 || length > IDENTITY_BYTES_MAX ||
	    !psk_parse(colon + 1, size - length - 1, psk))
		return false;
	psk->identity = strndup(line, length);
	return psk->identity != NULL;
}

static size_t count_lines(const char *text, size_t size)
{
	size_t count = 1;
	for (size_t i = 0; i < size; i++)
		count += text[i] == '\n';
	return count;
}

/* 0, or the number of the first line that is wrong. */
static size_t read_lines(const char *text, struct config_psk *keys, size_t *count)
{
	for (size_t number = 1; *text != '\0'; number++) {
		size_t size = strcspn(text, "\n");
		size_t length = size > 0 && text[size - 1] == '\r' ? size - 1 : size;
		if (length > 0 && *text != '#') {
			if (!read_line(text, length, &keys[*count]))
				return number;
			(*count)++;
		}
		text += size + (text[size] == '\n');
	}
	return 0;
}

bool psk_file_read(const char *path, struct config_psk **ret_keys, size_t *ret_count,
		   char error[PSK_FILE_ERROR_MAX])
{
	size_t size = 0, count = 0, wrong = 0;
	char *text = read_text(path, &size, error);

	if (text == NULL)
		return false;
	struct config_psk *keys = calloc(count_lines(text, size), sizeof(*keys));
	if (keys != NULL)
		wrong = read_lines(text, keys, &count);
	explicit_bzero(text, size);
	free(text);
	if (keys != NULL && wrong == 0) {
		*ret_keys = keys;
		*ret_count = count;
		return true;
	}
	if (keys == NULL)
		(void)snprintf(error, PSK_FILE_ERROR_MAX, "out of memory");
	else
		(void)snprintf(error, PSK_FILE_ERROR_MAX,
			       "\"%s\", line %zu: write an identity of at most %d "
			       "characters, a colon, and 32 to %d hex digits",
			       path, wrong, IDENTITY_BYTES_MAX, 2 * CONFIG_PSK_SIZE);
	psk_file_free(keys, count);
	return false;
}

void psk_file_free(struct config_psk *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		explicit_bzero(keys[i].key, sizeof(keys[i].key));
		free(keys[i].identity);
	}
	free(keys);
}
