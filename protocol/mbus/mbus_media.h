/* SPDX-License-Identifier: MIT */
/* The table behind mbus_medium_text(): NULL for codes that are reserved. */
#ifndef READOUT_PROTOCOL_MBUS_MEDIA_H
#define READOUT_PROTOCOL_MBUS_MEDIA_H

extern const char *const mbus_media[256];

#endif
