/* SPDX-License-Identifier: MIT */
/*
 * Reads JSON objects into structs by tables of keys. Errors are collected, never the end:
 * a key with a wrong value keeps its default, so that later checks make sense.
 */
#ifndef READOUT_CONFIG_READER_H
#define READOUT_CONFIG_READER_H

#include "config/document.h"

struct reader {
	const struct document *document;
	struct config_errors *errors;
};

struct reader_value;

/* One key of an object. Ranges are in the unit of the target: ms, bytes, characters. */
struct reader_key {
	const char *name;
	/* Checks the value and stores it at target, or complains and leaves it alone. */
	void (*read)(const struct reader_value *value, void *target);
	const char *fallback; /* the default as it would stand in the file; NULL: none */
	uint64_t least, most;
	const char *const *words; /* the words allowed, ended by NULL; for word types */
	const struct reader_key
		*keys; /* the table of an inner object, for value_read_section */
	size_t offset; /* of the target in the struct */
};

/* A value on its way into its target. */
struct reader_value {
	const struct reader *reader;
	const struct reader_key *key;
	const char *path;
	json_t *json;
};

/* Fills a zeroed struct with the defaults of a table (which name == NULL ends) and of the
 * tables inside it; path is where the object would stand. */
void reader_set_defaults(const struct reader *reader, const struct reader_key *keys,
			 const char *path, void *base);

/* Reads the members of object that the table knows, and complains of all others. */
void reader_read_object(const struct reader *reader, const struct reader_key *keys,
			const char *path, json_t *object, void *base);

/* Frees what reading stored: the texts of a table and of those inside it. */
void reader_free_texts(const struct reader_key *keys, void *base);

/* A key that is a comment: begins with two slashes. */
bool reader_is_comment(const char *key);

/* Complains of the value at path, of its place in the files first. */
__attribute__((format(printf, 3, 4))) void
reader_complain(const struct reader *reader, const char *path, const char *format, ...);

/* Complains unless json is an object. */
bool reader_expect_object(const struct reader *reader, const char *path,
			  const json_t *json);

/* "an object", "a text", "a whole number", ... for messages. */
const char *reader_kind(const json_t *json);

#endif
