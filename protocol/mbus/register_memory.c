/* SPDX-License-Identifier: MIT */
/*
 * The steps are a tree: from the root of a meter's kind, each step has as children the
 * headers that were seen behind it. A comparison decides, always, so a wrong guess costs
 * time and nothing else. The way of a record:
 *
 *   predicted    one of the children begins like the bytes at hand, and its data fits
 *   known        the record is taken apart; its register is found by a hash
 *   new          the register is worked out, and kept if there is room
 *
 * In the latter two a child is added, if there is room.
 */
#include "protocol/mbus/register_memory.h"

#include "protocol/mbus/mbus_bytes.h"
#include "protocol/mbus/mbus_record.h"
#include "protocol/mbus/mbus_register.h"
#include "protocol/mbus/mbus_vib.h"

enum {
	WORD = 8,
	EXTENDED_TEXT = 0xFC,
	/* A peer that sends headers in every order must not make the search long. */
	SIBLINGS_MAX = 24,
	NO_STEP = UINT16_MAX, /* off the tree: nothing to predict from here on */
};

enum data_kind {
	DATA_SIZED,    /* by the DIF */
	DATA_VARIABLE, /* an LVAR byte comes first */
	DATA_REST,     /* DIF 0F or 1F: up to the end */
	DATA_UNKNOWN,  /* the record has to be taken apart each time */
};

void register_memory_init(struct register_memory *memory)
{
	memset(memory->slots, 0, sizeof memory->slots);
	memory->epoch = 0;
	register_memory_empty(memory);
}

void register_memory_empty(struct register_memory *memory)
{
	/* At the end of its numbers the epochs begin anew, with all slots free. */
	if (memory->epoch == UINT32_MAX) {
		memset(memory->slots, 0, sizeof memory->slots);
		memory->epoch = 0;
	}
	memory->epoch++;
	memory->register_count = 0;
	memory->step_count = 0;
	memory->steps[0].child = 0;
	memset(memory->roots, 0, sizeof memory->roots);
}

/* The bytes from p on as a word; where fewer are left, zeros stand above. */
static inline uint64_t word_at(const uint8_t *p, size_t rest)
{
	return rest >= WORD ? bytes_load_64(p) : bytes_load_some(p, rest);
}

static uint64_t mask_of(size_t size)
{
	return size >= WORD ? UINT64_MAX : (UINT64_C(1) << 8 * size) - 1;
}

/* ---- the tree ---- */

/* By the kind of meter and the first header, of which two bytes (or DIF 0F) tell most. */
static inline uint16_t *root_of(struct register_memory *memory,
				const struct telegram *telegram, const uint8_t *header,
				size_t size)
{
	bool is_block = size < 2 || (header[0] & MBUS_DIF_DATA) == MBUS_DIF_SPECIAL;
	uint32_t kind = telegram->address.manufacturer;

	kind = kind << 16 | (uint32_t)telegram->address.version << 8;
	kind ^= is_block ? 0x0F : bytes_load_16(header) * 31;
	kind *= UINT32_C(0x9E3779B1);
	return &memory->roots[kind >> 24 & (REGISTER_MEMORY_ROOTS - 1)];
}

/* Where the steps behind the telegram's hang, which begins at header; NULL off the tree.
 */
static inline uint16_t *children_of(struct register_memory *memory,
				    const struct telegram *telegram, uint32_t number,
				    const uint8_t *header, size_t size)
{
	if (number == 0)
		return root_of(memory, telegram, header, size);
	return telegram->step <= memory->step_count ? &memory->steps[telegram->step].child
						    : NULL;
}

static inline bool is_like(const struct register_memory *memory,
			   const struct register_step *step, uint64_t word,
			   const uint8_t *header, size_t rest)
{
	if ((word & step->mask) != step->key || step->header_size > rest)
		return false;
	return step->header_size <= WORD || memcmp(memory->registers[step->reg].header,
						   header, step->header_size) == 0;
}

/* The child that begins like the bytes at header, or 0. */
static inline uint16_t find_child(const struct register_memory *memory, uint16_t child,
				  const uint8_t *header, size_t rest)
{
	uint64_t word = word_at(header, rest);

	for (; child != 0; child = memory->steps[child].sibling)
		if (is_like(memory, &memory->steps[child], word, header, rest))
			return child;
	return 0;
}

/* ---- a record that was predicted ---- */

/* The data of a record whose length the DIF does not say; false if it does not fit. */
static bool take_odd_data(const struct register_step *step, const uint8_t *p, size_t rest,
			  struct telegram *telegram, struct telegram_record *ret_record)
{
	int size;

