/* SPDX-License-Identifier: MIT */
/*
 * Between the files a session is made of: session.c (its link), session_lines.c (lines),
 * session_dialogue.c (what the driver asks for), session_open.c (who it may be),
 * session_batch.c (records to the store), session_refused.c (those it cannot take),
 * session_room.c (room in its queue). Nobody else includes this. Loop thread only.
 */
#ifndef READOUT_SERVER_SESSION_PARTS_H
#define READOUT_SERVER_SESSION_PARTS_H

#include "server/session/session.h"

/* ---- session.c ---- */

/* Writes command with its terminator. A write still under way closes the link. */
void session_send(struct session *session, const struct at_command *command);

/* A job that was submitted for this link has come back: may free the session. */
void session_release(struct session *session);

/* ---- session_lines.c ---- */

/* Bytes have come: gives the lines in them to the driver. May close the session. */
void session_take_bytes(struct session *session, const char *data, size_t size);

/* ---- session_dialogue.c ---- */

/* The driver's operations. */
extern const struct smartcom_ops session_ops;

/*
 * Undoes what a link that ends leaves behind. Whole records are committed, never deleted
 * on that link: how far the terminal's memory reached is not known.
 */
void session_abandon(struct session *session);

/* Writes an event row and a log line. kind and severity are static. */
void session_event(struct session *session, const char *severity, const char *kind,
		   const char *detail);

/* ---- session_open.c ---- */

/* Its driver knows who it is: lets it in, or closes it, or leaves it in quarantine. */
void session_open(struct session *session);

/* The settings in force now, for the name it has. Only while nothing is under way that
 * was begun by the older ones. */
void session_take_settings(struct session *session);

/* It no longer claims the name of a connected terminal. */
void session_leave_contest(struct session *session);

/* ---- session_batch.c ---- */

/* Decodes a record line into the batch. false with a reason to close the link. */
bool session_add_record(struct session *session, struct span line,
			enum close_reason *ret_reason);

/* Hands the batch to the writer; the driver hears smartcom_on_committed(). */
void session_submit_batch(struct session *session, bool may_delete);

/* Frees the batch unless the writer has it. */
void session_drop_batch(struct session *session);

/* ---- session_refused.c ---- */

/*
 * After a commit: reports what the store could take without its decoded form only, or in
 * no form, and keeps account of it in the terminal. Fills in what the driver must know.
 */
void session_tell_refused(struct session *session, const struct telegram_batch *batch,
			  struct smartcom_commit *commit);

/* ---- session_room.c ---- */

/* Room for a reply; false: the session stands in line, smartcom_on_room() will follow. */
bool session_reserve_room(struct session *session, uint32_t record_count);

/* The batch grows: asks for more if it must. false: there is none. */
bool session_extend_room(struct session *session);
void session_release_room(struct session *session);
void session_leave_line(struct session *session);

#endif
