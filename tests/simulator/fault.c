/* SPDX-License-Identifier: MIT */
#include "tests/simulator/fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct fault_row {
	const char *name;
	uint16_t permille; /* under "all" */
	const char *help;
} FAULTS[FAULT_COUNT] = {
	[FAULT_SPLIT] = { "split", 300, "reply written in pieces cut at random bytes" },
	[FAULT_SLOW] = { "slow", 10, "first bytes of a reply written one by one" },
	[FAULT_SILENCE] = { "silence", 3, "no answer for --silence-ms" },
	[FAULT_DROP_QUOTE] = { "drop-quote", 20, "link dropped inside quoted data" },
	[FAULT_DROP_REPLY] = { "drop-reply", 20, "link dropped at any byte of a reply" },
	[FAULT_DELETE_LOST] = { "del-lost", 40, "DEL executed, link dropped before OK" },
	[FAULT_DELETE_LATE] = { "del-late", 20,
				"link dropped, DEL executed up to --late-del-ms later" },
	[FAULT_DUPLICATE] = { "duplicate", 10, "a second link while the first is open" },
	[FAULT_OVERWRITE] = { "overwrite", 50,
			      "a round of readings between GET and DEL (with "
			      "--interval-ms)" },
	[FAULT_GAP] = { "gap", 30, "the sequence skips numbers" },
	[FAULT_RESET] = { "reset", 5, "the sequence starts again (per round)" },
	[FAULT_CLOCK_RESET] = { "clock-reset", 5,
				"sequence and clock start again, 1970 (per round)" },
	[FAULT_ERROR_RECORD] = { "error-record", 20,
				 "a failed read: error_code, no data" },
	[FAULT_STRAY] = { "stray", 30, "a stray line before a reply or inside" },
	[FAULT_KEEP_ECHO] = { "keep-echo", 100, "ATE0 refused" },
	[FAULT_ERROR] = { "error", 10, "ERROR, or ERROR and a number; not executed" },
	[FAULT_GARBAGE] = { "garbage", 50, "random bytes at connect" },
};

const char *fault_name(enum fault fault)
{
	return FAULTS[fault].name;
}

static int find(const char *name, size_t size)
{
	for (int i = 0; i < FAULT_COUNT; i++) {
		if (strlen(FAULTS[i].name) == size &&
		    memcmp(FAULTS[i].name, name, size) == 0)
			return i;
	}
	return -1;
}

static bool parse_item(const char *item, size_t size, uint16_t permille[FAULT_COUNT])
{
	const char *equals = memchr(item, '=', size);
	int row = find(item, equals == NULL ? size : (size_t)(equals - item));
	unsigned long number;
	char *end;

	if (size == 3 && memcmp(item, "all", 3) == 0) {
		for (int i = 0; i < FAULT_COUNT; i++)
			permille[i] = FAULTS[i].permille;
		return true;
	}
	if (row < 0)
		return false;
	if (equals == NULL) {
		permille[row] = FAULTS[row].permille;
		return true;
	}
	number = strtoul(equals + 1, &end, 10);
	if (end == equals + 1 || end != item + size || number > 1000)
		return false;
	permille[row] = (uint16_t)number;
	return true;
}

bool fault_parse(const char *list, uint16_t permille[FAULT_COUNT], const char **ret_bad)
{
	while (*list != '\0') {
		size_t size = strcspn(list, ",");

		if (!parse_item(list, size, permille)) {
			*ret_bad = list;
			return false;
		}
		list += size;
		list += *list == ',';
	}
	return true;
}

void fault_print_help(void)
{
	for (int i = 0; i < FAULT_COUNT; i++)
		printf("  %-13s %4u  %s\n", FAULTS[i].name, FAULTS[i].permille,
		       FAULTS[i].help);
}
