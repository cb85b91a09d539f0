/* SPDX-License-Identifier: MIT */
#include "server/exporter_order.h"

#include <string.h>

static const struct {
	const char *name;
	enum runner_order order;
} orders[] = {
	{ "pause", RUNNER_PAUSE },      { "resume", RUNNER_RESUME },
	{ "reset", RUNNER_RESET },      { "retry", RUNNER_DEAD_RETRY },
	{ "purge", RUNNER_DEAD_PURGE },
};

static json_t *refuse(const char *error)
{
	return json_pack("{s:s}", "error", error);
}

json_t *exporter_order(struct runner *runner, const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "name"));
	const char *wanted = json_string_value(json_object_get(request, "order"));
	const json_t *position = json_object_get(request, "position");
	size_t i = 0;

	while (wanted && i < sizeof(orders) / sizeof(orders[0]) &&
	       strcmp(orders[i].name, wanted) != 0)
		i++;
	if (!name || !wanted || i == sizeof(orders) / sizeof(orders[0]))
		return refuse("an exporter's name and an order are needed");
	if (orders[i].order == RUNNER_RESET && !json_is_integer(position))
		return refuse("reset needs a position");
	if (!runner ||
	    !runner_order(runner, name, orders[i].order, json_integer_value(position)))
		return refuse(
			"this daemon runs no exporter of that name: it is not in its "
			"configuration, or not enabled");
	return json_object();
}
