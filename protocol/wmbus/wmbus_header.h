/* SPDX-License-Identifier: MIT */
/*
 * The headers between the link layer and the transport layer of wireless M-Bus: the
 * extended link layer (EN 13757-4, CI 8C to 8F) and the authentication and fragmentation
 * layer (EN 13757-7, CI 90). Both may be missing. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_WMBUS_HEADER_H
#define READOUT_PROTOCOL_WMBUS_HEADER_H

#include "protocol/mbus/mbus_address.h"
#include "protocol/span.h"

enum {
	WMBUS_ADDRESS_SIZE = 8, /* manufacturer, id, version, medium */
	WMBUS_COUNTER_SIZE = 4,
};

/* The extended link layer. */
struct wmbus_ell {
	bool is_present;
	uint8_t communication; /* CC */
	uint8_t access_number;
	bool has_address;
	struct mbus_address address; /* the other side of the exchange */
	bool has_session;            /* the fields below are valid */
	uint8_t session[4];          /* SN as sent */
	uint8_t encryption;          /* bits 31 to 29 of it: 0 none, 1 AES-CTR */
	size_t protected_offset;     /* where CRC and protected bytes begin in the body */
};

/* The authentication and fragmentation layer. */
struct wmbus_afl {
	bool is_present;
	bool is_fragment; /* more fragments follow, or this one is not the first */
	bool has_control; /* MCL below */
	uint8_t control;
	bool has_counter; /* message counter below */
	uint8_t counter[WMBUS_COUNTER_SIZE];
	struct span length; /* ML as sent, or empty */
	struct span mac;    /* points into the telegram; empty: none */
};

/*
 * Reads one layer, whose CI field stands at offset in body, and moves *offset to the next
 * CI field. Returns false, with *offset unmoved, if the layer is cut off. body begins
 * with the C field.
 */
bool wmbus_ell_read(struct span body, size_t *offset, struct wmbus_ell *ret_ell);
bool wmbus_afl_read(struct span body, size_t *offset, struct wmbus_afl *ret_afl);

/* Whether a CI field announces the layer. */
bool wmbus_is_ell(uint8_t ci);
bool wmbus_is_afl(uint8_t ci);

/* Reads an address of the link layer: manufacturer, id, version, medium. */
void wmbus_address_read(const uint8_t bytes[WMBUS_ADDRESS_SIZE],
			struct mbus_address *ret_address);

/* Writes it as it stands there. */
void wmbus_address_write(const struct mbus_address *address,
			 uint8_t ret_bytes[WMBUS_ADDRESS_SIZE]);

#endif
