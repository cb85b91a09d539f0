/* SPDX-License-Identifier: MIT */
/*
 * What a data set means. The content decides its form: a number with or without unit, a
 * time stamp, or text. The code decides the rest: value group C the direction, D the
 * process, E the tariff, B the channel, F the previous value.
 */
#include "protocol/decimal_read.h"
#include "protocol/iec62056/iec62056.h"
#include "protocol/iec62056/iec62056_time.h"
#include "protocol/iec62056/iec62056_units.h"

enum { PLACES_TEXT_MAX = 2, STORAGE_PRESENT = 255 };

/* Content taken apart. */
struct content {
	struct span number; /* before the separator, blanks off */
	struct span unit;   /* behind it */
	enum reading_type type;
	uint8_t places;
	char mark; /* how the header names the form of what is no number; 0 for numbers */
};

/* A code taken apart: A-B:C.D.E. Missing groups are empty, numbers of others -1. */
struct obis {
	int channel; /* B */
	struct span c, d, e;
	const struct iec62056_word *word;
};

static struct span trim(struct span text)
{
	while (text.size != 0 && text.data[text.size - 1] <= ' ')
		text.size--;
	while (text.size != 0 && text.data[0] <= ' ')
		text = span_of(text.data + 1, text.size - 1);
	return text;
}

/* Cuts text at the first mark: returns what is before it, *text becomes what follows. */
static struct span cut(struct span *text, char mark)
{
	const uint8_t *at = text->size == 0 ? NULL : memchr(text->data, mark, text->size);
	struct span head = *text;

	if (at == NULL) {
		text->size = 0;
		return head;
	}
	head.size = (size_t)(at - text->data);
	*text = span_of(at + 1, text->size - head.size - 1);
	return head;
}

static int number_of(struct span digits)
{
	int64_t number = 0;
	uint8_t places = 0;

	if (digits.size > 9 || !decimal_read(digits, &number, &places) || places != 0)
		return -1;
	return (int)number;
}

static struct obis obis_parse(struct span code)
{
	struct obis obis = { .channel = 0 };
	struct span head = code;
	struct span medium = cut(&head, ':');
	int channel;

	if (medium.size != code.size) {
		code = head;
		(void)cut(&medium, '-');
		channel = number_of(medium);
		obis.channel = channel > 0 ? channel : 0;
	}
	obis.c = cut(&code, '.');
	obis.d = cut(&code, '.');
	obis.e = cut(&code, '.');
	obis.word = iec62056_word_find(obis.c, obis.d, obis.e);
	return obis;
}

/* Splits number and unit; a unit longer than can be kept makes the whole a text. */
static bool split_unit(struct span content, struct content *ret_content)
{
	size_t mark = 0;

	while (mark < content.size && content.data[mark] != '*' &&
	       content.data[mark] != '#')
		mark++;
	ret_content->number = trim(span_of(content.data, mark));
	if (mark < content.size)
		ret_content->unit =
			trim(span_of(content.data + mark + 1, content.size - mark - 1));
	return ret_content->unit.size <= IEC62056_UNIT_MAX;
}

/* Time stamps stand behind a value; in front of it, those that name their season. */
static bool is_time(const struct iec62056_reading *reading, const struct obis *obis,
		    struct content *content)
{
	bool has_season = false;
	enum reading_type type = iec62056_time_type(content->number, &has_season);
	bool is_expected = reading->part != 0 || has_season ||
			   strcmp(obis->word->quantity, "date time") == 0 ||
			   strcmp(obis->word->quantity, "date of reset") == 0;

	if (type == READING_TYPE_NONE || !is_expected || content->unit.size != 0)
		return false;
	content->type = type;
	content->mark = 'T';
	return true;
}

/* The meter's clock, which comes in two halves. */
static bool is_clock(const struct obis *obis, struct content *content)
{
	static const struct {
		const char *quantity;
		enum reading_type type;
		char mark;
	} clocks[] = { { "date", READING_TYPE_DATE, 'D' },
		       { "time", READING_TYPE_TIME, 'H' } };
	struct value value;

	for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
		if (strcmp(obis->word->quantity, clocks[i].quantity) == 0 &&
		    iec62056_clock_read(clocks[i].type, content->number, &value)) {
			content->type = clocks[i].type;
			content->mark = clocks[i].mark;
			return true;
		}
	}
	return false;
}

