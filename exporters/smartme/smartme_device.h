/* SPDX-License-Identifier: MIT */
/*
 * The devices of the service that stand for meters here: their ids, and how far in time
 * the service has each. Filled from what was remembered, from the service's own list, and
 * from replies. One thread.
 */
#ifndef READOUT_EXPORTERS_SMARTME_DEVICE_H
#define READOUT_EXPORTERS_SMARTME_DEVICE_H

#include "exporters/smartme/smartme_map.h"

enum { SMARTME_DEVICES_MAX = 65536 };

struct smartme_device {
	char key[SMARTME_KEY_MAX];
	char id[SMARTME_ID_MAX]; /* "" not known */
	bool is_known;           /* the service has told of it, or has taken a value */
	bool was_gone;           /* its id was refused once; the list was read again */
	int64_t last_date;       /* of the newest value there; INT64_MIN none */
	uint64_t sent_at_ms;     /* of the last value, by the loop's clock; 0 never */
	/* of the batch in flight */
	uint32_t first_item, item_end; /* of the run's items; equal: nothing left */
	uint32_t token;                /* the number of the one it was sent with */
	struct smartme_device *next_ready;
	void *owner;                 /* the run */
	struct smartme_device *next; /* in its bucket */
};

struct smartme_devices;

struct smartme_devices *smartme_devices_new(void);          /* NULL: out of memory */
void smartme_devices_free(struct smartme_devices *devices); /* NULL is fine */

/*
 * The device with this key; made, with its id as remembered by the host, when it is new.
 * NULL: out of memory, or more than SMARTME_DEVICES_MAX.
 */
struct smartme_device *smartme_devices_get(struct smartme_devices *devices,
					   const struct exporter_host *host,
					   const char *key);

/* The service's list of devices, or of custom devices, as read by GET. */
struct smartme_list;

/* NULL: that is no JSON list, or out of memory. */
struct smartme_list *smartme_list_parse(const char *text);
void smartme_list_free(struct smartme_list *list); /* NULL is fine */

/*
 * Looks a device up: by its id if it has one, else, for adoption, by serial and energy
 * type, then by name, among REST meters (family 1001). true: id, is_known and last_date
 * are set.
 */
bool smartme_list_find(const struct smartme_list *list, const struct smartme_post *post,
		       struct smartme_device *device);

/* The Id in a reply to POST. false: there is none. */
bool smartme_reply_id(const char *text, char ret_id[SMARTME_ID_MAX]);

#endif
