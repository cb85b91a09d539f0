/* SPDX-License-Identifier: MIT */
/*
 * Room in the store's queue: a reply is asked for only when it fits. Sessions that find
 * none stand in line in fleet->waiting_for_room; fleet_offer_room() lets them try again
 * in order when the store has given jobs back, and once a second.
 */
#include "server/session/session_parts.h"

enum {
	RECORD_BYTES_USUAL = 1024, /* of a record in a batch: to reserve room with */
	ROOM_STEP = 64 * 1024,     /* by which a reservation grows under a longer reply */
};

static void stand_in_line(struct session *session)
{
	struct fleet *fleet = session->fleet;

	if (session->is_waiting_for_room)
		return;
	session->is_waiting_for_room = true;
	session->next_for_room = NULL;
	if (fleet->waiting_for_room == NULL)
		fleet->waiting_for_room = session;
	else
		fleet->last_waiting->next_for_room = session;
	fleet->last_waiting = session;
}

void session_leave_line(struct session *session)
{
	struct fleet *fleet = session->fleet;
	struct session *before = NULL;

	if (!session->is_waiting_for_room)
		return;
	if (fleet->waiting_for_room != session) {
		before = fleet->waiting_for_room;
		while (before->next_for_room != session)
			before = before->next_for_room;
		before->next_for_room = session->next_for_room;
	} else {
		fleet->waiting_for_room = session->next_for_room;
	}
	if (fleet->last_waiting == session)
		fleet->last_waiting = before;
	session->is_waiting_for_room = false;
}

void session_release_room(struct session *session)
{
	store_release(session->fleet->store, session->reserved_bytes);
	session->reserved_bytes = 0;
}

bool session_reserve_room(struct session *session, uint32_t record_count)
{
	struct fleet *fleet = session->fleet;
	size_t bytes = (size_t)record_count * RECORD_BYTES_USUAL;
	bool is_first =
		fleet->waiting_for_room == NULL || fleet->waiting_for_room == session;

	if (bytes > fleet->limits.reply_bytes)
		bytes = fleet->limits.reply_bytes;
	session_release_room(session);
	if (!is_first || !store_reserve(fleet->store, bytes)) {
		stand_in_line(session);
		return false;
	}
	session->reserved_bytes = bytes;
	session_leave_line(session);
	return true;
}

bool session_extend_room(struct session *session)
{
	while (telegram_batch_bytes(session->batch) > session->reserved_bytes) {
		if (!store_reserve(session->fleet->store, ROOM_STEP))
			return false;
		session->reserved_bytes += ROOM_STEP;
	}
	return true;
}
