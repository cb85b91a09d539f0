/* SPDX-License-Identifier: MIT */
#include "protocol/wmbus/wmbus_security.h"

#include "protocol/mbus/mbus_record.h"
#include "protocol/mbus/mbus_security.h"
#include "protocol/wmbus/wmbus_crc.h"
#include "protocol/wmbus/wmbus_key.h"

enum { CRC_SIZE = 2, SESSION_AES_CTR = 1, KEYS_MAX = 2 };

/* Where decryption is tried out before the telegram itself is touched. */
static uint8_t *scratch_of(const struct wmbus_message *message)
{
	return message->context->buffer + WMBUS_TELEGRAM_MAX;
}

/* The keys of the meter and of the sender, if they have any. */
struct keyring {
	size_t count;
	uint8_t keys[KEYS_MAX][CRYPTO_KEY_SIZE];
};

static void find_key(const struct telegram_context *context,
		     const struct mbus_address *address, struct keyring *keyring)
{
	if (context->find_key_cb(context->owner, address, keyring->keys[keyring->count]))
		keyring->count++;
}

static bool is_same_address(const struct mbus_address *a, const struct mbus_address *b)
{
	return memcmp(a->id, b->id, sizeof a->id) == 0 &&
	       a->manufacturer == b->manufacturer && a->version == b->version &&
	       a->medium == b->medium;
}

/* Fails if nothing can be decrypted at all. */
static enum wmbus_access find_keys(const struct wmbus_message *message,
				   const struct mbus_address *meter,
				   const struct mbus_address *sender,
				   struct keyring *ret_keyring)
{
	const struct telegram_context *context = message->context;

	ret_keyring->count = 0;
	if (context->find_key_cb == NULL || context->crypto == NULL)
		return WMBUS_ACCESS_NO_KEY;
	find_key(context, meter, ret_keyring);
	if (!is_same_address(meter, sender))
		find_key(context, sender, ret_keyring);
	if (ret_keyring->count == 0)
		return WMBUS_ACCESS_NO_KEY;
	return message->work == NULL ? WMBUS_ACCESS_NO_BUFFER : WMBUS_ACCESS_DECRYPTED;
}

/* Whether bytes are a CRC, least significant byte first, and what it belongs to. */
static bool is_crc_right(struct span bytes)
{
	struct span rest = span_of(bytes.data + CRC_SIZE, bytes.size - CRC_SIZE);

	return wmbus_crc(rest) == (bytes.data[1] << 8 | bytes.data[0]);
}

static bool try_session(struct wmbus_message *message, const uint8_t *key,
			const struct mbus_address *address)
{
	size_t offset = message->ell.protected_offset;
	struct span cipher = wmbus_message_rest(message, offset);
	/* Address, CC, SN; frame and block number begin at 0. */
	uint8_t counter[CRYPTO_BLOCK_SIZE] = { 0 };
	uint8_t *plain = scratch_of(message);

	wmbus_address_write(address, counter);
	counter[WMBUS_ADDRESS_SIZE] = message->ell.communication;
	memcpy(counter + WMBUS_ADDRESS_SIZE + 1, message->ell.session,
	       sizeof message->ell.session);
	if (!message->context->crypto->ctr_cb(key, counter, cipher, plain) ||
	    !is_crc_right(span_of(plain, cipher.size)))
		return false;
	memcpy(message->work + offset, plain, cipher.size);
	return true;
}

static enum wmbus_access decrypt_session(struct wmbus_message *message)
{
	const struct mbus_address *sender = &message->telegram->link_address;
	const struct mbus_address *other =
		message->ell.has_address ? &message->ell.address : sender;
	struct keyring keyring;
	enum wmbus_access access = find_keys(message, sender, other, &keyring);

	if (access != WMBUS_ACCESS_DECRYPTED)
		return access;
	for (size_t i = 0; i < keyring.count; i++)
		if (try_session(message, keyring.keys[i], sender) ||
		    (other != sender && try_session(message, keyring.keys[i], other)))
			return WMBUS_ACCESS_DECRYPTED;
	return WMBUS_ACCESS_KEY_WRONG;
}

