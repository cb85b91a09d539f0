/* SPDX-License-Identifier: MIT */
/* Records in hand to a layout and one JSON array of values. */
#include "protocol/decimal.h"
#include "server/intake_parts.h"
#include "server/json_text.h"

void intake_undecoded(struct store_telegram *telegram, const char *status,
		      const char *diagnosis)
{
	telegram->decode_status = status;
	telegram->decode_diagnosis = diagnosis;
}

/* ---- values ---- */

/* Why there is no value, or what is odd about the one there is; "" nothing. */
static const char *remark_of(const struct value *value,
			     const struct reading_register *reg)
{
	if (value->kind == VALUE_NONE)
		return value_no_value_text(value->no_value);
	if (reg->record_error != 0)
		return "record error";
	if (value->is_suspect)
		return "suspect";
	if (value->is_periodic)
		return "periodic";
	return value->is_summertime ? "summer time" : "";
}

/* Numbers as sent, to be scaled by whoever reads them; a number beyond 64 bits, which SQL
 * cannot scale, is a text that is scaled already. */
static void put_value(struct json_text *vals, const struct value *value,
		      const struct reading_register *reg)
{
	char number[READING_TEXT_MAX];

	if (value->is_wide)
		json_text_string(vals, number, value_write(value, reg, number));
	else if (value->kind == VALUE_INTEGER)
		json_text_raw(vals, number, decimal_write_integer(value->digits, number));
	else if (value->kind == VALUE_REAL)
		json_text_raw(vals, number, decimal_write_real(value->real, number));
	else if (value->kind == VALUE_TEXT)
		json_text_string(vals, value->text, strlen(value->text));
	else
		json_text_raw(vals, "null", 4);
}

static void put_remark(struct json_text *remarks, const char *remark)
{
	if (remark[0] != '\0')
		json_text_string(remarks, remark, strlen(remark));
	else
		json_text_raw(remarks, "null", 4);
}

/* Writes the values of the records in hand; remarks as far as there are any. */
static bool write_values(struct intake *intake, const struct layout *layout,
			 intake_read_cb *read_cb, struct store_telegram *telegram)
{
	struct json_text vals, remarks;
	size_t remarks_size = 0;

	json_text_init(&vals, intake->vals, sizeof(intake->vals));
	json_text_init(&remarks, intake->remarks, sizeof(intake->remarks));
	for (uint32_t i = 0; i < intake->record_count; i++) {
		const struct reading_register *reg = &layout->registers[i];
		read_cb(intake, i, reg);
		const char *remark = remark_of(&intake->value, reg);
		json_text_raw(&vals, i == 0 ? "[" : ",", 1);
		json_text_raw(&remarks, i == 0 ? "[" : ",", 1);
		put_value(&vals, &intake->value, reg);
		if ((int32_t)i == layout->error_flags &&
		    intake->value.kind == VALUE_INTEGER) {
			telegram->has_error_flags = true;
			telegram->error_flags = intake->value.digits;
		}
		put_remark(&remarks, remark);
		if (remark[0] != '\0')
			remarks_size = remarks.size;
	}
	json_text_raw(&vals, "]", 1);
	remarks.size = remarks_size;
	json_text_raw(&remarks, "]", 1);
	if (vals.is_full || remarks.is_full)
		return false;
	telegram->vals = span_of(vals.text, vals.size);
	if (remarks_size > 0)
		telegram->remarks = span_of(remarks.text, remarks.size);
	return true;
}

/* ---- layout ---- */

static bool key_append(struct intake *intake, struct span header)
{
	if (header.size > READING_HEADER_MAX ||
	    header.size + 1 > sizeof(intake->key) - intake->key_size)
		return false;
	intake->key[intake->key_size++] = (uint8_t)header.size;
	memcpy(intake->key + intake->key_size, header.data, header.size);
	intake->key_size += header.size;
	return true;
}

/* Walks the telegram; its records and the key of their layout are then in hand. */
bool intake_collect_records(struct intake *intake, struct telegram *telegram)
{
	intake->record_count = 0;
	intake->key[0] = READING_SOURCE_MBUS;
	intake->key_size = 1;
	struct telegram_record *record = intake->records;
	while (telegram_next(telegram, record)) {
		if (!key_append(intake, record->header) ||
		    ++intake->record_count == LAYOUT_REGISTERS_MAX)
			return false;
		record++;
	}
	return true;
}

const struct layout *intake_find_mbus_layout(struct intake *intake)
{
	struct span key = span_of(intake->key, intake->key_size);
	const struct layout *layout = layout_table_find(intake->layouts, key);

	if (layout != NULL)
		return layout;
	for (uint32_t i = 0; i < intake->record_count; i++)
		telegram_register(&intake->records[i], &intake->registers[i]);
	return layout_table_add(intake->layouts, key, intake->registers,
				intake->record_count);
}

/* Of registers that are worked out already: the key is their headers. */
const struct layout *intake_find_layout(struct intake *intake)
{
	struct span key;
	const struct layout *layout;

	intake->key[0] = (uint8_t)intake->registers[0].source;
	intake->key_size = 1;
	for (uint32_t i = 0; i < intake->record_count; i++) {
		const struct reading_register *reg = &intake->registers[i];
		if (!key_append(intake, span_of(reg->header, reg->header_size)))
			return NULL;
	}
	key = span_of(intake->key, intake->key_size);
	layout = layout_table_find(intake->layouts, key);
	return layout != NULL ? layout
			      : layout_table_add(intake->layouts, key, intake->registers,
						 intake->record_count);
}

/* Puts the records in hand under their layout; NULL is a layout beyond the limit. */
void intake_take_values(struct intake *intake, const struct layout *layout,
			intake_read_cb *read_cb, struct store_telegram *telegram)
{
	telegram->layout = layout;
	if (layout == NULL || !write_values(intake, layout, read_cb, telegram)) {
		telegram->layout = NULL;
		intake_undecoded(telegram, "layout_limit", "limits.layouts reached");
	}
}
