/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "config/config.h"

static struct config parsed(const char *text)
{
	struct config config;
	struct config_errors errors;
	bool good = config_parse("r.json", text, &config, &errors);
	cr_assert(good, "%s", errors.count ? errors.texts[0] : "");
	config_errors_free(&errors);
	return config;
}

static void expect_new_defaults(const struct config_terminals *terminals)
{
	const struct config_collecting *collecting = &terminals->collecting;
	cr_expect_not(terminals->speaks_first);
	cr_expect_eq(terminals->first_line_ms, 5000);
	cr_expect_eq(terminals->probe_timeout_ms, 10000);
	cr_expect_eq(terminals->large_record_limit, 4 << 20);
	cr_expect_eq(collecting->quiet_hours.from_minute, 0);
	cr_expect_eq(collecting->quiet_hours.to_minute, 0);
	cr_expect_eq(collecting->idle_probe_ms, 300000);
	cr_expect_eq(collecting->survey_ms, 3600000);
	cr_expect_eq(collecting->silent_ms, 0);
	cr_expect_eq(collecting->missing_ms, 86400000);
	cr_expect_eq(collecting->fill_percent, 80);
	cr_expect_eq(collecting->clock_tolerance_ms, 300000);
}

static void expect_terminal_defaults(const struct config_terminals *terminals)
{
	cr_assert_eq(terminals->identify_count, 1);
	cr_expect_str_eq(terminals->identify[0], "serial");
	cr_expect_str_eq(terminals->unknown, "accept");
	cr_expect_eq(terminals->collecting.interval_ms, 900000);
	cr_expect_eq(terminals->collecting.jitter_ms, 30000);
	cr_expect_eq(terminals->collecting.batch, 50);
	cr_expect_not(terminals->collecting.keeps_records);
	expect_new_defaults(terminals);
	cr_expect(terminals->echo_off);
	cr_expect_not(terminals->terminator_crlf);
	cr_expect_eq(terminals->collecting.exchange_timeout_ms, 60000);
	cr_expect_eq(terminals->identify_timeout_ms, 30000);
	cr_expect_eq(terminals->collecting.settle_ms, 60000);
	cr_expect_eq(terminals->line_limit, 65536);
	cr_expect_eq(terminals->reply_limit, 1048576);
	cr_expect_eq(terminals->clock_offset_ms, 0);
}

static void expect_other_defaults(const struct config *config)
{
	cr_expect_str_eq(config->database_path, "readout.db");
	cr_expect_eq(config->queue_limit, 268435456);
	cr_expect_eq(config->wal_limit, 268435456);
	cr_expect_str_eq(config->control_path, "readout.sock");
	cr_expect_str_eq(config->module_directory, "");
	cr_expect_str_eq(config->log_level, "info");
	cr_assert_eq(config->listener_count, 1);
	cr_expect_str_eq(config->listeners[0].name, "main");
	cr_expect_str_eq(config->listeners[0].address, "::");
	cr_expect_eq(config->listeners[0].port, 1560);
	cr_expect_eq(config->limits.connections, 10000);
	cr_expect_eq(config->limits.connections_per_address, 10000);
	cr_expect_eq(config->limits.terminals, 20000);
	cr_expect_eq(config->limits.layouts, 4096);
}

Test(config, an_empty_object_gives_every_default)
{
	struct config config = parsed("{}");
	expect_terminal_defaults(&config.terminals);
	expect_other_defaults(&config);
	cr_expect_eq(config.exporter_count, 0);
	cr_expect_str_eq(config.listeners[0].where, "r.json: $.listeners.main");
	config_free(&config);
}

/* Found from where this source stands, whatever the working directory is. */
static void deploy_file(const char *name, char file[PATH_MAX])
{
	const char *slash = strrchr(__FILE__, '/');
	cr_assert_not_null(slash);
	snprintf(file, PATH_MAX, "%.*s/../../../deploy/%s", (int)(slash - __FILE__),
		 __FILE__, name);
}