static struct span span_behind(struct span bytes, size_t size)
{
	return bytes.size < size ? span_of(bytes.data + bytes.size, 0)
				 : span_of(bytes.data + size, bytes.size - size);
}

/* CI fields of data, and the size of the header behind them. */
static const struct {
	uint8_t ci;
	uint8_t header_size;
} clear_rules[] = { { 0x72, 12 }, { 0x78, 0 }, { 0x7A, 4 } };

enum { CI_COMPACT = 0x79 };

/*
 * Samples whose identity was changed after decryption have a wrong CRC over a clear
 * payload. The CI field of data in front of nothing but records, or that of a compact
 * frame, whose own check is still to come, passes for clear.
 */
static bool looks_clear(const struct wmbus_message *message)
{
	struct span rest = wmbus_message_rest(message, message->offset);
	struct telegram tentative = { .bytes = rest };

	for (size_t i = 0; i < sizeof clear_rules / sizeof *clear_rules; i++) {
		if (rest.data[0] != clear_rules[i].ci)
			continue;
		tentative.records = span_behind(rest, 1U + clear_rules[i].header_size);
		return mbus_payload_is_sane(&tentative, false);
	}
	return rest.data[0] == CI_COMPACT;
}

enum wmbus_access wmbus_session_open(struct wmbus_message *message)
{
	enum wmbus_access access;

	if (!message->ell.has_session || message->ell.encryption == 0 ||
	    is_crc_right(wmbus_message_rest(message, message->ell.protected_offset)))
		return WMBUS_ACCESS_CLEAR;
	access = message->ell.encryption == SESSION_AES_CTR ? decrypt_session(message)
							    : WMBUS_ACCESS_CIPHER_UNKNOWN;
	if (access != WMBUS_ACCESS_DECRYPTED && looks_clear(message))
		return WMBUS_ACCESS_CLEAR;
	return access;
}

/* What a security mode puts in front of the encrypted bytes, and how they are read. */
static const struct security_mode {
	bool is_known;           /* decrypted here */
	bool is_cipher;          /* of the standard, decrypted here or not */
	uint8_t extension;       /* bytes of the configuration field behind the header */
	bool has_derived_key;    /* KDF of EN 13757-7, annex */
	bool has_address_vector; /* initialisation vector of address and access number */
} modes[32] = {
	[2] = { .is_cipher = true },
	[3] = { .is_cipher = true },
	[4] = { .is_cipher = true },
	[5] = { .is_cipher = true, .is_known = true, .has_address_vector = true },
	[6] = { .is_cipher = true },
	[7] = { .is_cipher = true,
		.is_known = true,
		.extension = 1,
		.has_derived_key = true },
	[8] = { .is_cipher = true, .extension = 1 },
	[9] = { .is_cipher = true, .extension = 1 },
	[10] = { .is_cipher = true, .extension = 1 },
	[13] = { .is_cipher = true, .extension = 1 },
};

static const struct security_mode *mode_of(const struct telegram *telegram)
{
	return &modes[mbus_security_mode(telegram->signature)];
}

static bool has_check_bytes(struct span plain)
{
	return plain.size >= 2 && plain.data[0] == MBUS_DIF_FILLER &&
	       plain.data[1] == MBUS_DIF_FILLER;
}

/* Bits 5 and 4 of the extension: 1 is KDF-A, 0 the key as it is. */
static bool has_derived_key(const struct telegram *telegram, struct span payload)
{
	return mode_of(telegram)->has_derived_key && (payload.data[-1] >> 4 & 0x03) != 0;
}

/* The encrypted whole blocks at the beginning of payload; bits 7 to 4 count them. */
static size_t cipher_size(const struct telegram *telegram, struct span payload)
{
	size_t blocks = telegram->signature >> 4 & 0x0F;
	size_t there = payload.size / CRYPTO_BLOCK_SIZE;

	return CRYPTO_BLOCK_SIZE * (blocks == 0 || blocks > there ? there : blocks);
}

