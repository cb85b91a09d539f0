/* SPDX-License-Identifier: MIT */
#include "config/json_lines.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "config/json_path.h"

struct entry {
	char *path;
	unsigned line;
	size_t container; /* number of the object or array it stands in */
	size_t order;     /* position in the text */
	bool is_comment;
};

struct json_lines {
	struct entry *entries; /* sorted by path, then by order */
	size_t count, capacity;
	unsigned too_deep_line;
};

/* An open object or array. */
struct frame {
	bool is_object, expects_key;
	const char *path;   /* of the container itself */
	const char *member; /* of the value whose key was read last */
	size_t index;       /* of the next element */
	size_t container;
};

struct scanner {
	const char *at, *end;
	unsigned line;
	struct json_lines *lines;
	struct frame frames[JSON_DEPTH_MAX];
	size_t depth, containers;
	bool failed;
};

/* Takes path over. Its text stays where it is while the entries move. */
static const char *add_entry(struct scanner *scanner, char *path, bool is_comment)
{
	struct json_lines *lines = scanner->lines;
	if (path && lines->count == lines->capacity) {
		size_t capacity = lines->capacity ? 2 * lines->capacity : 64;
		struct entry *entries =
			reallocarray(lines->entries, capacity, sizeof(*entries));
		if (!entries) {
			free(path);
			path = NULL;
		} else {
			lines->entries = entries;
			lines->capacity = capacity;
		}
	}
	if (!path) {
		scanner->failed = true;
		return "";
	}
	lines->entries[lines->count] = (struct entry){
		.path = path,
		.line = scanner->line,
		.container = scanner->frames[scanner->depth - 1].container,
		.order = lines->count,
		.is_comment = is_comment,
	};
	lines->count++;
	return path;
}

/* The end of the string that begins at the scanner: behind its closing quote. */
static const char *string_end(const struct scanner *scanner)
{
	const char *c = scanner->at + 1;
	while (c < scanner->end && *c != '"')
		c += *c == '\\' ? 2 : 1;
	return c < scanner->end ? c + 1 : scanner->end;
}

static void take_key(struct scanner *scanner, struct frame *frame, const char *end)
{
	/* jansson itself decodes the escapes, so that both passes agree on the key. */
	json_t *key = json_loadb(scanner->at, (size_t)(end - scanner->at),
				 JSON_DECODE_ANY, NULL);
	const char *text = json_string_value(key);
	if (text)
		frame->member = add_entry(scanner, json_path_member(frame->path, text),
					  strncmp(text, "//", 2) == 0);
	else
		scanner->failed = true;
	json_decref(key);
	frame->expects_key = false;
}

/* A value begins: its path, and for elements of arrays a new entry. */
static const char *begin_value(struct scanner *scanner)
{
	if (scanner->depth == 0)
		return JSON_PATH_ROOT;
	struct frame *frame = &scanner->frames[scanner->depth - 1];
	if (frame->is_object)
		return frame->member;
	return add_entry(scanner, json_path_element(frame->path, frame->index), false);
}

static void open_container(struct scanner *scanner, bool is_object)
{
	const char *path = begin_value(scanner);
	if (scanner->depth == JSON_DEPTH_MAX) {
		scanner->lines->too_deep_line = scanner->line;
		return;
	}
	scanner->frames[scanner->depth++] = (struct frame){
		.is_object = is_object,
		.expects_key = is_object,
		.path = path,
		.container = scanner->containers++,
	};
	scanner->at++;
}

static void take_comma(struct scanner *scanner)
{
	struct frame *frame = &scanner->frames[scanner->depth - 1];
	frame->expects_key = frame->is_object;
	frame->index++;
	scanner->at++;
}

static void take_scalar(struct scanner *scanner)
{
	const char *end = scanner->at + 1;
	if (*scanner->at == '"')
		end = string_end(scanner);
	else
		while (end < scanner->end && !strchr(" \t\r\n,]}", *end))
			end++;
	struct frame *frame =
		scanner->depth ? &scanner->frames[scanner->depth - 1] : NULL;
	if (frame && frame->expects_key)
		take_key(scanner, frame, end);
	else
		begin_value(scanner);
	scanner->at = end;
}

static void take_token(struct scanner *scanner)
{
	switch (*scanner->at) {
	case '\n':
		scanner->line++;
		scanner->at++;
		break;
	case ' ':
	case '\t':
	case '\r':
	case ':': scanner->at++; break;
	case ',': take_comma(scanner); break;
	case '{':
	case '[': open_container(scanner, *scanner->at == '{'); break;
	case '}':
	case ']':
		scanner->depth--;
		scanner->at++;
		break;
	default: take_scalar(scanner); break;
	}
}

static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = strcmp(a->path, b->path);
	return order ? order : (a->order > b->order) - (a->order < b->order);
}

struct json_lines *json_lines_new(const char *text, size_t size)
{
	struct json_lines *lines = calloc(1, sizeof(*lines));
	if (!lines)
		return NULL;
	struct scanner scanner = {
		.at = text, .end = text + size, .line = 1, .lines = lines
	};
	while (scanner.at < scanner.end && !scanner.failed && !lines->too_deep_line)
		take_token(&scanner);
	if (scanner.failed) {
		json_lines_free(lines);
		return NULL;
	}
	if (lines->count)
		qsort(lines->entries, lines->count, sizeof(*lines->entries),
		      compare_entries);
	return lines;
}

void json_lines_free(struct json_lines *lines)
{
	if (!lines)
		return;
	for (size_t i = 0; i < lines->count; i++)
		free(lines->entries[i].path);
	free(lines->entries);
	free(lines);
}

static int compare_path(const void *key, const void *element)
{
	return strcmp(key, ((const struct entry *)element)->path);
}

unsigned json_lines_find(const struct json_lines *lines, const char *path)
{
	if (strcmp(path, JSON_PATH_ROOT) == 0)
		return 1;
	if (lines->count == 0)
		return 0;
	const struct entry *found = bsearch(path, lines->entries, lines->count,
					    sizeof(*lines->entries), compare_path);
	return found ? found->line : 0;
}

unsigned json_lines_too_deep(const struct json_lines *lines)
{
	return lines->too_deep_line;
}

bool json_lines_next_duplicate(const struct json_lines *lines, size_t *position,
			       struct json_duplicate *ret_duplicate)
{
	for (size_t i = *position + 1; i < lines->count; i++) {
		const struct entry *first = &lines->entries[i - 1];
		const struct entry *second = &lines->entries[i];
		if (first->container != second->container || second->is_comment ||
		    strcmp(first->path, second->path) != 0)
			continue;
		*position = i;
		*ret_duplicate = (struct json_duplicate){
			.path = second->path,
			.first_line = first->line,
			.line = second->line,
		};
		return true;
	}
	*position = lines->count;
	return false;
}
