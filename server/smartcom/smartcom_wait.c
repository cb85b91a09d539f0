/* SPDX-License-Identifier: MIT */
/*
 * Between rounds. A mobile link dies without a word, so while nothing is to be done an AT
 * is sent now and then: who does not answer is gone, and the link is closed.
 */
#include "server/smartcom/smartcom_states.h"

/* Until the wait is over or somebody has to be asked whether he is there. */
static void arm(struct smartcom *driver)
{
	uint64_t now_ms = smartcom_now_ms(driver);
	uint64_t left_ms =
		driver->wait_until_ms > now_ms ? driver->wait_until_ms - now_ms : 1;
	uint64_t probe_ms = driver->settings->idle_probe_ms;

	driver->ops->arm(driver->context,
			 probe_ms > 0 && probe_ms < left_ms ? probe_ms : left_ms);
}

void smartcom_wait(struct smartcom *driver, uint64_t wait_ms)
{
	driver->state = SMARTCOM_WAITING;
	driver->wait_until_ms = smartcom_now_ms(driver) + wait_ms;
	arm(driver);
}

void smartcom_enter_waiting(struct smartcom *driver)
{
	uint64_t wait_ms;

	driver->ops->round_ended(driver->context); /* the settings may be others now */
	wait_ms = driver->ops->interval_ms(driver->context);
	if (!smartcom_is_settled(driver)) {
		uint64_t settled_ms =
			driver->memory.unknown_since_ms + driver->settings->settle_ms;
		uint64_t left_ms = settled_ms - smartcom_now_ms(driver);
		if (left_ms < wait_ms)
			wait_ms = left_ms;
	}
	smartcom_wait(driver, wait_ms);
}

void smartcom_waited(struct smartcom *driver)
{
	if (driver->settings->idle_probe_ms == 0 ||
	    smartcom_now_ms(driver) >= driver->wait_until_ms)
		smartcom_begin_round(driver);
	else
		smartcom_probe(driver);
}

void smartcom_on_collect(struct smartcom *driver)
{
	if (driver->state == SMARTCOM_PROBING && driver->resumed == SMARTCOM_WAITING) {
		driver->is_forced = true;
		driver->wait_until_ms = smartcom_now_ms(driver);
	} else if (driver->state == SMARTCOM_WAITING) {
		driver->is_forced = true;
		smartcom_begin_round(driver);
	}
}

bool smartcom_takes_settings(const struct smartcom *driver)
{
	return driver->state == SMARTCOM_WAITING || driver->state == SMARTCOM_QUARANTINED;
}

/* A wait that is longer than the settings want now is cut short; a terminal in quarantine
 * asks anew whether it may be read. */
void smartcom_on_settings(struct smartcom *driver)
{
	uint64_t by_ms =
		smartcom_now_ms(driver) + driver->ops->interval_ms(driver->context);

	if (driver->state == SMARTCOM_QUARANTINED) {
		smartcom_ask_to_open(driver);
		return;
	}
	smartcom_batch_begin(driver);
	if (driver->wait_until_ms > by_ms)
		driver->wait_until_ms = by_ms;
	arm(driver);
}

/* ---- is anybody there? ---- */

void smartcom_probe(struct smartcom *driver)
{
	if (driver->state != SMARTCOM_WAITING && driver->state != SMARTCOM_QUARANTINED)
		return;
	driver->resumed = driver->state;
	smartcom_enter(driver, SMARTCOM_PROBING);
}

void smartcom_enter_probing(struct smartcom *driver)
{
	smartcom_exchange_plain(driver, "AT", "");
}

/* ERROR is an answer, too. */
void smartcom_probing_final(struct smartcom *driver, bool is_ok)
{
	(void)is_ok;
	if (driver->resumed == SMARTCOM_QUARANTINED) {
		smartcom_enter(driver, SMARTCOM_QUARANTINED);
	} else if (smartcom_now_ms(driver) >= driver->wait_until_ms) {
		smartcom_begin_round(driver);
	} else {
		driver->state = SMARTCOM_WAITING;
		arm(driver);
	}
}

/* ---- unknown terminals ---- */

void smartcom_quarantine(struct smartcom *driver)
{
	if (driver->state == SMARTCOM_OPENING)
		smartcom_enter(driver, SMARTCOM_QUARANTINED);
}

void smartcom_enter_quarantined(struct smartcom *driver)
{
	driver->ops->arm(driver->context, driver->settings->idle_probe_ms);
}
