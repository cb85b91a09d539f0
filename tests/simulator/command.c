/* SPDX-License-Identifier: MIT */
#include "tests/simulator/command.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
	COMMAND_SIZE_MAX = 200, /* longer ones are answered by ERROR */
	LINE_SIZE_MAX = 128,
};

struct command {
	const struct terminal *terminal;
	const char *argument; /* of a sub-command, after its comma; "" none */
	struct text *text;
	struct command_result *result;
};

typedef void run_fn(struct command *command);

struct command_row {
	const char *name; /* in upper case, blanks left out */
	run_fn *run;
};

void command_put_line(const struct style *style, struct text *text, const char *line)
{
	if (style->has_blank_lines)
		text_put_string(text, style->line_end);
	text_put_string(text, line);
	text_put_string(text, style->line_end);
}

static void put_line(struct command *command, const char *line)
{
	command_put_line(&command->terminal->options->style, command->text, line);
}

/* "^SC...: " and the fields, with or without the blank. */
static void put_answer(struct command *command, const char *name, const char *fields)
{
	char line[2 * LINE_SIZE_MAX]; /* fields fill one at most */
	bool has_blank = command->terminal->options->style.has_blank_after_colon;

	snprintf(line, sizeof line, "%s:%s%s", name, has_blank ? " " : "", fields);
	put_line(command, line);
}

static void fail(struct command *command)
{
	command->result->final = "ERROR";
}

/* A count: nothing is 1. False when it is no number. */
static bool parse_count(const char *argument, uint32_t *ret_count)
{
	uint64_t count = 0;

	if (*argument == '\0') {
		*ret_count = 1;
		return true;
	}
	for (; *argument != '\0'; argument++) {
		if (*argument < '0' || *argument > '9')
			return false;
		count = count * 10 + (uint64_t)(*argument - '0');
		if (count > UINT32_MAX)
			count = UINT32_MAX;
	}
	*ret_count = (uint32_t)count;
	return true;
}

static void run_nothing(struct command *command)
{
	(void)command;
}

static void run_echo_off(struct command *command)
{
	command->result->kind = COMMAND_ECHO_OFF;
}

static void run_echo_on(struct command *command)
{
	command->result->kind = COMMAND_ECHO_ON;
}

static void run_model(struct command *command)
{
	put_line(command, "SmartCOM PRO ETH");
}

static void run_firmware(struct command *command)
{
	put_line(command, "1.13.6.13.15");
}

static void run_serial(struct command *command)
{
	char serial[SERIAL_SIZE];

	terminal_serial(command->terminal, serial);
	put_line(command, serial);
}

static void run_imei(struct command *command)
{
	char imei[IMEI_SIZE];

	terminal_imei(command->terminal, imei);
	put_line(command, imei);
}

static void run_data_test(struct command *command)
{
	static const char *const FORMS[] = {
		"\"MESS_CNT\"",   "\"GET_SPACE\"",
		"\"GET_OLDEST\"", "\"GET_FILTERED\",\"0-150\"",
		"\"DEL_OLDEST\"", "\"DEL_ALL\"",
	};

	for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++)
		put_answer(command, "^SCDATA", FORMS[i]);
}

static void put_count(struct command *command, const char *name, uint32_t count)
{
	char fields[LINE_SIZE_MAX];

	if (command->terminal->options->style.has_plain_count)
		snprintf(fields, sizeof fields, "%u", count);
	else
		snprintf(fields, sizeof fields, "\"%s\",%u", name, count);
	put_answer(command, "^SCDATA", fields);
}

static void run_message_count(struct command *command)
{
	put_count(command, "MESS_CNT", command->terminal->ring.count);
}

static void run_get_space(struct command *command)
{
	put_count(command, "GET_SPACE", ring_space(&command->terminal->ring));
}

static void run_get_oldest(struct command *command)
{
	const struct terminal *terminal = command->terminal;

	if (!parse_count(command->argument, &command->result->count) ||
	    (terminal->ring.count == 0 && terminal->options->style.is_empty_error))
		fail(command);
	else
		command->result->kind = COMMAND_GET;
}

static void run_delete_oldest(struct command *command)
{
	if (parse_count(command->argument, &command->result->count))
		command->result->kind = COMMAND_DELETE;
	else
		fail(command);
}

static void run_delete_all(struct command *command)
{
	command->result->kind = COMMAND_DELETE;
	command->result->count = UINT32_MAX;
}

static void run_data(struct command *command)
{
	/* The vendor's page about filters ends before it names them. */
	static const struct command_row ROWS[] = {
		{ "\"MESS_CNT\"", run_message_count },
		{ "\"GET_SPACE\"", run_get_space },
		{ "\"GET_OLDEST\"", run_get_oldest },
		{ "\"GET_FILTERED\"", fail },
		{ "\"DEL_OLDEST\"", run_delete_oldest },
		{ "\"DEL_ALL\"", run_delete_all },
	};
	const char *name = command->argument;
	size_t size = strcspn(name, ",");

	command->result->kind = COMMAND_DATA;
	command->argument = name + size + (name[size] == ',');
	for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
		if (strlen(ROWS[i].name) == size &&
		    strncasecmp(ROWS[i].name, name, size) == 0) {
			ROWS[i].run(command);
			return;
		}
	}
	fail(command);
}

