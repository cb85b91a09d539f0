/* SPDX-License-Identifier: MIT */
#include "server/log.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/clock.h"

enum { RATION_SLOTS = 256, RATION_LINES = 10, RATION_WINDOW_MS = 60000, PEER_MAX = 80 };

/* How often one peer has caused one event in the current minute. */
struct ration {
	uint64_t key;      /* hash of peer and event; 0 unused */
	const char *event; /* static */
	char peer[PEER_MAX];
	int64_t window_ms;
	uint32_t lines;
	uint32_t withheld;
};

struct log {
	int fd;
	_Atomic int severity; /* enum log_severity */
	bool is_timed;
	pthread_mutex_t mutex; /* guards all below */
	struct ration rations[RATION_SLOTS];
	char kept[LOG_KEPT][LOG_LINE_MAX];
	size_t kept_total;
};

struct log *log_new(int fd, enum log_severity severity, bool is_timed)
{
	struct log *log = calloc(1, sizeof(*log));
	if (log == NULL)
		return NULL;
	log->fd = fd;
	log->severity = (int)severity;
	log->is_timed = is_timed;
	(void)pthread_mutex_init(&log->mutex, NULL);
	return log;
}

void log_set_severity(struct log *log, enum log_severity severity)
{
	log->severity = (int)severity;
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

static void write_line(struct log_line *line)
{
	line->text[line->size] = '\n';
	/* A log that cannot be written must not stop the daemon. */
	if (write(line->log->fd, line->text, line->size + 1) < 0)
		return;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; *text != '\0'; text++)
		hash = (hash ^ (uint8_t)*text) * UINT64_C(1099511628211);
	return hash;
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

static void begin(struct log_line *line, struct log *log, enum log_severity severity,
		  const char *event)
{
	char prefix[8], time_text[CLOCK_TEXT_SIZE];

	line->log = log;
	line->severity = severity;
	line->size = 0;
	(void)snprintf(prefix, sizeof(prefix), "<%d>", (int)severity);
	append(line, prefix);
	if (log->is_timed) {
		clock_text(clock_wall_ms(), time_text);
		append(line, "time=");
		append(line, time_text);
		append(line, " ");
	}
	append(line, "event=");
	append(line, event);
}

/* Tells what was withheld in a minute that is over; the slot is then free. Holds mutex.
 */
static void summarise(struct log *log, struct ration *ration)
{
	struct log_line line;

	if (ration->withheld > 0) {
		begin(&line, log, LOG_NOTE, "repeated");
		log_text(&line, "peer", ration->peer);
		log_text(&line, "of", ration->event);
		log_number(&line, "times", ration->withheld);
		write_line(&line);
	}
	ration->key = 0;
	ration->withheld = 0;
}

static bool is_over(const struct ration *ration, int64_t now_ms)
{
	int64_t age_ms = now_ms - ration->window_ms;
	return age_ms < 0 || age_ms >= RATION_WINDOW_MS;
}

/* Whether a line may pass. */
static bool ration_take(struct log *log, const char *event, const char *peer)
{
	uint64_t key =
		hash_text(hash_text(UINT64_C(14695981039346656037), event), peer) | 1;
	struct ration *ration = &log->rations[key % RATION_SLOTS];
	int64_t now_ms = clock_wall_ms();

	if (ration->key != key || is_over(ration, now_ms)) {
		summarise(log, ration);
		ration->key = key;
		ration->event = event;
		(void)snprintf(ration->peer, sizeof(ration->peer), "%s", peer);
		ration->window_ms = now_ms;
		ration->lines = 0;
	}
	if (ration->lines < RATION_LINES) {
		ration->lines++;
		return true;
	}
	ration->withheld++;
	return false;
}

bool log_begin(struct log_line *line, struct log *log, enum log_severity severity,
	       const char *event, const char *peer)
{
	if ((int)severity > log->severity)
		return false;
	if (peer != NULL) {
		(void)pthread_mutex_lock(&log->mutex);
		bool may_pass = ration_take(log, event, peer);
		(void)pthread_mutex_unlock(&log->mutex);
		if (!may_pass)
			return false;
	}
	begin(line, log, severity, event);
	if (peer != NULL)
		log_text(line, "peer", peer);
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

/* Warnings and errors, with the time but without the severity prefix. */
static void keep(struct log *log, const struct log_line *line)
{
	char *slot = log->kept[log->kept_total % LOG_KEPT];
	char time_text[CLOCK_TEXT_SIZE] = "";

	if (!log->is_timed)
		clock_text(clock_wall_ms(), time_text);
	(void)snprintf(slot, LOG_LINE_MAX, "%s%s%.*s", time_text,
		       log->is_timed ? "" : " ", (int)line->size - 3, line->text + 3);
	log->kept_total++;
}

void log_end(struct log_line *line)
{
	struct log *log = line->log;

	(void)pthread_mutex_lock(&log->mutex);
	if (line->severity <= LOG_WARN)
		keep(log, line);
	(void)pthread_mutex_unlock(&log->mutex);
	write_line(line);
}

void log_free(struct log *log)
{
	if (log == NULL)
		return;
	for (size_t i = 0; i < RATION_SLOTS; i++)
		summarise(log, &log->rations[i]);
	(void)pthread_mutex_destroy(&log->mutex);
	free(log);
}

void log_sweep(struct log *log)
{
	int64_t now_ms = clock_wall_ms();

	(void)pthread_mutex_lock(&log->mutex);
	for (size_t i = 0; i < RATION_SLOTS; i++)
		if (log->rations[i].key != 0 && is_over(&log->rations[i], now_ms))
			summarise(log, &log->rations[i]);
	(void)pthread_mutex_unlock(&log->mutex);
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
