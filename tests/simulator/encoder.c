/* SPDX-License-Identifier: MIT */
#include "tests/simulator/encoder.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	FRAME_HEAD_SIZE = 4, /* 68 L L 68 */
	FRAME_TAIL_SIZE = 2, /* CS 16 */
	C_RSP_UD = 0x08,
	C_SND_NR = 0x44,
	CI_LONG_HEADER = 0x72,
	CI_SHORT_HEADER = 0x7A,
};

static void need_room(const struct encoder *encoder, size_t size)
{
	if (size > TELEGRAM_SIZE_MAX - FRAME_TAIL_SIZE - encoder->size)
		abort();
}

static void put_byte(struct encoder *encoder, unsigned byte)
{
	need_room(encoder, 1);
	encoder->bytes[encoder->size++] = (uint8_t)byte;
}

/* Three letters in 15 bits, A = 1. */
static void put_manufacturer(struct encoder *encoder, const char *letters)
{
	unsigned code = 0;

	for (size_t i = 0; i < 3; i++)
		code = (code << 5) | ((unsigned)letters[i] - 'A' + 1);
	encoder_put_integer(encoder, code, 2);
}

void encoder_begin(struct encoder *encoder, const struct telegram_header *header)
{
	encoder->size = 0;
	encoder_put(encoder, ENCODER_BYTES("\x68\0\0\x68"));
	put_byte(encoder, C_RSP_UD);
	put_byte(encoder, 0);
	put_byte(encoder, CI_LONG_HEADER);
	encoder_put_bcd(encoder, header->id, 4);
	put_manufacturer(encoder, header->manufacturer);
	put_byte(encoder, header->version);
	put_byte(encoder, header->medium);
	put_byte(encoder, header->access_number);
	put_byte(encoder, header->status);
	encoder_put_integer(encoder, 0, 2);
}

void encoder_begin_wireless(struct encoder *encoder, const struct telegram_header *header)
{
	encoder->size = 0;
	put_byte(encoder, C_SND_NR);
	put_manufacturer(encoder, header->manufacturer);
	encoder_put_bcd(encoder, header->id, 4);
	put_byte(encoder, header->version);
	put_byte(encoder, header->medium);
	put_byte(encoder, CI_SHORT_HEADER);
	put_byte(encoder, header->access_number);
	put_byte(encoder, header->status);
	encoder_put_integer(encoder, 0, 2);
}

void encoder_end(struct encoder *encoder)
{
	size_t length = encoder->size - FRAME_HEAD_SIZE;

	encoder->bytes[1] = encoder->bytes[2] = (uint8_t)length;
	encoder->bytes[encoder->size] =
		encoder_checksum(encoder->bytes + FRAME_HEAD_SIZE, length);
	encoder->bytes[encoder->size + 1] = 0x16;
	encoder->size += FRAME_TAIL_SIZE;
}

void encoder_put(struct encoder *encoder, const char *bytes, size_t size)
{
	need_room(encoder, size);
	memcpy(encoder->bytes + encoder->size, bytes, size);
	encoder->size += size;
}

/* Bit 6 of the DIF is the lowest of the storage number; each DIFE has four more bits of
 * it, two of the tariff and one of the subunit. Bit 7 says that another DIFE follows. */
void encoder_put_dib(struct encoder *encoder, const struct record_dib *dib)
{
	uint64_t storage = dib->storage >> 1;
	uint32_t tariff = dib->tariff;
	uint32_t subunit = dib->subunit;
	unsigned byte = (unsigned)(dib->storage & 1) << 6 | (dib->function & 3U) << 4 |
			(dib->coding & 15U);

	while (storage != 0 || tariff != 0 || subunit != 0) {
		put_byte(encoder, byte | 0x80);
		byte = (subunit & 1) << 6 | (tariff & 3) << 4 | (unsigned)(storage & 15);
		storage >>= 4;
		tariff >>= 2;
		subunit >>= 1;
	}
	put_byte(encoder, byte);
}

void encoder_put_bcd(struct encoder *encoder, int64_t value, size_t size)
{
	uint64_t digits = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	for (size_t i = 0; i < size; i++) {
		put_byte(encoder, (unsigned)(digits / 10 % 10 << 4 | digits % 10));
		digits /= 100;
	}
	if (value < 0)
		encoder->bytes[encoder->size - 1] |= 0xF0;
}

void encoder_put_integer(struct encoder *encoder, int64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		put_byte(encoder, (unsigned)((uint64_t)value >> (8 * i) & 0xFF));
}

