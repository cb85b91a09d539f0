/* SPDX-License-Identifier: MIT */
/*
 * What of a batch goes to which device, in which order: one item per telegram and device,
 * sorted by device and reading time. Counts for each telegram how many of its items are
 * open, so that it is answered when the last one is settled.
 */
#ifndef READOUT_EXPORTERS_SMARTME_PLAN_H
#define READOUT_EXPORTERS_SMARTME_PLAN_H

#include "exporters/smartme/smartme_device.h"

struct smartme_item {
	struct smartme_device *device;
	int64_t date;
	uint32_t telegram; /* of the batch */
	uint8_t part;      /* of smartme_map() */
};

/* Of one telegram. */
struct smartme_mark {
	uint8_t open;     /* items not settled */
	bool is_sent;     /* at least one is at the service */
	bool is_answered; /* the host has its verdict */
};

struct smartme_plan {
	const struct exporter_batch *batch;
	struct smartme_item *items;
	struct smartme_mark *marks; /* a telegram each */
	uint32_t item_count;
	bool has_custom;   /* one of them is for a custom device */
	uint32_t capacity; /* telegrams there is room for */
};

struct smartme_planner {
	const struct exporter_host *host;
	const struct smartme_overrides *overrides;
	struct smartme_devices *devices;
	bool sends_telegrams; /* raw, to /MBus */
};

/* A telegram that never goes out: why. */
typedef void (*smartme_refuse_cb)(void *context, uint32_t telegram, const char *reason);

/*
 * Fills the plan. Devices get their range of items. false: out of memory, or more devices
 * than there may be.
 */
bool smartme_plan_make(struct smartme_plan *plan, const struct smartme_planner *planner,
		       const struct exporter_batch *batch, smartme_refuse_cb refuse,
		       void *context);
void smartme_plan_free(struct smartme_plan *plan);

/* True for a wired telegram as the service wants it: 68 L L 68 ... 16. */
bool smartme_is_long_frame(const struct exporter_telegram *telegram);

#endif