static struct content content_parse(const struct iec62056_reading *reading,
				    const struct obis *obis)
{
	struct content content = { .type = READING_TYPE_TEXT, .mark = 't' };
	bool is_split = split_unit(reading->content, &content);
	bool is_name = obis->word->is_name && content.unit.size == 0;
	int64_t digits;

	if (!is_split)
		return content;
	if (trim(reading->content).size == 0) {
		content.type = READING_TYPE_NONE;
		content.mark = '-';
	} else if (!is_time(reading, obis, &content) && !is_clock(obis, &content) &&
		   !is_name && decimal_read(content.number, &digits, &content.places)) {
		content.type = READING_TYPE_INTEGER;
		content.mark = 0;
	}
	return content;
}

static void put(struct reading_register *reg, struct span text)
{
	if (text.size > sizeof reg->header - reg->header_size)
		return;
	if (text.size != 0)
		memcpy(reg->header + reg->header_size, text.data, text.size);
	reg->header_size = (uint8_t)(reg->header_size + text.size);
}

static void put_places(struct reading_register *reg, uint8_t places)
{
	char text[PLACES_TEXT_MAX] = { (char)('0' + places / 10),
				       (char)('0' + places % 10) };

	put(reg, places < 10 ? span_of(text + 1, 1) : span_of(text, sizeof text));
}

static void write_header(const struct iec62056_reading *reading,
			 const struct content *content, struct reading_register *reg)
{
	put(reg, reading->code);
	put(reg, reading->suffix);
	put(reg, span_text("("));
	if (content->mark != 0)
		put(reg, span_of(&content->mark, 1));
	else
		put_places(reg, content->places);
	if (content->mark == 0 && content->unit.size != 0) {
		put(reg, span_text("*"));
		put(reg, content->unit);
	}
	put(reg, span_text(")"));
}

/* A backslash stands for the slash, which may not occur in a data line. */
static void copy_unit(struct reading_register *reg, struct span unit)
{
	for (size_t i = 0; i < unit.size; i++)
		reg->unit[i] = unit.data[i] == '\\' ? '/' : (char)unit.data[i];
	reg->unit[unit.size] = '\0';
}

static void apply_unit(const struct content *content, struct reading_register *reg)
{
	const struct iec62056_unit *unit = iec62056_unit_find(content->unit);

	reg->exponent = (int8_t)-content->places;
	if (unit == NULL) {
		copy_unit(reg, content->unit);
		return;
	}
	reg->quantity = unit->quantity;
	reg->exponent = (int8_t)(unit->exponent - content->places);
	reg->factor = unit->factor;
	memcpy(reg->unit, unit->unit, strlen(unit->unit) + 1);
}

/* A time beside a value is a time of its own; elsewhere the code says what it is. */
static void apply_type(const struct content *content, const struct obis *obis,
		       struct reading_register *reg)
{
	bool is_stamp = content->type == READING_TYPE_DATE_TIME ||
			content->type == READING_TYPE_DATE_TIME_SECONDS;

	reg->type = content->type;
	reg->quantity = obis->word->quantity;
	if (is_stamp && reg->quantity[0] == '\0')
		reg->quantity = "date time";
	if (content->type == READING_TYPE_INTEGER)
		apply_unit(content, reg);
}

static void append(struct reading_register *reg, struct span text)
{
	size_t used = strlen(reg->modifiers);

	if (text.size >= sizeof reg->modifiers - used)
		return;
	if (text.size != 0)
		memcpy(reg->modifiers + used, text.data, text.size);
	reg->modifiers[used + text.size] = '\0';
}

static void append_words(struct reading_register *reg, const char *words)
{
	if (words[0] != '\0' && reg->modifiers[0] != '\0')
		append(reg, span_text(", "));
	append(reg, span_text(words));
}

static void append_group(struct reading_register *reg, const char *mark,
			 struct span group)
{
	if (group.size == 0)
		return;
	append(reg, span_text(mark));
	append(reg, group);
}

/* Codes of value group C from 1 on measure something; E is then the tariff. */
static bool is_measured(const struct obis *obis)
{
	return number_of(obis->c) > 0;
}

