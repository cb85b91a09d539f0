/* SPDX-License-Identifier: MIT */
#include "protocol/telnet/telnet.h"

enum { SE = 240, SB = 250, WILL = 251, WONT = 252, DO = 253, DONT = 254 };
enum { OPTION_ECHO = 1, OPTION_SUPPRESS_GO_AHEAD = 3 };

enum state {
	IN_DATA,
	AFTER_CR, /* CR NUL is a bare CR */
	AFTER_IAC,
	AFTER_VERB,
	IN_SUBNEGOTIATION,
	IAC_IN_SUBNEGOTIATION,
};

/* What we let them do, and what we do ourselves: a bit each, 0 for all other options. */
static uint8_t their_bit(uint8_t option)
{
	if (option == OPTION_ECHO)
		return 1;
	return option == OPTION_SUPPRESS_GO_AHEAD ? 2 : 0;
}

static uint8_t our_bit(uint8_t option)
{
	return option == OPTION_SUPPRESS_GO_AHEAD ? 2 : 0;
}

/* Whether a request to be on (or off) is answered; options holds what is on. */
static bool settle(uint8_t *options, uint8_t bit, bool is_on)
{
	if (bit == 0)
		return is_on; /* refused each time; what is off already is no change */
	bool was_on = (*options & bit) != 0;
	*options = (uint8_t)(is_on ? *options | bit : *options & ~bit);
	return is_on != was_on;
}

static enum telnet_result answer_option(struct telnet *telnet, uint8_t option,
					uint8_t ret_answer[TELNET_ANSWER_SIZE])
{
	bool is_theirs = telnet->verb == WILL || telnet->verb == WONT;
	bool is_on = telnet->verb == WILL || telnet->verb == DO;
	uint8_t bit = is_theirs ? their_bit(option) : our_bit(option);
	uint8_t yes = is_theirs ? DO : WILL, no = is_theirs ? DONT : WONT;

	if (!settle(is_theirs ? &telnet->theirs : &telnet->ours, bit, is_on))
		return TELNET_DROP;
	ret_answer[0] = TELNET_IAC;
	ret_answer[1] = is_on && bit != 0 ? yes : no;
	ret_answer[2] = option;
	return TELNET_ANSWER;
}

static enum telnet_result read_data(struct telnet *telnet, uint8_t byte)
{
	bool is_padding = telnet->state == AFTER_CR && byte == '\0';

	telnet->state = byte == TELNET_IAC ? AFTER_IAC
			: byte == '\r'     ? AFTER_CR
					   : IN_DATA;
	return byte == TELNET_IAC || is_padding ? TELNET_DROP : TELNET_DATA;
}

static enum telnet_result read_command(struct telnet *telnet, uint8_t byte)
{
	telnet->state = IN_DATA;
	if (byte == TELNET_IAC)
		return TELNET_DATA; /* 255 itself, written twice */
	telnet->commands++;
	telnet->verb = byte;
	if (byte == SB)
		telnet->state = IN_SUBNEGOTIATION;
	else if (byte >= WILL)
		telnet->state = AFTER_VERB;
	return TELNET_DROP;
}

enum telnet_result telnet_read(struct telnet *telnet, uint8_t byte,
			       uint8_t ret_answer[TELNET_ANSWER_SIZE])
{
	switch ((enum state)telnet->state) {
	case AFTER_IAC: return read_command(telnet, byte);
	case AFTER_VERB:
		telnet->state = IN_DATA;
		return answer_option(telnet, byte, ret_answer);
	case IN_SUBNEGOTIATION:
		if (byte == TELNET_IAC)
			telnet->state = IAC_IN_SUBNEGOTIATION;
		return TELNET_DROP;
	case IAC_IN_SUBNEGOTIATION:
		telnet->state = byte == SE ? IN_DATA : IN_SUBNEGOTIATION;
		return TELNET_DROP;
	case IN_DATA:
	case AFTER_CR:
	default: return read_data(telnet, byte);
	}
}

size_t telnet_plain(const struct telnet *telnet, struct span bytes)
{
	if (telnet->state != IN_DATA || bytes.size == 0)
		return 0;
	const uint8_t *iac = memchr(bytes.data, TELNET_IAC, bytes.size);
	size_t size = iac ? (size_t)(iac - bytes.data) : bytes.size;
	const uint8_t *cr = size > 0 ? memchr(bytes.data, '\r', size) : NULL;
	return cr ? (size_t)(cr - bytes.data) : size;
}
