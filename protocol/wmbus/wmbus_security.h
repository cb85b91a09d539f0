/* SPDX-License-Identifier: MIT */
/*
 * Decryption: of the extended link layer's session (EN 13757-4: AES-CTR, with a CRC that
 * tells whether the key is right) and of the transport layer's payload (EN 13757-7:
 * security modes 5 and 7, whose plain text begins 2F 2F). Whatever is readable as it
 * stands is left alone, for terminals and gateways hand on decrypted telegrams with the
 * security bits still set.
 */
#ifndef READOUT_PROTOCOL_WMBUS_SECURITY_H
#define READOUT_PROTOCOL_WMBUS_SECURITY_H

#include "protocol/wmbus/wmbus_message.h"

enum wmbus_access {
	WMBUS_ACCESS_CLEAR,
	WMBUS_ACCESS_DECRYPTED, /* in the context's buffer */
	WMBUS_ACCESS_NO_KEY,
	WMBUS_ACCESS_NO_BUFFER,
	WMBUS_ACCESS_KEY_WRONG,
	WMBUS_ACCESS_MAC_WRONG,      /* the key fits, and the message was altered */
	WMBUS_ACCESS_CIPHER_UNKNOWN, /* encrypted in a way not read by this version */
	WMBUS_ACCESS_RESERVED, /* no security mode of the standard, and no records */
};

/* Opens the session that message->ell, just read, may have brought. */
enum wmbus_access wmbus_session_open(struct wmbus_message *message);

/*
 * Opens the payload behind the transport header, which has been read. telegram->records
 * is moved behind what belongs to the security mode; with a wrong key it becomes what
 * stands in clear behind the encrypted part. The address of the telegram has been set.
 * tpl is the offset in the body of the transport layer's CI field.
 */
enum wmbus_access wmbus_payload_open(struct wmbus_message *message, size_t tpl);

#endif
