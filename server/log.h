/* SPDX-License-Identifier: MIT */
/*
 * The daemon's log: one line an event, key=value, on stderr, with the severity prefix
 * that journald understands ("<4>"). A line is written by one write(2), is at most 1 KiB
 * long, and every byte that is not plain printable ASCII is escaped (\xHH), so a peer can
 * neither forge a line nor flood a terminal. Lines that one peer repeats are let through
 * ten times a minute and then counted; event=repeated tells the count afterwards.
 *
 * The last warnings and errors are kept for `readout status`. Any thread.
 *
 *     struct log_line line;
 *     if (log_begin(&line, log, LOG_WARN, "link_closed", peer)) {
 *             log_text(&line, "reason", text);
 *             log_number(&line, "records", count);
 *             log_end(&line);
 *     }
 */
#ifndef READOUT_SERVER_LOG_H
#define READOUT_SERVER_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* syslog's numbers. */
enum log_severity { LOG_ERROR = 3, LOG_WARN = 4, LOG_NOTE = 6, LOG_TRACE = 7 };

enum { LOG_LINE_MAX = 1024, LOG_KEPT = 16 };

struct log;

struct log_line {
	struct log *log;
	enum log_severity severity;
	size_t size;
	char text[LOG_LINE_MAX];
};

/*
 * Lines above severity are not written. is_timed: each line carries the time (journald
 * adds its own). fd is not closed. NULL when out of memory.
 */
struct log *log_new(int fd, enum log_severity severity, bool is_timed);
void log_free(struct log *log); /* NULL is fine */

/* From now on lines above severity are not written. Any thread. */
void log_set_severity(struct log *log, enum log_severity severity);

/* "error", "warning", "info", "debug" to a severity; LOG_NOTE for anything else. */
enum log_severity log_severity_parse(const char *text);

/*
 * Begins a line. peer names who causes it (terminal or address): the line carries it and
 * is rationed by it and the event's name; NULL for lines of our own, which are never
 * rationed. false: the line is not wanted; nothing more may be called with it.
 */
bool log_begin(struct log_line *line, struct log *log, enum log_severity severity,
	       const char *event, const char *peer);
void log_text(struct log_line *line, const char *key, const char *value);
void log_bytes(struct log_line *line, const char *key, const void *data, size_t size);
void log_number(struct log_line *line, const char *key, int64_t value);
void log_end(struct log_line *line);

/* Tells what was withheld in minutes that are over; to be called every second or so. */
void log_sweep(struct log *log);

/* A whole line of our own with one text: what happened. */
void log_message(struct log *log, enum log_severity severity, const char *event,
		 const char *message);

/* Copies the last warnings and errors, oldest first; returns how many (at most LOG_KEPT).
 */
size_t log_kept(struct log *log, char (*ret_lines)[LOG_LINE_MAX]);

#endif
