/* SPDX-License-Identifier: MIT */
#include "protocol/decimal_read.h"

/* A number as far as its characters have been read. */
struct decimal_state {
	int64_t digits;
	uint8_t significant; /* digits behind the leading zeros */
	uint8_t places;
	bool has_digit;
	bool has_point;
};

static bool take_digit(struct decimal_state *state, uint8_t character)
{
	state->has_digit = true;
	if (state->digits != 0 || character != '0')
		state->significant++;
	if (state->has_point)
		state->places++;
	if (state->significant > DECIMAL_READ_DIGITS_MAX ||
	    state->places > DECIMAL_READ_DIGITS_MAX)
		return false;
	state->digits = state->digits * 10 + (character - '0');
	return true;
}

static bool take(struct decimal_state *state, uint8_t character)
{
	if (character >= '0' && character <= '9')
		return take_digit(state, character);
	if (character != '.' || state->has_point)
		return false;
	state->has_point = true;
	return true;
}

bool decimal_read(struct span text, int64_t *ret_digits, uint8_t *ret_places)
{
	struct decimal_state state = { 0 };
	bool is_signed = text.size != 0 && (text.data[0] == '-' || text.data[0] == '+');

	for (size_t i = is_signed; i < text.size; i++)
		if (!take(&state, text.data[i]))
			return false;
	if (!state.has_digit)
		return false;
	*ret_digits = is_signed && text.data[0] == '-' ? -state.digits : state.digits;
	*ret_places = state.places;
	return true;
}
