/* SPDX-License-Identifier: MIT */
/* Reads a whole small file. */
#ifndef READOUT_CONFIG_FILE_TEXT_H
#define READOUT_CONFIG_FILE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The rest of an open file, with a zero byte behind it. Freed by the caller. false and
 * errno when it cannot be read; EFBIG: it is larger than limit bytes.
 */
bool file_text_read(int descriptor, size_t limit, char **ret_text, size_t *ret_size);

#endif
