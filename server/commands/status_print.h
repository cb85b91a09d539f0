/* SPDX-License-Identifier: MIT */
/* What `readout status` prints. */
#ifndef READOUT_SERVER_COMMANDS_STATUS_PRINT_H
#define READOUT_SERVER_COMMANDS_STATUS_PRINT_H

#include <jansson.h>
#include <stdio.h>

/*
 * Prints a report (server/status_report.h) as an operator reads it. Returns the exit
 * code: 0 well, 1 needs attention.
 */
int status_print(const json_t *report, FILE *out);

#endif