Test(config, the_file_of_the_service_is_good)
{
	struct config config;
	struct config_errors errors;
	char file[PATH_MAX];
	deploy_file("readout.json", file);
	bool good = config_load(file, &config, &errors);
	cr_assert(good, "%s", errors.count ? errors.texts[0] : "");
	config_errors_free(&errors);
	cr_expect_str_eq(config.database_path, "/var/lib/readout/readout.db");
	cr_expect_str_eq(config.control_path, "/run/readout/readout.sock");
	config_free(&config);
}

/* The example shows every default, and what it adds to them is one exporter. */
Test(config, the_example_holds_the_defaults)
{
	struct config config;
	struct config_errors errors;
	char file[PATH_MAX];
	deploy_file("readout.example.json", file);
	bool good = config_load(file, &config, &errors);
	cr_assert(good, "%s", errors.count ? errors.texts[0] : "");
	config_errors_free(&errors);
	expect_terminal_defaults(&config.terminals);
	expect_other_defaults(&config);
	cr_assert_eq(config.exporter_count, 1);
	cr_expect_str_eq(config.exporters[0].plugin, "csv");
	cr_expect_eq(config.exporters[0].batch_count, 1000);
	cr_expect_eq(config.exporters[0].batch_age_ms, 60000);
	config_free(&config);
}

Test(config, terminals_are_read)
{
	struct config config =
		parsed("{\"terminals\": {\"identify\": [\"address\"],"
		       "\"unknown\": \"quarantine\", \"speaks_first\": \"terminal\","
		       "\"quiet_hours\": \"22:00-05:30\", \"interval\": \"2h\","
		       "\"jitter\": \"0s\", \"batch\": 7, \"delete\": \"never\","
		       "\"echo_off\": false, \"terminator\": \"crlf\","
		       "\"exchange_timeout\": \"5s\", \"identify_timeout\": \"6s\","
		       "\"settle_time\": \"7s\", \"line_limit\": 4096,"
		       "\"reply_limit\": \"8KiB\", \"clock_offset\": \"-1h\"}}");
	const struct config_terminals *terminals = &config.terminals;
	cr_assert_eq(terminals->identify_count, 1);
	cr_expect_str_eq(terminals->identify[0], "address");
	cr_expect_str_eq(terminals->unknown, "quarantine");
	cr_expect_eq(terminals->collecting.interval_ms, 7200000);
	cr_expect_eq(terminals->collecting.jitter_ms, 0);
	cr_expect_eq(terminals->collecting.batch, 7);
	cr_expect(terminals->collecting.keeps_records);
	cr_expect(terminals->speaks_first);
	cr_expect_eq(terminals->collecting.quiet_hours.from_minute, 22 * 60);
	cr_expect_eq(terminals->collecting.quiet_hours.to_minute, 5 * 60 + 30);
	cr_expect_not(terminals->echo_off);
	cr_expect(terminals->terminator_crlf);
	cr_expect_eq(terminals->collecting.exchange_timeout_ms, 5000);
	cr_expect_eq(terminals->identify_timeout_ms, 6000);
	cr_expect_eq(terminals->collecting.settle_ms, 7000);
	cr_expect_eq(terminals->line_limit, 4096);
	cr_expect_eq(terminals->reply_limit, 8192);
	cr_expect_eq(terminals->clock_offset_ms, -3600000);
	config_free(&config);
}

Test(config, everything_else_is_read)
{
	struct config config =
		parsed("{\"database\": {\"path\": \"/d\", \"queue_limit\": \"2MiB\"},"
		       "\"control\": {\"path\": \"/c\"}, \"log\": {\"level\": \"debug\"},"
		       "\"exporter_directory\": \"/m\","
		       "\"listeners\": {\"a\": {\"address\": \"127.0.0.1\", \"port\": 0},"
		       "\"b\": {\"address\": \"fe80::1%eth0\", \"port\": 1561}},"
		       "\"limits\": {\"connections\": 1, \"connections_per_address\": 2,"
		       "\"terminals\": 3, \"layouts\": 4}}");
	cr_expect_str_eq(config.database_path, "/d");
	cr_expect_eq(config.queue_limit, 2097152);
	cr_expect_str_eq(config.control_path, "/c");
	cr_expect_str_eq(config.log_level, "debug");
	cr_expect_str_eq(config.module_directory, "/m");
	cr_assert_eq(config.listener_count, 2, "the default listener is replaced");
	cr_expect_str_eq(config.listeners[0].address, "127.0.0.1");
	cr_expect_eq(config.listeners[0].port, 0);
	cr_expect_str_eq(config.listeners[1].name, "b");
	cr_expect_eq(config.listeners[1].port, 1561);
	cr_expect_eq(config.limits.connections, 1);
	cr_expect_eq(config.limits.connections_per_address, 2);
	cr_expect_eq(config.limits.terminals, 3);
	cr_expect_eq(config.limits.layouts, 4);
	config_free(&config);
}

