/* SPDX-License-Identifier: MIT */
#include "server/orders.h"

#include "server/clock.h"
#include "server/exporter_order.h"
#include "server/status_report.h"

static void handle_status(void *context, const json_t *request,
			  struct control_client *client)
{
	const struct orders *orders = context;
	struct status_source source = {
		.fleet = orders->fleet,
		.database_path = orders->database_path,
		.loop_delay = orders->loop_delay,
		.started_ms = orders->started_ms,
	};
	(void)request;
	control_reply(client, status_report(&source));
}

static void handle_reload(void *context, const json_t *request,
			  struct control_client *client)
{
	const struct orders *orders = context;
	(void)request;
	control_reply(client, reload_run(orders->reload));
}

static void handle_collect(void *context, const json_t *request,
			   struct control_client *client)
{
	struct orders *orders = context;
	collect_begin(&orders->collect, request, client);
}

static void handle_exporter(void *context, const json_t *request,
			    struct control_client *client)
{
	struct orders *orders = context;
	control_reply(client, exporter_order(orders->fleet->runner, request));
}

static void handle_chore(void *context, const json_t *request,
			 struct control_client *client)
{
	struct orders *orders = context;
	housekeeping_begin(&orders->housekeeping, request, client);
}

const struct control_command orders_table[] = {
	{ "status", handle_status },
	{ "collect", handle_collect },
	{ "reload", handle_reload },
	{ "exporter", handle_exporter },
	{ "backup", handle_chore },
	{ "verify", handle_chore },
	{ "import", handle_chore },
	{ "redecode", handle_chore },
	{ "retention", handle_chore },
	{ "label", handle_chore },
	{ NULL, NULL },
};

bool orders_init(struct orders *orders, struct fleet *fleet,
		 struct config_snapshot *snapshot, struct reload *reload,
		 const struct loop_delay *loop_delay)
{
	orders->fleet = fleet;
	orders->reload = reload;
	orders->database_path = snapshot->config.database_path;
	orders->loop_delay = loop_delay;
	orders->started_ms = clock_wall_ms();
	collect_init(&orders->collect, fleet);
	return housekeeping_init(&orders->housekeeping, fleet, snapshot);
}

void orders_close(struct orders *orders)
{
	collect_close(&orders->collect);
	housekeeping_close(&orders->housekeeping);
}

void orders_end(struct orders *orders)
{
	housekeeping_end(&orders->housekeeping);
}