/* Mode 5: manufacturer to medium of the meter, then 8 times the access number. */
static void write_vector(const struct telegram *telegram, uint8_t *ret_iv)
{
	wmbus_address_write(&telegram->address, ret_iv);
	memset(ret_iv + WMBUS_ADDRESS_SIZE, telegram->access_number,
	       CRYPTO_BLOCK_SIZE - WMBUS_ADDRESS_SIZE);
}

/* payload stands behind the extension of the configuration field. */
static enum wmbus_access try_payload(struct wmbus_message *message, const uint8_t *key,
				     struct span payload, size_t tpl)
{
	const struct telegram *telegram = message->telegram;
	struct span cipher = span_of(payload.data, cipher_size(telegram, payload));
	struct wmbus_keys keys;
	uint8_t iv[CRYPTO_BLOCK_SIZE] = { 0 };
	uint8_t *plain = scratch_of(message);
	bool is_mac_right = true;

	memcpy(keys.encryption, key, CRYPTO_KEY_SIZE);
	if (mode_of(telegram)->has_address_vector)
		write_vector(telegram, iv);
	if (has_derived_key(telegram, payload)) {
		if (!wmbus_keys_derive(message, key, &keys))
			return WMBUS_ACCESS_CIPHER_UNKNOWN;
		is_mac_right = wmbus_mac_is_right(message, &keys, tpl, plain);
	}
	if (!message->context->crypto->cbc_decrypt_cb(keys.encryption, iv, cipher,
						      plain) ||
	    !has_check_bytes(span_of(plain, cipher.size)))
		return WMBUS_ACCESS_KEY_WRONG;
	if (!is_mac_right)
		return WMBUS_ACCESS_MAC_WRONG;
	memcpy(message->work + (cipher.data - message->body.data), plain, cipher.size);
	return WMBUS_ACCESS_DECRYPTED;
}

static enum wmbus_access decrypt_payload(struct wmbus_message *message,
					 struct span payload, size_t tpl)
{
	const struct telegram *telegram = message->telegram;
	struct keyring keyring;
	enum wmbus_access access =
		find_keys(message, &telegram->address, &telegram->link_address, &keyring);

	if (access != WMBUS_ACCESS_DECRYPTED)
		return access;
	access = WMBUS_ACCESS_KEY_WRONG;
	for (size_t i = 0; i < keyring.count && access == WMBUS_ACCESS_KEY_WRONG; i++)
		access = try_payload(message, keyring.keys[i], payload, tpl);
	return access;
}

/* Readable without 2F 2F: every byte makes sense as data records. */
static bool is_sane(struct telegram *telegram, struct span payload)
{
	struct span records = telegram->records;
	bool is_readable;

	if (payload.size == 0)
		return false;
	telegram->records = payload;
	is_readable = mbus_payload_is_sane(telegram, mode_of(telegram)->is_cipher);
	telegram->records = records;
	return is_readable;
}

enum wmbus_access wmbus_payload_open(struct wmbus_message *message, size_t tpl)
{
	struct telegram *telegram = message->telegram;
	const struct security_mode *mode = mode_of(telegram);
	struct span payload = span_behind(telegram->records, mode->extension);
	enum wmbus_access access =
		mode->is_cipher ? WMBUS_ACCESS_CIPHER_UNKNOWN : WMBUS_ACCESS_RESERVED;

	if (!telegram->has_short_header || mbus_security_mode(telegram->signature) == 0 ||
	    telegram->records.size == 0 || has_check_bytes(telegram->records))
		return WMBUS_ACCESS_CLEAR;
	if (has_check_bytes(payload)) {
		telegram->records = payload;
		return WMBUS_ACCESS_CLEAR;
	}
	if (mode->is_known)
		access = decrypt_payload(message, payload, tpl);
	if (access != WMBUS_ACCESS_DECRYPTED && is_sane(telegram, telegram->records))
		return WMBUS_ACCESS_CLEAR;
	if (access == WMBUS_ACCESS_KEY_WRONG)
		payload = span_behind(payload, cipher_size(telegram, payload));
	else if (access != WMBUS_ACCESS_DECRYPTED)
		payload.size = 0;
	telegram->records = payload;
	return access;
}
