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

#define ROW(high)                                                                        \
	high "0" high "1" high "2" high "3" high "4" high "5" high "6" high "7" high     \
	     "8" high "9" high "A" high "B" high "C" high "D" high "E" high "F"

/* Both digits of every byte. */
static const char pairs[] = ROW("0") ROW("1") ROW("2") ROW("3") ROW("4") ROW("5") ROW("6")
	ROW("7") ROW("8") ROW("9") ROW("A") ROW("B") ROW("C") ROW("D") ROW("E") ROW("F");

void hex_encode(struct span bytes, char *ret_text)
{
	for (size_t i = 0; i < bytes.size; i++)
		memcpy(ret_text + 2 * i, pairs + (size_t)2 * bytes.data[i], 2);
	ret_text[2 * bytes.size] = '\0';
}
