/* SPDX-License-Identifier: MIT */
#include "server/links/link_output.h"

#include <stdlib.h>
#include <string.h>

bool link_output_add(struct link_output *output, const void *data, size_t size)
{
	if (size > LINK_OUTPUT_MAX - output->size)
		return false;
	if (size > output->capacity - output->size) {
		size_t capacity = 2 * output->capacity > output->size + size
					  ? 2 * output->capacity
					  : output->size + size;
		char *grown = realloc(output->data, capacity);
		if (grown == NULL)
			return false;
		output->data = grown;
		output->capacity = capacity;
	}
	if (size > 0)
		memcpy(output->data + output->size, data, size);
	output->size += size;
	return true;
}

char *link_output_take(struct link_output *output, size_t *ret_size)
{
	char *data = output->data;

	*ret_size = output->size;
	*output = (struct link_output){ 0 };
	return data;
}

void link_output_clear(struct link_output *output)
{
	free(output->data);
	*output = (struct link_output){ 0 };
}
