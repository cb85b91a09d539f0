/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/year/year.h"

enum { LINE_MAX_BYTES = 256 };

struct answer {
	struct terminal_sim *terminal;
	FILE *out;
	uint32_t count; /* the number at the end of the command */
};

static void say_serial(struct answer *answer)
{
	(void)fprintf(answer->out, "%s\r\n", answer->terminal->serial);
}

static void say_firmware(struct answer *answer)
{
	(void)fprintf(answer->out, "REVISION 1.0\r\n");
}

static void say_table(struct answer *answer)
{
	const struct terminal_sim *terminal = answer->terminal;

	(void)fprintf(answer->out, "^SCAMS: \"ENABLE\",1\r\n^SCAMS: \"DEV_CNT\",%u\r\n",
		      terminal->meter_count);
	for (uint32_t i = 0; i < terminal->meter_count; i++)
		(void)fprintf(answer->out,
			      "^SCAMS: %u> 1,\"MBUS\",\"*%08u@2400\",\"60M\"\r\n", i + 1,
			      terminal->number * 10 + i);
}

static void say_errors(struct answer *answer)
{
	(void)fprintf(answer->out, "^SCERR: 1> 5,0\r\n");
}

static void say_count(struct answer *answer)
{
	(void)fprintf(answer->out, "^SCDATA: \"MESS_CNT\",%u\r\n",
		      answer->terminal->made - answer->terminal->oldest);
}

static void say_space(struct answer *answer)
{
	(void)fprintf(answer->out, "^SCDATA: \"GET_SPACE\",%u\r\n",
		      terminal_sim_space(answer->terminal));
}

static void say_oldest(struct answer *answer)
{
	const struct terminal_sim *terminal = answer->terminal;
	char line[LINE_MAX_BYTES];

	for (uint32_t i = terminal->oldest;
	     i < terminal->made && i - terminal->oldest < answer->count; i++) {
		(void)record_line(terminal, &terminal->records[i], line, sizeof(line));
		(void)fputs(line, answer->out);
	}
}

static void delete_oldest(struct answer *answer)
{
	terminal_sim_delete(answer->terminal, answer->count);
}

static void say_nothing(struct answer *answer)
{
	(void)answer;
}

char *answer_command(struct terminal_sim *terminal, const char *command)
{
	static const struct {
		const char *text;
		void (*execute)(struct answer *answer);
	} commands[] = {
		{ "AT^SCDATA=\"GET_OLDEST\",", say_oldest },
		{ "AT^SCDATA=\"DEL_OLDEST\",", delete_oldest },
		{ "AT^SCDATA=\"GET_SPACE\"", say_space },
		{ "AT^SCDATA=\"MESS_CNT\"", say_count },
		{ "AT^SCAMS?", say_table },
		{ "AT^SCERR?", say_errors },
		{ "ATI4", say_serial },
		{ "ATI3", say_firmware },
		{ "AT", say_nothing },
	};
	char *reply = NULL;
	size_t size = 0;
	const char *comma = strrchr(command, ',');
	struct answer answer = { .terminal = terminal };

	answer.count = comma != NULL ? (uint32_t)strtoul(comma + 1, NULL, 10) : 0;
	answer.out = open_memstream(&reply, &size);
	if (answer.out == NULL)
		abort();
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strncmp(command, commands[i].text, strlen(commands[i].text)) != 0)
			continue;
		commands[i].execute(&answer);
		break;
	}
	(void)fputs("OK\r\n", answer.out);
	(void)fclose(answer.out);
	return reply;
}
