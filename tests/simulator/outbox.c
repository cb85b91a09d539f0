/* SPDX-License-Identifier: MIT */
#include "tests/simulator/outbox.h"

/* What a user-defined function of a terminal might send by itself. */
static const char STRAY_LINE[] = "alarm1 AIN1=51";

void outbox_init(struct outbox *outbox, struct terminal *terminal)
{
	outbox->terminal = terminal;
	outbox->left = 0;
	outbox->final = NULL;
	outbox->stray_before = UINT32_MAX;
	outbox->has_stray_after = false;
	outbox->drop = OUTBOX_DROP_NONE;
	outbox->drop_at = SIZE_MAX;
	outbox->taken = 0;
	outbox->mark_count = 0;
	outbox->next_mark = 0;
	text_init(&outbox->text, outbox->chunk, sizeof outbox->chunk);
}

void outbox_list(struct outbox *outbox, uint32_t count)
{
	const struct ring *ring = &outbox->terminal->ring;

	outbox->next = ring->first;
	outbox->left = count < ring->count ? count : ring->count;
}

void outbox_plan_drop(struct outbox *outbox, enum outbox_drop drop)
{
	struct dice *dice = &outbox->terminal->dice;

	outbox->drop = drop;
	outbox->drop_record = dice_below(dice, outbox->left);
	if (outbox->left == 0)
		outbox->drop_at = dice_below(dice, (uint32_t)outbox->text.size + 1);
}

/* A byte of the line from start on; inside its last quotes if that is asked for. */
static size_t choose_drop(struct outbox *outbox, size_t start)
{
	size_t end = outbox->text.size;

	if (outbox->drop == OUTBOX_DROP_IN_QUOTE) {
		while (outbox->chunk[end - 1] != '"')
			end--;
		start = --end;
		while (outbox->chunk[start - 1] != '"')
			start--;
	}
	return start + dice_below(&outbox->terminal->dice, (uint32_t)(end - start) + 1);
}

static void put_line_start(struct outbox *outbox)
{
	const struct style *style = &outbox->terminal->options->style;

	if (style->has_blank_lines)
		text_put_string(&outbox->text, style->line_end);
}

static void put_record(struct outbox *outbox)
{
	const struct style *style = &outbox->terminal->options->style;
	struct ring *ring = &outbox->terminal->ring;
	size_t start = outbox->text.size;

	if (outbox->stray_before-- == 0)
		command_put_line(style, &outbox->text, STRAY_LINE);
	put_line_start(outbox);
	terminal_put_record(outbox->terminal, ring_at(ring, outbox->next), &outbox->text);
	text_put_string(&outbox->text, style->line_end);
	if (outbox->drop != OUTBOX_DROP_NONE && outbox->drop_record-- == 0)
		outbox->drop_at = choose_drop(outbox, start);
	outbox->marks[outbox->mark_count++] =
		(struct outbox_mark){ outbox->text.size, outbox->next };
	outbox->next++;
	outbox->left--;
}

/* While a list is printed the ring may overwrite what is still to come. */
static void skip_overwritten(struct outbox *outbox)
{
	const struct ring *ring = &outbox->terminal->ring;
	uint64_t end = ring->first + ring->count;

	if (outbox->next < ring->first)
		outbox->next = ring->first;
	if (outbox->next >= end)
		outbox->left = 0;
	else if (outbox->left > end - outbox->next)
		outbox->left = (uint32_t)(end - outbox->next);
}

static bool has_room(const struct outbox *outbox)
{
	return outbox->mark_count < OUTBOX_MARKS_MAX &&
	       outbox->text.capacity - outbox->text.size >= RECORD_LINE_MAX;
}

static void fill(struct outbox *outbox)
{
	const struct style *style = &outbox->terminal->options->style;

	skip_overwritten(outbox);
	while (outbox->left > 0 && has_room(outbox))
		put_record(outbox);
	if (outbox->left > 0 || outbox->final == NULL || !has_room(outbox))
		return;
	command_put_line(style, &outbox->text, outbox->final);
	if (outbox->has_stray_after)
		command_put_line(style, &outbox->text, STRAY_LINE);
	outbox->final = NULL;
}

static void start_chunk(struct outbox *outbox)
{
	outbox->taken = 0;
	outbox->mark_count = 0;
	outbox->next_mark = 0;
	outbox->text.size = 0;
}

size_t outbox_peek(struct outbox *outbox, const char **ret_bytes, bool *ret_is_dropped)
{
	size_t end;

	if (outbox->taken == outbox->text.size && outbox->drop_at == SIZE_MAX)
		start_chunk(outbox);
	if (outbox->taken == 0)
		fill(outbox);
	end = outbox->text.size < outbox->drop_at ? outbox->text.size : outbox->drop_at;
	*ret_bytes = outbox->chunk + outbox->taken;
	*ret_is_dropped = outbox->taken == outbox->drop_at;
	return end - outbox->taken;
}

size_t outbox_line_size(const struct outbox *outbox, size_t size)
{
	size_t line;

	if (outbox->next_mark == outbox->mark_count)
		return size;
	line = outbox->marks[outbox->next_mark].end - outbox->taken;
	return line < size ? line : size;
}

void outbox_take(struct outbox *outbox, size_t size)
{
	outbox->taken += size;
	while (outbox->next_mark < outbox->mark_count &&
	       outbox->marks[outbox->next_mark].end <= outbox->taken)
		ring_mark_sent(&outbox->terminal->ring,
			       outbox->marks[outbox->next_mark++].position);
}
