/* SPDX-License-Identifier: MIT */
#include "server/health/health_report.h"

#include "server/session/session.h"

enum { WORST_LISTED = 10, QUARANTINED_LISTED = 20 };

/* Kinds stand from worst to least; of a kind, the oldest is the worst. */
struct worst {
	uint32_t count;
	struct {
		const struct terminal *terminal;
		const struct condition *condition;
	} entries[WORST_LISTED];
};

static bool is_worse(const struct condition *a, const struct condition *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind;
	return a->begun_ms < b->begun_ms;
}

static void rank(struct worst *worst, const struct terminal *terminal,
		 const struct condition *condition)
{
	uint32_t at = worst->count;

	if (worst->count < WORST_LISTED)
		worst->count++;
	else if (!is_worse(condition, worst->entries[--at].condition))
		return;
	for (; at > 0 && is_worse(condition, worst->entries[at - 1].condition); at--)
		worst->entries[at] = worst->entries[at - 1];
	worst->entries[at].terminal = terminal;
	worst->entries[at].condition = condition;
}

static void rank_all(struct terminal *terminal, void *context)
{
	for (const struct condition *c = terminal->conditions; c != NULL; c = c->next)
		rank(context, terminal, c);
}

static json_t *worst_part(const struct fleet *fleet)
{
	struct worst worst = { 0 };
	json_t *list = json_array();

	terminal_table_each(fleet->terminals, rank_all, &worst);
	for (uint32_t i = 0; i < worst.count; i++) {
		const struct condition *condition = worst.entries[i].condition;
		(void)json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "kind",
					condition_text(condition->kind), "severity",
					condition_severity(condition->kind), "terminal",
					worst.entries[i].terminal->identity, "subject",
					condition->subject, "since_ms",
					(json_int_t)condition->begun_ms, "detail",
					condition->detail));
	}
	return list;
}

static json_t *open_part(const struct fleet *fleet)
{
	json_t *open = json_object();

	for (size_t i = 0; i < CONDITION_KIND_COUNT; i++)
		if (fleet->counts.conditions[i] > 0)
			(void)json_object_set_new(
				open, condition_text((enum condition_kind)i),
				json_integer((json_int_t)fleet->counts.conditions[i]));
	return open;
}

static bool is_quarantined(const struct session *session)
{
	const struct smartcom *driver = &session->driver;
	return driver->state == SMARTCOM_QUARANTINED ||
	       (driver->state == SMARTCOM_PROBING &&
		driver->resumed == SMARTCOM_QUARANTINED);
}

static json_t *quarantined_part(const struct fleet *fleet)
{
	json_t *list = json_array();

	for (const struct session *s = fleet->sessions; s != NULL; s = s->next)
		if (is_quarantined(s) && json_array_size(list) < QUARANTINED_LISTED)
			(void)json_array_append_new(list,
						    json_pack("{s:s, s:s}", "terminal",
							      s->driver.identity, "from",
							      s->link.address));
	return list;
}

json_t *health_report(const struct fleet *fleet)
{
	return json_pack("{s:o, s:o, s:o}", "open", open_part(fleet), "worst",
			 worst_part(fleet), "quarantined", quarantined_part(fleet));
}
