/* SPDX-License-Identifier: MIT */
#include "tests/simulator/answer.h"

#include "tests/simulator/outstation.h"

enum {
	SPLIT_PIECES = 40,
	SPLIT_PIECE_MAX = 300,
	SPLIT_DELAY_MAX_MS = 3,
	SLOW_PIECES = 100,
	SLOW_DELAY_MAX_MS = 12,
};

static void pace(struct link *link, uint32_t pieces, uint32_t piece_max,
		 uint32_t delay_ms)
{
	link->pieces_left = pieces;
	link->piece_max = piece_max;
	link->delay_max_ms = delay_ms;
}

/* How the answer in the outbox is spoilt, if at all. */
static void roll_answer_faults(struct link *link, enum command_kind kind)
{
	struct terminal *terminal = link->terminal;
	struct outbox *outbox = link->outbox;
	bool is_data =
		kind == COMMAND_DATA || kind == COMMAND_GET || kind == COMMAND_DELETE;

	/* Never around an identification: it is free text, and a line is a line. */
	if (is_data && terminal_fault(terminal, FAULT_STRAY)) {
		outbox->has_stray_after = dice_below(&terminal->dice, 2) == 0;
		outbox->stray_before = dice_below(&terminal->dice, outbox->left);
	}
	if (terminal_fault(terminal, FAULT_SPLIT))
		pace(link, SPLIT_PIECES, SPLIT_PIECE_MAX, SPLIT_DELAY_MAX_MS);
	if (terminal_fault(terminal, FAULT_SLOW))
		pace(link, SLOW_PIECES, 1, SLOW_DELAY_MAX_MS);
	if (outbox->left > 0 && terminal_fault(terminal, FAULT_DROP_QUOTE))
		outbox_plan_drop(outbox, OUTBOX_DROP_IN_QUOTE);
	else if (terminal_fault(terminal, FAULT_DROP_REPLY))
		outbox_plan_drop(outbox, OUTBOX_DROP_ANYWHERE);
}

/* A deletion takes effect when it arrives, but for one fault. False: link dropped. */
static bool delete_records(struct link *link, uint32_t count)
{
	struct terminal *terminal = link->terminal;

	if (!terminal->is_round_since_get && !terminal_is_finished(terminal) &&
	    terminal_fault(terminal, FAULT_OVERWRITE))
		outstation_make_round(link->outstation, true);
	if (outstation_can_delete_later(link->outstation) &&
	    terminal_fault(terminal, FAULT_DELETE_LATE)) {
		outstation_delete_later(link->outstation, count);
		link_drop(link);
		return false;
	}
	ring_delete_oldest(&terminal->ring, count);
	if (terminal_fault(terminal, FAULT_DELETE_LOST)) {
		link_drop(link);
		return false;
	}
	return true;
}

/* What a command does beside its lines. False: link dropped. */
static bool apply(struct link *link, struct command_result *result)
{
	if (result->kind == COMMAND_GET) {
		outbox_list(link->outbox, result->count);
		outstation_note_get(link->outstation);
	} else if (result->kind == COMMAND_DELETE) {
		return delete_records(link, result->count);
	} else if (result->kind == COMMAND_ECHO_ON) {
		link->is_echo_on = true;
	} else if (result->kind == COMMAND_ECHO_OFF) {
		if (terminal_fault(link->terminal, FAULT_KEEP_ECHO))
			result->final = "ERROR";
		else
			link->is_echo_on = false;
	}
	return true;
}

static void run_line(struct link *link, const char *line, size_t size,
		     struct command_result *ret_result)
{
	struct terminal *terminal = link->terminal;
	struct text *text = &link->outbox->text;

	if (link->is_echo_on) {
		text_put(text, line, size);
		text_put_string(text, terminal->options->style.line_end);
	}
	if (terminal_fault(terminal, FAULT_ERROR)) {
		ret_result->kind = COMMAND_PLAIN;
		ret_result->final =
			dice_below(&terminal->dice, 2) == 0 ? "ERROR" : "ERROR 3";
		return;
	}
	command_run(terminal, line, size, text, ret_result);
}

bool answer_compose(struct link *link, const char *line, size_t size)
{
	struct command_result result;

	run_line(link, line, size, &result);
	if (!apply(link, &result))
		return false;
	link->outbox->final = result.final;
	roll_answer_faults(link, result.kind);
	return true;
}
