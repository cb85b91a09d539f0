/* SPDX-License-Identifier: MIT */
#include "server/health/condition.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/clock.h"
#include "server/fleet.h"
#include "storage/condition.h"

static const struct {
	const char *text;
	const char *severity;
} kinds[CONDITION_KIND_COUNT] = {
#define CONDITION_ROW(name, text, severity) [name] = { text, severity },
	CONDITION_KINDS(CONDITION_ROW)
#undef CONDITION_ROW
};

const char *condition_text(enum condition_kind kind)
{
	return kinds[kind].text;
}

const char *condition_severity(enum condition_kind kind)
{
	return kinds[kind].severity;
}

struct condition *condition_find(const struct terminal *terminal,
				 enum condition_kind kind, const char *subject)
{
	struct condition *condition = terminal->conditions;
	while (condition != NULL &&
	       (condition->kind != kind || strcmp(condition->subject, subject) != 0))
		condition = condition->next;
	return condition;
}

/* NULL: no memory, or more than a terminal may have. */
static struct condition *add(struct fleet *fleet, struct terminal *terminal,
			     enum condition_kind kind, const char *subject,
			     const char *detail)
{
	size_t size = strnlen(detail, CONDITION_DETAIL_MAX - 1);
	struct condition *condition;

	if (terminal->condition_count == CONDITIONS_A_TERMINAL)
		return NULL;
	condition = calloc(1, sizeof(*condition) + size + 1);
	if (condition == NULL)
		return NULL;
	condition->kind = kind;
	condition->seen_at_ms = uv_now(fleet->loop);
	(void)snprintf(condition->subject, sizeof(condition->subject), "%s", subject);
	memcpy(condition->detail, detail, size);
	condition->next = terminal->conditions;
	terminal->conditions = condition;
	terminal->condition_count++;
	fleet->counts.conditions[kind]++;
	return condition;
}

static void tell(struct fleet *fleet, const struct terminal *terminal,
		 enum condition_kind kind, const char *subject, const char *detail,
		 bool is_begin)
{
	struct store_condition row = {
		.at_ms = clock_wall_ms(),
		.terminal = terminal->row,
		.kind = kinds[kind].text,
		.severity = kinds[kind].severity,
		.subject = subject,
		.detail = detail,
	};
	struct log_line line;

	(void)(is_begin ? condition_begin : condition_end)(fleet->store, fleet->port,
							   &row);
	if (!log_begin(&line, fleet->log, is_begin ? LOG_WARN : LOG_NOTE,
		       kinds[kind].text, terminal->identity))
		return;
	log_text(&line, "phase", is_begin ? "begin" : "end");
	if (subject[0] != '\0')
		log_text(&line, "subject", subject);
	log_text(&line, "detail", detail);
	log_end(&line);
}

void condition_is(struct fleet *fleet, struct terminal *terminal,
		  enum condition_kind kind, const char *subject, const char *detail)
{
	char name[CONDITION_SUBJECT_MAX];
	struct condition *condition;

	(void)snprintf(name, sizeof(name), "%s", subject);
	condition = condition_find(terminal, kind, name);
	if (condition != NULL) {
		condition->seen_at_ms = uv_now(fleet->loop);
		return;
	}
	/* A terminal that is only just being taken into the store has no row yet. */
	if (terminal->row == 0)
		return;
	condition = add(fleet, terminal, kind, name, detail);
	if (condition == NULL)
		return;
	condition->begun_ms = clock_wall_ms();
	tell(fleet, terminal, kind, condition->subject, condition->detail, true);
}

void condition_is_not(struct fleet *fleet, struct terminal *terminal,
		      enum condition_kind kind, const char *subject, const char *detail)
{
	struct condition **place = &terminal->conditions;
	struct condition *condition = condition_find(terminal, kind, subject);

	if (condition == NULL)
		return;
	while (*place != condition)
		place = &(*place)->next;
	*place = condition->next;
	terminal->condition_count--;
	fleet->counts.conditions[kind]--;
	tell(fleet, terminal, kind, condition->subject, detail, false);
	free(condition);
}

void condition_restore(struct fleet *fleet, struct terminal *terminal, const char *word,
		       const char *subject, const char *detail, int64_t begun_ms)
{
	for (size_t i = 0; i < CONDITION_KIND_COUNT; i++) {
		struct condition *condition;
		if (strcmp(kinds[i].text, word) != 0)
			continue;
		condition = add(fleet, terminal, (enum condition_kind)i, subject, detail);
		if (condition != NULL)
			condition->begun_ms = begun_ms;
	}
}

void condition_forget_all(struct terminal *terminal)
{
	while (terminal->conditions != NULL) {
		struct condition *condition = terminal->conditions;
		terminal->conditions = condition->next;
		free(condition);
	}
}
