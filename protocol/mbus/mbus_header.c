/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_header.h"

#include "protocol/hex.h"
#include "protocol/mbus/mbus_fixed.h"

/* What stands between the CI field and whatever it announces. */
enum header_form {
	HEADER_UNKNOWN,
	HEADER_NONE,
	HEADER_SHORT,     /* access number, status, signature */
	HEADER_LONG,      /* address, then as short */
	HEADER_SELECTION, /* address alone */
	HEADER_FIXED,     /* all there is: the fixed data structure */
};

enum { ADDRESS_SIZE = 8, SHORT_SIZE = 4 };

static const uint8_t header_sizes[] = {
	[HEADER_UNKNOWN] = 0,
	[HEADER_NONE] = 0,
	[HEADER_SHORT] = SHORT_SIZE,
	[HEADER_LONG] = ADDRESS_SIZE + SHORT_SIZE,
	[HEADER_SELECTION] = ADDRESS_SIZE,
	[HEADER_FIXED] = MBUS_FIXED_SIZE,
};

struct ci_rule {
	enum header_form form;
	bool is_msb_first;
	bool has_records;
};

static const struct ci_rule ci_rules[256] = {
	[0x50] = { HEADER_NONE, false, false },      /* application reset */
	[0x51] = { HEADER_NONE, false, true },       /* data to the meter */
	[0x52] = { HEADER_SELECTION, false, false }, /* selection of a meter */
	[0x53] = { HEADER_LONG, false, false },      /* application reset */
	[0x54] = { HEADER_NONE, false, false },      /* synchronise */
	[0x55] = { HEADER_NONE, true, true },
	[0x56] = { HEADER_SELECTION, true, false },
	[0x5A] = { HEADER_SHORT, false, true },  /* command, short header */
	[0x5B] = { HEADER_LONG, false, true },   /* command, long header */
	[0x6E] = { HEADER_SHORT, false, false }, /* application error */
	[0x6F] = { HEADER_LONG, false, false },
	[0x70] = { HEADER_NONE, false, false },
	[0x71] = { HEADER_NONE, false, false }, /* alarm */
	[0x72] = { HEADER_LONG, false, true },
	[0x73] = { HEADER_FIXED, false, false },
	[0x74] = { HEADER_SHORT, false, false }, /* alarm */
	[0x75] = { HEADER_LONG, false, false },
	[0x76] = { HEADER_LONG, true, true },
	[0x77] = { HEADER_FIXED, true, false },
	[0x78] = { HEADER_NONE, false, true },
	[0x7A] = { HEADER_SHORT, false, true },
	[0xB8] = { HEADER_NONE, false, false }, /* baud rate 300 and so on up to 38400 */
	[0xB9] = { HEADER_NONE, false, false },
	[0xBA] = { HEADER_NONE, false, false },
	[0xBB] = { HEADER_NONE, false, false },
	[0xBC] = { HEADER_NONE, false, false },
	[0xBD] = { HEADER_NONE, false, false },
	[0xBE] = { HEADER_NONE, false, false },
	[0xBF] = { HEADER_NONE, false, false },
};

static uint16_t read_16(const uint8_t *bytes, bool is_msb_first)
{
	return (uint16_t)(is_msb_first ? bytes[0] << 8 | bytes[1]
				       : bytes[1] << 8 | bytes[0]);
}

static void read_address(const uint8_t *bytes, bool is_msb_first,
			 struct mbus_address *ret_address)
{
	uint8_t id[4];

	for (size_t i = 0; i < sizeof id; i++)
		id[i] = bytes[is_msb_first ? i : 3 - i];
	hex_encode(span_of(id, sizeof id), ret_address->id);
	ret_address->manufacturer = read_16(bytes + 4, is_msb_first);
	ret_address->version = bytes[6];
	ret_address->medium = bytes[7];
}

enum telegram_status mbus_header_read(struct telegram *telegram)
{
	const struct ci_rule *rule = &ci_rules[telegram->frame.ci];
	struct span payload = telegram->frame.payload;
	size_t size = header_sizes[rule->form];
	const uint8_t *p = payload.data;

	telegram->diagnosis_offset = (size_t)(p - telegram->bytes.data);
	if (rule->form == HEADER_UNKNOWN) {
		telegram->diagnosis = DIAGNOSIS_CI_UNKNOWN;
		telegram->diagnosis_offset--;
		return TELEGRAM_UNSUPPORTED;
	}
	if (payload.size < size) {
		telegram->diagnosis = DIAGNOSIS_HEADER_SHORT;
		return TELEGRAM_MALFORMED;
	}
	telegram->diagnosis_offset = 0;
	telegram->is_msb_first = rule->is_msb_first;
	if (rule->form == HEADER_FIXED) {
		mbus_fixed_open(telegram);
		return TELEGRAM_OK;
	}
	if (size >= ADDRESS_SIZE) {
		read_address(p, rule->is_msb_first, &telegram->address);
		telegram->has_address = true;
		p += ADDRESS_SIZE;
	}
	if (rule->form == HEADER_SHORT || rule->form == HEADER_LONG) {
		telegram->access_number = p[0];
		telegram->meter_status = p[1];
		telegram->signature = read_16(p + 2, rule->is_msb_first);
		telegram->has_short_header = true;
	}
	if (rule->has_records)
		telegram->records = span_of(payload.data + size, payload.size - size);
	return TELEGRAM_OK;
}
