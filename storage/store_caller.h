/* SPDX-License-Identifier: MIT */
/*
 * For threads that have nothing else to do: hands the writer one job and waits until it
 * has come back. A caller is a port of its own and belongs to one thread at a time.
 */
#ifndef READOUT_STORAGE_STORE_CALLER_H
#define READOUT_STORAGE_STORE_CALLER_H

#include "storage/store.h"

struct store_caller;

/* NULL when out of memory. */
struct store_caller *store_caller_new(struct store *store);
void store_caller_free(struct store_caller *caller); /* after store_close; NULL is fine */

/*
 * Runs job (its run() and bytes are set, the rest is ours) and returns what came of it;
 * job->error says why it was rejected. Waits as long as the store is in trouble, until
 * store_close().
 */
enum store_result store_call(struct store_caller *caller, struct store_job *job);

#endif
