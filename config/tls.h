/* SPDX-License-Identifier: MIT */
/* "tls" of a listener or a dialled terminal. */
#ifndef READOUT_CONFIG_TLS_H
#define READOUT_CONFIG_TLS_H

#include "config/reader.h"

/* For reader_keys; target is the struct config_tls, or its field. */
void read_tls(const struct reader_value *value, void *target);
void read_psk(const struct reader_value *value, void *target);
void read_client_certificate(const struct reader_value *value, void *target);

/* Keys are wiped. The texts that the key tables know are freed by reader_free_texts(). */
void tls_free(struct config_tls *tls);

/* 16 to CONFIG_PSK_SIZE bytes as hex digits; false for anything else. */
bool psk_parse(const char *digits, size_t length, struct config_psk *psk);

#endif
