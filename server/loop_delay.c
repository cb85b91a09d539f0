/* SPDX-License-Identifier: MIT */
#include "server/loop_delay.h"

enum { NS_PER_US = 1000, PER_MILLE = 1000 };

static void on_prepare(uv_prepare_t *prepare)
{
	struct loop_delay *delay = prepare->data;
	uint64_t now_ns = uv_hrtime();
	uint64_t idle_ns = uv_metrics_idle_time(prepare->loop);

	if (delay->turned_ns != 0) {
		uint64_t slept_ns = idle_ns - delay->idle_ns;
		uint64_t turn_ns = now_ns - delay->turned_ns;
		loop_delay_add(delay,
			       turn_ns > slept_ns ? (turn_ns - slept_ns) / NS_PER_US : 0);
	}
	delay->turned_ns = now_ns;
	delay->idle_ns = idle_ns;
}

void loop_delay_init(struct loop_delay *delay, uv_loop_t *loop)
{
	*delay = (struct loop_delay){ 0 };
	(void)uv_loop_configure(loop, UV_METRICS_IDLE_TIME);
	(void)uv_prepare_init(loop, &delay->prepare);
	delay->prepare.data = delay;
	(void)uv_prepare_start(&delay->prepare, on_prepare);
	uv_unref((uv_handle_t *)&delay->prepare);
}

void loop_delay_close(struct loop_delay *delay)
{
	uv_close((uv_handle_t *)&delay->prepare, NULL);
}

uint64_t loop_delay_bound_us(unsigned int bucket)
{
	return bucket < LOOP_DELAY_BUCKETS - 1 ? (uint64_t)LOOP_DELAY_FIRST_US << bucket
					       : UINT64_MAX;
}

void loop_delay_add(struct loop_delay *delay, uint64_t busy_us)
{
	unsigned int bucket = 0;

	while (busy_us >= loop_delay_bound_us(bucket))
		bucket++;
	delay->turns[bucket]++;
	if (busy_us > delay->longest_us)
		delay->longest_us = busy_us;
}

uint64_t loop_delay_quantile_us(const struct loop_delay *delay, uint32_t per_mille)
{
	uint64_t all = 0;
	uint64_t seen = 0;
	unsigned int bucket = 0;

	for (unsigned int i = 0; i < LOOP_DELAY_BUCKETS; i++)
		all += delay->turns[i];
	if (all == 0)
		return 0;
	uint64_t wanted = (all * per_mille + PER_MILLE - 1) / PER_MILLE;
	while ((seen += delay->turns[bucket]) < wanted)
		bucket++;
	uint64_t bound = loop_delay_bound_us(bucket);
	return bound < delay->longest_us ? bound : delay->longest_us;
}
