/* SPDX-License-Identifier: MIT */
/*
 * One M-Bus telegram as a whole: the link frame is checked, the application header is
 * read, and the data records can be walked one by one. This is the door through which
 * everybody outside protocol/mbus/ comes; mbus_frame, mbus_header and mbus_record are the
 * rooms behind it.
 *
 * Nothing is copied: spans point into the caller's bytes and live as long as those do.
 * No allocation, no state outside the arguments; any thread.
 *
 * A telegram that breaks off or goes wrong in the middle gives its good records first and
 * then a status with the byte offset at which the trouble begins.
 */
#ifndef READOUT_PROTOCOL_MBUS_TELEGRAM_H
#define READOUT_PROTOCOL_MBUS_TELEGRAM_H

#include "protocol/mbus/mbus_address.h"
#include "protocol/mbus/mbus_frame.h"
#include "protocol/reading.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What became of a telegram. The texts of telegram_status_text() are part of the schema.
 */
enum telegram_status {
	TELEGRAM_OK,        /* every record was read */
	TELEGRAM_PARTIAL,   /* good records, then an error inside (see diagnosis) */
	TELEGRAM_MALFORMED, /* the link frame or the header is broken; see frame_error */
	TELEGRAM_UNSUPPORTED, /* a CI field or structure that this version does not read
			       */
	TELEGRAM_ENCRYPTED,   /* the payload is encrypted and was not decrypted; the
				 diagnosis says why */
	TELEGRAM_UNKNOWN_FORMAT, /* a compact frame whose format is not known (yet) */
};

enum telegram_diagnosis {
	DIAGNOSIS_NONE,
	DIAGNOSIS_FRAME,         /* frame_error says which check failed */
	DIAGNOSIS_HEADER_SHORT,  /* the application header is cut off */
	DIAGNOSIS_CI_UNKNOWN,    /* CI field not read by this version */
	DIAGNOSIS_DIF_RESERVED,  /* DIF 3F..6F */
	DIAGNOSIS_DIFE_TOO_MANY, /* more than 10 DIFE */
	DIAGNOSIS_VIFE_TOO_MANY, /* more than 10 VIFE */
	DIAGNOSIS_LVAR_RESERVED, /* a variable length that the standard does not define */
	DIAGNOSIS_RECORD_SHORT,  /* the telegram ends inside a record */
	DIAGNOSIS_ENCRYPTED,     /* and there is no key, or nothing to decrypt it with */
	DIAGNOSIS_KEY_WRONG,     /* the key that there is does not fit */
	DIAGNOSIS_MAC_WRONG,     /* wireless: the key fits; the message was altered */
	DIAGNOSIS_MODE_UNKNOWN,  /* security mode not read by this version, or reserved */
	DIAGNOSIS_LENGTH,        /* wireless: fewer bytes than the L field says */
	DIAGNOSIS_LINK_CRC,      /* wireless: a CRC of the link layer is wrong */
	DIAGNOSIS_FRAGMENT,      /* wireless: one part of a message in several */
	DIAGNOSIS_FORMAT_UNKNOWN, /* compact frame: its format has not been learned */
	DIAGNOSIS_FORMAT_MISFIT,  /* compact frame: the data does not fit the format */
	DIAGNOSIS_NO_BUFFER,      /* wireless: the caller's context lacks its buffer */
};

struct telegram {
	enum telegram_status status; /* final only after telegram_next() returned false */
	enum telegram_diagnosis diagnosis;
	size_t diagnosis_offset; /* in the telegram's bytes: where the record, header or
				    CI field in question begins */
	enum mbus_frame_error frame_error;

	struct mbus_frame frame; /* kind, C, A, CI; by radio CI of the application */
	struct mbus_address link_address; /* wireless: who sends */
	bool is_decrypted;                /* bytes were decrypted with a key */
	bool has_address;                 /* the header brings an address */
	struct mbus_address address;      /* id, manufacturer, version, medium */
	bool has_short_header;            /* the three fields below are valid */
	uint8_t access_number;
	uint8_t meter_status; /* the status byte of the header */
	uint16_t signature;   /* configuration word or signature */
	bool is_fixed;        /* fixed data structure: no manufacturer, no version, no
				 signature, and a medium of its own kind (mbus_fixed.h) */
	bool more_follows;    /* DIF 1F: further telegrams of this readout follow */

	/* for telegram_next() and register_memory_next() only */
	struct span bytes;
	struct span records;
	size_t position;
	uint32_t record_count;
	uint16_t step;     /* where in a register_memory the walk stands */
	bool is_msb_first; /* CI 76 and 55: numbers are sent most significant byte first
			    */
};

/* One data record: spans point into the telegram. */
struct telegram_record {
	struct span header; /* DIB and VIB as sent, the plain-text unit included; constant
			       bytes for a counter of the fixed data structure */
	struct span dib;    /* empty for such a counter */
	struct span vib;    /* the code of its unit for such a counter */
	struct span data;   /* without the LVAR byte */
	size_t offset;      /* of the DIF, in the telegram's bytes */
	uint32_t number;    /* 0 for the first record of the telegram */

	/* What the header does not say; telegram_value() needs it. */
	bool is_msb_first;
	bool is_variable; /* the data came with an LVAR byte: */
	uint8_t lvar;     /* its coding and length; 0 without */
};

/*
 * Checks the frame in bytes and reads its header. Sets every field of *ret_telegram;
 * returns true when there are records to walk (telegram_next), false when the status is
 * final already. bytes must outlive *ret_telegram.
 */
bool telegram_open(struct span bytes, struct telegram *ret_telegram);

/*
 * Moves to the next record that carries meaning (fillers are passed over). Returns false
 * at the end; telegram->status is then final. *ret_record is untouched on false.
 */
bool telegram_next(struct telegram *telegram, struct telegram_record *ret_record);

/*
 * Works out what a record header means. Depends on record->header alone, so the result
 * may be kept and used for every telegram with the same header bytes. occurrence is set
 * to 0.
 */
void telegram_register(const struct telegram_record *record,
		       struct reading_register *ret_register);

/* Reads the value of a record under its register. */
void telegram_value(const struct telegram_record *record,
		    const struct reading_register *reg, struct value *ret_value);

/* Static texts, part of the schema: "ok", "partial", ... and "record cut off", ... */
const char *telegram_status_text(enum telegram_status status);
const char *telegram_diagnosis_text(enum telegram_diagnosis diagnosis);

/* Static text of reading_register.record_error: "data error"; "" for 0. */
const char *telegram_record_error_text(uint8_t record_error);

#ifdef __cplusplus
}
#endif

#endif
