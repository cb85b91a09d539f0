/* SPDX-License-Identifier: MIT */
/*
 * Secrets never stand in the configuration: it says where they are, in the environment
 * or in a file that others cannot read (a systemd credential, for one).
 */
#ifndef READOUT_CONFIG_SECRET_H
#define READOUT_CONFIG_SECRET_H

/* Both give the secret, freed by the caller; or NULL and in *ret_error what is wrong and
 * what to do (freed by the caller; NULL when memory is out). */
char *secret_from_environment(const char *name, char **ret_error);

/* One line break at the file's end does not belong to the secret. At most 64 KiB. */
char *secret_from_file(const char *path, char **ret_error);

#endif
