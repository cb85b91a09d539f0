/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/log.h"

static struct log *log_written;
static int ends[2];
static char written[8192];

static void setup(void)
{
	cr_assert_eq(pipe2(ends, O_NONBLOCK), 0);
	log_written = log_new(ends[1], LOG_NOTE, false);
	cr_assert_not_null(log_written);
}

static void teardown(void)
{
	log_free(log_written);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

TestSuite(log, .init = setup, .fini = teardown);

/* What was written since the last call. */
static const char *taken(void)
{
	ssize_t size = read(ends[0], written, sizeof(written) - 1);
	written[size > 0 ? size : 0] = '\0';
	return written;
}

static void say(enum log_severity severity, const char *event, const char *peer,
		const char *text)
{
	struct log_line line;
	if (!log_begin(&line, log_written, severity, event, peer))
		return;
	log_text(&line, "text", text);
	log_end(&line);
}

Test(log, writes_an_event_with_severity_keys_and_values)
{
	struct log_line line;
	cr_assert(log_begin(&line, log_written, LOG_WARN, "link_closed", "MC9"));
	log_text(&line, "reason", "peer_closed");
	log_number(&line, "records", INT64_MIN);
	log_end(&line);
	cr_expect_str_eq(taken(), "<4>event=link_closed peer=MC9 reason=peer_closed "
				  "records=-9223372036854775808\n");
}

Test(log, quotes_what_would_not_read_back)
{
	say(LOG_NOTE, "e", NULL, "");
	cr_expect_str_eq(taken(), "<6>event=e text=\"\"\n");
	say(LOG_NOTE, "e", NULL, "two words");
	cr_expect_str_eq(taken(), "<6>event=e text=\"two words\"\n");
	say(LOG_NOTE, "e", NULL, "a=b");
	cr_expect_str_eq(taken(), "<6>event=e text=\"a=b\"\n");
	say(LOG_NOTE, "e", NULL, "say \"no\" \\");
	cr_expect_str_eq(taken(), "<6>event=e text=\"say \\\"no\\\" \\\\\"\n");
}

Test(log, lets_no_peer_forge_a_line)
{
	static const char bytes[] = "\n<3>event=forged\r\0\x1b[2J\x7f\xff";
	struct log_line line;
	cr_assert(log_begin(&line, log_written, LOG_NOTE, "e", NULL));
	log_bytes(&line, "bytes", bytes, sizeof(bytes) - 1);
	log_end(&line);
	cr_expect_str_eq(taken(), "<6>event=e bytes=\"\\x0A<3>event=forged\\x0D\\x00"
				  "\\x1B[2J\\x7F\\xFF\"\n");
}

Test(log, escapes_the_name_of_a_peer)
{
	say(LOG_NOTE, "e", "a\nb", "x");
	cr_expect_str_eq(taken(), "<6>event=e peer=\"a\\x0Ab\" text=x\n");
}

Test(log, writes_lines_of_at_most_one_kibibyte)
{
	char text[4000];
	memset(text, '\n', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	for (size_t size = 0; size < 300; size++) {
		say(LOG_WARN, "e", NULL, text + sizeof(text) - 1 - size * 4);
		size_t length = strlen(taken());
		cr_assert_leq(length, LOG_LINE_MAX);
		cr_assert_eq(strcspn(written, "\n"), length - 1);
	}
	cr_expect_gt(strlen(written), LOG_LINE_MAX - 16);
}

Test(log, leaves_out_what_is_above_its_severity)
{
	say(LOG_TRACE, "e", NULL, "x");
	cr_expect_str_empty(taken());
}

Test(log, rations_the_lines_of_a_peer_and_event)
{
	for (int i = 0; i < 12; i++)
		say(LOG_NOTE, "e", "MC1", "x");
	size_t lines = 0;
	for (const char *c = taken(); *c != '\0'; c++)
		lines += *c == '\n';
	cr_expect_eq(lines, 10);
	say(LOG_NOTE, "e", "MC2", "x");
	cr_expect_str_eq(taken(), "<6>event=e peer=MC2 text=x\n");
	say(LOG_NOTE, "other", "MC1", "x");
	cr_expect_str_eq(taken(), "<6>event=other peer=MC1 text=x\n");
}

Test(log, carries_the_time_where_it_must)
{
	log_free(log_written);
	log_written = log_new(ends[1], LOG_NOTE, true);
	say(LOG_NOTE, "e", NULL, "x");
	cr_expect_eq(strncmp(taken(), "<6>time=20", 10), 0, "%s", written);
	cr_expect_not_null(strstr(written, "Z event=e text=x\n"));
}

Test(log, never_rations_lines_of_our_own)
{
	for (int i = 0; i < 50; i++)
		log_message(log_written, LOG_NOTE, "started", "x");
	size_t lines = 0;
	for (const char *c = taken(); *c != '\0'; c++)
		lines += *c == '\n';
	cr_expect_eq(lines, 50);
}

Test(log, keeps_the_last_warnings_and_errors_in_order)
{
	char kept[LOG_KEPT][LOG_LINE_MAX];
	char text[8];

	cr_expect_eq(log_kept(log_written, kept), 0);
	say(LOG_NOTE, "plain", NULL, "x");
	for (int i = 0; i < LOG_KEPT + 3; i++) {
		(void)snprintf(text, sizeof(text), "%d", i);
		say(i % 2 == 0 ? LOG_WARN : LOG_ERROR, "trouble", NULL, text);
	}
	cr_assert_eq(log_kept(log_written, kept), LOG_KEPT);
	cr_expect_not_null(strstr(kept[0], "Z event=trouble text=3"), "%s", kept[0]);
	cr_expect_not_null(strstr(kept[LOG_KEPT - 1], " event=trouble text=18"));
}

Test(log, goes_on_when_nobody_takes_its_lines)
{
	for (int i = 0; i < 5000; i++)
		log_message(log_written, LOG_ERROR, "started",
			    "the pipe is full long ago");
	cr_expect_str_neq(taken(), "");
}

Test(log, knows_the_severities_of_the_configuration)
{
	cr_expect_eq(log_severity_parse("error"), LOG_ERROR);
	cr_expect_eq(log_severity_parse("warning"), LOG_WARN);
	cr_expect_eq(log_severity_parse("info"), LOG_NOTE);
	cr_expect_eq(log_severity_parse("debug"), LOG_TRACE);
	cr_expect_eq(log_severity_parse("loud"), LOG_NOTE);
}
