/* SPDX-License-Identifier: MIT */
#include "tests/fault/hurry.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

static const int64_t wait_ns = 10000, second_ns = 1000000000;

/* An interposed clock has no context but these. */
static atomic_bool is_in_hurry;
static atomic_int_fast64_t ahead_ns; /* of the real clock */

int __real_clock_gettime(clockid_t clock, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time);
int __real_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
				  const struct timespec *until);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
				  const struct timespec *until);

static int64_t ns_of(const struct timespec *time)
{
	return (int64_t)time->tv_sec * second_ns + time->tv_nsec;
}

static struct timespec time_of(int64_t ns)
{
	return (struct timespec){ .tv_sec = ns / second_ns, .tv_nsec = ns % second_ns };
}

void hurry(bool is_hurried)
{
	is_in_hurry = is_hurried;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time)
{
	int rc = __real_clock_gettime(clock, ret_time);
	if (rc == 0 && clock == CLOCK_MONOTONIC)
		*ret_time = time_of(ns_of(ret_time) + ahead_ns);
	return rc;
}

/* until is of the monotonic clock. */
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
				  const struct timespec *until)
{
	struct timespec now;
	__real_clock_gettime(CLOCK_MONOTONIC, &now);
	int64_t wanted_ns = ns_of(until), end_ns = wanted_ns - ahead_ns;
	if (is_in_hurry && end_ns > ns_of(&now) + wait_ns)
		end_ns = ns_of(&now) + wait_ns;
	struct timespec end = time_of(end_ns > 0 ? end_ns : 0);
	int rc = __real_pthread_cond_timedwait(condition, mutex, &end);
	if (rc == ETIMEDOUT && wanted_ns - end_ns > ahead_ns)
		ahead_ns = wanted_ns - end_ns;
	return rc;
}