static void run_table_test(struct command *command)
{
	static const char *const FORMS[] = {
		"\"ENABLE\",0|1",
		"\"RETRY\",0-9",
		"\"DEV_ADD\",1-1000,\"32\"|1-1000,\"32\",\"3\"",
		"\"DEV_REMOVE\",1-32",
		"\"DEV_CLEAR\"",
		"\"DEV_INTERVAL\",\"ALL\"|1-32,\"3\"",
	};

	for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++)
		put_answer(command, "^SCAMS", FORMS[i]);
}

static void put_device(struct command *command, uint32_t index)
{
	struct meter meter = terminal_meter(command->terminal, index);
	const struct meter_traits *traits = meter_traits(meter.kind);
	char address[LINE_SIZE_MAX / 2];
	char fields[LINE_SIZE_MAX];

	if (meter.kind == METER_PULSE)
		snprintf(address, sizeof address, "1/PULSE/ABS");
	else if (meter.kind == METER_IEC)
		snprintf(address, sizeof address, "%08u", meter.id);
	else
		snprintf(address, sizeof address, "*%08u@2400", meter.id);
	snprintf(fields, sizeof fields, "%u> %u,\"%s\",\"%s\",\"15M\"",
		 terminal_table_index(command->terminal, index), traits->port,
		 traits->protocol, address);
	put_answer(command, "^SCAMS", fields);
}

static void run_table(struct command *command)
{
	const struct terminal *terminal = command->terminal;
	uint32_t meters = terminal->options->meters;
	uint32_t devices = terminal_table_index(terminal, meters) - 1;
	char fields[LINE_SIZE_MAX];

	put_answer(command, "^SCAMS", "\"ENABLE\",1");
	put_answer(command, "^SCAMS", "\"RETRY\",0");
	if (devices == 0) {
		put_answer(command, "^SCAMS", "NO DEVICE");
		return;
	}
	snprintf(fields, sizeof fields, "\"DEV_CNT\",%u", devices);
	put_answer(command, "^SCAMS", fields);
	for (uint32_t i = 0; i < meters; i++) {
		if (meter_traits(terminal_meter(terminal, i).kind)->port != 0)
			put_device(command, i);
	}
}

static void run_port(struct command *command)
{
	put_answer(command, "^SCPORT2", "\"BAUDRATE\",2400");
	put_answer(command, "^SCPORT2", "\"DATA_BITS\",8");
	put_answer(command, "^SCPORT2", "\"STOP_BITS\",1");
	put_answer(command, "^SCPORT2", "\"PARITY\",1");
}

static void run_errors(struct command *command)
{
	put_answer(command, "^SCERR", "72> 8,10");
}

/* Upper case does not matter and neither do blanks outside quotes. False: too long. */
static bool squeeze(const char *line, size_t size, char ret_line[COMMAND_SIZE_MAX])
{
	size_t kept = 0;
	bool is_in_quotes = false;

	for (size_t i = 0; i < size; i++) {
		is_in_quotes ^= line[i] == '"';
		if (line[i] == ' ' && !is_in_quotes)
			continue;
		if (line[i] == '\0' || kept == COMMAND_SIZE_MAX - 1)
			return false;
		ret_line[kept++] = line[i];
	}
	ret_line[kept] = '\0';
	return true;
}

void command_run(const struct terminal *terminal, const char *line, size_t size,
		 struct text *text, struct command_result *ret_result)
{
	static const struct command_row ROWS[] = {
		{ "AT", run_nothing },       { "ATE0", run_echo_off },
		{ "ATE1", run_echo_on },     { "ATI", run_model },
		{ "ATI3", run_firmware },    { "ATI4", run_serial },
		{ "AT+GSN", run_imei },      { "AT^SCDATA=?", run_data_test },
		{ "AT^SCAMS?", run_table },  { "AT^SCAMS=?", run_table_test },
		{ "AT^SCPORT2?", run_port }, { "AT^SCERR?", run_errors },
	};
	static const char DATA[] = "AT^SCDATA=";
	char squeezed[COMMAND_SIZE_MAX];
	struct command command = { terminal, "", text, ret_result };

	*ret_result = (struct command_result){ .kind = COMMAND_PLAIN, .final = "OK" };
	if (!squeeze(line, size, squeezed)) {
		fail(&command);
		return;
	}
	for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
		if (strcasecmp(ROWS[i].name, squeezed) == 0) {
			ROWS[i].run(&command);
			return;
		}
	}
	if (strncasecmp(squeezed, DATA, sizeof DATA - 1) != 0) {
		fail(&command);
		return;
	}
	command.argument = squeezed + sizeof DATA - 1;
	run_data(&command);
}
