/* SPDX-License-Identifier: MIT */
#include "config/file_text.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

bool file_text_read(int descriptor, size_t limit, char **ret_text, size_t *ret_size)
{
	/* One byte more than allowed, to see that there is more. */
	char *text = malloc(limit + 2);
	size_t size = 0;
	ssize_t got = 1;
	if (!text)
		return false;
	while (got != 0 && size <= limit) {
		got = read(descriptor, text + size, limit + 1 - size);
		if (got < 0 && errno != EINTR)
			break;
		size += got > 0 ? (size_t)got : 0;
	}
	if (got < 0 || size > limit) {
		int error = got < 0 ? errno : EFBIG;
		free(text);
		errno = error;
		return false;
	}
	text[size] = '\0';
	*ret_text = text;
	*ret_size = size;
	return true;
}
