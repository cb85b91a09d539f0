/* SPDX-License-Identifier: MIT */
/* A list of jobs in order of arrival, linked through the jobs themselves. No locking. */
#ifndef READOUT_STORAGE_JOB_LIST_H
#define READOUT_STORAGE_JOB_LIST_H

#include "storage/store.h"

struct job_list {
	struct store_job *first, *last;
};

static inline void job_list_append(struct job_list *list, struct store_job *job)
{
	job->next = NULL;
	if (list->first == NULL)
		list->first = job;
	else
		list->last->next = job;
	list->last = job;
}

/* The oldest job, or NULL. */
static inline struct store_job *job_list_take(struct job_list *list)
{
	struct store_job *job = list->first;
	if (job != NULL)
		list->first = job->next;
	return job;
}

/* Hands over the whole list and leaves an empty one. */
static inline struct job_list job_list_take_all(struct job_list *list)
{
	struct job_list all = *list;
	*list = (struct job_list){ 0 };
	return all;
}

#endif
