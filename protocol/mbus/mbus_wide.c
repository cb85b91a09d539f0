/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_wide.h"

enum { LIMBS = MBUS_WIDE_MAX / 4 };

/* Fills the limbs, least significant first, with the magnitude; true if it is negative.
 */
static bool load_limbs(struct span bytes, bool is_msb_first, bool is_signed,
		       uint32_t limbs[LIMBS])
{
	size_t last = bytes.size - 1;
	bool is_negative = is_signed && bytes.data[is_msb_first ? 0 : last] >> 7 != 0;
	unsigned carry = is_negative;

	memset(limbs, 0, LIMBS * sizeof *limbs);
	for (size_t i = 0; i < bytes.size; i++) {
		unsigned byte = bytes.data[is_msb_first ? last - i : i];

		/* Two's complement: invert and add one. */
		byte = (is_negative ? byte ^ 0xFF : byte) + carry;
		carry = byte >> 8;
		limbs[i / 4] |= (uint32_t)(byte & 0xFF) << (i % 4 * 8);
	}
	/* Only the smallest integer carries out, and its bits are its magnitude. */
	return is_negative;
}

/* Divides by ten; returns the remainder. */
static uint32_t divide(uint32_t limbs[LIMBS], bool *ret_is_zero)
{
	uint64_t rest = 0;
	uint32_t any = 0;

	for (size_t i = LIMBS; i-- > 0;) {
		rest = rest << 32 | limbs[i];
		limbs[i] = (uint32_t)(rest / 10);
		any |= limbs[i];
		rest %= 10;
	}
	*ret_is_zero = any == 0;
	return (uint32_t)rest;
}

size_t mbus_wide_write(struct span bytes, bool is_msb_first, bool is_signed,
		       char ret_text[MBUS_WIDE_TEXT_MAX])
{
	uint32_t limbs[LIMBS];
	char digits[MBUS_WIDE_TEXT_MAX];
	char *end = digits + sizeof digits;
	char *p = end;
	bool is_zero = true;
	bool is_negative;

	is_negative = bytes.size != 0 && bytes.size <= MBUS_WIDE_MAX
			      ? load_limbs(bytes, is_msb_first, is_signed, limbs)
			      : false;
	if (bytes.size == 0 || bytes.size > MBUS_WIDE_MAX)
		memset(limbs, 0, sizeof limbs);
	do
		*--p = (char)('0' + divide(limbs, &is_zero));
	while (!is_zero);
	if (is_negative)
		*--p = '-';
	memcpy(ret_text, p, (size_t)(end - p));
	ret_text[end - p] = '\0';
	return (size_t)(end - p);
}
