/* SPDX-License-Identifier: MIT */
#include "config/errors.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { ERRORS_MAX = 100 };

static void keep(struct config_errors *errors, char *text)
{
	char **texts = reallocarray(errors->texts, errors->count + 1, sizeof(*texts));
	if (!texts) {
		free(text);
		return;
	}
	errors->texts = texts;
	errors->texts[errors->count++] = text;
}

void errors_add(struct config_errors *errors, const char *where, const char *format, ...)
{
	va_list arguments;
	char *message = NULL, *text = NULL;
	if (errors->count == ERRORS_MAX)
		return;
	va_start(arguments, format);
	if (vasprintf(&message, format, arguments) < 0)
		message = NULL;
	va_end(arguments);
	const char *shown = message ? message : "out of memory";
	if (errors->count == ERRORS_MAX - 1)
		shown = "more errors follow; correct these first";
	if (asprintf(&text, "%s: %s", where, shown) >= 0)
		keep(errors, text);
	free(message);
}

void config_errors_free(struct config_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		free(errors->texts[i]);
	free(errors->texts);
	*errors = (struct config_errors){ 0 };
}
