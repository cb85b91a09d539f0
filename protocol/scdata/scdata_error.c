/* SPDX-License-Identifier: MIT */
#include "protocol/scdata/scdata.h"

/*
 * The vendor's list of AMS error codes as far as it is published (smartcom 3.5). A code
 * is (protocol << 16) | detail. Blocks come last: a code that no row above names is still
 * told where it belongs.
 */
static const struct {
	int64_t first;
	int64_t last;
	const char *text;
} ERRORS[] = {
	{ 0, 0, "no error" },
	{ 1, 1, "input data wrong" },
	{ 2, 2, "output data wrong" },
	{ 3, 3, "protocol not usable on this port" },
	{ 4, 4, "readout not started" },

	{ 65536, 65536, "IEC 62056-21: internal module error" },

	{ 131072, 131072, "M-Bus: internal module error" },
	{ 131073, 131073, "readout stopped by the user" },
	{ 131074, 131074, "address or speed of the device is in a wrong format" },
	{ 131075, 131075, "port parameters were not set" },
	{ 131076, 131077, "SND_NKE not sent in time" },
	{ 131078, 131078, "timeout waiting for the SND_NKE answer" },
	{ 131079, 131079, "bad frame as SND_NKE answer" },
	{ 131080, 131081, "REQ_UD2 not sent" },
	{ 131082, 131082, "timeout waiting for the REQ_UD2 answer" },
	{ 131083, 131083, "malformed frame as REQ_UD2 answer" },
	{ 131084, 131084, "wrong answer to REQ_UD2" },
	{ 131085, 131085, "wrong device address in the REQ_UD2 answer" },
	{ 131086, 131087, "slave select (SND_UD) not sent in time" },
	{ 131088, 131088, "timeout waiting for the slave select answer" },
	{ 131089, 131089, "bad frame as slave select answer" },
	{ 131090, 131091, "slave select not sent in time during a bus search" },
	{ 131092, 131093, "REQ_UD2 not sent in time during a bus search" },
	{ 131094, 131094, "secondary address collision during a bus search" },
	{ 131329, 131329, "bad first start byte in the answer" },
	{ 131330, 131330, "bad second start byte in the answer" },

	{ 131328, 131583,
	  "M-Bus: frame check of the answer failed (code not published)" },
	{ 0, 65535, "general error (code not published)" },
	{ 65536, 131071, "IEC 62056-21 error (code not published)" },
	{ 131072, 196607, "M-Bus error (code not published)" },
};

const char *scdata_error_text(int64_t error_code)
{
	for (size_t i = 0; i < sizeof(ERRORS) / sizeof(ERRORS[0]); i++) {
		if (error_code >= ERRORS[i].first && error_code <= ERRORS[i].last)
			return ERRORS[i].text;
	}
	return "error of an unknown protocol (code not published)";
}
