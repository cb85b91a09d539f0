/* SPDX-License-Identifier: MIT */
#include "storage/log_filter.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool log_filter_has(const struct log_filter_list *list, const char *name,
		    const char *other)
{
	if (list->count == 0)
		return true;
	for (size_t i = 0; i < list->count; i++)
		if ((name != NULL && strcmp(list->texts[i], name) == 0) ||
		    (other != NULL && strcmp(list->texts[i], other) == 0))
			return true;
	return false;
}

/* One block: the pointers, then the texts. */
static bool copy_list(const struct log_filter_list *from,
		      struct log_filter_list *ret_copy)
{
	size_t size = from->count * sizeof(char *);
	for (size_t i = 0; i < from->count; i++)
		size += strlen(from->texts[i]) + 1;
	char **texts = malloc(size + 1);
	if (texts == NULL)
		return false;
	char *place = (char *)(texts + from->count);
	for (size_t i = 0; i < from->count; i++) {
		size_t length = strlen(from->texts[i]) + 1;
		texts[i] = memcpy(place, from->texts[i], length);
		place += length;
	}
	*ret_copy = (struct log_filter_list){ (const char *const *)texts, from->count };
	return true;
}

static void free_list(struct log_filter_list *list)
{
	free((void *)(uintptr_t)list->texts);
	*list = (struct log_filter_list){ NULL, 0 };
}

bool log_filter_copy(const struct log_filter *from, struct log_filter *ret_copy)
{
	struct log_filter copy = { .terminals = { NULL, 0 } };
	if (copy_list(&from->terminals, &copy.terminals) &&
	    copy_list(&from->meters, &copy.meters) &&
	    copy_list(&from->media, &copy.media) &&
	    copy_list(&from->places, &copy.places) &&
	    copy_list(&from->quantities, &copy.quantities)) {
		*ret_copy = copy;
		return true;
	}
	log_filter_free(&copy);
	return false;
}

void log_filter_free(struct log_filter *filter)
{
	free_list(&filter->terminals);
	free_list(&filter->meters);
	free_list(&filter->media);
	free_list(&filter->places);
	free_list(&filter->quantities);
}