/*
 * Two codes must never mean the same series. Electricity has words for its codes; others
 * are named by their value groups C and D, and E where it is no tariff.
 */
static void write_modifiers(const struct obis *obis, struct reading_register *reg)
{
	const char *direction = iec62056_direction_text(number_of(obis->c));
	bool is_electric = direction[0] != '\0' && obis->e.size != 0;

	append_words(reg, is_electric ? direction : "obis ");
	if (is_electric) {
		append_words(reg, iec62056_process_text(number_of(obis->d)));
		return;
	}
	append_group(reg, "", obis->c);
	append_group(reg, ".", obis->d);
	if (!is_measured(obis))
		append_group(reg, ".", obis->e);
}

static void apply_code(const struct iec62056_reading *reading, const struct obis *obis,
		       struct reading_register *reg)
{
	static const enum reading_function functions[] = {
		[3] = READING_MINIMUM,
		[6] = READING_MAXIMUM,
	};
	int process = obis->e.size != 0 ? number_of(obis->d) : -1;
	int tariff = is_measured(obis) ? number_of(obis->e) : 0;
	struct span suffix = reading->suffix;

	if (process >= 0 && process < (int)(sizeof functions / sizeof *functions) &&
	    is_measured(obis))
		reg->function = functions[process];
	reg->tariff = tariff > 0 ? (uint32_t)tariff : 0;
	reg->subunit = (uint16_t)obis->channel;
	if (suffix.size != 0) {
		int storage = number_of(span_of(suffix.data + 1, suffix.size - 1));

		if (storage == 0)
			storage = IEC62056_STORAGE_00;
		if (storage > 0 && storage != STORAGE_PRESENT)
			reg->storage = (uint64_t)storage;
	}
}

void iec62056_register(const struct iec62056_reading *reading,
		       struct reading_register *ret_register)
{
	struct obis obis = obis_parse(reading->code);
	struct content content = content_parse(reading, &obis);

	*ret_register = (struct reading_register){
		.source = READING_SOURCE_IEC62056,
		.quantity = "",
		.factor = 1,
		.addend_scale = 1,
	};
	write_header(reading, &content, ret_register);
	apply_type(&content, &obis, ret_register);
	apply_code(reading, &obis, ret_register);
	write_modifiers(&obis, ret_register);
}

/* 8-bit characters are ISO 8859-1, as in M-Bus; control characters stay as they are. */
static void read_text(struct span content, struct value *ret_value)
{
	size_t length = 0;

	for (size_t i = 0; i < content.size; i++) {
		uint8_t character = content.data[i];

		if (length + 3 > sizeof ret_value->text) {
			ret_value->no_value = NO_VALUE_TOO_LONG;
			return;
		}
		if (character >= 0x80) {
			ret_value->text[length++] = (char)(0xC0 | character >> 6);
			character = 0x80 | (character & 0x3F);
		}
		ret_value->text[length++] = (char)character;
	}
	ret_value->text[length] = '\0';
	ret_value->kind = VALUE_TEXT;
}

static void read_number(struct span number, struct value *ret_value)
{
	uint8_t places;

	if (decimal_read(number, &ret_value->digits, &places))
		ret_value->kind = VALUE_INTEGER;
	else
		ret_value->no_value = NO_VALUE_NOT_A_NUMBER;
}

void iec62056_value(const struct iec62056_reading *reading,
		    const struct reading_register *reg, struct value *ret_value)
{
	struct content content = { .type = READING_TYPE_NONE };

	(void)split_unit(reading->content, &content);
	ret_value->kind = VALUE_NONE;
	ret_value->no_value = NO_VALUE_REASON_NONE;
	ret_value->is_suspect = false;
	ret_value->is_summertime = false;
	ret_value->is_periodic = false;
	ret_value->is_wide = false;
	if (reg->type == READING_TYPE_NONE)
		ret_value->no_value = NO_VALUE_NO_DATA;
	else if (reg->type == READING_TYPE_INTEGER)
		read_number(content.number, ret_value);
	else if (reg->type == READING_TYPE_TEXT)
		read_text(reading->content, ret_value);
	else if (reg->type == READING_TYPE_DATE || reg->type == READING_TYPE_TIME)
		(void)iec62056_clock_read(reg->type, content.number, ret_value);
	else
		iec62056_time_read(content.number, ret_value);
}
