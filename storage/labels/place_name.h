/* SPDX-License-Identifier: MIT */
/*
 * Places by what people call them. A place is known by its path, the names from the top
 * with slashes in between ("Main Street 5/Flat 3"); the last names of it are enough where
 * they are only one place's ("Flat 3").
 */
#ifndef READOUT_STORAGE_PLACE_NAME_H
#define READOUT_STORAGE_PLACE_NAME_H

#include <sqlite3.h>

#include "storage/store.h"

enum { PLACE_PATH_MAX = 1024 }; /* bytes with NUL */

/*
 * Writes the path of the one place that is called name. false and a message: there is
 * none, or there are several (the message names some), or the database cannot be read.
 */
bool place_name_find(sqlite3 *db, const char *name, char ret_path[PLACE_PATH_MAX],
		     char error[STORE_ERROR_MAX]);

#endif
