/* SPDX-License-Identifier: MIT */
#include "config/document.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/errors.h"
#include "config/file_text.h"
#include "config/json_lines.h"
#include "config/json_path.h"

enum { FILE_BYTES_MAX = 1 << 20 };

struct source {
	char *name;
	struct json_lines *lines;
};

struct document {
	struct source *sources; /* in the order in which they were merged */
	size_t source_count;
	json_t *root;
	bool broken; /* a file could not be used: there is nothing to go on with */
};

__attribute__((format(printf, 4, 5))) static void complain(struct document *document,
							   struct config_errors *errors,
							   const char *where,
							   const char *format, ...)
{
	char *text = NULL;
	va_list arguments;
	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) >= 0)
		errors_add(errors, where, "%s", text);
	va_end(arguments);
	free(text);
	document->broken = true;
}

/* jansson tells what it expected, except where any value would have done. */
static void complain_of_syntax(struct document *document, struct config_errors *errors,
			       const char *name, const json_error_t *error)
{
	static const char *const VAGUE[] = { "unexpected token", "invalid token" };
	const char *expected = "", *text = error->text;
	for (size_t i = 0; i < sizeof(VAGUE) / sizeof(VAGUE[0]); i++)
		if (strncmp(text, VAGUE[i], strlen(VAGUE[i])) == 0) {
			expected = "value expected";
			text += strlen(VAGUE[i]);
		}
	char where[PATH_MAX + 32];
	snprintf(where, sizeof(where), "%s:%d:%d", name, error->line, error->column);
	complain(document, errors, where, "not valid JSON: %s%s", expected, text);
}

static void complain_of_duplicates(const struct source *source,
				   struct config_errors *errors)
{
	size_t position = 0;
	struct json_duplicate duplicate;
	while (json_lines_next_duplicate(source->lines, &position, &duplicate)) {
		char where[PATH_MAX + 32];
		snprintf(where, sizeof(where), "%s:%u", source->name, duplicate.line);
		errors_add(errors, where, "%s: given twice, first in line %u; keep one",
			   duplicate.path, duplicate.first_line);
	}
}

/* Keeps the lines of a file under its name. false: no memory. */
static bool add_source(struct document *document, const char *name,
		       struct json_lines *lines)
{
	struct source *sources = reallocarray(
		document->sources, document->source_count + 1, sizeof(*sources));
	if (!sources)
		return false;
	document->sources = sources;
	char *copy = strdup(name);
	if (!copy)
		return false;
	sources[document->source_count++] = (struct source){ copy, lines };
	return true;
}

/* Parses one file's text and merges it over what was read before. */
static void add_text(struct document *document, const char *name, const char *text,
		     size_t size, struct config_errors *errors)
{
	json_error_t error;
	json_t *json = json_loadb(text, size, 0, &error);
	struct json_lines *lines = json ? json_lines_new(text, size) : NULL;
	if (!json)
		complain_of_syntax(document, errors, name, &error);
	else if (!lines || !add_source(document, name, lines)) {
		complain(document, errors, name, "out of memory");
		json_lines_free(lines);
	} else if (json_lines_too_deep(lines)) {
		char where[PATH_MAX + 32];
		snprintf(where, sizeof(where), "%s:%u", name, json_lines_too_deep(lines));
		complain(document, errors, where,
			 "nested deeper than %d levels; no key needs that",
			 JSON_DEPTH_MAX);
	} else {
		complain_of_duplicates(&document->sources[document->source_count - 1],
				       errors);
		if (!json_is_object(json))
			complain(document, errors, name,
				 "must be an object; write {...}");
		else if (json_object_update_recursive(document->root, json) != 0)
			complain(document, errors, name, "out of memory");
	}
	json_decref(json);
}

static void add_file(struct document *document, const char *file,
		     struct config_errors *errors)
{
	char *text = NULL;
	size_t size = 0;
	int descriptor = open(file, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0) {
		complain(document, errors, file,
			 "cannot be opened: %s; check the path and who may read it",
			 strerror(errno));
		return;
	}
	if (file_text_read(descriptor, FILE_BYTES_MAX, &text, &size))
		add_text(document, file, text, size, errors);
	else if (errno == EFBIG)
		complain(document, errors, file,
			 "larger than 1MiB; is this the right file?");
	else
		complain(document, errors, file, "cannot be read: %s", strerror(errno));
	free(text);
	close(descriptor);
}

static int is_drop_in(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return entry->d_name[0] != '.' && length > 5 &&
	       strcmp(entry->d_name + length - 5, ".json") == 0;
}

/* By bytes: the order must not depend on the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_drop_ins(struct document *document, const char *file,
			 struct config_errors *errors)
{
	struct dirent **names = NULL;
	char directory[PATH_MAX];
	size_t stem = strlen(file);
	if (stem > 5 && strcmp(file + stem - 5, ".json") == 0)
		stem -= 5;
	snprintf(directory, sizeof(directory), "%.*s.d", (int)stem, file);
	int count = scandir(directory, &names, is_drop_in, by_name);
	if (count < 0 && errno != ENOENT)
		complain(document, errors, directory, "cannot be read: %s",
			 strerror(errno));
	for (int i = 0; i < count; i++) {
		char path[2 * PATH_MAX];
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]->d_name);
		add_file(document, path, errors);
		free(names[i]);
	}
	free(names);
}

static struct document *document_new(struct config_errors *errors)
{
	struct document *document = calloc(1, sizeof(*document));
	json_t *root = json_object();
	if (document && root) {
		document->root = root;
		return document;
	}
	errors_add(errors, "configuration", "out of memory");
	free(document);
	json_decref(root);
	return NULL;
}

static struct document *unless_broken(struct document *document)
{
	if (!document->broken)
		return document;
	document_free(document);
	return NULL;
}

struct document *document_load(const char *file, struct config_errors *errors)
{
	struct document *document = document_new(errors);
	if (!document)
		return NULL;
	if (strlen(file) >= PATH_MAX - 2) {
		complain(document, errors, "configuration",
			 "the file's name is too long");
	} else {
		add_file(document, file, errors);
		add_drop_ins(document, file, errors);
	}
	return unless_broken(document);
}

struct document *document_parse(const char *name, const char *text,
				struct config_errors *errors)
{
	struct document *document = document_new(errors);
	if (!document)
		return NULL;
	add_text(document, name, text, strlen(text), errors);
	return unless_broken(document);
}

void document_free(struct document *document)
{
	if (!document)
		return;
	for (size_t i = 0; i < document->source_count; i++) {
		free(document->sources[i].name);
		json_lines_free(document->sources[i].lines);
	}
	free(document->sources);
	json_decref(document->root);
	free(document);
}

json_t *document_root(const struct document *document)
{
	return document->root;
}

char *document_where(const struct document *document, const char *path)
{
	char *where = NULL;
	int length = -1;
	for (size_t i = document->source_count; i > 0 && !where; i--) {
		const struct source *source = &document->sources[i - 1];
		unsigned line = json_lines_find(source->lines, path);
		if (line)
			length = asprintf(&where, "%s:%u: %s", source->name, line, path);
		if (line && length < 0)
			return NULL;
	}
	if (!where)
		length = asprintf(&where, "%s: %s", document->sources[0].name, path);
	return length < 0 ? NULL : where;
}
