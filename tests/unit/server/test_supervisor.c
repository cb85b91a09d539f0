/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "server/supervisor.h"

Test(supervisor, takes_a_writer_for_alive_that_idles_commits_or_knows_its_trouble)
{
	struct store_status idle = { .state = STORE_RUNNING, .transactions = 7 };
	struct store_status busy = { .queued_bytes = 100, .transactions = 8 };
	struct store_status degraded = { .state = STORE_DEGRADED, .queued_bytes = 100 };
	cr_assert(supervisor_is_writer_alive(&idle, 7));
	cr_assert(supervisor_is_writer_alive(&busy, 7));
	cr_assert(supervisor_is_writer_alive(&degraded, 0));
}

Test(supervisor, takes_a_writer_for_stuck_that_has_work_and_commits_nothing)
{
	struct store_status stuck = { .queued_bytes = 100, .transactions = 8 };
	cr_assert(!supervisor_is_writer_alive(&stuck, 8));
}
