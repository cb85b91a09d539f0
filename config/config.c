/* SPDX-License-Identifier: MIT */
#include "config/config.h"

#include <stdlib.h>
#include <string.h>

#include "config/dials.h"
#include "config/document.h"
#include "config/exporters.h"
#include "config/groups.h"
#include "config/json_path.h"
#include "config/keys.h"
#include "config/listeners.h"
#include "config/meters.h"
#include "config/terminals.h"
#include "config/time_zone.h"
#include "config/units.h"

static void check_not_larger(const struct reader *reader, const char *small_path,
			     size_t small, const char *large_path, size_t large)
{
	char small_text[UNITS_TEXT_MAX], large_text[UNITS_TEXT_MAX];
	if (small <= large)
		return;
	size_format(small, small_text);
	size_format(large, large_text);
	reader_complain(reader, small_path,
			"%s is more than %s (%s), which has to hold it; make this one "
			"smaller or that one larger",
			small_text, large_path, large_text);
}

/* What no single key can know. */
static void check_together(const struct reader *reader, const struct config *config)
{
	const struct config_terminals *terminals = &config->terminals;
	check_not_larger(reader, "$.terminals.line_limit", terminals->line_limit,
			 "$.terminals.reply_limit", terminals->reply_limit);
	check_not_larger(reader, "$.terminals.reply_limit", terminals->reply_limit,
			 "$.database.queue_limit", config->queue_limit);
	if (config->database_path && config->control_path &&
	    strcmp(config->database_path, config->control_path) == 0)
		reader_complain(reader, "$.control.path",
				"is the same file as $.database.path; the socket needs "
				"a path of its own");
	if (config->time_zone && config->time_zone[0] != '\0' &&
	    !time_zone_is_known(config->time_zone))
		reader_complain(reader, "$.time_zone",
				"\"%s\" is no time zone of this machine; write it as "
				"\"Europe/Berlin\", and install tzdata if it is missing",
				config->time_zone);
	listeners_check(reader, config);
}

/* Takes the document over. */
static bool read_document(struct document *document, struct config *ret_config,
			  struct config_errors *errors)
{
	struct config config = { 0 };
	struct reader reader = { document, errors };
	if (!document)
		return false;
	reader_set_defaults(&reader, CONFIG_KEYS, JSON_PATH_ROOT, &config);
	reader_read_object(&reader, CONFIG_KEYS, JSON_PATH_ROOT, document_root(document),
			   &config);
	groups_read(&reader, document_root(document), &config);
	check_together(&reader, &config);
	config.written = json_incref(document_root(document));
	document_free(document);
	if (errors->count) {
		config_free(&config);
		return false;
	}
	*ret_config = config;
	return true;
}

bool config_load(const char *file, struct config *ret_config,
		 struct config_errors *ret_errors)
{
	*ret_errors = (struct config_errors){ 0 };
	return read_document(document_load(file, ret_errors), ret_config, ret_errors);
}

bool config_parse(const char *name, const char *text, struct config *ret_config,
		  struct config_errors *ret_errors)
{
	*ret_errors = (struct config_errors){ 0 };
	return read_document(document_parse(name, text, ret_errors), ret_config,
			     ret_errors);
}

void config_free(struct config *config)
{
	listeners_free(config);
	dials_free(config);
	exporters_free(config);
	meters_free(config);
	groups_free(config);
	identify_free(&config->terminals);
	reader_free_texts(CONFIG_KEYS, config);
	json_decref(config->written);
}
