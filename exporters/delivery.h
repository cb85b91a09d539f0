/* SPDX-License-Identifier: MIT */
/*
 * The answers to one batch: which telegrams are still open, and what the answers given
 * amount to. A plugin is not trusted to answer well: telegrams answered twice, outside
 * the batch, or for a batch long settled are a mistake that changes nothing.
 *
 * The plugin holds a token, not this struct. Tokens are used in turn, so that a late
 * answer to one of the last batches is not taken for one to the batch in flight.
 */
#ifndef READOUT_EXPORTERS_DELIVERY_H
#define READOUT_EXPORTERS_DELIVERY_H

#include "exporters/exporter.h"

enum { DELIVERY_TOKENS = 16 };

struct exporter_delivery {
	void *owner; /* whoever made it */
};

struct delivery {
	uint8_t *marks; /* per telegram: 0 open, else 1 + verdict */
	uint32_t capacity, count, open_count;
	enum exporter_verdict worst;     /* of the answers so far */
	uint64_t retry_after_ms;         /* largest so far */
	char reason[EXPORTER_ERROR_MAX]; /* of the worst, "" none */
	struct exporter_delivery tokens[DELIVERY_TOKENS];
	uint32_t turn; /* the token in use */
};

void delivery_init(struct delivery *delivery, void *owner);
void delivery_close(struct delivery *delivery); /* frees what it holds */

/* Opens count telegrams. The token for the plugin, or NULL when out of memory. */
struct exporter_delivery *delivery_begin(struct delivery *delivery, uint32_t count);

/* What is wrong with an answer (static text), or NULL. */
const char *delivery_mistake(const struct delivery *delivery,
			     const struct exporter_delivery *token, uint32_t first,
			     uint32_t count, enum exporter_verdict verdict);

/* Notes an answer without mistake. */
void delivery_answer(struct delivery *delivery, uint32_t first, uint32_t count,
		     enum exporter_verdict verdict, uint64_t retry_after_ms,
		     const char *reason);

/* Nothing more is to come for telegram i. */
bool delivery_is_settled(const struct delivery *delivery, uint32_t i);

/* Telegram i has this verdict. */
bool delivery_has(const struct delivery *delivery, uint32_t i,
		  enum exporter_verdict verdict);

/* How many telegrams have this verdict. */
uint32_t delivery_count(const struct delivery *delivery, enum exporter_verdict verdict);

#endif
