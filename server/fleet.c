/* SPDX-License-Identifier: MIT */
#include "server/fleet.h"

#include "server/session.h"

void fleet_offer_room(struct fleet *fleet)
{
	while (fleet->waiting_for_room != NULL) {
		struct session *first = fleet->waiting_for_room;
		smartcom_on_room(&first->driver);
		if (fleet->waiting_for_room == first)
			return;
	}
}

void fleet_collect(struct fleet *fleet)
{
	for (struct session *s = fleet->sessions; s != NULL; s = s->next)
		smartcom_on_collect(&s->driver);
}

void fleet_stop(struct fleet *fleet)
{
	for (struct session *s = fleet->sessions; s != NULL; s = s->next)
		session_close(s, CLOSE_SHUTDOWN);
}