	if (step->data_kind == DATA_REST) {
		telegram->more_follows |= p[-1] == MBUS_DIF_MANUFACTURER_MORE;
		ret_record->data = span_of(p, rest);
		return true;
	}
	if (step->data_kind == DATA_UNKNOWN || rest == 0)
		return false;
	size = mbus_lvar_size(p[0]);
	if (size < 0 || (size_t)size > rest - 1)
		return false;
	ret_record->is_variable = true;
	ret_record->lvar = p[0];
	ret_record->data = span_of(p + 1, (size_t)size);
	return true;
}

/* Finds the data behind a known header; false if it does not fit in rest. */
static inline bool take_data(const struct register_step *step, const uint8_t *p,
			     size_t rest, struct telegram *telegram,
			     struct telegram_record *ret_record)
{
	ret_record->is_variable = false;
	ret_record->lvar = 0;
	if (step->data_kind != DATA_SIZED)
		return take_odd_data(step, p, rest, telegram, ret_record);
	ret_record->data.data = p;
	ret_record->data.size = step->data_size;
	return step->data_size <= rest;
}

/* Does what telegram_next() does, for a record that begins like step; 0 if none fits. */
static inline uint16_t next_predicted(struct register_memory *memory,
				      struct telegram *telegram,
				      struct telegram_record *ret_record)
{
	const uint8_t *p = telegram->records.data + telegram->position;
	size_t rest = telegram->records.size - telegram->position;
	const struct register_step *step;
	const uint16_t *children;
	uint16_t number;
	size_t size;

	if (telegram->is_fixed)
		return 0;
	children = children_of(memory, telegram, telegram->record_count, p, rest);
	if (children == NULL)
		return 0;
	number = find_child(memory, *children, p, rest);
	if (number == 0)
		return 0;
	step = &memory->steps[number];
	size = step->header_size;
	if (!take_data(step, p + size, rest - size, telegram, ret_record))
		return 0;
	ret_record->header.data = p;
	ret_record->header.size = size;
	ret_record->dib.data = p;
	ret_record->dib.size = step->dib_size;
	ret_record->vib.data = p + step->dib_size;
	ret_record->vib.size = size - step->dib_size;
	ret_record->offset = (size_t)(p - telegram->bytes.data);
	ret_record->number = telegram->record_count++;
	ret_record->is_msb_first = telegram->is_msb_first;
	telegram->position += (size_t)(ret_record->data.data - p) + ret_record->data.size;
	return number;
}

/* ---- a record that was not ---- */

static uint32_t slot_of(struct span header, uint16_t occurrence)
{
	uint64_t hash = word_at(header.data, header.size);

	for (size_t i = WORD; i < header.size; i++)
		hash = (hash ^ header.data[i]) * UINT64_C(0x100000001B3);
	hash = (hash ^ occurrence) * UINT64_C(0x9E3779B97F4A7C15);
	return (uint32_t)(hash >> 40);
}

/* The slot of a header, or the free one where it belongs. */
static uint32_t find_slot(const struct register_memory *memory, struct span header,
			  uint16_t occurrence)
{
	uint32_t at = slot_of(header, occurrence);

	for (;; at++) {
		const struct reading_register *reg;

		at &= REGISTER_MEMORY_SLOTS - 1;
		if (memory->slots[at].epoch != memory->epoch)
			return at;
		reg = &memory->registers[memory->slots[at].reg];
		if (reg->occurrence == occurrence &&
		    span_equal(span_of(reg->header, reg->header_size), header))
			return at;
	}
}

/* For a telegram on the tree: the steps up to the root are its records so far. */
static uint16_t count_on_path(const struct register_memory *memory, uint16_t step,
			      struct span header)
{
	uint64_t word = word_at(header.data, header.size);

	for (; step != 0; step = memory->steps[step].parent) {
		const struct register_step *at = &memory->steps[step];

		if (at->header_size == header.size &&
		    is_like(memory, at, word, header.data, header.size))
			return (uint16_t)(memory->registers[at->reg].occurrence + 1);
	}
	return 0;
}

/* For a telegram off the tree: it is walked again. */
static uint16_t count_by_walk(const struct telegram *telegram,
			      const struct telegram_record *record)
{
	struct telegram again = *telegram;
	struct telegram_record other;
	uint16_t count = 0;

	again.position = 0;
	again.record_count = 0;
	while (again.record_count < record->number && telegram_next(&again, &other))
		count = (uint16_t)(count + span_equal(other.header, record->header));
	return count;
}

