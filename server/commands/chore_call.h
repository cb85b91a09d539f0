/* SPDX-License-Identifier: MIT */
/*
 * Runs a chore here or there: in the daemon that answers at the control socket, or, when
 * none does, in this process under the lock of the database, by the same code. A bar
 * shows how far it has come; Ctrl-C stops it where nothing is left half done.
 */
#ifndef READOUT_SERVER_CHORE_CALL_H
#define READOUT_SERVER_CHORE_CALL_H

#include "server/chores/chore.h"
#include "server/commands/progress_bar.h"

struct chore_call {
	const char *command; /* for messages: "backup" */
	const struct config *config;
	struct progress_bar bar;
	int signals;              /* readable when Ctrl-C was pressed */
	bool is_there;            /* the daemon does the work */
	int lock;                 /* here: -1 when the store holds it */
	struct chore_place place; /* here */
};

/* Finds out where; here, takes the lock. false after a message on stderr. */
bool chore_call_begin(struct chore_call *call, const char *command,
		      const struct config *config);

/* For work on other files than the database: here, without a lock. */
void chore_call_begin_apart(struct chore_call *call, const char *command,
			    const struct config *config);

/*
 * Runs the chore that the request's "command" names and takes over the reference of
 * request. Waits while a daemon is busy with another chore. NULL after a message on
 * stderr; a reply with "error" is a message as well and gives NULL.
 */
json_t *chore_call_run(struct chore_call *call, json_t *request);

/* For chores that run here in any case: their progress goes to the bar. */
struct progress chore_call_progress(struct chore_call *call);

/* Whether Ctrl-C was pressed. */
bool chore_call_is_stopped(struct chore_call *call);

void chore_call_end(struct chore_call *call);

/*
 * A whole command around one chore: loads the configuration, runs the request (its
 * reference is taken over), lets print write the reply to stdout, whose exit code is
 * returned; failed after a message.
 */
int chore_call_command(const char *command, const char *config_file, json_t *request,
		       int (*print)(const json_t *reply), int failed);

#endif
