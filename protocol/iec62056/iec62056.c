/* SPDX-License-Identifier: MIT */
#include "protocol/iec62056/iec62056.h"

void iec62056_open(struct span text, struct iec62056_block *ret_block)
{
	*ret_block = (struct iec62056_block){ .text = text };
}

static bool is_line_end(uint8_t character)
{
	return character == '\r' || character == '\n';
}

/* Blanks, line ends and the control characters SOH, STX, ETX that frame a block. */
static void skip_space(struct iec62056_block *block)
{
	while (block->position < block->text.size &&
	       block->text.data[block->position] <= ' ')
		block->position++;
}

static void skip_line(struct iec62056_block *block)
{
	while (block->position < block->text.size &&
	       !is_line_end(block->text.data[block->position]))
		block->position++;
}

static void skip_broken_line(struct iec62056_block *block, size_t from)
{
	if (!block->is_broken) {
		block->is_broken = true;
		block->broken_offset = from;
	}
	skip_line(block);
}

/* From position up to one of the two characters; false when the line ends before. */
static bool find(const struct iec62056_block *block, size_t position, char a, char b,
		 size_t *ret_position)
{
	const uint8_t *text = block->text.data;

	while (position < block->text.size && text[position] != (uint8_t)a &&
	       text[position] != (uint8_t)b) {
		if (is_line_end(text[position]))
			return false;
		position++;
	}
	*ret_position = position;
	return position < block->text.size;
}

static struct span part_of(const struct iec62056_block *block, size_t from, size_t to)
{
	return span_of(block->text.data + from, to - from);
}

/*
 * Takes the code before the bracket at position end. A previous value may leave the code
 * out, then it is that of the data set before; a bracket alone adds a value to it.
 */
static bool take_code(struct iec62056_block *block, size_t end)
{
	size_t mark = end;
	struct span code;
	struct span suffix;

	if (block->position == end)
		return block->code.size != 0;
	(void)find(block, block->position, '*', '&', &mark);
	mark = mark < end ? mark : end;
	code = part_of(block, block->position, mark);
	suffix = part_of(block, mark, end);
	if (code.size == 0)
		code = block->code;
	if (code.size == 0 || code.size > IEC62056_CODE_MAX ||
	    suffix.size > IEC62056_SUFFIX_MAX)
		return false;
	block->code = code;
	block->suffix = suffix;
	block->part = 0;
	return true;
}

/* Reads CODE(CONTENT) at position; false when that is not what stands there. */
static bool take_data_set(struct iec62056_block *block)
{
	size_t open;
	size_t close;

	if (!find(block, block->position, '(', '(', &open) ||
	    !find(block, open + 1, ')', ')', &close) || !take_code(block, open))
		return false;
	block->rest = part_of(block, open + 1, close);
	block->has_rest = true;
	block->position = close + 1;
	return true;
}

/* Moves to the next data set; false at the end of the block. */
static bool next_data_set(struct iec62056_block *block)
{
	for (;;) {
		size_t from;

		skip_space(block);
		from = block->position;
		if (from == block->text.size)
			return false;
		if (block->text.data[from] == '/' || block->text.data[from] == '!')
			skip_line(block);
		else if (take_data_set(block))
			return true;
		else
			skip_broken_line(block, from);
	}
}

bool iec62056_next(struct iec62056_block *block, struct iec62056_reading *ret_reading)
{
	const uint8_t *mark;
	size_t size;

	if (!block->has_rest && !next_data_set(block))
		return false;
	mark = block->rest.size == 0 ? NULL
				     : memchr(block->rest.data, '&', block->rest.size);
	size = mark == NULL ? block->rest.size : (size_t)(mark - block->rest.data);
	*ret_reading = (struct iec62056_reading){
		.code = block->code,
		.suffix = block->suffix,
		.content = span_of(block->rest.data, size),
		.part = block->part++,
		.number = block->count++,
		.offset = (size_t)(block->rest.data - block->text.data),
	};
	block->has_rest = mark != NULL;
	if (mark != NULL)
		block->rest = span_of(mark + 1, block->rest.size - size - 1);
	return true;
}
