/* SPDX-License-Identifier: MIT */
/*
 * readout decode: takes telegrams apart. See usage in cmd_decode.c, and README.md for
 * what each format is for.
 */
#ifndef READOUT_SERVER_CMD_DECODE_H
#define READOUT_SERVER_CMD_DECODE_H

/*
 * argv[0] is the command's name, "decode". Arguments are hex, record lines, JSON objects
 * or names of files; without any, or with "-", standard input is read. A hex telegram may
 * be spread over several arguments. Writes to standard output, complaints to standard
 * error. Returns the exit status: 0 all decoded (a diagnosis of a part that was not
 * readable goes to standard error), 1 not, 2 usage.
 */
int cmd_decode(int argc, char **argv);

#endif
