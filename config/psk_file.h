/* SPDX-License-Identifier: MIT */
/*
 * A file of pre-shared keys, one "identity:hex digits" a line; empty lines and lines that
 * begin with # are skipped. Others must not be able to read it. Any thread.
 */
#ifndef READOUT_CONFIG_PSK_FILE_H
#define READOUT_CONFIG_PSK_FILE_H

#include "config/config.h"

enum { PSK_FILE_ERROR_MAX = 300 };

/* false: error says what is wrong, in which line, and what to do. The keys are freed with
 * psk_file_free(). */
bool psk_file_read(const char *path, struct config_psk **ret_keys, size_t *ret_count,
		   char error[PSK_FILE_ERROR_MAX]);

/* Wipes them. NULL is fine. */
void psk_file_free(struct config_psk *keys, size_t count);

#endif
