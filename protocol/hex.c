/* SPDX-License-Identifier: MIT */
#include "protocol/hex.h"

/* The value of a hex digit with bit 4 set; 0 for every other character. */
static const uint8_t digit_of[256] = {
	['0'] = 0x10, ['1'] = 0x11, ['2'] = 0x12, ['3'] = 0x13, ['4'] = 0x14,
	['5'] = 0x15, ['6'] = 0x16, ['7'] = 0x17, ['8'] = 0x18, ['9'] = 0x19,
	['A'] = 0x1A, ['B'] = 0x1B, ['C'] = 0x1C, ['D'] = 0x1D, ['E'] = 0x1E,
	['F'] = 0x1F, ['a'] = 0x1A, ['b'] = 0x1B, ['c'] = 0x1C, ['d'] = 0x1D,
	['e'] = 0x1E, ['f'] = 0x1F,
};

bool hex_decode(struct span hex, uint8_t *ret_bytes)
{
	/* Bit 4 marks a digit; one that lacks it spoils the whole and is seen at the end.
	 */
	unsigned all_are_digits = 0x10;

	if (hex.size % 2 != 0)
		return false;
	for (size_t i = 0; i < hex.size; i += 2) {
		unsigned high = digit_of[hex.data[i]];
		unsigned low = digit_of[hex.data[i + 1]];

		all_are_digits &= high & low;
		ret_bytes[i / 2] = (uint8_t)((high & 15) << 4 | (low & 15));
	}
	return all_are_digits != 0;
}

void hex_encode(struct span bytes, char *ret_text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < bytes.size; i++) {
		*ret_text++ = digits[bytes.data[i] >> 4];
		*ret_text++ = digits[bytes.data[i] & 15];
	}
	*ret_text = '\0';
}
