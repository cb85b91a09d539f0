/* SPDX-License-Identifier: MIT */
#include "config/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/file_text.h"

enum { SECRET_BYTES_MAX = 64 << 10 };

__attribute__((format(printf, 2, 3))) static char *refuse(char **ret_error,
							  const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	if (vasprintf(ret_error, format, arguments) < 0)
		*ret_error = NULL;
	va_end(arguments);
	return NULL;
}

char *secret_from_environment(const char *name, char **ret_error)
{
	const char *value = getenv(name);
	if (!value)
		return refuse(ret_error,
			      "the environment variable \"%s\" is not set; set it for "
			      "the service, or name another",
			      name);
	if (!*value)
		return refuse(ret_error,
			      "the environment variable \"%s\" is empty; put the secret "
			      "into it",
			      name);
	char *secret = strdup(value);
	if (!secret)
		*ret_error = NULL;
	return secret;
}

/* One check per way a file can be wrong; the file is open, so nobody swaps it. */
static char *read_open_file(int descriptor, const char *path, char **ret_error)
{
	struct stat status;
	if (fstat(descriptor, &status) != 0)
		return refuse(ret_error, "\"%s\": %s", path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return refuse(ret_error, "\"%s\" is not a file; name a file", path);
	if (status.st_mode & (S_IROTH | S_IWOTH))
		return refuse(ret_error,
			      "\"%s\" is open to everybody (mode %04o); run: chmod o= "
			      "\"%s\"",
			      path, status.st_mode & 07777u, path);
	size_t size = 0;
	char *text = NULL;
	if (!file_text_read(descriptor, SECRET_BYTES_MAX, &text, &size))
		return refuse(ret_error, "\"%s\" cannot be read: %s", path,
			      errno == EFBIG ? "larger than 64KiB" : strerror(errno));
	if (size > 0 && text[size - 1] == '\n')
		text[--size] = '\0';
	if (size > 0 && strlen(text) == size)
		return text;
	free(text);
	return refuse(ret_error, "\"%s\" %s; put the secret into it as one line of text",
		      path, size == 0 ? "is empty" : "holds a zero byte");
}

char *secret_from_file(const char *path, char **ret_error)
{
	/* O_NONBLOCK: a named pipe must not hang the start. */
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (descriptor < 0)
		return refuse(ret_error,
			      "\"%s\" cannot be opened: %s; check the path and who may "
			      "read it",
			      path, strerror(errno));
	char *secret = read_open_file(descriptor, path, ret_error);
	close(descriptor);
	return secret;
}
