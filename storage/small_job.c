/* SPDX-License-Identifier: MIT */
#include "storage/small_job.h"

#include <stdlib.h>

void *small_job_new(struct store_port *port, size_t size, size_t text_size,
		    int (*run)(struct store_job *job, struct store_writer *writer),
		    void (*done)(struct store_job *job, enum store_result result))
{
	struct store_job *job = calloc(1, size + text_size);
	if (job == NULL)
		return NULL;
	job->run = run;
	job->done = done;
	job->port = port;
	job->bytes = size + text_size;
	return job;
}

void small_job_done(struct store_job *job, enum store_result result)
{
	(void)result;
	free(job);
}

const char *small_job_text(char **place, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = memcpy(*place, text, size);
	*place += size;
	return copy;
}
