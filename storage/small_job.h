/* SPDX-License-Identifier: MIT */
/*
 * Jobs of a few fixed fields and texts: contacts, cursors, events. One block of memory
 * each, freed after its answer.
 */
#ifndef READOUT_STORAGE_SMALL_JOB_H
#define READOUT_STORAGE_SMALL_JOB_H

#include "storage/writer.h"

/*
 * Makes a job of size bytes (a struct that begins with a store_job) followed by room for
 * text_size more. NULL when out of memory.
 */
void *small_job_new(struct store_port *port, size_t size, size_t text_size,
		    int (*run)(struct store_job *job, struct store_writer *writer),
		    void (*done)(struct store_job *job, enum store_result result));

/* done() of a job that nobody waits for: frees it. */
void small_job_done(struct store_job *job, enum store_result result);

/* Copies text with NUL to *place, moves *place behind it, returns the copy. */
const char *small_job_text(char **place, const char *text);

#endif
