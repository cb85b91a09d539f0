/* SPDX-License-Identifier: MIT */
/*
 * readout check-config FILE: says everything that is wrong with a configuration, and
 * where. Reads it with its drop-ins and secrets, loads the exporters' modules for the
 * sake of their option tables, and looks at the directories; starts and changes nothing.
 */
#ifndef READOUT_SERVER_CMD_CHECK_CONFIG_H
#define READOUT_SERVER_CMD_CHECK_CONFIG_H

/*
 * argv[0] is "check-config". Errors go to stderr, a summary and "FILE: ok" to stdout.
 * Returns the exit code: 0 it can be used, 1 it cannot, 2 wrong usage.
 */
int cmd_check_config(int argc, char **argv);

#endif
