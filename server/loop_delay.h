/* SPDX-License-Identifier: MIT */
/*
 * How long the loop was busy between two looks at its descriptors, as a histogram: what
 * came in while it was busy had to wait that long at most. A callback's own delay is
 * never more than its turn of the loop, so the figures err on the honest side. Loop
 * thread only.
 */
#ifndef READOUT_SERVER_LOOP_DELAY_H
#define READOUT_SERVER_LOOP_DELAY_H

#include <stdint.h>
#include <uv.h>

/* Bucket 0 counts turns under 125 us; each bound is twice the one before; the last bucket
 * has no bound. */
enum { LOOP_DELAY_FIRST_US = 125, LOOP_DELAY_BUCKETS = 16 };

struct loop_delay {
	uv_prepare_t prepare;
	uint64_t turned_ns; /* uv_hrtime() of the last look, 0 none */
	uint64_t idle_ns;   /* time the loop had slept until then */
	uint64_t turns[LOOP_DELAY_BUCKETS];
	uint64_t longest_us;
};

/* Measures from now on. Before the loop runs. */
void loop_delay_init(struct loop_delay *delay, uv_loop_t *loop);
void loop_delay_close(struct loop_delay *delay);

/* Counts a turn of the loop that kept it busy for so long. */
void loop_delay_add(struct loop_delay *delay, uint64_t busy_us);

/* Upper bound of a bucket in microseconds; UINT64_MAX for the last. */
uint64_t loop_delay_bound_us(unsigned int bucket);

/*
 * The time that so many of a thousand turns did not exceed, in microseconds: the bound of
 * the bucket it falls into, or the longest if that is less. 0 when nothing was counted.
 */
uint64_t loop_delay_quantile_us(const struct loop_delay *delay, uint32_t per_mille);

#endif
