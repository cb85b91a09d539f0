/* SPDX-License-Identifier: MIT */
/* One value of one device, and what the reply to it means. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporters/smartme/smartme_run_inner.h"

enum { FRAME_HEX_MAX = 2 * 512 };

static const struct exporter_telegram *telegram_of(const struct smartme_run *run,
						   const struct smartme_item *item)
{
	return &run->plan.batch->telegrams[item->telegram];
}

static const struct smartme_item *item_of(const struct smartme_run *run,
					  const struct smartme_device *device)
{
	return &run->plan.items[device->first_item];
}

/* ---- what is sent ---- */

static void write_telegram(const struct exporter_telegram *telegram, char *text,
			   size_t size)
{
	static const char digits[] = "0123456789ABCDEF";
	const uint8_t *raw = telegram->raw;
	char hex[FRAME_HEX_MAX + 1];
	char date[32];
	size_t count = telegram->raw_size < FRAME_HEX_MAX / 2 ? telegram->raw_size
							      : FRAME_HEX_MAX / 2;
	for (size_t i = 0; i < count; i++) {
		hex[2 * i] = digits[raw[i] >> 4];
		hex[2 * i + 1] = digits[raw[i] & 15];
	}
	hex[2 * count] = '\0';
	smartme_date_text(telegram->read_at, date);
	snprintf(text, size, "{\"Date\":\"%s\",\"Telegram\":\"%s\"}", date, hex);
}

/*
 * The request for an item; the same each time it is asked for. what: for messages. false:
 * it is longer than SMARTME_BODY_MAX.
 */
static bool write_request(const struct smartme_run *run, const struct smartme_item *item,
			  char url[SMARTME_URL_MAX], char body[SMARTME_BODY_MAX],
			  const char **ret_what)
{
	const struct exporter_telegram *telegram = telegram_of(run, item);
	char reason[EXPORTER_ERROR_MAX];
	struct smartme_post post;
	if (run->settings.mbus_url[0] != '\0') {
		snprintf(url, SMARTME_URL_MAX, "%s", run->settings.mbus_url);
		write_telegram(telegram, body, SMARTME_BODY_MAX);
		*ret_what = "POST /MBus";
		return true;
	}
	(void)smartme_map(run->overrides, telegram, item->part, &post, reason);
	*ret_what =
		post.energy == SMARTME_CUSTOM ? "POST /CustomDevice" : "POST /Devices";
	snprintf(url, SMARTME_URL_MAX, "%s%s", run->settings.base_url,
		 *ret_what + strlen("POST "));
	return smartme_post_body(&post, item->device->id, body, SMARTME_BODY_MAX) <
	       SMARTME_BODY_MAX;
}

/* The operator has said which device it is: no other must take its place. */
static bool is_configured(const struct smartme_run *run, const struct smartme_item *item)
{
	const struct smartme_override *override =
		smartme_override_find(run->overrides, telegram_of(run, item));
	return override && override->id[0] != '\0' && item->part == 0;
}

/* ---- what need not be sent ---- */

static void look_up(struct smartme_run *run, const struct smartme_item *item)
{
	struct smartme_device *device = item->device;
	char reason[EXPORTER_ERROR_MAX];
	struct smartme_post post;
	char known[SMARTME_ID_MAX];

	(void)smartme_map(run->overrides, telegram_of(run, item), item->part, &post,
			  reason);
	memcpy(known, device->id, sizeof known);
	if (smartme_list_find(post.energy == SMARTME_CUSTOM ? run->custom_list
							    : run->list,
			      &post, device) &&
	    strcmp(known, device->id) != 0)
		(void)run->host->remember(run->host, device->key, device->id);
	device->is_known = true;
}

enum need { NEED_SENDING, NEED_NOTHING, NEED_THINNING, NEED_DEVICE };

static enum need need_of(struct smartme_run *run, const struct smartme_item *item)
{
	const struct smartme_device *device = item->device;
	if (run->settings.mbus_url[0] != '\0')
		return NEED_SENDING;
	if (!device->is_known)
		look_up(run, item);
	if (device->id[0] == '\0' && !run->settings.auto_create)
		return NEED_DEVICE;
	if (item->date == device->last_date && telegram_of(run, item)->revision == 0)
		return NEED_NOTHING;
	return item->date < device->last_date && !run->settings.backfill ? NEED_THINNING
									 : NEED_SENDING;
}

static void reject_without_device(struct smartme_run *run,
				  const struct smartme_item *item)
{
	char reason[EXPORTER_ERROR_MAX];
	snprintf(reason, sizeof reason,
		 "smart-me has no device for meter %.40s, and auto_create is off: give "
		 "its "
		 "id under meters",
		 item->device->key);
	smartme_run_reject(run, item->telegram, reason, "", "");
}

/* Settles items from the front until one must be sent. false: there is none. */
static bool skip_settled(struct smartme_run *run, struct smartme_device *device)
{
	for (; device->first_item < device->item_end; device->first_item++) {
		const struct smartme_item *item = item_of(run, device);
		enum need need = need_of(run, item);
		if (run->plan.marks[item->telegram].is_answered)
			continue;
		if (need == NEED_SENDING)
			return true;
		if (need == NEED_DEVICE)
			reject_without_device(run, item);
		else
			smartme_run_settle(run, item,
					   need == NEED_NOTHING ? SETTLED_SENT
								: SETTLED_THINNED);
	}
	return false;
}