/* How many records of the telegram before this one have its header. */
static uint16_t count_before(const struct register_memory *memory,
			     const struct telegram *telegram,
			     const struct telegram_record *record)
{
	if (record->number == 0)
		return 0;
	return telegram->step <= memory->step_count
		       ? count_on_path(memory, telegram->step, record->header)
		       : count_by_walk(telegram, record);
}

/* The number of the record's register, which is worked out if it is new. */
static uint16_t find_register(struct register_memory *memory,
			      const struct telegram *telegram,
			      const struct telegram_record *record)
{
	uint16_t occurrence = 0;
	uint32_t slot = find_slot(memory, record->header, 0);
	uint16_t number = memory->register_count;
	bool is_full = number == REGISTER_MEMORY_REGISTERS;

	if (memory->slots[slot].epoch == memory->epoch || is_full) {
		occurrence = count_before(memory, telegram, record);
		if (occurrence != 0)
			slot = find_slot(memory, record->header, occurrence);
	}
	if (memory->slots[slot].epoch == memory->epoch)
		return memory->slots[slot].reg;
	mbus_register_read(record, &memory->registers[number]);
	memory->registers[number].occurrence = occurrence;
	if (!is_full) {
		memory->slots[slot].epoch = memory->epoch;
		memory->slots[slot].reg = number;
		memory->register_count++;
	}
	return number;
}

/* A plain-text unit behind the VIFEs of FC: whether the bytes are read so depends on
 * bytes behind the header. */
static bool is_ambiguous(struct span vib)
{
	return vib.size != 0 && vib.data[0] == EXTENDED_TEXT &&
	       mbus_vib_parse(vib).text.data != vib.data + 2;
}

/* A header that is ambiguous, or a constant outside the telegram, is not recognised by
 * its bytes. */
static enum data_kind data_kind_of(const struct telegram_record *record)
{
	if (record->dib.size == 0 || is_ambiguous(record->vib))
		return DATA_UNKNOWN;
	if (record->is_variable)
		return DATA_VARIABLE;
	return (record->header.data[0] & MBUS_DIF_DATA) == MBUS_DIF_SPECIAL ? DATA_REST
									    : DATA_SIZED;
}

/* The child with exactly this header, or 0; counts the children on the way. */
static uint16_t find_equal(const struct register_memory *memory, uint16_t child,
			   uint16_t reg, int *ret_count)
{
	*ret_count = 0;
	for (; child != 0 && memory->steps[child].reg != reg; (*ret_count)++)
		child = memory->steps[child].sibling;
	return child;
}

/* The step of a record behind the one before it, new or known; NO_STEP without room. */
static uint16_t add_step(struct register_memory *memory, uint16_t *children,
			 const struct telegram *telegram,
			 const struct telegram_record *record, uint16_t reg)
{
	struct register_step *step;
	uint16_t known;
	int count;

	if (children == NULL || reg == REGISTER_MEMORY_REGISTERS)
		return NO_STEP;
	known = find_equal(memory, *children, reg, &count);
	if (known != 0)
		return known;
	if (memory->step_count == REGISTER_MEMORY_STEPS || count == SIBLINGS_MAX)
		return NO_STEP;
	step = &memory->steps[++memory->step_count];
	step->mask = mask_of(record->header.size);
	step->key = word_at(record->header.data, record->header.size) & step->mask;
	step->reg = reg;
	step->parent = record->number == 0 ? 0 : telegram->step;
	step->child = 0;
	step->sibling = *children;
	step->header_size = (uint8_t)record->header.size;
	step->dib_size = (uint8_t)record->dib.size;
	step->data_size = (uint8_t)mbus_data_size(record->header.data[0]);
	step->data_kind = (uint8_t)data_kind_of(record);
	*children = memory->step_count;
	return memory->step_count;
}

static const struct reading_register *next_learned(struct register_memory *memory,
						   struct telegram *telegram,
						   struct telegram_record *ret_record)
{
	uint16_t *children;
	uint16_t reg;

	if (!telegram_next(telegram, ret_record))
		return NULL;
	children = children_of(memory, telegram, ret_record->number,
			       ret_record->header.data, ret_record->header.size);
	reg = find_register(memory, telegram, ret_record);
	telegram->step = add_step(memory, children, telegram, ret_record, reg);
	return &memory->registers[reg];
}

const struct reading_register *register_memory_next(struct register_memory *memory,
						    struct telegram *telegram,
						    struct telegram_record *ret_record)
{
	uint16_t step;

	if (telegram->position >= telegram->records.size)
		return NULL;
	step = next_predicted(memory, telegram, ret_record);
	if (step == 0)
		return next_learned(memory, telegram, ret_record);
	telegram->step = step;
	return &memory->registers[memory->steps[step].reg];
}
