/* SPDX-License-Identifier: MIT */
#include "server/log.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/clock.h"

enum { RATION_SLOTS = 256, RATION_LINES = 10, RATION_WINDOW_MS = 60000 };

/* How often one peer has caused one event in the current minute. */
struct ration {
	uint64_t key; /* hash of peer and event; 0 unused */
	int64_t window_ms;
	uint32_t lines;
	uint32_t withheld;
};

struct log {
	int fd;
	enum log_severity severity;
	pthread_mutex_t mutex; /* guards all below */
	struct ration rations[RATION_SLOTS];
	char kept[LOG_KEPT][LOG_LINE_MAX];
	size_t kept_total;
};

struct log *log_new(int fd, enum log_severity severity)
{
	struct log *log = calloc(1, sizeof(*log));
	if (log == NULL)
		return NULL;
	log->fd = fd;
	log->severity = severity;
	(void)pthread_mutex_init(&log->mutex, NULL);
	return log;
}

void log_free(struct log *log)
{
	if (log == NULL)
		return;
	(void)pthread_mutex_destroy(&log->mutex);
	free(log);
}

enum log_severity log_severity_parse(const char *text)
{
	static const struct {
		const char *text;
		enum log_severity severity;
	} names[] = {
		{ "error", LOG_ERROR },
		{ "warning", LOG_WARN },
		{ "info", LOG_NOTE },
		{ "debug", LOG_TRACE },
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].text, text) == 0)
			return names[i].severity;
	return LOG_NOTE;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; *text != '\0'; text++)
		hash = (hash ^ (uint8_t)*text) * UINT64_C(1099511628211);
	return hash;
}

/*
 * Whether a line may pass. ret_withheld is how many were held back in the window that has
 * just ended, for the line that does pass to tell.
 */
static bool ration_take(struct log *log, const char *event, const char *peer,
			uint32_t *ret_withheld)
{
	uint64_t key =
		hash_text(hash_text(UINT64_C(14695981039346656037), event), peer) | 1;
	struct ration *ration = &log->rations[key % RATION_SLOTS];
	int64_t now_ms = clock_wall_ms();
	int64_t age_ms = now_ms - ration->window_ms;

	if (ration->key != key || age_ms < 0 || age_ms >= RATION_WINDOW_MS) {
		*ret_withheld = ration->key == key ? ration->withheld : 0;
		*ration = (struct ration){ .key = key, .window_ms = now_ms };
	}
	ration->lines++;
	if (ration->lines <= RATION_LINES)
		return true;
	ration->withheld++;
	return false;
}

static void append(struct log_line *line, const char *text)
{
	size_t room = LOG_LINE_MAX - 2 - line->size; /* newline and NUL */
	size_t size = strlen(text);
	if (size > room)
		size = room;
	memcpy(line->text + line->size, text, size);
	line->size += size;
}

bool log_begin(struct log_line *line, struct log *log, enum log_severity severity,
	       const char *event, const char *peer)
{
	uint32_t withheld = 0;
	char prefix[8];

	if (severity > log->severity)
		return false;
	if (peer != NULL) {
		(void)pthread_mutex_lock(&log->mutex);
		bool may_pass = ration_take(log, event, peer, &withheld);
		(void)pthread_mutex_unlock(&log->mutex);
		if (!may_pass)
			return false;
	}
	line->log = log;
	line->severity = severity;
	line->size = 0;
	(void)snprintf(prefix, sizeof(prefix), "<%d>", (int)severity);
	append(line, prefix);
	append(line, "event=");
	append(line, event);
	if (peer != NULL)
		log_text(line, "peer", peer);
	if (withheld > 0)
		log_number(line, "withheld_in_last_minute", withheld);
	return true;
}

static bool is_plain(uint8_t byte)
{
	return byte > ' ' && byte < 0x7f && byte != '"' && byte != '\\' && byte != '=';
}

void log_bytes(struct log_line *line, const char *key, const void *data, size_t size)
{
	const uint8_t *bytes = data;
	bool needs_quotes = size == 0;

	for (size_t i = 0; i < size && !needs_quotes; i++)
		needs_quotes = !is_plain(bytes[i]);
	append(line, " ");
	append(line, key);
	append(line, needs_quotes ? "=\"" : "=");
	for (size_t i = 0; i < size; i++) {
		char text[8] = { (char)bytes[i], '\0' };
		if (bytes[i] == '"' || bytes[i] == '\\')
			(void)snprintf(text, sizeof(text), "\\%c", bytes[i]);
		else if (bytes[i] < ' ' || bytes[i] >= 0x7f)
			(void)snprintf(text, sizeof(text), "\\x%02X", bytes[i]);
		append(line, text);
	}
	if (needs_quotes)
		append(line, "\"");
}

void log_text(struct log_line *line, const char *key, const char *value)
{
	log_bytes(line, key, value, strlen(value));
}

void log_number(struct log_line *line, const char *key, int64_t value)
{
	char text[24];
	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	append(line, " ");
	append(line, key);
	append(line, "=");
	append(line, text);
}

/* Warnings and errors, with the time that journald would otherwise supply. */
static void keep(struct log *log, const struct log_line *line)
{
	char *slot = log->kept[log->kept_total % LOG_KEPT];
	char time_text[CLOCK_TEXT_SIZE];

	clock_text(clock_wall_ms(), time_text);
	/* The severity prefix is left out. */
	(void)snprintf(slot, LOG_LINE_MAX, "%s %.*s", time_text, (int)line->size - 3,
		       line->text + 3);
	log->kept_total++;
}

void log_end(struct log_line *line)
{
	struct log *log = line->log;

	(void)pthread_mutex_lock(&log->mutex);
	if (line->severity <= LOG_WARN)
		keep(log, line);
	(void)pthread_mutex_unlock(&log->mutex);
	line->text[line->size] = '\n';
	/* A log that cannot be written must not stop the daemon. */
	if (write(log->fd, line->text, line->size + 1) < 0)
		return;
}

void log_message(struct log *log, enum log_severity severity, const char *event,
		 const char *message)
{
	struct log_line line;
	if (!log_begin(&line, log, severity, event, NULL))
		return;
	log_text(&line, "message", message);
	log_end(&line);
}

size_t log_kept(struct log *log, char (*ret_lines)[LOG_LINE_MAX])
{
	(void)pthread_mutex_lock(&log->mutex);
	size_t count = log->kept_total < LOG_KEPT ? log->kept_total : LOG_KEPT;
	for (size_t i = 0; i < count; i++)
		memcpy(ret_lines[i], log->kept[(log->kept_total - count + i) % LOG_KEPT],
		       LOG_LINE_MAX);
	(void)pthread_mutex_unlock(&log->mutex);
	return count;
}
