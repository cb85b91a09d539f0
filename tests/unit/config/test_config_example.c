/* SPDX-License-Identifier: MIT */
/* The example explains every key there is: it cannot rot behind the tables. */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "config/keys.h"

static json_t *example(void)
{
	char file[PATH_MAX];
	const char *slash = strrchr(__FILE__, '/');
	cr_assert_not_null(slash);
	snprintf(file, sizeof(file), "%.*s/../../../deploy/readout.example.json",
		 (int)(slash - __FILE__), __FILE__);
	json_t *json = json_load_file(file, 0, NULL);
	cr_assert_not_null(json, "%s", file);
	return json;
}

/* A comment "// NAME" or "// NAME, OTHER" beside the key, with something to say. */
static bool is_explained(json_t *object, const char *name)
{
	const char *key;
	json_t *json;
	json_object_foreach(object, key,
			    json) if (strncmp(key, "// ", 3) == 0 && strstr(key, name) &&
				      json_string_length(json) > 20) return true;
	return false;
}

static void expect_key(json_t *object, const char *name)
{
	cr_expect_not_null(json_object_get(object, name), "%s is not in the example",
			   name);
	cr_expect(is_explained(object, name), "%s is not explained", name);
}

static void expect_keys(json_t *object, const struct reader_key *keys)
{
	for (const struct reader_key *key = keys; key->name; key++)
		expect_key(object, key->name);
}

Test(config_example, every_key_stands_there_with_a_comment)
{
	json_t *root = example();
	for (const struct reader_key *key = CONFIG_KEYS; key->name; key++)
		if (key->keys)
			expect_keys(json_object_get(root, key->name), key->keys);
		else
			expect_key(root, key->name);
	json_t *listener = json_object_get(json_object_get(root, "listeners"), "main");
	/* Sections that a plain listener does without are explained, but not there. */
	for (const struct reader_key *key = LISTENER_KEYS; key->name; key++)
		if (strcmp(key->name, "tls") == 0 ||
		    strcmp(key->name, "proxy_protocol") == 0)
			cr_expect(is_explained(listener, key->name),
				  "%s is not explained", key->name);
		else
			expect_key(listener, key->name);
	json_t *exporters = json_object_get(root, "exporters");
	expect_keys(json_object_get(exporters, "csv"), EXPORTER_KEYS);
	json_decref(root);
}
