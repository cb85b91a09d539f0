/* SPDX-License-Identifier: MIT */
#include "server/close_reason.h"

static const struct {
	const char *text;
	const char *meaning;
} reasons[CLOSE_REASON_COUNT] = {
#define CLOSE_REASON_ROW(name, text, meaning) [name] = { text, meaning },
	CLOSE_REASONS(CLOSE_REASON_ROW)
#undef CLOSE_REASON_ROW
};

const char *close_reason_text(enum close_reason reason)
{
	return reasons[reason].text;
}

const char *close_reason_meaning(enum close_reason reason)
{
	return reasons[reason].meaning;
}
