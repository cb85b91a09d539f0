/* SPDX-License-Identifier: MIT */
/*
 * The schema as this program knows it: the files of storage/schema/, numbered from 1,
 * embedded at build. Migration n takes a database from user_version n-1 to n.
 */
#ifndef READOUT_STORAGE_SCHEMA_H
#define READOUT_STORAGE_SCHEMA_H

extern const char *const schema_migrations[]; /* SQL text; [0] is migration 1 */
extern const int schema_version; /* the newest that this program reads and writes */

/* "RDOT": marks a file as a Readout database (PRAGMA application_id). */
#define SCHEMA_APPLICATION_ID 0x52444f54

#endif
