/* SPDX-License-Identifier: MIT */
/*
 * One wireless M-Bus telegram as a whole (EN 13757-4 and -7, OMS volume 2): the link
 * frame with or without its CRCs, the extended link layer, the authentication and
 * fragmentation layer, the transport header, decryption, and compact frames. Behind
 * telegram_open_wireless() the records are walked as those of a wired telegram, by
 * telegram_next() and its sisters.
 *
 * telegram->address is the meter: the address of a long header, else that of the link
 * layer, which is in telegram->link_address in any case.
 *
 * What is wrong with an encrypted telegram stands in telegram->diagnosis, its status
 * being TELEGRAM_ENCRYPTED:
 * - DIAGNOSIS_ENCRYPTED: there is no key, or there are no cipher functions;
 * - DIAGNOSIS_KEY_WRONG: the key that there is does not fit; what stands in clear behind
 *   the encrypted part is read all the same;
 * - DIAGNOSIS_MODE_UNKNOWN: a cipher that this version does not read (modes 2 to 4, 6, 8
 *   to 10 and 13).
 * A telegram of a security mode that the standard leaves open counts as clear if all of
 * it makes sense as data records; else its status is TELEGRAM_PARTIAL with
 * DIAGNOSIS_MODE_UNKNOWN: the header was read, records there are none. A message that was
 * altered after it was signed is TELEGRAM_MALFORMED with DIAGNOSIS_MAC_WRONG.
 *
 * Pure as all of protocol/: no allocation; everything that is written goes to the
 * context's memory.
 */
#ifndef READOUT_PROTOCOL_WMBUS_H
#define READOUT_PROTOCOL_WMBUS_H

#include "protocol/crypto.h"
#include "protocol/mbus/telegram.h"
#include "protocol/wmbus/wmbus_format.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Room for the telegram without link CRCs and in clear, and behind it the records of a
 * compact frame. */
enum { WMBUS_TELEGRAM_MAX = 512, WMBUS_BUFFER_SIZE = 1024 };

/*
 * Looks a key up. address is the meter, or the sender where they differ (both are asked,
 * the meter first). Returns false if there is none; ret_key is then untouched.
 */
typedef bool telegram_key_cb(void *owner, const struct mbus_address *address,
			     uint8_t ret_key[CRYPTO_KEY_SIZE]);

/*
 * What the decoder may use. The caller owns all of it; each part may be missing, and what
 * needs it is then reported, never guessed. One context belongs to one thread at a time.
 */
struct telegram_context {
	telegram_key_cb *find_key_cb; /* NULL: there are no keys */
	void *owner;                  /* handed to find_key_cb */
	const struct crypto *crypto;  /* NULL: nothing can be decrypted */

	/* WMBUS_BUFFER_SIZE bytes, NULL: telegrams that would have to be copied (inner
	 * link CRCs, encryption, compact frames) are TELEGRAM_UNSUPPORTED with
	 * DIAGNOSIS_NO_BUFFER. A telegram opened with it lives until the next is. */
	uint8_t *buffer;

	struct wmbus_formats *formats; /* NULL: compact frames are not read */
};

/*
 * Opens a telegram that begins with the L field; CRCs of format A or B are recognised by
 * being right. Bytes behind the telegram are passed over. Sets every field of
 * *ret_telegram and returns whether there are records, as telegram_open() does. bytes,
 * the context and its buffer must outlive *ret_telegram; context may be NULL.
 *
 * ret_telegram->bytes, to which all offsets refer, is the telegram as it was read: bytes
 * themselves, or their copy in the context's buffer without CRCs, decrypted, and with
 * the records of a compact frame appended.
 */
bool telegram_open_wireless(struct span bytes, const struct telegram_context *context,
			    struct telegram *ret_telegram);

/*
 * The same for bytes that begin with the C field and have no link CRCs: the WMBUS records
 * of a terminal.
 */
bool telegram_open_wireless_record(struct span bytes,
				   const struct telegram_context *context,
				   struct telegram *ret_telegram);

#ifdef __cplusplus
}
#endif

#endif