Test(config, exporters_are_read_with_their_options_as_text)
{
	struct config config = parsed("{\"exporters\": {\n"
				      "  \"//\": \"comment\",\n"
				      "  \"csv\": {},\n"
				      "  \"archive\": {\"options\": {\"//\": [\"why\"], "
				      "\"directory\": \"/x\",\n"
				      "    \"columns\": 12, \"gzip\": true},\n"
				      "    \"plugin\": \"csv\", \"enabled\": false,\n"
				      "    \"batch_count\": 5, \"batch_age\": \"1s\"}}}");
	cr_assert_eq(config.exporter_count, 2);
	cr_expect_str_eq(config.exporters[0].plugin, "csv");
	cr_expect(config.exporters[0].enabled);
	cr_expect_eq(config.exporters[0].option_count, 0);
	const struct config_exporter *archive = &config.exporters[1];
	cr_expect_str_eq(archive->name, "archive");
	cr_expect_str_eq(archive->plugin, "csv");
	cr_expect_not(archive->enabled);
	cr_expect_eq(archive->batch_count, 5);
	cr_expect_eq(archive->batch_age_ms, 1000);
	cr_expect_str_eq(archive->where, "r.json:4: $.exporters.archive");
	cr_assert_eq(archive->option_count, 3);
	cr_expect_str_eq(archive->options[0].text, "/x");
	cr_expect_str_eq(archive->options[1].text, "12");
	cr_expect_str_eq(archive->options[1].where,
			 "r.json:5: $.exporters.archive.options.columns");
	cr_expect_str_eq(archive->options[2].text, "true");
	config_free(&config);
}

Test(config, comments_may_stand_anywhere_and_twice)
{
	struct config config = parsed("{\"//\": 1, \"//\": 2, \"terminals\": {\"// x\": "
				      "{\"a\": 1}}, \"limits\": {\"//\": null}}");
	config_free(&config);
}

Test(config, a_disabled_exporter_can_wait_for_its_secret)
{
	struct config config =
		parsed("{\"exporters\": {\"x\": {\"options\": {\"token\": "
		       "{\"env\": \"READOUT_TEST_UNSET\"}}, \"enabled\": false}}}");
	cr_expect_str_eq(config.exporters[0].options[0].text, "");
	config_free(&config);
}

Test(config, listeners_may_share_what_does_not_collide)
{
	struct config config =
		parsed("{\"listeners\": {\"a\": {\"port\": 0}, \"b\": {\"port\": 0},"
		       "\"c\": {\"address\": \"10.0.0.1\"},"
		       "\"d\": {\"address\": \"10.0.0.2\"},"
		       "\"e\": {\"address\": \"2001:db8::1\"},"
		       "\"f\": {\"port\": 1561}}}");
	cr_expect_eq(config.listener_count, 6);
	config_free(&config);
}

Test(config, an_option_may_be_an_object_or_a_list)
{
	struct config config;
	struct config_errors errors;
	cr_assert(config_parse("r.json",
			       "{\"exporters\": {\"csv\": {\"options\": {\"map\": "
			       "{\"1\": {\"id\": \"a\"}}, \"list\": [1, 2]}}}}",
			       &config, &errors));
	cr_expect_str_eq(config.exporters[0].options[0].text, "{\"1\":{\"id\":\"a\"}}");
	cr_expect_str_eq(config.exporters[0].options[1].text, "[1,2]");
	config_free(&config);
	config_errors_free(&errors);
}