/* ---- replies ---- */

static void next_item(struct smartme_run *run, struct smartme_device *device)
{
	device->first_item++;
	if (device->first_item < device->item_end)
		smartme_run_enqueue(run, device);
}

static void on_taken(struct smartme_run *run, struct smartme_device *device,
		     const struct http_reply *reply)
{
	const struct smartme_item *item = item_of(run, device);
	bool is_new = run->settings.mbus_url[0] == '\0' && device->id[0] == '\0';
	if (is_new && !smartme_reply_id(reply->body, device->id)) {
		/* It is there, but under which id? The list will tell. */
		run->must_list = true;
		smartme_run_break_off_for(
			run, 0,
			"the reply to a new device holds no Id; reading the "
			"list of devices again");
		return;
	}
	if (is_new)
		(void)run->host->remember(run->host, device->key, device->id);
	if (item->date > device->last_date)
		device->last_date = item->date;
	device->sent_at_ms = smartme_run_now_ms(run);
	device->was_gone = false;
	run->has_renewed = false;
	smartme_run_settle(run, item, SETTLED_SENT);
	next_item(run, device);
}

static void on_poison(struct smartme_run *run, struct smartme_device *device,
		      const struct http_reply *reply)
{
	const struct smartme_item *item = item_of(run, device);
	char url[SMARTME_URL_MAX];
	char body[SMARTME_BODY_MAX];
	char reason[EXPORTER_ERROR_MAX];
	const char *what;

	(void)write_request(run, item, url, body, &what);
	smartme_reply_text(reply, what, reason, sizeof reason);
	smartme_run_reject(run, item->telegram, reason, body, reply->body);
	next_item(run, device);
}

static void on_gone(struct smartme_run *run, struct smartme_device *device,
		    const struct http_reply *reply)
{
	enum { PAUSE_MS = 5 * 60000 };
	if (run->settings.mbus_url[0] != '\0') {
		smartme_run_break_off_for(run, PAUSE_MS,
					  "smart-me no longer offers /MBus; switch to "
					  "mode \"device\"");
	} else if (device->id[0] == '\0') {
		smartme_run_break_off_for(
			run, PAUSE_MS,
			"the service knows no such address; is base_url "
			"right?");
	} else if (!device->was_gone && !is_configured(run, item_of(run, device))) {
		device->was_gone = true;
		device->id[0] = '\0';
		(void)run->host->remember(run->host, device->key, "");
		run->must_list = true;
		smartme_run_enqueue(run, device);
	} else {
		on_poison(run, device, reply);
	}
}

static void on_refused(struct smartme_run *run, struct smartme_device *device,
		       const struct http_reply *reply)
{
	/* Several may have been under way with the token that ran out. */
	if (device->token != run->token || smartme_prepare_renew_token(run))
		smartme_run_enqueue(run, device);
	else
		smartme_run_break_off(run, reply, "POST");
}

static void on_trouble(struct smartme_run *run, struct smartme_device *device,
		       const struct http_reply *reply)
{
	(void)device;
	smartme_run_break_off(run, reply, "POST");
}

static void on_posted(const struct http_reply *reply, void *context)
{
	static void (*const handlers[])(struct smartme_run * run,
					struct smartme_device * device,
					const struct http_reply *reply) = {
		[SMARTME_TAKEN] = on_taken,         [SMARTME_UNAUTHORIZED] = on_refused,
		[SMARTME_FORBIDDEN] = on_trouble,   [SMARTME_POISON] = on_poison,
		[SMARTME_GONE] = on_gone,           [SMARTME_TRANSIENT] = on_trouble,
		[SMARTME_MISDIRECTED] = on_trouble, [SMARTME_UNTRUSTED] = on_trouble,
	};
	struct smartme_device *device = context;
	struct smartme_run *run = device->owner;

	run->in_flight--;
	handlers[smartme_reply_outcome(reply)](run, device, reply);
	smartme_run_advance(run);
}

/* ---- sending ---- */

void smartme_post_start(struct smartme_run *run, struct smartme_device *device)
{
	char url[SMARTME_URL_MAX];
	char body[SMARTME_BODY_MAX];
	const char *what;

	if (!skip_settled(run, device))
		return;
	if (!write_request(run, item_of(run, device), url, body, &what)) {
		smartme_run_reject(run, item_of(run, device)->telegram,
				   "its values make a longer request than 8 KiB", "", "");
		next_item(run, device);
		return;
	}
	device->token = run->token;
	struct http_request request = {
		.url = url,
		.authorization = smartme_auth_header(run->auth, smartme_run_now_ms(run)),
		.content_type = "application/json; charset=utf-8",
		.body = body,
		.reply_limit = SMARTME_REPLY_MAX,
	};
	if (http_client_send(run->http, &request, on_posted, device))
		run->in_flight++;
	else
		smartme_run_break_off_for(run, 0, "out of memory for a request");
}
