/* SPDX-License-Identifier: MIT */
/*
 * readout decode HEX [--format text|json]: one M-Bus telegram as a table that a
 * technician reads, or as one JSON object whose numbers are the exact decimals the meter
 * sent.
 */
#ifndef READOUT_SERVER_CMD_DECODE_H
#define READOUT_SERVER_CMD_DECODE_H

/*
 * argv[0] is the command's name, "decode". HEX may contain blanks and be spread over
 * several arguments; it is read from standard input when it is "-" or when there is none
 * and standard input is no terminal. Writes to standard output, complaints to standard
 * error. Returns the exit status: 0 decoded (a diagnosis of a part that was not readable
 * goes to standard error), 1 not decoded, 2 usage.
 */
int cmd_decode(int argc, char **argv);

#endif
