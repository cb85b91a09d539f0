/* SPDX-License-Identifier: MIT */
/*
 * A plugin that does what a test says and writes down what it was given. The test hands
 * over the address of a struct scripted as the option "control"; steps[n] says what to do
 * with the n-th batch, later batches are delivered. All but steps is behind the lock.
 */
#ifndef READOUT_TESTS_SCRIPTED_H
#define READOUT_TESTS_SCRIPTED_H

#include <pthread.h>
#include <uv.h>

#include "exporters/exporter.h"

enum scripted_action {
	SCRIPTED_DELIVER, /* all, at once */
	SCRIPTED_RETRY,
	SCRIPTED_REJECT_FIRST, /* the first telegram; delivers the others */
	SCRIPTED_RETRY_SECOND, /* the second telegram; delivers the others */
	SCRIPTED_STOP_SECOND,  /* the second telegram; delivers the others */
	SCRIPTED_LATER,        /* delivers all from a timer */
	SCRIPTED_NEVER,        /* keeps silent */
	SCRIPTED_TWICE,        /* delivers all, twice */
	SCRIPTED_OUTSIDE,      /* answers for telegrams that are not there, then well */
	SCRIPTED_STRANGE,      /* gives a verdict that does not exist, then well */
	SCRIPTED_FOR_THE_LAST, /* answers the batch before this one, then well */
	SCRIPTED_IN_DESTROY,   /* answers when it is destroyed */
	SCRIPTED_REJECT_WHOLE, /* the first, with payload and reply; delivers the others
				*/
	SCRIPTED_THIN_FIRST,   /* the first telegram; delivers the others */
	SCRIPTED_REMEMBER,     /* "key" is "remote", "gone" is nothing; delivers all */
	SCRIPTED_LEAVE_HANDLE, /* delivers all, and never closes a handle */
};

enum { SCRIPTED_STEPS = 16, SCRIPTED_CALLS = 256, SCRIPTED_IDS = 512 };

struct scripted_call {
	int64_t first_id, last_id;
	uint32_t first, count; /* of ids */
};

struct scripted {
	enum scripted_action steps[SCRIPTED_STEPS];
	pthread_mutex_t lock;
	struct scripted_call calls[SCRIPTED_CALLS];
	uint32_t call_count;
	int64_t ids[SCRIPTED_IDS]; /* of all telegrams given, one after the other */
	uint32_t id_count;
	bool is_destroyed;
	char recalled[32]; /* what "key" was at the last batch, "-" unknown */
	uv_timer_t left;   /* of SCRIPTED_LEAVE_HANDLE; the loop's own */
};

#endif
