/* SPDX-License-Identifier: MIT */
/* The keys of the configuration: names, types, defaults and ranges, and nothing else. */
#ifndef READOUT_CONFIG_KEYS_H
#define READOUT_CONFIG_KEYS_H

#include "config/reader.h"

extern const struct reader_key CONFIG_KEYS[];         /* the whole file: struct config */
extern const struct reader_key LISTENER_KEYS[];       /* struct config_listener */
extern const struct reader_key DIAL_KEYS[];           /* struct config_dial */
extern const struct reader_key GROUP_KEYS[];          /* struct config_group */
extern const struct reader_key KNOWN_TERMINAL_KEYS[]; /* struct config_known_terminal */
extern const struct reader_key METER_KEYS[];          /* struct config_meter */
extern const struct reader_key EXPORTER_KEYS[];       /* struct config_exporter */

extern const char *const IDENTIFY_WORDS[]; /* ended by NULL */

#endif
