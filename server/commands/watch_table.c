/* SPDX-License-Identifier: MIT */
#include "server/commands/watch_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "server/clock.h"

enum { METERS_MAX = 1000, TEXT_MAX = 48, FRAME_LINES = 3, ROWS_USUAL = 20 };

struct row {
	char terminal[TEXT_MAX];
	char meter[TEXT_MAX];
	char medium[TEXT_MAX];
	char quantity[TEXT_MAX];
	char value[TEXT_MAX];
	char unit[TEXT_MAX];
	int64_t read_at;
	uint64_t telegrams;
};

struct watch_table {
	struct row rows[METERS_MAX];
	size_t count;
	uint64_t telegrams;
	uint64_t readings;
	size_t drawn_lines; /* to go up by before drawing again */
};

struct watch_table *watch_table_new(void)
{
	return calloc(1, sizeof(struct watch_table));
}

void watch_table_free(struct watch_table *table)
{
	free(table);
}

static void put(char ret_text[TEXT_MAX], const char *text)
{
	(void)snprintf(ret_text, TEXT_MAX, "%s", text);
}

/* The row of a meter; a telegram without one counts under its kind. */
static struct row *find_row(struct watch_table *table,
			    const struct log_telegram *telegram)
{
	const char *meter = telegram->meter[0] != '\0' ? telegram->meter : telegram->kind;
	size_t i = 0;

	while (i < table->count &&
	       (strcmp(table->rows[i].meter, meter) != 0 ||
		strcmp(table->rows[i].terminal, telegram->terminal) != 0))
		i++;
	if (i == METERS_MAX)
		return NULL;
	if (i == table->count) {
		table->count++;
		put(table->rows[i].terminal, telegram->terminal);
		put(table->rows[i].meter, meter);
		put(table->rows[i].medium, telegram->medium);
	}
	return &table->rows[i];
}

/* What a meter is there for is the first of its current numbers with a unit. */
static const struct log_reading *leading_reading(const struct log_telegram *telegram)
{
	for (uint32_t i = 0; i < telegram->reading_count; i++) {
		const struct log_reading *reading = &telegram->readings[i];
		if (reading->is_number && reading->storage == 0 &&
		    reading->unit[0] != '\0' &&
		    strcmp(reading->function, "instantaneous") == 0)
			return reading;
	}
	return NULL;
}

void watch_table_add(struct watch_table *table, const struct log_telegram *telegram)
{
	struct row *row = find_row(table, telegram);
	const struct log_reading *reading = leading_reading(telegram);

	table->telegrams++;
	table->readings += telegram->reading_count;
	if (row == NULL)
		return;
	row->telegrams++;
	row->read_at = telegram->read_at;
	if (reading == NULL)
		return;
	put(row->quantity, reading->quantity);
	put(row->value, reading->value_text);
	put(row->unit, reading->unit);
}

/* Rows that fit without pushing what stands above off the screen for good. */
static size_t screen_rows(void)
{
	struct winsize size;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
	    size.ws_row <= FRAME_LINES + 2)
		return ROWS_USUAL;
	return (size_t)size.ws_row - FRAME_LINES - 1;
}

/* Bytes minus the continuation bytes of UTF-8: "°C" is two wide. */
static int padding(const char *text, int width)
{
	for (; *text != '\0'; text++)
		width -= ((unsigned char)*text & 0xc0) != 0x80;
	return width > 0 ? width : 0;
}

static void draw_row(const struct row *row)
{
	char time_text[CLOCK_TEXT_SIZE];
	clock_text(row->read_at * 1000, time_text);
	(void)printf("%-14s %-17s %-18.18s %-20.20s %14s %s%*s %s %6" PRIu64 "\n",
		     row->terminal, row->meter, row->medium, row->quantity, row->value,
		     row->unit, padding(row->unit, 5), "", time_text, row->telegrams);
}

void watch_table_draw(struct watch_table *table)
{
	size_t room = screen_rows();
	size_t shown = table->count < room ? table->count : room;

	if (table->drawn_lines > 0)
		(void)printf("\033[%zuA", table->drawn_lines);
	(void)printf("\033[J%-14s %-17s %-18s %-20s %14s %-5s %-20s %6s\n", "terminal",
		     "meter", "medium", "quantity", "value", "unit", "read at", "count");
	for (size_t i = 0; i < shown; i++)
		draw_row(&table->rows[i]);
	if (table->count > shown)
		(void)printf("... and %zu more\n", table->count - shown);
	(void)printf("%" PRIu64 " telegrams, %" PRIu64
		     " readings, %zu meters; Ctrl-C ends\n",
		     table->telegrams, table->readings, table->count);
	table->drawn_lines = shown + 2 + (table->count > shown);
	(void)fflush(stdout);
}
