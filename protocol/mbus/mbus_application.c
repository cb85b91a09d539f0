/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_application.h"

#include "protocol/mbus/mbus_vif.h"

static const char *const ci_texts[256] = {
	[0x50] = "application reset",
	[0x51] = "data send",
	[0x52] = "selection",
	[0x53] = "application reset",
	[0x54] = "synchronise",
	[0x55] = "data send",
	[0x56] = "selection",
	[0x5A] = "data send",
	[0x5B] = "data send",
	[0x5C] = "synchronise",
	[0x5F] = "security information",
	[0x60] = "COSEM command",
	[0x61] = "COSEM command",
	[0x64] = "OBIS command",
	[0x65] = "OBIS command",
	[0x66] = "selected application",
	[0x67] = "selected application",
	[0x68] = "selected application",
	[0x69] = "format frame",
	[0x6A] = "format frame",
	[0x6B] = "format frame",
	[0x6C] = "clock synchronisation",
	[0x6D] = "clock synchronisation",
	[0x6E] = "error",
	[0x6F] = "error",
	[0x70] = "error",
	[0x71] = "alarm",
	[0x72] = "variable",
	[0x73] = "fixed",
	[0x74] = "alarm",
	[0x75] = "alarm",
	[0x76] = "variable",
	[0x77] = "fixed",
	[0x78] = "variable",
	[0x79] = "compact",
	[0x7A] = "variable",
	[0x7B] = "compact",
	[0x7C] = "COSEM data",
	[0x7D] = "COSEM data",
	[0x7E] = "OBIS data",
	[0x7F] = "OBIS data",
	[0x80] = "transport layer",
	[0x81] = "network layer",
	[0x83] = "network management",
	[0x8A] = "transport layer",
	[0x8B] = "transport layer",
	[0x8C] = "extended link layer",
	[0x8D] = "extended link layer",
	[0x8E] = "extended link layer",
	[0x8F] = "extended link layer",
	[0x90] = "authentication and fragmentation layer",
	[0xB8] = "baud rate 300",
	[0xB9] = "baud rate 600",
	[0xBA] = "baud rate 1200",
	[0xBB] = "baud rate 2400",
	[0xBC] = "baud rate 4800",
	[0xBD] = "baud rate 9600",
	[0xBE] = "baud rate 19200",
	[0xBF] = "baud rate 38400",
	[0xC0] = "image transfer",
	[0xC1] = "image transfer",
	[0xC2] = "image transfer",
	[0xC3] = "security transfer",
	[0xC4] = "security transfer",
	[0xC5] = "security transfer",
};

/* EN 13757-3, application errors. */
static const char *const error_texts[] = {
	"unspecified error", "unimplemented CI field",     "buffer too long, truncated",
	"too many records",  "premature end of record",    "more than 10 DIFE",
	"more than 10 VIFE", "reserved application error", "application busy",
	"too many readouts",
};

enum {
	VIF_CONTAINER = 0x3B,
	CI_ERROR = 0x70,
	CI_MANUFACTURER_FIRST = 0xA0,
	CI_MANUFACTURER_LAST = 0xB7
};

/* Bytes of the header before error or alarm. */
static const struct {
	uint8_t ci;
	uint8_t header_size;
	bool is_alarm;
} rules[] = {
	{ 0x6E, 4, false }, { 0x6F, 12, false }, { 0x70, 0, false },
	{ 0x71, 0, true },  { 0x74, 4, true },   { 0x75, 12, true },
};

const char *mbus_application_text(const struct telegram *telegram)
{
	uint8_t ci = telegram->frame.ci;

	if (telegram->frame.kind == MBUS_FRAME_CONTROL && ci != CI_ERROR)
		return "control";
	if (telegram->frame.kind < MBUS_FRAME_CONTROL)
		return "";
	if (ci >= CI_MANUFACTURER_FIRST && ci <= CI_MANUFACTURER_LAST)
		return "manufacturer specific";
	return ci_texts[ci] != NULL ? ci_texts[ci] : "reserved";
}

static struct span find(const struct telegram *telegram, bool is_alarm)
{
	struct span payload = telegram->frame.payload;

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (rules[i].ci == telegram->frame.ci && rules[i].is_alarm == is_alarm &&
		    payload.size > rules[i].header_size)
			return span_of(payload.data + rules[i].header_size,
				       payload.size - rules[i].header_size);
	return span_of(NULL, 0);
}

struct span mbus_application_error(const struct telegram *telegram)
{
	return find(telegram, false);
}

struct span mbus_alarm(const struct telegram *telegram)
{
	return find(telegram, true);
}

struct span mbus_container(const struct telegram_record *record)
{
	bool is_container = record->vib.size >= 2 &&
			    record->vib.data[0] == MBUS_VIF_EXTENSION_FD &&
			    (record->vib.data[1] & 0x7F) == VIF_CONTAINER;

	return is_container ? record->data : span_of(NULL, 0);
}

const char *mbus_application_error_text(uint8_t code)
{
	return code < sizeof error_texts / sizeof *error_texts
		       ? error_texts[code]
		       : "reserved application error";
}
