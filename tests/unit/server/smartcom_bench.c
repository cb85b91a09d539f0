/* SPDX-License-Identifier: MIT */
#include "smartcom_bench.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 2, 3))) static void note(struct bench *bench,
						       const char *format, ...)
{
	char *end = bench->trace + bench->trace_size;
	size_t room = sizeof(bench->trace) - bench->trace_size;
	va_list arguments;
	int size = snprintf(end, room, "%s", bench->trace_size > 0 ? ", " : "");

	va_start(arguments, format);
	size += vsnprintf(end + size, room - (size_t)size, format, arguments);
	va_end(arguments);
	cr_assert_lt((size_t)size, room, "forget the trace more often");
	bench->trace_size += (size_t)size;
}

void bench_forget(struct bench *bench)
{
	bench->trace_size = 0;
	bench->trace[0] = '\0';
}

/* ---- operations ---- */

static uint64_t on_now(void *context)
{
	const struct bench *bench = context;
	return bench->now_ms;
}

static void on_send(void *context, const struct at_command *command)
{
	note(context, "%s", command->text);
}

static void on_arm(void *context, uint64_t timeout_ms)
{
	struct bench *bench = context;
	bench->armed_ms = timeout_ms;
}

static uint64_t on_interval(void *context)
{
	const struct bench *bench = context;
	return bench->interval_ms;
}

static uint64_t on_quiet(void *context)
{
	const struct bench *bench = context;
	return bench->quiet_ms;
}

static const char *on_link_identity(void *context)
{
	const struct bench *bench = context;
	return bench->link_identity;
}

static const char *on_registered(void *context, struct span line)
{
	(void)context;
	return span_equal(line, span_text("open sesame")) ? "ali-baba" : NULL;
}

static void on_terminal_error(void *context, struct span line)
{
	note(context, "error [%.*s]", (int)line.size, (const char *)line.data);
}

static void on_measured(void *context, enum smartcom_measure what, int64_t value)
{
	static const char *const names[] = { "stored", "space", "unreached",
					     "unreadable" };
	if (what != SMARTCOM_SPACE_LEFT)
		note(context, "%s %" PRId64, names[what], value);
}

static void on_raise_limits(void *context, bool is_raised)
{
	if (is_raised)
		note(context, "raise limits");
}

static const char *on_address(void *context)
{
	(void)context;
	return "192.0.2.7";
}

static void on_open(void *context, const char *identity, const char *firmware)
{
	note(context, "open %s [%s]", identity, firmware);
}

static void on_device(void *context, struct span line)
{
	note(context, "device [%.*s]", (int)line.size, (const char *)line.data);
}

static bool on_reserve(void *context, uint32_t count)
{
	struct bench *bench = context;
	note(bench, "reserve %" PRIu32, count);
	return bench->has_room;
}

static bool on_record(void *context, struct span line, enum close_reason *ret_reason)
{
	struct bench *bench = context;
	(void)line;
	*ret_reason = CLOSE_QUEUE_FULL;
	return bench->takes_records;
}

static void on_commit(void *context, bool may_delete)
{
	note(context, may_delete ? "commit marked" : "commit");
}

static void on_deletion_ended(void *context, bool is_confirmed, uint32_t deleted_count)
{
	if (is_confirmed)
		note(context, "deleted %" PRIu32, deleted_count);
	else
		note(context, "not deleted");
}

static void on_event(void *context, const char *kind, const char *detail)
{
	cr_expect_gt(strlen(detail), 20, "an event must say what happened");
	note(context, "event %s", kind);
}

static void on_round_ended(void *context)
{
	note(context, "round ended");
}

static void on_close(void *context, enum close_reason reason)
{
	note(context, "close %s", close_reason_text(reason));
}

const struct smartcom_ops bench_ops = {
	.now_ms = on_now,
	.send = on_send,
	.arm = on_arm,
	.interval_ms = on_interval,
	.quiet_ms = on_quiet,
	.link_identity = on_link_identity,
	.registered = on_registered,
	.terminal_error = on_terminal_error,
	.measured = on_measured,
	.raise_limits = on_raise_limits,
	.address = on_address,
	.open = on_open,
	.device = on_device,
	.reserve = on_reserve,
	.record = on_record,
	.commit = on_commit,
	.deletion_ended = on_deletion_ended,
	.event = on_event,
	.round_ended = on_round_ended,
	.close = on_close,
};

/* ---- the test's side ---- */

const struct smartcom_memory bench_first_ever = { .has_records = false };
const struct smartcom_memory bench_seen_before = { .has_records = true };

struct smartcom_memory bench_unknown_since(uint64_t since_ms)
{
	return (struct smartcom_memory){ .has_records = true,
					 .is_deletion_unknown = true,
					 .unknown_since_ms = since_ms };
}

void bench_init(struct bench *bench)
{
	*bench = (struct bench){
		.settings = { .probes = { SMARTCOM_PROBE_SERIAL, SMARTCOM_PROBE_IMEI },
			      .probe_count = 2,
			      .echo_off = true,
			      .batch = 4,
			      .exchange_timeout_ms = 1000,
			      .identify_timeout_ms = 5000,
			      .settle_ms = 60000 },
		.now_ms = 1000000,
		.has_room = true,
		.takes_records = true,
		.interval_ms = 900000,
	};
	smartcom_init(&bench->driver, &bench->settings, &bench_ops, bench);
}

bool bench_say(struct bench *bench, const char *lines)
{
	bool is_asked_for = true;

	while (*lines != '\0') {
		size_t size = strcspn(lines, "|");
		is_asked_for &= smartcom_on_line(&bench->driver, span_of(lines, size));
		lines += lines[size] == '|' ? size + 1 : size;
	}
	return is_asked_for;
}

void bench_say_records(struct bench *bench, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		(void)bench_say(bench, "^SCDATA: 1421836620,17,1,0,\"00\",\"MBUS\"");
	(void)bench_say(bench, "OK");
}

void bench_commit(struct bench *bench, uint32_t count, bool is_head_known)
{
	const struct smartcom_commit commit = {
		.is_committed = true,
		.count = count,
		.new_count = count - is_head_known,
		.is_head_known = is_head_known,
	};
	smartcom_on_committed(&bench->driver, &commit);
}

void bench_start(struct bench *bench, const struct smartcom_memory *memory)
{
	smartcom_start(&bench->driver);
	(void)bench_say(bench, "OK|MC900000012345|OK|F 4.0|OK");
	smartcom_on_opened(&bench->driver, memory);
	(void)bench_say(bench, "^SCAMS: >1,|^SCAMS: >2,|OK");
	cr_assert_eq(bench->driver.state, SMARTCOM_FETCHING);
	bench_forget(bench);
}

void bench_start_to_space(struct bench *bench, const struct smartcom_memory *memory)
{
	bench_start(bench, memory);
	bench_say_records(bench, 4);
	bench_commit(bench, 4, memory->has_records);
	cr_assert_eq(bench->driver.state, SMARTCOM_SPACE);
	bench_forget(bench);
}
