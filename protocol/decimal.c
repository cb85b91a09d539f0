/* SPDX-License-Identifier: MIT */
#include "protocol/decimal.h"

#include "protocol/real_digits.h"

enum {
	/* 2^63 * 2^31 has 29; the longest integer (512 bits) * 2^31 has 165. */
	DIGITS_MAX = 168,
	/* Beyond these a real is written in e-notation, as most languages do. */
	PLAIN_EXPONENT_MAX = 21,
	PLAIN_EXPONENT_MIN = -12,
};

/* The digits of an integer, most significant first, without leading zeros. */
struct digit_run {
	char text[DIGITS_MAX];
	size_t size;
};

/* |digits * factor|, which may need 95 bits, in base 10. */
static struct digit_run digit_run_of(uint64_t magnitude, uint32_t factor)
{
	uint64_t low = (magnitude & UINT32_MAX) * factor;
	uint64_t high = (magnitude >> 32) * factor + (low >> 32);
	uint32_t limbs[3] = { (uint32_t)(high >> 32), (uint32_t)high, (uint32_t)low };
	struct digit_run run;
	char *p = run.text + DIGITS_MAX;

	while (limbs[0] | limbs[1] | limbs[2]) {
		uint64_t rest = 0;

		for (size_t i = 0; i < 3; i++) {
			rest = rest << 32 | limbs[i];
			limbs[i] = (uint32_t)(rest / 10);
			rest %= 10;
		}
		*--p = (char)('0' + rest);
	}
	if (p == run.text + DIGITS_MAX)
		*--p = '0';
	run.size = (size_t)(run.text + DIGITS_MAX - p);
	memmove(run.text, p, run.size);
	return run;
}

static char *put(char *p, const char *text, size_t size)
{
	memcpy(p, text, size);
	return p + size;
}

static char *put_zeros(char *p, int count)
{
	for (; count > 0; count--)
		*p++ = '0';
	return p;
}

static char *put_plain(char *p, const struct digit_run *run, int exponent)
{
	int point = (int)run->size + exponent;

	if (exponent >= 0) {
		p = put(p, run->text, run->size);
		/* Zero has no digits to move. */
		return run->text[0] == '0' ? p : put_zeros(p, exponent);
	}
	if (point > 0) {
		p = put(p, run->text, (size_t)point);
		*p++ = '.';
		return put(p, run->text + point, run->size - (size_t)point);
	}
	p = put(p, "0.", 2);
	p = put_zeros(p, -point);
	return put(p, run->text, run->size);
}

/* d.ddde-12, valid in JSON. */
static char *put_scientific(char *p, const struct digit_run *run, int exponent)
{
	int power = (int)run->size - 1 + exponent;

	*p++ = run->text[0];
	if (run->size > 1) {
		*p++ = '.';
		p = put(p, run->text + 1, run->size - 1);
	}
	*p++ = 'e';
	return p + decimal_write_integer(power, p);
}

static uint64_t magnitude_of(int64_t number)
{
	return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

size_t decimal_write_integer(int64_t digits, char *ret_text)
{
	char text[20];
	char *end = text + sizeof text;
	char *p = end;
	uint64_t rest = magnitude_of(digits);

	do
		*--p = (char)('0' + rest % 10);
	while ((rest /= 10) != 0);
	if (digits < 0)
		*--p = '-';
	memcpy(ret_text, p, (size_t)(end - p));
	return (size_t)(end - p);
}

size_t decimal_write(int64_t digits, int exponent, int32_t factor,
		     char ret_text[DECIMAL_TEXT_MAX])
{
	struct digit_run run =
		digit_run_of(magnitude_of(digits), (uint32_t)magnitude_of(factor));
	bool is_negative = (digits < 0) != (factor < 0) && run.text[0] != '0';
	bool is_plain =
		exponent > -DECIMAL_TEXT_MAX / 2 && exponent < DECIMAL_TEXT_MAX / 2;
	char *p = ret_text;

	if (is_negative)
		*p++ = '-';
	p = is_plain ? put_plain(p, &run, exponent) : put_scientific(p, &run, exponent);
	*p = '\0';
	return (size_t)(p - ret_text);
}

/* digits * factor by hand, from the last digit; digits has no sign. */
static struct digit_run digit_run_of_text(const char *digits, uint32_t factor)
{
	struct digit_run run;
	char *end = run.text + DIGITS_MAX;
	char *p = end;
	uint64_t carry = 0;

	for (size_t i = strlen(digits); i-- > 0 && p > run.text; carry /= 10) {
		carry += (uint64_t)(digits[i] - '0') * factor;
		*--p = (char)('0' + carry % 10);
	}
	for (; carry != 0 && p > run.text; carry /= 10)
		*--p = (char)('0' + carry % 10);
	run.size = (size_t)(end - p);
	memmove(run.text, p, run.size);
	return run;
}

size_t decimal_write_digits(const char *digits, int exponent, int32_t factor,
			    char ret_text[DECIMAL_TEXT_MAX])
{
	bool is_negative = (digits[0] == '-') != (factor < 0);
	struct digit_run run = digit_run_of_text(digits + (digits[0] == '-'),
						 (uint32_t)magnitude_of(factor));
	char *p = ret_text;

	if (is_negative)
		*p++ = '-';
	p = exponent > -DECIMAL_TEXT_MAX / 2 && exponent < DECIMAL_TEXT_MAX / 2 - 20
		    ? put_plain(p, &run, exponent)
		    : put_scientific(p, &run, exponent);
	*p = '\0';
	return (size_t)(p - ret_text);
}

/* The shortest digits of real, moved by exponent and multiplied by factor. */
static size_t write_real(double real, int exponent, int32_t factor, char *ret_text)
{
	struct real_digits shortest = real_digits_of(real);
	struct digit_run run =
		digit_run_of((uint64_t)shortest.digits, (uint32_t)magnitude_of(factor));
	uint64_t bits;
	int power;
	char *p = ret_text;

	memcpy(&bits, &real, sizeof bits);
	if ((bits >> 63 != 0) != (factor < 0))
		*p++ = '-';
	exponent = shortest.digits == 0 ? 0 : exponent + shortest.exponent;
	power = (int)run.size - 1 + exponent;
	p = power < PLAIN_EXPONENT_MIN || power > PLAIN_EXPONENT_MAX
		    ? put_scientific(p, &run, exponent)
		    : put_plain(p, &run, exponent);
	*p = '\0';
	return (size_t)(p - ret_text);
}

size_t decimal_write_real(double real, char ret_text[DECIMAL_TEXT_MAX])
{
	return write_real(real, 0, 1, ret_text);
}

static size_t write_text(const char *text, char *ret_text)
{
	size_t size = strlen(text);

	memcpy(ret_text, text, size);
	ret_text[size] = '\0';
	return size;
}

size_t value_write(const struct value *value, const struct reading_register *reg,
		   char ret_text[READING_TEXT_MAX])
{
	switch (value->kind) {
	case VALUE_INTEGER:
		return decimal_write(value->digits, reg->exponent, reg->factor, ret_text);
	case VALUE_REAL:
		return write_real(value->real, reg->exponent, reg->factor, ret_text);
	case VALUE_TEXT:
		return value->is_wide ? decimal_write_digits(value->text, reg->exponent,
							     reg->factor, ret_text)
				      : write_text(value->text, ret_text);
	case VALUE_NONE: break;
	}
	ret_text[0] = '\0';
	return 0;
}
