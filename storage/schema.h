/* SPDX-License-Identifier: MIT */
/*
 * The schema as this program knows it: the files of storage/schema/, numbered from 1,
 * embedded at build. Migration n takes a database from user_version n-1 to n.
 *
 * Views are the published schema and hold no data: storage/schema/views/ has a file for
 * each, and a database whose views are not those of this program gets them anew.
 */
#ifndef READOUT_STORAGE_SCHEMA_H
#define READOUT_STORAGE_SCHEMA_H

extern const char *const schema_migrations[]; /* SQL text; [0] is migration 1 */
extern const int schema_version; /* the newest that this program reads and writes */

extern const char *const schema_views;        /* SQL text; each dropped, then made */
extern const char *const schema_views_digest; /* of that text */

/* "RDOT": marks a file as a Readout database (PRAGMA application_id). */
#define SCHEMA_APPLICATION_ID 0x52444f54

#endif
