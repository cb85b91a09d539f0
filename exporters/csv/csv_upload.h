/* SPDX-License-Identifier: MIT */
/*
 * Takes a finished file to another machine by SFTP or FTPS: under a name with a dot
 * first, then renamed, so that nobody there meets half a file. Blocks; for a thread of
 * the pool.
 */
#ifndef READOUT_EXPORTERS_CSV_UPLOAD_H
#define READOUT_EXPORTERS_CSV_UPLOAD_H

#include <stdbool.h>
#include <stddef.h>

struct csv_upload {
	const char *url; /* of a directory, sftp:// or ftps://; "" none */
	const char *user, *password;
	const char *key;         /* private key of SSH; "" the password */
	const char *known_hosts; /* file with the keys of SSH servers */
	const char *ca_file;     /* of FTPS; "" the system's */
};

/* What is wrong with it (static text), or NULL. */
const char *csv_upload_mistake(const struct csv_upload *upload);

/* false and a message (what, where, what to do). */
bool csv_upload_file(const struct csv_upload *upload, const char *path, const char *name,
		     char *error, size_t error_size);

#endif
