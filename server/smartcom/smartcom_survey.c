/* SPDX-License-Identifier: MIT */
/*
 * What there is to know of a terminal before its records are asked for: the device table
 * once a link, error buffer, number of records and free bytes now and then. Each of them
 * may be refused; the driver does without.
 */
#include "server/smartcom/smartcom_states.h"

/* ---- device table ---- */

void smartcom_enter_table(struct smartcom *driver)
{
	at_command_device_table(&driver->command);
	smartcom_exchange(driver);
}

void smartcom_table_info(struct smartcom *driver, struct span line)
{
	driver->ops->device(driver->context, line);
	if (memchr(line.data, '>', line.size) != NULL)
		driver->device_count++;
}

void smartcom_table_final(struct smartcom *driver, bool is_ok)
{
	if (is_ok)
		driver->ops->device(driver->context, span_of(NULL, 0));
	smartcom_begin_round(driver);
}

/* ---- error buffer ---- */

void smartcom_enter_errors(struct smartcom *driver)
{
	smartcom_exchange_plain(driver, "AT^SCERR?", "^SCERR:");
}

void smartcom_errors_info(struct smartcom *driver, struct span line)
{
	driver->ops->terminal_error(driver->context, line);
}

void smartcom_errors_final(struct smartcom *driver, bool is_ok)
{
	(void)is_ok;
	smartcom_enter(driver, SMARTCOM_COUNTING);
}

/* ---- number of records ---- */

void smartcom_enter_counting(struct smartcom *driver)
{
	driver->stored_count = -1;
	at_command_message_count(&driver->command);
	smartcom_exchange(driver);
}

void smartcom_counting_info(struct smartcom *driver, struct span line)
{
	int64_t count;
	if (at_line_number(line, &count) && count >= 0)
		driver->stored_count = count;
}

/* Where nothing is deleted, the reply begins with the oldest record every time. */
static void note_unreached(struct smartcom *driver)
{
	int64_t asked = (int64_t)smartcom_batch_next(driver);
	driver->ops->measured(driver->context, SMARTCOM_UNREACHED,
			      driver->stored_count > asked ? driver->stored_count - asked
							   : 0);
}

void smartcom_counting_final(struct smartcom *driver, bool is_ok)
{
	if (!is_ok)
		driver->stored_count = -1;
	if (driver->stored_count >= 0) {
		driver->ops->measured(driver->context, SMARTCOM_STORED,
				      driver->stored_count);
		if (driver->settings->keep_records)
			note_unreached(driver);
	}
	smartcom_enter(driver, driver->is_surveying ? SMARTCOM_SPACE : SMARTCOM_ROOM);
}

/* ---- the beginning of a round ---- */

static bool is_survey_due(const struct smartcom *driver)
{
	uint64_t every_ms = driver->settings->survey_ms;
	return every_ms > 0 &&
	       (driver->surveyed_at_ms == 0 ||
		smartcom_now_ms(driver) - driver->surveyed_at_ms >= every_ms);
}

void smartcom_begin_round(struct smartcom *driver)
{
	uint64_t quiet_ms =
		driver->is_forced ? 0 : driver->ops->quiet_ms(driver->context);

	driver->is_forced = false;
	if (quiet_ms > 0) {
		smartcom_wait(driver, quiet_ms);
	} else if (driver->memory.is_head_unreadable) {
		/* One try a round, not one a link. */
		driver->memory.is_head_unreadable = false;
		smartcom_enter(driver, SMARTCOM_WAITING);
	} else if (is_survey_due(driver)) {
		driver->surveyed_at_ms = smartcom_now_ms(driver);
		driver->is_surveying = true;
		smartcom_enter(driver, SMARTCOM_ERRORS);
	} else if (driver->settings->keep_records) {
		smartcom_enter(driver, SMARTCOM_COUNTING);
	} else {
		smartcom_enter(driver, SMARTCOM_ROOM);
	}
}
