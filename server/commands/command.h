/* SPDX-License-Identifier: MIT */
/*
 * The commands of the readout program. Each gets its own name as argv[0] and returns the
 * exit code of the process; 2 is a wrong use. cmd_decode and cmd_check_config have
 * headers of their own.
 */
#ifndef READOUT_SERVER_COMMAND_H
#define READOUT_SERVER_COMMAND_H

#include "config/snapshot.h"

enum { COMMAND_USAGE = 2 };

/* readout serve --config FILE */
int cmd_serve(int argc, char **argv);

/* readout status --config FILE [--format text|json]: 0 well, 1 attention, 2 no answer */
int cmd_status(int argc, char **argv);

/* readout collect --config FILE [--terminals N] [--timeout 60s]: 0 done, 1 not */
int cmd_collect(int argc, char **argv);

/* readout reload --config FILE: 0 all of it is in force, 1 not */
int cmd_reload(int argc, char **argv);

/* readout watch --config FILE [--from-start]: readings as they land, until interrupted */
int cmd_watch(int argc, char **argv);

/* readout exporter list|status|help|test|pause|resume|reset|dead ...; docs/exporters.md.
 * 0 done, 1 not */
int cmd_exporter(int argc, char **argv);

/* Housekeeping, in the running daemon or without one; docs/operations.md. */
int cmd_backup(int argc, char **argv);    /* 0 written, 1 not */
int cmd_verify(int argc, char **argv);    /* 0 sound, 1 damaged, 3 could not look */
int cmd_restore(int argc, char **argv);   /* 0 restored, 1 not */
int cmd_retention(int argc, char **argv); /* 0 done, 1 not */
int cmd_redecode(int argc, char **argv);  /* 0 done, 1 not */
int cmd_import(int argc, char **argv);    /* 0 all is in, 1 not */

/* readout readings|meters|terminals|places|events [filters]: 0 done, 1 not */
int cmd_query(int argc, char **argv);

/* readout sql "SELECT ..." [--format table|jsonl|csv]: 0 done, 1 not */
int cmd_sql(int argc, char **argv);

/* Labels, in the running daemon or without one; docs/queries.md. 0 done, 1 not */
int cmd_label(int argc, char **argv);
int cmd_exchange(int argc, char **argv);
int cmd_meter(int argc, char **argv);

/* ---- shared by the commands ---- */

/*
 * One option of a command; text is where its value goes. The name "" is one word beside
 * the options, "..." all of them: text is then an array that has room and ends with NULL.
 */
struct command_option {
	const char *name;  /* "--config" */
	const char **text; /* NULL: a flag */
	bool *flag;
};

/*
 * Reads the options of argv by table (ended by a NULL name). false after a message and
 * usage on stderr when one is unknown or lacks its value, or a stray word stands there.
 */
bool command_options(int argc, char **argv, const struct command_option *options,
		     const char *usage);

/* The same as a snapshot, for the daemon. NULL after the complaints. */
struct config_snapshot *command_load_snapshot(const char *file);

/* Loads the configuration or prints every complaint on stderr. file NULL: all defaults.
 */
bool command_load_config(const char *file, struct config *ret_config);

#endif
