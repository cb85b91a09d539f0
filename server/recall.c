/* SPDX-License-Identifier: MIT */
#include "server/recall.h"

#include "server/health/health.h"
#include "storage/condition.h"
#include "storage/terminal_list.h"

static void know_terminal(const struct terminal_list_entry *entry, void *context)
{
	struct fleet *fleet = context;
	struct terminal *terminal = terminal_table_add(fleet->terminals, entry->identity);
	if (terminal == NULL)
		return;
	terminal->row = entry->id;
	terminal->last_contact_ms = entry->last_contact_ms;
	health_last_heard(fleet, terminal, entry->last_contact_ms);
}

static void know_condition(const struct condition_list_entry *entry, void *context)
{
	struct fleet *fleet = context;
	struct terminal *terminal =
		terminal_table_find(fleet->terminals, entry->terminal);
	if (terminal != NULL)
		condition_restore(fleet, terminal, entry->kind, entry->subject,
				  entry->detail, entry->begun_ms);
}

bool recall_terminals(struct fleet *fleet, const char *path, char error[STORE_ERROR_MAX])
{
	return terminal_list_read(path, know_terminal, fleet, error) &&
	       condition_list_read(path, know_condition, fleet, error);
}
