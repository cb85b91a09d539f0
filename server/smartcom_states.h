/* SPDX-License-Identifier: MIT */
/*
 * Between smartcom.c (the table of states, who is it) and smartcom_round.c (fetch,
 * commit, delete, wait). Nobody else includes this.
 */
#ifndef READOUT_SERVER_SMARTCOM_STATES_H
#define READOUT_SERVER_SMARTCOM_STATES_H

#include "server/smartcom.h"

/* smartcom.c: what the states are made of */
void smartcom_enter(struct smartcom *driver, enum smartcom_state state);
void smartcom_exchange(struct smartcom *driver); /* sends driver->command */
void smartcom_fail(struct smartcom *driver, enum close_reason reason);
uint64_t smartcom_now_ms(const struct smartcom *driver);

/* smartcom_round.c: the states of a round */
void smartcom_enter_room(struct smartcom *driver);
void smartcom_enter_fetching(struct smartcom *driver);
void smartcom_fetching_info(struct smartcom *driver, struct span line);
void smartcom_fetching_final(struct smartcom *driver, bool is_ok);
void smartcom_enter_space(struct smartcom *driver);
void smartcom_space_info(struct smartcom *driver, struct span line);
void smartcom_space_final(struct smartcom *driver, bool is_ok);
void smartcom_enter_deleting(struct smartcom *driver);
void smartcom_deleting_final(struct smartcom *driver, bool is_ok);
void smartcom_enter_waiting(struct smartcom *driver);

/* The most records a GET_OLDEST may ask for. */
uint32_t smartcom_batch_limit(const struct smartcom *driver);

/* No DEL was sent after a commit that marked one: takes the durable mark back. */
void smartcom_unmark(struct smartcom *driver);

#endif
