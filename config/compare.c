/* SPDX-License-Identifier: MIT */
/* Recursion is as deep as the operator's own file, at most the document's 16 levels. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "config/json_path.h"

struct comparison {
	void (*on_change)(void *context, const char *path, const char *change);
	void *context;
};

static void tell(const struct comparison *comparison, const char *path,
		 const char *change)
{
	comparison->on_change(comparison->context, path, change);
}

static bool is_comment(const char *key)
{
	return strncmp(key, "//", 2) == 0;
}

static void compare_objects(const struct comparison *comparison, const char *path,
			    json_t *before, json_t *after);

/* Either may be NULL, but not both. */
static void compare(const struct comparison *comparison, const char *path, json_t *before,
		    json_t *after)
{
	if (before == NULL)
		tell(comparison, path, "added");
	else if (after == NULL)
		tell(comparison, path, "removed");
	else if (json_is_object(before) && json_is_object(after))
		compare_objects(comparison, path, before, after);
	else if (!json_equal(before, after))
		tell(comparison, path, "changed");
}

static void compare_member(const struct comparison *comparison, const char *path,
			   const char *key, json_t *before, json_t *after)
{
	char *inner = is_comment(key) ? NULL : json_path_member(path, key);

	if (inner != NULL)
		compare(comparison, inner, before, after);
	free(inner);
}

static void compare_objects(const struct comparison *comparison, const char *path,
			    json_t *before, json_t *after)
{
	const char *key;
	json_t *value;

	json_object_foreach(before, key, value)
	{
		compare_member(comparison, path, key, value, json_object_get(after, key));
	}
	json_object_foreach(after, key, value)
	{
		if (json_object_get(before, key) == NULL)
			compare_member(comparison, path, key, NULL, value);
	}
}

void config_compare(const struct config *before, const struct config *after,
		    void (*on_change)(void *context, const char *path,
				      const char *change),
		    void *context)
{
	const struct comparison comparison = { .on_change = on_change,
					       .context = context };
	compare_objects(&comparison, JSON_PATH_ROOT, before->written, after->written);
}