void encoder_put_float(struct encoder *encoder, float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof bits);
	encoder_put_integer(encoder, bits, sizeof bits);
}

/* Day and the low half of the year, month and the high half: types F and G share it. */
static void put_day(struct encoder *encoder, const struct tm *day)
{
	unsigned year = (unsigned)day->tm_year % 100;

	put_byte(encoder, (year & 7) << 5 | (unsigned)day->tm_mday);
	put_byte(encoder, year >> 3 << 4 | ((unsigned)day->tm_mon + 1));
}

void encoder_put_date(struct encoder *encoder, int64_t moment)
{
	struct tm day;

	gmtime_r(&(time_t){ moment }, &day);
	put_day(encoder, &day);
}

void encoder_put_date_time(struct encoder *encoder, int64_t moment)
{
	struct tm day;

	gmtime_r(&(time_t){ moment }, &day);
	put_byte(encoder, (unsigned)day.tm_min);
	put_byte(encoder, (unsigned)day.tm_hour);
	put_day(encoder, &day);
}

void encoder_put_type_g(struct encoder *encoder, const struct calendar *calendar)
{
	put_byte(encoder, (calendar->year & 7U) << 5 | calendar->day);
	put_byte(encoder, (unsigned)calendar->year >> 3 << 4 | calendar->month);
}

void encoder_put_type_f(struct encoder *encoder, const struct calendar *calendar)
{
	put_byte(encoder, (calendar->is_invalid ? 0x80U : 0) | calendar->minute);
	put_byte(encoder, (calendar->is_summertime ? 0x80U : 0) |
				  (unsigned)calendar->hundred_years << 5 |
				  calendar->hour);
	encoder_put_type_g(encoder, calendar);
}

void encoder_put_type_i(struct encoder *encoder, const struct calendar *calendar)
{
	put_byte(encoder, (calendar->is_leap_year ? 0x80U : 0) |
				  (calendar->is_summertime ? 0x40U : 0) |
				  calendar->second);
	put_byte(encoder, (calendar->is_invalid ? 0x80U : 0) | calendar->minute);
	put_byte(encoder, (unsigned)calendar->day_of_week << 5 | calendar->hour);
	encoder_put_type_g(encoder, calendar);
	put_byte(encoder, calendar->week);
}

void encoder_put_type_j(struct encoder *encoder, const struct calendar *calendar)
{
	put_byte(encoder, calendar->second);
	put_byte(encoder, calendar->minute);
	put_byte(encoder, calendar->hour);
}

void encoder_put_variable_bcd(struct encoder *encoder, int64_t value, size_t size)
{
	put_byte(encoder, (value < 0 ? 0xD0U : 0xC0U) + (unsigned)size);
	encoder_put_bcd(encoder, value < 0 ? -value : value, size);
}

static unsigned lvar_of_binary(size_t size)
{
	if (size < 16)
		return 0xE0 + (unsigned)size;
	if (size <= 32)
		return 0xEC + (unsigned)size / 4;
	return size == 48 ? 0xF5 : 0xF6;
}

/* number = number * factor + carry */
static void multiply_add(uint8_t *number, size_t size, unsigned factor, unsigned carry)
{
	for (size_t i = 0; i < size; i++) {
		carry += number[i] * factor;
		number[i] = (uint8_t)carry;
		carry >>= 8;
	}
}

void encoder_put_variable_integer(struct encoder *encoder, const char *digits,
				  size_t size)
{
	bool is_negative = digits[0] == '-';
	uint8_t *number;

	put_byte(encoder, lvar_of_binary(size));
	need_room(encoder, size);
	number = encoder->bytes + encoder->size;
	encoder->size += size;
	memset(number, 0, size);
	for (const char *p = digits + is_negative; *p != '\0'; p++)
		multiply_add(number, size, 10, (unsigned)*p - '0');
	for (size_t i = 0; is_negative && i < size; i++)
		number[i] = (uint8_t)~number[i];
	multiply_add(number, size, 1, is_negative ? 1 : 0);
}

void encoder_put_text(struct encoder *encoder, const char *string)
{
	size_t size = strlen(string);

	put_byte(encoder, (unsigned)size);
	while (size > 0)
		put_byte(encoder, (unsigned char)string[--size]);
}

uint8_t encoder_checksum(const uint8_t *bytes, size_t size)
{
	unsigned sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += bytes[i];
	return (uint8_t)sum;
}
