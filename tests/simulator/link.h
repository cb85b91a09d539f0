/* SPDX-License-Identifier: MIT */
/*
 * One TCP link of a terminal: dials, cuts what arrives into commands, answers one command
 * after the other, and misbehaves as the faults say. One link per slot for the life of
 * the outstation; its socket comes and goes.
 */
#ifndef READOUT_SIMULATOR_LINK_H
#define READOUT_SIMULATOR_LINK_H

#include "tests/simulator/outbox.h"

#include <uv.h>

struct outstation;

enum {
	LINK_INPUT_SIZE = 256,
};

enum link_state {
	LINK_IDLE,
	LINK_CONNECTING,
	LINK_OPEN,
	LINK_CLOSING,
};

struct link {
	struct outstation *outstation; /* the owner */
	struct terminal *terminal;
	enum link_state state;
	bool is_echo_on;
	bool is_busy;  /* a command is being answered */
	bool is_mute;  /* half-open: it will never answer again */
	bool is_heard; /* a command arrived since the connect */
	uint16_t input_size;
	uint32_t pieces_left; /* that are still to be written singly */
	uint32_t piece_max;   /* bytes */
	uint32_t delay_max_ms;
	struct outbox *outbox; /* the answer in flight, else NULL */
	uv_tcp_t tcp;
	uv_timer_t timer; /* the owner's while idle, else the link's */
	uv_connect_t connect;
	uv_write_t write;
	size_t write_size; /* of the request in flight */
	char input[LINK_INPUT_SIZE];
};

void link_init(struct link *link, struct outstation *outstation,
	       struct terminal *terminal, uv_loop_t *loop);

/* Only when idle. The outcome is told by outstation_link_closed at some time. */
void link_connect(struct link *link, const struct sockaddr *address);

/* Drops the link, orderly or by reset. Does nothing unless connecting or open. */
void link_close(struct link *link, bool is_reset);

/* The same as a fault, in one way or the other. */
void link_drop(struct link *link);

/* For the end: closes the timer too. */
void link_shut_down(struct link *link);

#endif
