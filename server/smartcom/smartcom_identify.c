/* SPDX-License-Identifier: MIT */
/*
 * Who is it: the probes of the settings in their order, until one gives a name. All of it
 * together has settings->identify_timeout_ms from smartcom_init() on, so a peer that
 * answers byte by byte gains nothing.
 *
 * Happy path: a first line if one is to come, echo off, a probe, the firmware.
 *
 * Failure modes: no first line, or ERROR to a probe (the next one is tried); no probe
 * gives a name, or the time is up (the link is closed).
 */
#include <stdio.h>

#include "server/smartcom/smartcom_states.h"

/* ---- the first line ---- */

void smartcom_enter_greeting(struct smartcom *driver)
{
	uint64_t wait_ms = driver->settings->first_line_ms;
	uint64_t limit_ms = driver->settings->identify_timeout_ms;
	driver->ops->arm(driver->context, wait_ms < limit_ms ? wait_ms : limit_ms);
}

void smartcom_greeted(struct smartcom *driver)
{
	smartcom_enter(driver, driver->settings->echo_off ? SMARTCOM_ECHO_OFF
							  : SMARTCOM_IDENTIFY);
}

/*
 * The line itself is kept only as a name. A registration text is a secret: what is kept
 * of it is the name it stands for.
 */
void smartcom_take_greeting(struct smartcom *driver, struct span line)
{
	const char *name = driver->ops->registered(driver->context, line);

	if (line.size == 0)
		return;
	smartcom_keep_answer(driver, line);
	if (name != NULL)
		(void)snprintf(driver->registered, sizeof(driver->registered), "%s",
			       name);
	else
		memcpy(driver->first_line, driver->answer, sizeof(driver->first_line));
	smartcom_greeted(driver);
}

/* ---- commands ---- */

void smartcom_enter_echo_off(struct smartcom *driver)
{
	smartcom_exchange_plain(driver, "ATE0", "");
}

/* A terminal that refuses ATE0 goes on echoing, and at_line_read() knows echoes. */
void smartcom_echo_off_final(struct smartcom *driver, bool is_ok)
{
	(void)is_ok;
	smartcom_enter(driver, SMARTCOM_IDENTIFY);
}

static void identified(struct smartcom *driver, const char *identity)
{
	(void)snprintf(driver->identity, sizeof(driver->identity), "%s", identity);
	smartcom_enter(driver, SMARTCOM_FIRMWARE);
}

/* ---- names that no command has to ask for; NULL or "" if there is none ---- */

static const char *first_line_of(struct smartcom *driver)
{
	return driver->first_line;
}

static const char *registered_of(struct smartcom *driver)
{
	driver->is_registered = driver->registered[0] != '\0';
	return driver->registered;
}

static const char *address_of(struct smartcom *driver)
{
	return driver->ops->address(driver->context);
}

static const char *tls_of(struct smartcom *driver)
{
	return driver->ops->link_identity(driver->context);
}

static const struct {
	const char *command; /* NULL: name is asked instead */
	const char *(*name)(struct smartcom *driver);
} probes[SMARTCOM_PROBE_COUNT] = {
	[SMARTCOM_PROBE_SERIAL] = { .command = "ATI4" },
	[SMARTCOM_PROBE_IMEI] = { .command = "AT+GSN" },
	[SMARTCOM_PROBE_LINE] = { .name = first_line_of },
	[SMARTCOM_PROBE_REGISTRATION] = { .name = registered_of },
	[SMARTCOM_PROBE_ADDRESS] = { .name = address_of },
	[SMARTCOM_PROBE_TLS] = { .name = tls_of },
};

void smartcom_enter_identify(struct smartcom *driver)
{
	for (; driver->probe < driver->settings->probe_count; driver->probe++) {
		enum smartcom_probe probe = driver->settings->probes[driver->probe];
		if (probes[probe].command != NULL) {
			smartcom_exchange_plain(driver, probes[probe].command, "");
			return;
		}
		const char *name = probes[probe].name(driver);
		if (name != NULL && name[0] != '\0') {
			identified(driver, name);
			return;
		}
	}
	smartcom_fail(driver, CLOSE_NOT_IDENTIFIED);
}

void smartcom_identify_final(struct smartcom *driver, bool is_ok)
{
	driver->probe++;
	if (is_ok && driver->answer[0] != '\0')
		identified(driver, driver->answer);
	else
		smartcom_enter(driver, SMARTCOM_IDENTIFY);
}

void smartcom_enter_firmware(struct smartcom *driver)
{
	smartcom_exchange_plain(driver, "ATI3", "");
}

void smartcom_firmware_final(struct smartcom *driver, bool is_ok)
{
	if (!is_ok)
		driver->answer[0] = '\0';
	smartcom_ask_to_open(driver);
}

void smartcom_ask_to_open(struct smartcom *driver)
{
	driver->state = SMARTCOM_OPENING;
	driver->ops->arm(driver->context, 0);
	driver->ops->open(driver->context, driver->identity, driver->answer);
}

void smartcom_on_opened(struct smartcom *driver, const struct smartcom_memory *memory)
{
	if (driver->state != SMARTCOM_OPENING)
		return;
	driver->memory = *memory;
	smartcom_batch_begin(driver);
	smartcom_enter(driver, SMARTCOM_TABLE);
}
