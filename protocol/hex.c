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

/* Four bytes to eight digits at once: nibbles are spread over the bytes of a word. */
static void encode_four(const uint8_t *bytes, char *ret_text)
{
	uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t word = (uint64_t)bytes[0] | (uint64_t)bytes[1] << 16 |
			(uint64_t)bytes[2] << 32 | (uint64_t)bytes[3] << 48;

	word = (word >> 4 & ones * 15) | (word & UINT64_C(0x000F000F000F000F)) << 8;
	/* Ten and more carry into the upper half when 6 is added: letters. */
	word += ones * '0' + ((word + ones * 6) >> 4 & ones) * 7;
	ret_text[0] = (char)word;
	ret_text[1] = (char)(word >> 8);
	ret_text[2] = (char)(word >> 16);
	ret_text[3] = (char)(word >> 24);
	ret_text[4] = (char)(word >> 32);
	ret_text[5] = (char)(word >> 40);
	ret_text[6] = (char)(word >> 48);
	ret_text[7] = (char)(word >> 56);
}

void hex_encode(struct span bytes, char *ret_text)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t i = 0;

	for (; i + 4 <= bytes.size; i += 4)
		encode_four(bytes.data + i, ret_text + 2 * i);
	for (; i < bytes.size; i++) {
		ret_text[2 * i] = digits[bytes.data[i] >> 4];
		ret_text[2 * i + 1] = digits[bytes.data[i] & 15];
	}
	ret_text[2 * i] = '\0';
}
