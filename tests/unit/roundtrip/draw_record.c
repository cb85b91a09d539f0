/* SPDX-License-Identifier: MIT */
/* A whole record: any VIF, a coding that suits it, any DIB. */
#include "tests/unit/roundtrip/expectation.h"

enum { STORAGE_BITS = 41, TARIFF_BITS = 20, SUBUNIT_BITS = 10 };

/* The low half of the DIF, the bytes it stands for, and who draws them. */
struct coding {
	uint8_t dif;
	uint8_t size;
	draw_data_cb *draw;
};

struct coding_list {
	const struct coding *codings;
	uint32_t count;
};

static const struct coding signed_codings[] = {
	{ 0x0, 0, draw_nothing },
	{ 0x1, 1, draw_integer },
	{ 0x2, 2, draw_integer },
	{ 0x3, 3, draw_integer },
	{ 0x4, 4, draw_integer },
	{ 0x5, 4, draw_real },
	{ 0x6, 6, draw_integer },
	{ 0x7, 8, draw_integer },
	{ 0x8, 0, draw_nothing },
	{ 0x9, 1, draw_bcd },
	{ 0xA, 2, draw_bcd },
	{ 0xB, 3, draw_bcd },
	{ 0xC, 4, draw_bcd },
	{ 0xE, 6, draw_bcd },
	{ 0xD, 0, draw_variable_text },
	{ 0xD, 0, draw_variable_bcd },
	{ 0xD, 0, draw_variable_integer },
};

static const struct coding unsigned_codings[] = {
	{ 0x1, 1, draw_unsigned },     { 0x2, 2, draw_unsigned },
	{ 0x3, 3, draw_unsigned },     { 0x4, 4, draw_unsigned },
	{ 0x6, 6, draw_unsigned },     { 0x7, 8, draw_unsigned },
	{ 0x9, 1, draw_bcd },          { 0xC, 4, draw_bcd },
	{ 0xE, 6, draw_bcd },          { 0xD, 0, draw_variable_text },
	{ 0xD, 0, draw_variable_bcd }, { 0xD, 0, draw_variable_integer },
};

static const struct coding name_codings[] = {
	{ 0x1, 1, draw_unsigned },
	{ 0x4, 4, draw_unsigned },
	{ 0x7, 8, draw_unsigned },
	{ 0x9, 1, draw_name },
	{ 0xA, 2, draw_name },
	{ 0xB, 3, draw_name },
	{ 0xC, 4, draw_name },
	{ 0xE, 6, draw_name },
	{ 0xD, 0, draw_variable_text },
	{ 0xD, 0, draw_variable_name },
	{ 0xD, 0, draw_variable_integer },
};

static const struct coding date_codings[] = {
	{ 0x0, 0, draw_nothing }, { 0x2, 2, draw_date }, { 0x3, 3, draw_date },
	{ 0x4, 4, draw_date },    { 0x6, 6, draw_date },
};

#define LIST(codings)                                                                    \
	{                                                                                \
		(codings), sizeof(codings) / sizeof(codings)[0]                          \
	}

static const struct coding_list coding_lists[VIF_KIND_COUNT] = {
	[VIF_NUMBER] = LIST(signed_codings),    [VIF_DURATION] = LIST(signed_codings),
	[VIF_MONTHS] = LIST(signed_codings),    [VIF_UNIT] = LIST(signed_codings),
	[VIF_COUNTER] = LIST(unsigned_codings), [VIF_NAME] = LIST(name_codings),
	[VIF_DATE] = LIST(date_codings),
};

static const struct coding *draw_coding(struct dice *dice, enum vif_kind kind)
{
	const struct coding_list *list = &coding_lists[kind];

	return &list->codings[dice_below(dice, list->count)];
}

static void draw_dib(struct dice *dice, uint8_t coding, struct encoder *encoder,
		     struct expectation *expected)
{
	struct record_dib dib = { .coding = coding,
				  .function = (uint8_t)dice_below(dice, 4) };

	if (dice_permille(dice, 300))
		dib.storage = draw_up_to_bits(dice, STORAGE_BITS);
	if (dice_permille(dice, 150))
		dib.tariff = (uint32_t)draw_up_to_bits(dice, TARIFF_BITS);
	if (dice_permille(dice, 150))
		dib.subunit = (uint16_t)draw_up_to_bits(dice, SUBUNIT_BITS);
	encoder_put_dib(encoder, &dib);
	expected->function = (enum reading_function)dib.function;
	expected->storage = dib.storage;
	expected->tariff = dib.tariff;
	expected->subunit = dib.subunit;
}

void draw_record(struct dice *dice, struct encoder *encoder,
		 struct expectation *ret_expected)
{
	const struct vif_row *row = draw_vif(dice);
	const struct coding *coding = draw_coding(dice, row->kind);

	*ret_expected = (struct expectation){ .value.kind = VALUE_NONE };
	draw_dib(dice, coding->dif, encoder, ret_expected);
	draw_vib(dice, row, encoder, ret_expected);
	ret_expected->header_size = encoder->size;
	coding->draw(dice, row, coding->size, encoder, ret_expected);
	ret_expected->size = encoder->size;
}
