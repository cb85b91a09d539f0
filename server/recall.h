/* SPDX-License-Identifier: MIT */
/*
 * What the database knows of terminals when the daemon starts: who there is, when each
 * was last heard, and which conditions are open. Loop thread, before the first link.
 */
#ifndef READOUT_SERVER_RECALL_H
#define READOUT_SERVER_RECALL_H

#include "server/fleet.h"

/* Fills fleet->terminals from the database at path; terminals beyond the limit are left
 * out. false and a message in error when reading fails. */
bool recall_terminals(struct fleet *fleet, const char *path, char error[STORE_ERROR_MAX]);

#endif
