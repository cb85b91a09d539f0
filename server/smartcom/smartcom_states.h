/* SPDX-License-Identifier: MIT */
/*
 * Between the files the driver is made of: smartcom.c (the table of states, events),
 * smartcom_identify.c (who is it), smartcom_survey.c (what is there), smartcom_round.c
 * (fetch and commit), smartcom_delete.c (delete), smartcom_wait.c (between rounds),
 * smartcom_batch.c (how many records). Nobody else includes this.
 */
#ifndef READOUT_SERVER_SMARTCOM_STATES_H
#define READOUT_SERVER_SMARTCOM_STATES_H

#include "server/smartcom/smartcom.h"

enum {
	/* the shortest reading interval of a terminal */
	SMARTCOM_ROUND_MS = 60000,
};

/* ---- smartcom.c ---- */

void smartcom_enter(struct smartcom *driver, enum smartcom_state state);
void smartcom_exchange(struct smartcom *driver); /* sends driver->command */
void smartcom_exchange_plain(struct smartcom *driver, const char *text,
			     const char *prefix);
void smartcom_fail(struct smartcom *driver, enum close_reason reason);
uint64_t smartcom_now_ms(const struct smartcom *driver);
/* Keeps the first line of an answer, if it can be text of an identity. */
void smartcom_keep_answer(struct smartcom *driver, struct span line);

/* ---- smartcom_identify.c ---- */

void smartcom_enter_greeting(struct smartcom *driver);
void smartcom_greeted(struct smartcom *driver); /* the first line came, or did not */
void smartcom_take_greeting(struct smartcom *driver, struct span line);
void smartcom_enter_echo_off(struct smartcom *driver);
void smartcom_echo_off_final(struct smartcom *driver, bool is_ok);
void smartcom_enter_identify(struct smartcom *driver);
void smartcom_identify_final(struct smartcom *driver, bool is_ok);
void smartcom_enter_firmware(struct smartcom *driver);
void smartcom_firmware_final(struct smartcom *driver, bool is_ok);
void smartcom_ask_to_open(struct smartcom *driver); /* it has a name: may it be read? */

/* ---- smartcom_survey.c ---- */

void smartcom_enter_table(struct smartcom *driver);
void smartcom_table_info(struct smartcom *driver, struct span line);
void smartcom_table_final(struct smartcom *driver, bool is_ok);
void smartcom_enter_errors(struct smartcom *driver);
void smartcom_errors_info(struct smartcom *driver, struct span line);
void smartcom_errors_final(struct smartcom *driver, bool is_ok);
void smartcom_enter_counting(struct smartcom *driver);
void smartcom_counting_info(struct smartcom *driver, struct span line);
void smartcom_counting_final(struct smartcom *driver, bool is_ok);
/* The states between the wait and GET_OLDEST, as far as they are due. */
void smartcom_begin_round(struct smartcom *driver);

/* ---- smartcom_round.c ---- */

void smartcom_enter_room(struct smartcom *driver);
void smartcom_enter_fetching(struct smartcom *driver);
void smartcom_fetching_info(struct smartcom *driver, struct span line);
void smartcom_fetching_final(struct smartcom *driver, bool is_ok);
/* Whether a deletion of unknown outcome can no longer be executed. */
bool smartcom_is_settled(const struct smartcom *driver);
/* There is nothing to delete after this commit: more records, or the end of the round. */
void smartcom_without_deletion(struct smartcom *driver);

/* ---- smartcom_delete.c ---- */

void smartcom_note_head(struct smartcom *driver, size_t line_bytes);
void smartcom_prepare_deletion(struct smartcom *driver);
void smartcom_enter_space(struct smartcom *driver);
void smartcom_space_info(struct smartcom *driver, struct span line);
void smartcom_space_final(struct smartcom *driver, bool is_ok);
void smartcom_enter_deleting(struct smartcom *driver);
void smartcom_deleting_final(struct smartcom *driver, bool is_ok);
/* No DEL was sent after a commit that marked one: takes the durable mark back. */
void smartcom_unmark(struct smartcom *driver);

/* ---- smartcom_wait.c ---- */

void smartcom_enter_waiting(struct smartcom *driver); /* a round is over */
void smartcom_wait(struct smartcom *driver, uint64_t wait_ms);
void smartcom_waited(struct smartcom *driver); /* the timer */
void smartcom_enter_quarantined(struct smartcom *driver);
void smartcom_enter_probing(struct smartcom *driver);
void smartcom_probing_final(struct smartcom *driver, bool is_ok);

/* ---- smartcom_batch.c ---- */

/* Takes up what an earlier link has learned. */
void smartcom_batch_begin(struct smartcom *driver);
/* Records to ask for next. */
uint32_t smartcom_batch_next(const struct smartcom *driver);
/* A reply came whole: as long as the link carries quickly. */
void smartcom_batch_replied(struct smartcom *driver);
/* The link broke inside a reply: half of it. */
void smartcom_batch_broke(struct smartcom *driver);

#endif
